// A small line chart without axes: one or more lines on one scale, the control thin and grey, an optional instant. UI thread.
#pragma once

#include <QColor>
#include <QPainter>
#include <QPolygonF>
#include <QWidget>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "theme/theme.h"

namespace nj::ui {

struct SparkLine {
    std::vector<std::pair<TimeNs, double>> points;   // ascending; NaN = gap
    QColor color;
    bool control = false;
};

// Draws the lines of `range` into `area`; the scale holds all of them, and `low`, `high` where given.
void paintSparkLines(QPainter& painter, const QRectF& area, const std::vector<SparkLine>& lines, const TimeRange& range, std::optional<TimeNs> instant, const Theme& theme,
                     std::optional<double> low = {}, std::optional<double> high = {});

class Sparkline : public QWidget {
    Q_OBJECT
public:
    explicit Sparkline(const Theme& theme, QWidget* parent = nullptr);
    void setLines(std::vector<SparkLine> lines, TimeRange range, std::optional<TimeNs> instant);
    [[nodiscard]] QSize sizeHint() const override { return {120, 24}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    std::vector<SparkLine> lines_;
    TimeRange range_;
    std::optional<TimeNs> instant_;
};

}  // namespace nj::ui

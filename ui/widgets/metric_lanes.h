// Metrics of what served a trace, on the trace's own time axis: one 48 px lane a series, its control thin and grey behind it.
// UI thread; values are copied in.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "theme/theme.h"
#include "widgets/waterfall_layout.h"

namespace nj::ui {

struct MetricLane {
    QString title;       // "Waiting"
    QString subtitle;    // "vllm-a"
    QString unit;
    std::vector<std::pair<TimeNs, double>> points;    // ascending; NaN = gap
    std::vector<std::pair<TimeNs, double>> control;   // the same of a peer
    QString controlName;
    double low = 0, high = 1;
    QColor color;
    qint64 series = -1;
    // Last value at or before the instant; nothing before the first point.
    [[nodiscard]] std::optional<double> at(TimeNs time) const;
};

class MetricLanes : public QWidget {
    Q_OBJECT
public:
    static constexpr int kLaneHeight = 48;
    explicit MetricLanes(const Theme& theme, QWidget* parent = nullptr);
    void setLanes(std::vector<MetricLane> lanes);
    void setAxis(const TraceAxis& axis);
    void setCursor(std::optional<TimeNs> time);
    void setHighlight(std::optional<TimeRange> range);   // of the selected span
    [[nodiscard]] const std::vector<MetricLane>& lanes() const { return lanes_; }
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void cursorMoved(std::optional<nj::TimeNs> time);
    void laneClicked(qint64 series);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void paintLane(QPainter& painter, const MetricLane& lane, const QRect& rect) const;
    void paintLine(QPainter& painter, const MetricLane& lane, const std::vector<std::pair<TimeNs, double>>& points, const QRect& rect, const QColor& color, bool main) const;

    const Theme& theme_;
    std::vector<MetricLane> lanes_;
    TraceAxis axis_;
    std::optional<TimeNs> cursor_;
    std::optional<TimeRange> highlight_;
};

}  // namespace nj::ui

// Points of a value over time on a logarithmic axis: one mark per thing, failed ones as triangles. A drag marks a box, a click opens the
// nearest point. Drawn into one picture, so that tens of thousands cost nothing on a repaint. UI thread only.
#pragma once

#include <QImage>

#include "widgets/chart_frame.h"

namespace nj::ui {

struct ScatterPoint {
    TimeNs time = 0;
    double value = 0;          // ≤ 0 stands at the bottom
    bool failed = false;
};
struct ScatterData {
    QVector<ScatterPoint> points;
    ChartMarks marks;
    QString unit;
    QString title, description;
};

class ScatterChart : public ChartFrame {
    Q_OBJECT
public:
    ScatterChart(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);
    void setData(const ScatterData& data);
    [[nodiscard]] const ScatterData& data() const { return data_; }
    // Drawn larger; -1 = none.
    void setSelected(int point);

Q_SIGNALS:
    void pointOpened(int index);

protected:
    [[nodiscard]] ValueScale valueScale() const override { return scale_; }
    [[nodiscard]] const ChartMarks& marks() const override { return data_.marks; }
    [[nodiscard]] QString unit() const override { return data_.unit; }
    void layoutContent(const PlotFrame& frame) override;
    void paintContent(QPainter& painter) override;
    [[nodiscard]] QVector<CursorRow> cursorRows(TimeNs) const override { return {}; }
    [[nodiscard]] std::pair<int, double> hit(const QPointF& at) const override;

private:
    void paintPoint(QPainter& painter, const ScatterPoint& point, const QPointF& at, double size) const;
    ScatterData data_;
    ValueScale scale_{true, 0.1, 10};
    QImage picture_;
    int selected_ = -1;
};

}  // namespace nj::ui

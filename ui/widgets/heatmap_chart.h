// Time × logarithmic value as cells coloured by their count (viridis; reversed in light themes, so that much stands out in both),
// exemplars as rings, the distribution of the values at the right. Dragging marks a box. UI thread only.
#pragma once

#include <QImage>

#include "widgets/chart_frame.h"

namespace nj::ui {

struct HeatmapDot {
    TimeNs time = 0;
    double value = 0;
};

struct HeatmapData {
    TimeNs from = 0;
    DurationNs width = 0;                // of a column
    QVector<double> bounds;              // rows + 1, ascending, above zero
    QVector<quint32> counts;             // [column * rows + row]
    QVector<HeatmapDot> exemplars;
    ChartMarks marks;
    QString unit;
    QString title, description;
    bool logCount = true;
    [[nodiscard]] qsizetype rows() const { return bounds.size() > 1 ? bounds.size() - 1 : 0; }
    [[nodiscard]] qsizetype columns() const { return rows() > 0 ? counts.size() / rows() : 0; }
    [[nodiscard]] quint32 most() const;
    // Share of the colour scale for a count ≥ 1: 0 one, 1 the most.
    [[nodiscard]] double shade(quint32 count, quint32 most) const;
};

// Round counts for the legend: 1 2 4 8 15 …, the last being the most.
QVector<quint32> heatSteps(quint32 most, bool logCount);
QRgb heatColor(const Theme& theme, double shade);

class HeatmapChart : public ChartFrame {
    Q_OBJECT
public:
    HeatmapChart(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);
    void setData(const HeatmapData& data);
    [[nodiscard]] const HeatmapData& data() const { return data_; }
    // Observations inside the marked box, whole cells counted by their middle.
    [[nodiscard]] quint64 countInBox() const;

Q_SIGNALS:
    void exemplarClicked(int index);

protected:
    [[nodiscard]] ValueScale valueScale() const override;
    [[nodiscard]] const ChartMarks& marks() const override { return data_.marks; }
    [[nodiscard]] QString unit() const override { return data_.unit; }
    void layoutContent(const PlotFrame& frame) override;
    void paintContent(QPainter& painter) override;
    void paintSide(QPainter& painter) override;
    [[nodiscard]] double sideRoom() const override { return 72; }
    [[nodiscard]] QVector<CursorRow> cursorRows(TimeNs time) const override;
    [[nodiscard]] std::pair<int, double> hit(const QPointF& at) const override;
    [[nodiscard]] DurationNs cursorStep() const override { return std::max<DurationNs>(1, data_.width); }

private:
    HeatmapData data_;
    quint32 most_ = 0;
    QImage cells_;
};

}  // namespace nj::ui

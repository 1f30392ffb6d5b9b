// Time × logarithmic value as cells coloured by their count (viridis; reversed in light themes, so that much stands out in both),
// exemplars as rings, the distribution of the values at the right. Dragging marks a box. UI thread only.
#pragma once

#include <QImage>

#include "widgets/chart_frame.h"
#include "widgets/heatmap_data.h"

namespace nj::ui {

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
    struct CellsKey {
        QRectF plot;
        TimeRange range;
        ThemeKind theme;
        bool operator==(const CellsKey&) const = default;
    };
    quint32 most_ = 0;
    std::optional<CellsKey> cellsKey_;   // of cells_ and sums_
    QImage cells_;
    bool cellsDrawn_ = false;
    QVector<quint64> sums_;              // by row, inside the range
};

}  // namespace nj::ui

// The one chart of series over time: lines, bars, areas, bands and rings of a TimeChartData, drawn as one item with cosmetic pens.
// UI thread only.
#pragma once

#include "widgets/chart_frame.h"

namespace nj::ui {

class TimeChart : public ChartFrame {
    Q_OBJECT
public:
    TimeChart(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);

    void setData(const TimeChartData& data);
    [[nodiscard]] const TimeChartData& data() const { return data_; }
    // Series not drawn and not in the scale (the legend's choice).
    void setHidden(const QSet<int>& hidden);
    [[nodiscard]] const QSet<int>& hidden() const { return hidden_; }
    [[nodiscard]] const ChartGeometry& geometryOfPlot() const { return geometry_; }
    // Colour of a series as drawn.
    [[nodiscard]] QColor seriesColor(int series) const;

protected:
    [[nodiscard]] ValueScale valueScale() const override;
    [[nodiscard]] const ChartMarks& marks() const override { return data_.marks; }
    [[nodiscard]] QString unit() const override { return data_.unit; }
    void layoutContent(const PlotFrame& frame) override;
    void paintContent(QPainter& painter) override;
    [[nodiscard]] QVector<CursorRow> cursorRows(TimeNs time) const override;
    [[nodiscard]] QVector<QPointF> contentPoints() const override;
    [[nodiscard]] std::pair<int, double> hit(const QPointF& at) const override;
    [[nodiscard]] DurationNs cursorStep() const override;

private:
    void paintSeries(QPainter& painter, int index) const;
    [[nodiscard]] QPen linePen(int index) const;
    TimeChartData data_;
    QSet<int> hidden_;
    ChartGeometry geometry_;
};

}  // namespace nj::ui

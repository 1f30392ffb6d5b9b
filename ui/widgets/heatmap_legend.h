// The legend of a heatmap as one line: counts with their colours, what a ring is, what the hatch is. UI thread only.
#pragma once

#include <QWidget>

#include "widgets/heatmap_chart.h"

namespace nj::ui {

class HeatmapLegend : public QWidget {
    Q_OBJECT
public:
    explicit HeatmapLegend(const Theme& theme, QWidget* parent = nullptr);
    // `what`: "spans per cell".
    void setData(const HeatmapData& heat, const QString& what);
    [[nodiscard]] QSize sizeHint() const override { return {240, 20}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    QString what_;
    QVector<std::pair<QString, QRgb>> steps_;
    bool rings_ = false;
    QString hatch_;
};

}  // namespace nj::ui

// Two distributions of one feature on top of each other: the reference as a dashed outline, the current one filled, medians labelled, and
// below them the change of share. Few values or categories are bars side by side. Bins are chosen by mouse or arrow keys and opened by
// click or Enter. The layout is a plain struct, tested without painting. UI thread only.
#pragma once

#include <QPolygonF>
#include <QStringList>
#include <QVector>
#include <QWidget>

#include "theme/theme.h"

namespace nj::ui {

struct DistributionData {
    bool logarithmic = false;
    QVector<double> edges;                    // bins + 1; empty for categories
    QStringList labels;                       // of categories
    QVector<double> reference, current;       // shares
    double referenceMedian = 0, currentMedian = 0;   // NaN = none
    QString unit;                             // of the value axis, "tokens"
    double scale = 1;                         // value × scale = number shown
    QString referenceText, currentText;       // legend: "reference 85,940"
    [[nodiscard]] bool categorical() const { return edges.isEmpty(); }
    [[nodiscard]] int bins() const { return static_cast<int>(std::min(reference.size(), current.size())); }
};

struct DistributionLayout {
    struct Tick { double at = 0; QString text; };
    QRectF plot, change;                      // change: the strip of differences, empty for categories
    QVector<QRectF> bars;                     // current, one per bin
    QVector<QRectF> outlines;                 // reference; categories only
    QPolygonF outline;                        // reference, numbers only
    QVector<QRectF> differences;              // up and orange where the share grew
    QVector<Tick> xTicks, yTicks;
    double referenceX = 0, currentX = 0;      // medians; NaN = none
    static DistributionLayout of(const DistributionData& data, const QSizeF& size, const Theme& theme);
    // Bin under a position, −1 = none.
    [[nodiscard]] int binAt(const QPointF& at) const;
};

class DistributionChart : public QWidget {
    Q_OBJECT
public:
    explicit DistributionChart(const Theme& theme, QWidget* parent = nullptr);
    void setData(const DistributionData& data);
    [[nodiscard]] const DistributionData& data() const { return data_; }
    [[nodiscard]] const DistributionLayout& layoutOfPlot() const { return layout_; }
    [[nodiscard]] int marked() const { return marked_; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 130}; }
    [[nodiscard]] QSize sizeHint() const override { return {360, 260}; }
    // "500 – 560 tokens: 2.1 % → 4.3 %"
    [[nodiscard]] QString binText(int bin) const;

Q_SIGNALS:
    void binOpened(int bin);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void mark(int bin);
    void paintLegend(QPainter& painter) const;
    void paintNumbers(QPainter& painter) const;
    void paintCategories(QPainter& painter) const;
    void paintMedians(QPainter& painter) const;
    [[nodiscard]] QString number(double value) const;
    const Theme& theme_;
    DistributionData data_;
    DistributionLayout layout_;
    int marked_ = -1;
};

}  // namespace nj::ui

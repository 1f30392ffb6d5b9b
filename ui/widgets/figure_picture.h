// The numbers of a dashboard's panel as pictures: tiles with the number and its course, dials on a scale, bars beneath each other or, where they are many, beside each other. A
// hover names what is cut. Plain painting in one widget, so that sixty numbers are one repaint. UI thread only.
#pragma once

#include <QWidget>

#include "models/panel_figure.h"

namespace nj::ui {

class FigurePicture : public QWidget {
    Q_OBJECT
public:
    enum class Kind { kTiles, kDials, kBars };
    explicit FigurePicture(const Theme& theme, QWidget* parent = nullptr);
    void setFigures(Kind kind, const QVector<PanelFigure>& figures);
    [[nodiscard]] const QVector<PanelFigure>& figures() const { return figures_; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {60, 40}; }
    // Where a figure is drawn.
    [[nodiscard]] QVector<QRectF> places() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    void paintTile(QPainter& painter, const QRectF& area, const PanelFigure& figure) const;
    void paintDial(QPainter& painter, const QRectF& area, const PanelFigure& figure) const;
    void paintBar(QPainter& painter, const QRectF& area, const PanelFigure& figure) const;
    void paintColumn(QPainter& painter, const QRectF& area, const PanelFigure& figure) const;
    // Bars stand upright where they are too many to lie.
    [[nodiscard]] bool upright() const;
    // What a hover says of it.
    [[nodiscard]] QString wordsOf(const PanelFigure& figure) const;
    // As large as fits, at most `size`.
    [[nodiscard]] QFont fitting(const QString& text, double width, double height, int size) const;

    const Theme& theme_;
    Kind kind_ = Kind::kTiles;
    QVector<PanelFigure> figures_;
    double nameWidth_ = 0, textWidth_ = 0;   // of bars
};

}  // namespace nj::ui

// The marks of a chart: limits, event flags, hatches over missing data, tinted windows. Layout is a plain function; painting only
// draws it. UI thread for painting.
#pragma once

#include <QPainter>
#include <QRectF>
#include <QVector>

#include "theme/theme.h"
#include "widgets/chart_geometry.h"

namespace nj::ui {

QColor roleColor(const Theme& theme, ChartRole role);
// "▲" error, "◆" warning, "●" ok, "▼" accent, "" else.
QString roleGlyph(ChartRole role);

struct FlagPlace {
    int flag = -1;          // index in ChartMarks::flags
    double x = 0;
    int lane = -1;          // -1: only the line
    QRectF label;           // empty: glyph only
    QString text;           // glyph and words that fit
};

inline constexpr double kFlagLaneHeight = 17;

// Labels right of their line, else left of it, else one lane down, else the glyph alone; never overlapping, the graver ones first.
// Flags closer than 3 px to a graver one are left out. `widths`: of each flag's text with its glyph; `glyphWidth`: of a glyph.
QVector<FlagPlace> placeFlags(const QVector<ChartFlag>& flags, const PlotFrame& frame, const QVector<double>& widths, double glyphWidth, double right,
                              int lanes);

// Tops of the limits' labels right of the plot, moved apart so that they do not overlap. NaN where the limit is off the scale.
QVector<double> placeLimitLabels(const QVector<ChartLimit>& limits, const PlotFrame& frame, double height);

class MarkPainter {
public:
    MarkPainter(const ChartMarks& marks, const PlotFrame& frame, const Theme& theme, double right) : marks_(marks), frame_(frame), theme_(theme), right_(right) {}
    void paintBehind(QPainter& painter) const;     // windows, hatches
    void paintAbove(QPainter& painter) const;      // limits, flags
    // Room the flags' labels take above the plot.
    static double laneRoom(const ChartMarks& marks, double height);
    // Room the limits' labels take right of it.
    static double labelRoom(const ChartMarks& marks, const Theme& theme);

private:
    void paintHatch(QPainter& painter, const ChartHatch& hatch) const;
    void paintLimits(QPainter& painter) const;
    void paintFlags(QPainter& painter) const;
    const ChartMarks& marks_;
    const PlotFrame& frame_;
    const Theme& theme_;
    double right_;
};

// Text with a rim of the panel's colour, readable over lines.
void drawHaloText(QPainter& painter, const QPointF& baseline, const QString& text, const QColor& color, const QColor& rim);

}  // namespace nj::ui

// What a chart shows, as plain values: series over columns or points, and marks (limits, events, windows, missing data).
// A view fills it, the chart draws it, a test checks its geometry without painting. Any thread.
#pragma once

#include <QColor>
#include <QString>
#include <QVector>
#include <cmath>
#include <limits>
#include <utility>

#include "base/time.h"
#include "widgets/chart_scale.h"

namespace nj::ui {

inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

// Meaning of a mark; the theme gives the colour, the chart the glyph (▲ ◆ ● ▼).
enum class ChartRole { kAccent, kError, kWarning, kOk, kMuted, kText };

struct ChartSeries {
    enum class Kind {
        kLine,        // 1.25 px; gaps stay gaps
        kThinLine,    // 1 px, paler: the quiet companion (p50 beside p99)
        kDashedLine,  // always and only the baseline
        kLimit,       // dashed, in the colour of limits: what the others must not pass
        kBand,        // low–high at 14 %
        kBars,        // stacked in order
        kArea,        // stacked in order, as steps
        kRings,       // exemplars; points only
    };
    Kind kind = Kind::kLine;
    QString name;
    int rank = 0;                                   // of the theme's series colours …
    QColor color;                                   // … unless set
    QVector<double> values;                         // one per column; NaN = no observation
    QVector<double> low;                            // kBand: lower edge, `values` being the upper
    QVector<std::pair<TimeNs, double>> points;      // instead of columns, ascending in time
    DurationNs gapAfter = 0;                        // points further apart are not joined; 0 = always joined
    bool emphasised = false;                        // 2 px, drawn last
};

struct ChartLimit {
    double value = 0;
    QString label;                                  // right of the plot
    ChartRole role = ChartRole::kMuted;
    bool dashed = false;                            // the baseline
};

struct ChartFlag {
    TimeNs time = 0;
    TimeNs end = 0;                                 // 0 or a stretch
    QString label;
    ChartRole role = ChartRole::kMuted;
    QString glyph;                                  // "" = the role's
    qint64 seq = -1;                                // of the event
};

// Data that is not there: hatched from `above` to the top, or over the whole height.
struct ChartHatch {
    TimeRange range;
    double above = kNoValue;
    QString text;
};

// A tinted window: the incident, the reference.
struct ChartWindow {
    TimeRange range;
    ChartRole role = ChartRole::kAccent;
    QString label;
};

struct ChartMarks {
    QVector<ChartLimit> limits;
    QVector<ChartFlag> flags;
    QVector<ChartHatch> hatches;
    QVector<ChartWindow> windows;
    bool flagLabels = true;                         // false: thin lines only, for lower charts of a stack
};

struct TimeChartData {
    TimeNs from = 0;                                // start of the first column
    DurationNs width = 0;                           // of a column
    QVector<ChartSeries> series;
    ChartMarks marks;
    QString unit;                                   // "s", "1/s", "By", "" …
    ScaleWish yScale;
    QString title, description;                     // for screen readers and captions: one sentence
};

// "09:30 – 11:50 UTC, highest 29.9 s at 11:02, vllm-a p99": what a chart says to those who do not see it. "" without a value.
QString chartSentence(const TimeChartData& data, TimeRange range, bool utc);

}  // namespace nj::ui

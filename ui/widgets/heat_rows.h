// Rows of a resource heatmap as plain values: what the overview and the zoomed half draw. A view fills it; where each row lies is
// computed apart from painting, so that tests read it. Any thread.
#pragma once

#include <QString>
#include <QVector>
#include <QImage>
#include <functional>
#include <vector>

#include "base/time.h"
#include "theme/heat_scale.h"
#include "widgets/chart_data.h"

namespace nj::ui {

struct HeatMark {
    TimeNs time = 0, end = 0;          // end: a stretch that lasts (drawn as a dotted line)
    QString label;                     // "63" in a box; "" = a diamond
    QString text;                      // beside it where there is room, and in the tool tip
    ChartRole role = ChartRole::kWarning;
    bool hollow = false;               // inferred
    bool small = false;
};

struct HeatRow {
    QString key, name;
    QString heading, headingNote;      // shown above the first row of a group
    QString detail;                    // for the tool tip: host, model
    std::vector<float> values;         // per column, in the scale's unit; NaN = no sample
    QVector<HeatMark> marks;
    bool strong = false;               // departs from its peers
};

struct HeatRows {
    TimeNs from = 0;
    DurationNs width = 1;              // of a column
    int columns = 0;
    TimeRange shown;                   // what the picture spans; columns may reach over its ends
    QVector<HeatRow> rows;             // in the order shown
    HeatScale scale;
    std::function<QString(double)> text;   // a value with its unit
    [[nodiscard]] TimeRange range() const { return shown; }
    [[nodiscard]] TimeRange covered() const { return {from, from + columns * width}; }
    // Column of an instant; -1 outside.
    [[nodiscard]] int column(TimeNs time) const {
        if (columns == 0 || width <= 0 || time < from)
            return -1;
        const auto at = (time - from) / width;
        return at < columns ? static_cast<int>(at) : -1;
    }
};

// Where rows and headings lie, from the top, in device-independent pixels.
class HeatRowLayout {
public:
    void set(const HeatRows& rows, int rowHeight, int headingHeight);
    [[nodiscard]] int height() const { return tops_.empty() ? 0 : tops_.back(); }
    [[nodiscard]] int rowHeight() const { return rowHeight_; }
    // Top of the row itself, under its heading.
    [[nodiscard]] int top(int row) const { return tops_[static_cast<size_t>(row) + 1] - rowHeight_; }
    [[nodiscard]] int headingTop(int row) const { return tops_[static_cast<size_t>(row)]; }
    [[nodiscard]] int count() const { return static_cast<int>(tops_.size()) - 1; }
    // Row at that height (its heading counts for it); -1 outside.
    [[nodiscard]] int rowAt(int y) const;

private:
    std::vector<int> tops_{0};         // of each row with its heading; last = height
    int rowHeight_ = 28;
};

// One pixel per cell; transparent where there is no sample. `height` > 0 squeezes the rows: a pixel then shows the worst row it stands
// for (the lowest value when lowIsWorse), because an average would hide the one bad card.
QImage heatImage(const HeatRows& rows, const Theme& theme, int height = 0, bool lowIsWorse = false);

}  // namespace nj::ui

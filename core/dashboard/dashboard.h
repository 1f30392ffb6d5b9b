// A dashboard as Nightjar draws it, whoever wrote it. Plain values: any thread may hold one, nothing is shared. Texts are as their author
// wrote them and are drawn as plain text; expressions still hold their $variables (see interpolation.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dashboard/transformation.h"
#include "dashboard/variable.h"

namespace nj::dashboard {

enum class PanelKind : unsigned char { kTimeSeries, kStat, kGauge, kBarGauge, kTable, kHeatmap, kHistogram, kText };
enum class TargetFormat : unsigned char { kTimeSeries, kTable, kHeatmap };
enum class DrawStyle : unsigned char { kLine, kBars, kPoints };

// One query of a panel.
struct Target {
    std::string refId;
    std::string expr;
    std::string legend;      // "{{label}}" stands for a label's value; "" and "__auto": the series' labels
    std::string minStep;     // "30s", "$interval"; "" = none
    TargetFormat format = TargetFormat::kTimeSeries;
    bool instant = false;
    bool hidden = false;     // asked for by no one, but kept
    bool limit = false;      // what the others must not pass: drawn and called so
    bool operator==(const Target&) const = default;
};

// From this value on; the first of a panel has none. The colour is a name ("red", "#EAB839") that the theme translates.
struct Threshold {
    std::optional<double> from;
    std::string colour;
    bool operator==(const Threshold&) const = default;
};

// A value, or a range of values, shown as a text.
struct ValueText {
    std::optional<double> from, to;   // of a range
    std::string value;                // else the value as text
    std::string text;
    bool operator==(const ValueText&) const = default;
};

// Of 24 columns; a unit of height is about a line and a half of text.
struct GridPlace {
    int x = 0, y = 0, width = 12, height = 8;
    bool operator==(const GridPlace&) const = default;
};
inline constexpr int kGridColumns = 24;

struct Legend {
    bool shown = true;
    bool asTable = false;
    bool right = false;                    // else below
    std::vector<std::string> calculations; // "mean", "max", "lastNotNull"
    bool operator==(const Legend&) const = default;
};

struct Repeat {
    std::string variable;    // "" = not repeated
    bool vertical = false;
    int maxPerRow = 4;
    bool operator==(const Repeat&) const = default;
};

// How a field differs from its panel; what is not set is the panel's.
struct FieldLook {
    std::string unit;
    std::optional<int> decimals;
    std::optional<double> min, max;
    std::vector<Threshold> thresholds;
    bool thresholdsInPercent = false;
    std::string colour;                    // of all its values
    bool operator==(const FieldLook&) const = default;
};

enum class FieldMatch : unsigned char { kName, kRegex, kQuery, kType };

// What holds of single fields.
struct FieldOverride {
    FieldMatch match = FieldMatch::kName;
    std::vector<std::string> names;        // any of them; of a regex, a query's letter and a type ("number", "string", "time") one
    bool except = false;                   // by name: all numbers but these
    std::string displayName;
    bool hidden = false;
    FieldLook look;
    bool operator==(const FieldOverride&) const = default;
};

// An address that its author put there. It is shown and copied, never opened.
struct Link {
    std::string title, url;
    bool operator==(const Link&) const = default;
};

struct Panel {
    PanelKind kind = PanelKind::kTimeSeries;
    std::string title, description;
    std::string text;                      // of a text panel
    GridPlace place;
    std::vector<Target> targets;
    std::string unit;                      // see unit.h; "" = none
    std::optional<int> decimals;
    std::optional<double> min, max;
    std::vector<Threshold> thresholds;
    bool thresholdsInPercent = false;      // of min..max
    std::vector<ValueText> valueTexts;
    DrawStyle style = DrawStyle::kLine;
    bool stacked = false;
    bool logarithmic = false;
    Legend legend;
    std::string calculation;               // what a stat shows of a series: "lastNotNull", "mean", …
    bool everyRow = false;                 // or each value by itself,
    int mostRows = 25;                     // so many of them
    Repeat repeat;
    std::string timeFrom, timeShift;       // "6h": a range of its own
    std::vector<Transformation> transformations;
    std::vector<FieldOverride> overrides;
    std::vector<Link> links;
    bool operator==(const Panel&) const = default;
};

struct Row {
    std::string title;       // "" for panels that stand before the first row
    bool collapsed = false;
    Repeat repeat;
    std::vector<Panel> panels;
    bool operator==(const Row&) const = default;
};

// What was not taken over, or not as it stood.
struct Remark {
    std::string where;       // "panel 'GPU Temperature'"
    std::string what;        // "query B"
    std::string why;
    bool dropped = true;     // else changed
    bool operator==(const Remark&) const = default;
};

struct Dashboard {
    std::string title, uid, description;
    std::vector<std::string> tags;
    std::vector<Link> links;
    std::string from = "now-1h", to = "now";
    std::vector<Variable> variables;
    std::vector<Row> rows;
    std::vector<std::string> recognisedBy;   // metrics, any of which makes a built-in dashboard appear
    std::vector<Remark> remarks;
    bool operator==(const Dashboard&) const = default;

    [[nodiscard]] size_t panelCount() const {
        size_t count = 0;
        for (const Row& row : rows)
            count += row.panels.size();
        return count;
    }
};

}  // namespace nj::dashboard

#include <algorithm>

#include "dashboard/grafana/grafana_reading.h"

namespace nj::dashboard {
namespace {

struct PanelType {
    std::string_view type;
    PanelKind kind;
    std::string_view note;   // what is lost by drawing it as `kind`; "" = nothing
};
using enum PanelKind;
constexpr PanelType kTypes[] = {
    {"timeseries", kTimeSeries, ""},
    {"graph", kTimeSeries, ""},
    {"stat", kStat, ""},
    {"singlestat", kStat, ""},
    {"gauge", kGauge, ""},
    {"bargauge", kBarGauge, ""},
    {"table", kTable, ""},
    {"table-old", kTable, ""},
    {"heatmap", kHeatmap, ""},
    {"histogram", kHistogram, ""},
    {"text", kText, ""},
    {"piechart", kBarGauge, "a pie is drawn as bars"},
    {"grafana-piechart-panel", kBarGauge, "a pie is drawn as bars"},
    {"barchart", kBarGauge, "a bar chart is drawn as bars of its last values"},
    {"state-timeline", kTimeSeries, "a state timeline is drawn as lines"},
    {"status-history", kTimeSeries, "a status history is drawn as lines"},
    {"trend", kTimeSeries, "a trend is drawn over time"},
};

const PanelType* typeOf(std::string_view type) {
    const auto* const found = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const PanelType& each) { return each.type == type; });
    return found == std::end(kTypes) ? nullptr : found;
}

Repeat repeatOf(const Json& json) {
    Repeat repeat;
    repeat.variable = textAt(json, "repeat", 200);
    repeat.vertical = textAt(json, "repeatDirection", 10) == "v";
    repeat.maxPerRow = intAt(json, "maxPerRow", 4, 1, kGridColumns);
    return repeat;
}

GridPlace placeOf(const Json& grid) {
    GridPlace place;
    place.x = intAt(grid, "x", 0, 0, kGridColumns - 1);
    place.y = intAt(grid, "y", 0, 0, 100'000);
    place.width = std::min(intAt(grid, "w", 12, 1, kGridColumns), kGridColumns - place.x);
    place.height = intAt(grid, "h", 8, 1, 200);
    return place;
}

void readText(const Json& json, const std::string& where, GrafanaReading& reading, Panel& panel) {
    const Json& options = at(json, "options");
    panel.text = textAt(options, "content");
    if (panel.text.empty())
        panel.text = textAt(json, "content");
    const std::string mode = options.is_object() ? textAt(options, "mode", 20) : textAt(json, "mode", 20);
    if (mode == "html")
        reading.changed(where, "its HTML", "it is shown as plain text");
}

}  // namespace

std::string panelName(const Json& json) {
    const std::string title = textAt(json, "title", 200);
    if (!title.empty())
        return "panel '" + title + "'";
    const std::string id = textAt(json, "id", 20);
    return id.empty() ? "a panel without title" : "panel " + id + " (without title)";
}

void readLinks(const Json& list, const std::string& where, GrafanaReading& reading, std::vector<Link>& out) {
    if (!list.is_array())
        return;
    for (const Json& json : list) {
        const std::string url = textAt(json, "url", 4'000), title = textAt(json, "title", 500);
        if (url.empty())
            reading.dropped(where, "its link '" + title.substr(0, 100) + "'", textAt(json, "type", 20) == "dashboards" ? "it leads to other dashboards of that server" : "it has no address");
        else if (out.size() == kMostLinks)
            return reading.dropped(where, "its links behind the first " + std::to_string(kMostLinks), "there are too many");
        else
            out.push_back({title, url});
    }
}

bool readPanel(const Json& json, GrafanaReading& reading, Panel& panel) {
    const std::string where = panelName(json), type = textAt(json, "type", 100);
    if (!json.is_object()) {
        reading.dropped(where, "the panel", "it is no object");
        return false;
    }
    const PanelType* known = typeOf(type);
    if (known == nullptr) {
        const bool fromLibrary = at(json, "libraryPanel").is_object();
        reading.dropped(where, "the panel", fromLibrary ? "it is a library panel, which the file does not contain" : type.empty() ? "it has no type" : "its type '" + type + "' is not known");
        return false;
    }
    panel.kind = known->kind;
    if (type == "singlestat" && boolAt(at(json, "gauge"), "show"))
        panel.kind = kGauge;
    panel.title = textAt(json, "title", 500);
    panel.description = textAt(json, "description");
    panel.place = placeOf(at(json, "gridPos"));
    panel.repeat = repeatOf(json);
    readLinks(at(json, "links"), where, reading, panel.links);
    panel.timeFrom = textAt(json, "timeFrom", 50);
    panel.timeShift = textAt(json, "timeShift", 50);
    if (panel.kind == kText) {
        readText(json, where, reading, panel);
        return true;
    }
    readTargets(json, where, reading, panel);
    const Json& targets = at(json, "targets");
    if (panel.targets.empty() && targets.is_array() && !targets.empty()) {
        reading.dropped(where, "the panel", "none of its queries could be taken");
        return false;
    }
    if (panel.targets.empty()) {
        reading.dropped(where, "the panel", "it has no query");
        return false;
    }
    if (!known->note.empty())
        reading.changed(where, "its look", std::string(known->note));
    readLook(json, type, where, reading, panel);
    readTransformations(at(json, "transformations"), where, reading, panel);
    return true;
}

}  // namespace nj::dashboard

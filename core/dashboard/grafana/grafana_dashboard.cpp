#include "dashboard/grafana/grafana_dashboard.h"

#include <algorithm>
#include <cmath>

#include "dashboard/grafana/grafana_reading.h"

namespace nj::dashboard {
namespace {

// The API and exports by code wrap the dashboard.
const Json& unwrapped(const Json& root) {
    if (const Json& inner = at(root, "dashboard"); inner.is_object())
        return inner;
    if (const Json& spec = at(root, "spec"); spec.is_object())
        return spec;
    return root;
}

void readInputs(const Json& root, GrafanaReading& reading) {
    const Json& inputs = at(root, "__inputs");
    if (!inputs.is_array())
        return;
    for (const Json& input : inputs) {
        const std::string name = textAt(input, "name", 200);
        if (name.empty() || reading.dashboard.variables.size() == kMostVariables)
            continue;
        if (textAt(input, "type", 50) == "datasource") {
            reading.sourceTypes[name] = textAt(input, "pluginId", 100);
        } else if (textAt(input, "type", 50) == "constant") {
            Variable constant;
            constant.kind = VariableKind::kConstant;
            constant.name = name;
            constant.label = textAt(input, "label");
            constant.query = textAt(input, "value");
            constant.hidden = true;
            constant.current = {constant.query};
            reading.dashboard.variables.push_back(std::move(constant));
        }
    }
}

void readAnnotations(const Json& root, GrafanaReading& reading) {
    const Json& list = at(at(root, "annotations"), "list");
    if (!list.is_array())
        return;
    for (const Json& annotation : list)
        if (intAt(annotation, "builtIn", 0, 0, 1) == 0 && !boolAt(annotation, "builtIn"))
            reading.dropped("the dashboard", "annotation '" + textAt(annotation, "name", 200) + "'", "annotations by query are not drawn; events of the capsule are");
}

Row& startRow(const Json& json, GrafanaReading& reading) {
    Row row;
    row.title = textAt(json, "title", 500);
    row.collapsed = boolAt(json, "collapsed") || boolAt(json, "collapse");
    row.repeat.variable = textAt(json, "repeat", 200);
    reading.dashboard.rows.push_back(std::move(row));
    return reading.dashboard.rows.back();
}

void addPanel(Row& row, const Json& json, GrafanaReading& reading) {
    if (reading.panels == kMostPanels) {
        reading.dropped(panelName(json), "the panel", "a dashboard may have " + std::to_string(kMostPanels) + " panels");
        return;
    }
    ++reading.panels;
    Panel panel;
    if (readPanel(json, reading, panel))
        row.panels.push_back(std::move(panel));
}

// Panels with gridPos; a row is a panel among them, which holds its own panels only while collapsed.
void readGrid(const Json& panels, GrafanaReading& reading) {
    for (const Json& json : panels) {
        if (!json.is_object()) {
            reading.dropped("the dashboard", "a panel", "it is no object");
            continue;
        }
        if (textAt(json, "type", 100) != "row") {
            if (reading.dashboard.rows.empty())
                reading.dashboard.rows.emplace_back();
            addPanel(reading.dashboard.rows.back(), json, reading);
            continue;
        }
        if (reading.dashboard.rows.size() == kMostRows) {
            reading.dropped("row '" + textAt(json, "title", 200) + "'", "the row", "a dashboard may have " + std::to_string(kMostRows) + " rows; its panels go on in the row before");
            continue;
        }
        Row& row = startRow(json, reading);
        if (const Json& inner = at(json, "panels"); inner.is_array())
            for (const Json& panel : inner)
                addPanel(row, panel, reading);
    }
}

// Rows of the old schema: panels have a span of 12 columns and flow from left to right; heights are in pixels.
void readOldRows(const Json& rows, GrafanaReading& reading) {
    int y = 0;
    for (const Json& json : rows) {
        if (reading.dashboard.rows.size() == kMostRows)
            return reading.dropped("row '" + textAt(json, "title", 200) + "'", "this row and those behind it", "a dashboard may have " + std::to_string(kMostRows) + " rows");
        Row& row = startRow(json, reading);
        if (!boolAt(json, "showTitle", true))
            row.title.clear();
        std::string height = textAt(json, "height", 20);
        if (height.ends_with("px"))
            height.resize(height.size() - 2);
        const double pixels = numberAt(Json{{"height", height}}, "height").value_or(250);
        const int units = std::clamp(static_cast<int>(std::ceil(pixels / 38)), 3, 100);
        int x = 0;
        const Json& panels = at(json, "panels");
        if (!panels.is_array())
            continue;
        for (const Json& panel : panels) {
            const size_t before = row.panels.size();
            addPanel(row, panel, reading);
            if (row.panels.size() == before)
                continue;
            const int width = std::clamp(static_cast<int>(std::lround(numberAt(panel, "span").value_or(4) * 2)), 1, kGridColumns);
            if (x + width > kGridColumns) {
                x = 0;
                y += units;
            }
            row.panels.back().place = {x, y, width, units};
            x += width;
        }
        y += units;
    }
}

// Panels in reading order, rows closed up: a row begins at its own 0.
void arrange(Dashboard& dashboard) {
    for (Row& row : dashboard.rows) {
        std::stable_sort(row.panels.begin(), row.panels.end(), [](const Panel& a, const Panel& b) {
            return a.place.y != b.place.y ? a.place.y < b.place.y : a.place.x < b.place.x;
        });
        const int top = row.panels.empty() ? 0 : row.panels.front().place.y;
        for (Panel& panel : row.panels)
            panel.place.y -= top;
    }
}

}  // namespace

Result<Dashboard> readGrafanaDashboard(std::string_view text, const GrafanaOptions& options) {
    NJ_ASSIGN(const Json document, parseBounded(text, "the dashboard"));
    if (!document.is_object())
        return makeError(ErrorCode::kMalformed, "the dashboard is no JSON object");
    const bool elements = isElementsSchema(unwrapped(document));
    const Json classic = elements ? classicFromElements(unwrapped(document)) : Json();
    const Json& root = elements ? classic : unwrapped(document);
    const Json& panels = at(root, "panels");
    const Json& rows = at(root, "rows");
    if (!panels.is_array() && !rows.is_array())
        return makeError(ErrorCode::kMalformed, "the file is JSON, but no dashboard of Grafana: it has no 'panels', 'rows' or 'elements'");

    Dashboard dashboard;
    dashboard.title = textAt(root, "title", 500);
    dashboard.uid = textAt(root, "uid", 200);
    dashboard.description = textAt(root, "description");
    dashboard.tags = textsAt(root, "tags", 100);
    if (std::string from = textAt(at(root, "time"), "from", 100); !from.empty())
        dashboard.from = std::move(from);
    if (std::string to = textAt(at(root, "time"), "to", 100); !to.empty())
        dashboard.to = std::move(to);
    GrafanaReading reading{options, dashboard, {}, 0, {}};
    readInputs(at(root, "__inputs").is_array() ? root : document, reading);
    readAnnotations(root, reading);
    readLinks(at(root, "links"), "the dashboard", reading, dashboard.links);
    if (const Json& lost = at(root, "elementsLeft"); lost.is_array())
        for (const Json& each : lost)
            reading.dropped(textAt(each, "where"), textAt(each, "what"), textAt(each, "why"));
    readVariables(at(at(root, "templating"), "list"), reading);
    if (rows.is_array())
        readOldRows(rows, reading);
    if (panels.is_array())
        readGrid(panels, reading);
    arrange(dashboard);
    std::erase_if(dashboard.rows, [](const Row& row) { return row.panels.empty() && row.title.empty(); });
    return dashboard;
}

}  // namespace nj::dashboard

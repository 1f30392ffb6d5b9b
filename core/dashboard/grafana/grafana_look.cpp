// How a panel looks: the fieldConfig of today, and the settings of graph and singlestat before it.
#include <algorithm>
#include <cmath>

#include "dashboard/grafana/grafana_reading.h"
#include "dashboard/unit.h"
#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

// Colours of graph's thresholds by their mode.
std::string modeColour(const Json& threshold) {
    const std::string mode = textAt(threshold, "colorMode", 20), own = textAt(threshold, "fillColor", 50);
    if (mode == "custom")
        return own.empty() ? textAt(threshold, "lineColor", 50) : own;
    return mode == "ok" ? "green" : mode == "warning" ? "orange" : "red";
}

// Of a panel or of a field.
void readThresholds(const Json& thresholds, const std::string& where, GrafanaReading& reading, auto& out) {
    out.thresholdsInPercent = textAt(thresholds, "mode", 20) == "percentage";
    const Json& steps = at(thresholds, "steps");
    if (!steps.is_array())
        return;
    for (const Json& step : steps) {
        if (out.thresholds.size() == kMostThresholds)
            return reading.dropped(where, "its thresholds behind the first " + std::to_string(kMostThresholds), "there are too many");
        out.thresholds.push_back({numberAt(step, "value"), textAt(step, "color", 50)});
    }
}

void readMappings(const Json& mappings, Panel& panel) {
    if (!mappings.is_array())
        return;
    for (const Json& mapping : mappings) {
        if (panel.valueTexts.size() >= 200)
            return;
        const Json& options = at(mapping, "options");
        const std::string type = textAt(mapping, "type", 20);
        if (type == "value" && options.is_object()) {
            for (const auto& [value, result] : options.items())
                if (panel.valueTexts.size() < 200 && !textAt(result, "text").empty())
                    panel.valueTexts.push_back({{}, {}, value.substr(0, 200), textAt(result, "text", 500)});
        } else if (type == "range" && !textAt(at(options, "result"), "text").empty()) {
            panel.valueTexts.push_back({numberAt(options, "from"), numberAt(options, "to"), "", textAt(at(options, "result"), "text", 500)});
        } else if (type == "special" && !textAt(at(options, "result"), "text").empty()) {
            panel.valueTexts.push_back({{}, {}, textAt(options, "match", 50), textAt(at(options, "result"), "text", 500)});
        } else if (!textAt(mapping, "text").empty()) {   // before Grafana 8: type is 1 or 2
            panel.valueTexts.push_back({numberAt(mapping, "from"), numberAt(mapping, "to"), textAt(mapping, "value", 200), textAt(mapping, "text", 500)});
        }
    }
}

void readDefaults(const Json& defaults, const std::string& where, GrafanaReading& reading, Panel& panel) {
    panel.unit = textAt(defaults, "unit", 100);
    if (numberAt(defaults, "decimals"))
        panel.decimals = intAt(defaults, "decimals", 0, 0, 20);
    panel.min = numberAt(defaults, "min");
    panel.max = numberAt(defaults, "max");
    const Json& custom = at(defaults, "custom");
    // Lines have thresholds that only count where they are drawn; nearly every dashboard says "green, red from 80" without meaning it.
    const std::string drawn = textAt(at(custom, "thresholdsStyle"), "mode", 20);
    if (panel.kind != PanelKind::kTimeSeries || (!drawn.empty() && drawn != "off"))
        readThresholds(at(defaults, "thresholds"), where, reading, panel);
    readMappings(at(defaults, "mappings"), panel);
    const std::string style = textAt(custom, "drawStyle", 20);
    panel.style = style == "bars" ? DrawStyle::kBars : style == "points" ? DrawStyle::kPoints : DrawStyle::kLine;
    const std::string stacking = textAt(at(custom, "stacking"), "mode", 20);
    panel.stacked = stacking == "normal" || stacking == "percent";
    if (stacking == "percent")
        reading.changed(where, "its stacking", "shares in percent are stacked as values");
    panel.logarithmic = textAt(at(custom, "scaleDistribution"), "type", 20) == "log";
}

bool readMatcher(const Json& matcher, FieldOverride& out) {
    const std::string id = textAt(matcher, "id", 50);
    const Json& options = at(matcher, "options");
    for (const auto& [name, match] : {std::pair("byName", FieldMatch::kName), {"byRegexp", FieldMatch::kRegex}, {"byFrameRefID", FieldMatch::kQuery}, {"byType", FieldMatch::kType}})
        if (id == name) {
            out.match = match;
            out.names = {asText(options, 2'000)};
            return true;
        }
    if (id != "byNames" || !options.is_object())
        return false;
    out.names = textsAt(options, "names", kMostOverrides);
    out.except = textAt(options, "mode", 20) == "exclude";
    return true;
}

// False: nothing is made of it.
bool readProperty(const Json& property, const std::string& where, GrafanaReading& reading, FieldOverride& out) {
    const std::string id = textAt(property, "id", 100);
    const Json& value = at(property, "value");
    if (id == "unit")
        out.look.unit = asText(value, 100);
    else if (id == "decimals" && numberAt(property, "value"))
        out.look.decimals = intAt(property, "value", 0, 0, 20);
    else if (id == "min")
        out.look.min = numberAt(property, "value");
    else if (id == "max")
        out.look.max = numberAt(property, "value");
    else if (id == "thresholds")
        readThresholds(value, where, reading, out.look);
    else if (id == "color" && textAt(value, "mode", 50) == "fixed")
        out.look.colour = textAt(value, "fixedColor", 50);
    else if (id == "displayName" && asText(value, 500).find("${__") == std::string::npos)   // labels and values of the field
        out.displayName = asText(value, 500);
    else if (id == "custom.hideFrom")
        out.hidden = boolAt(value, "viz");
    else if (id == "custom.hidden" || id == "custom.hide")
        out.hidden = boolAt(property, "value");
    else
        return false;
    return true;
}

void readOverrides(const Json& overrides, const std::string& where, GrafanaReading& reading, Panel& panel) {
    if (!overrides.is_array())
        return;
    for (const Json& json : overrides) {
        if (panel.overrides.size() == kMostOverrides)
            return reading.dropped(where, "its field overrides behind the first " + std::to_string(kMostOverrides), "there are too many");
        FieldOverride read;
        const Json& matcher = at(json, "matcher");
        if (!readMatcher(matcher, read)) {
            reading.dropped(where, "a field override", "its matcher '" + textAt(matcher, "id", 50) + "' is not known");
            continue;
        }
        std::string left;
        if (const Json& properties = at(json, "properties"); properties.is_array())
            for (const Json& property : properties)
                if (!readProperty(property, where, reading, read))
                    left += (left.empty() ? "" : ", ") + textAt(property, "id", 100);
        if (!left.empty())
            reading.dropped(where, "of the field override of '" + (read.names.empty() ? "" : read.names.front().substr(0, 100)) + "': " + left.substr(0, 500), "single fields can't be styled so");
        // One axis draws one unit.
        if (panel.kind == PanelKind::kTimeSeries && !read.look.unit.empty() && read.look.unit != panel.unit)
            reading.changed(where, "the unit '" + read.look.unit + "' of '" + (read.names.empty() ? "" : read.names.front().substr(0, 100)) + "'", "a graph has one axis: it counts where all series have it");
        const FieldOverride nothing{read.match, read.names, read.except, {}, false, {}};
        if (read != nothing)
            panel.overrides.push_back(std::move(read));
    }
}

void readLegend(const Json& legend, Panel& panel) {
    if (!legend.is_object())
        return;
    panel.legend.shown = boolAt(legend, "showLegend", true) && boolAt(legend, "show", true) && textAt(legend, "displayMode", 20) != "hidden";
    panel.legend.asTable = textAt(legend, "displayMode", 20) == "table" || boolAt(legend, "alignAsTable");
    panel.legend.right = textAt(legend, "placement", 20) == "right" || boolAt(legend, "rightSide");
    panel.legend.calculations = textsAt(legend, "calcs", 20);
    for (const auto& [old, calculation] : {std::pair("min", "min"), {"max", "max"}, {"avg", "mean"}, {"current", "lastNotNull"}, {"total", "sum"}})
        if (boolAt(legend, "values") && boolAt(legend, old))
            panel.legend.calculations.emplace_back(calculation);
}

void readGraph(const Json& json, const std::string& where, GrafanaReading& reading, Panel& panel) {
    const Json& axes = at(json, "yaxes");
    if (axes.is_array() && !axes.empty()) {
        const Json& left = axes.front();
        panel.unit = textAt(left, "format", 100);
        panel.min = numberAt(left, "min");
        panel.max = numberAt(left, "max");
        if (numberAt(left, "decimals"))
            panel.decimals = intAt(left, "decimals", 0, 0, 20);
        panel.logarithmic = numberAt(left, "logBase").value_or(1) > 1;
    }
    if (const Json& before = at(json, "y_formats"); before.is_array() && !before.empty() && panel.unit.empty())
        panel.unit = asText(before.front(), 100);
    panel.stacked = boolAt(json, "stack");
    panel.style = boolAt(json, "bars") ? DrawStyle::kBars : !boolAt(json, "lines", true) && boolAt(json, "points") ? DrawStyle::kPoints : DrawStyle::kLine;
    if (const Json& thresholds = at(json, "thresholds"); thresholds.is_array())
        for (const Json& threshold : thresholds)
            if (panel.thresholds.size() < kMostThresholds && numberAt(threshold, "value"))
                panel.thresholds.push_back({numberAt(threshold, "value"), modeColour(threshold)});
    if (const Json& overrides = at(json, "seriesOverrides"); overrides.is_array() && !overrides.empty())
        reading.dropped(where, "its series overrides", "single series can't be styled");
    if (const Json& alert = at(json, "alert"); alert.is_object())
        reading.dropped(where, "its alert '" + textAt(alert, "name", 200) + "'", "alerts are read from rule files");
}

std::string calculationOf(const std::string& valueName) {
    for (const auto& [old, calculation] : {std::pair("avg", "mean"), {"current", "lastNotNull"}, {"total", "sum"}, {"min", "min"}, {"max", "max"}, {"first", "first"}, {"delta", "delta"}, {"range", "range"}, {"diff", "diff"}})
        if (valueName == old)
            return calculation;
    return "mean";
}

// "80,90" and three colours.
void readSingleStat(const Json& json, const std::string& where, GrafanaReading& reading, Panel& panel) {
    panel.unit = textAt(json, "format", 100);
    if (numberAt(json, "decimals"))
        panel.decimals = intAt(json, "decimals", 0, 0, 20);
    panel.calculation = calculationOf(textAt(json, "valueName", 20));
    const std::vector<std::string> colours = textsAt(json, "colors", 10);
    const std::vector<VariableOption> limits = parseOptionList(textAt(json, "thresholds", 500), false);
    for (size_t i = 0; i < colours.size() && i <= limits.size() && !limits.empty(); ++i)
        panel.thresholds.push_back({i == 0 ? std::nullopt : promql::parseNumber(limits[i - 1].value), colours[i]});
    const Json& gauge = at(json, "gauge");
    panel.min = numberAt(gauge, "minValue");
    panel.max = numberAt(gauge, "maxValue");
    if (const Json& maps = at(json, "valueMaps"); maps.is_array())
        readMappings(maps, panel);
    for (const char* part : {"prefix", "postfix"})
        if (!textAt(json, part).empty())
            reading.dropped(where, std::string("its ") + part + " '" + textAt(json, part, 50) + "'", "the unit stands behind the value");
}

}  // namespace

void readLook(const Json& json, const std::string& type, const std::string& where, GrafanaReading& reading, Panel& panel) {
    const Json& options = at(json, "options");
    const Json& fieldConfig = at(json, "fieldConfig");
    const Json& fieldOptions = at(options, "fieldOptions");   // of Grafana 6
    if (type == "graph")
        readGraph(json, where, reading, panel);
    else if (type == "singlestat")
        readSingleStat(json, where, reading, panel);
    else
        readDefaults(fieldConfig.is_object() ? at(fieldConfig, "defaults") : at(fieldOptions, "defaults"), where, reading, panel);
    if (type == "graph" && panel.unit.empty())
        panel.unit = textAt(at(fieldConfig, "defaults"), "unit", 100);
    if (type == "heatmap" && panel.unit.empty()) {
        const std::string today = textAt(at(options, "yAxis"), "unit", 100);
        panel.unit = today.empty() ? textAt(at(json, "yAxis"), "format", 100) : today;
    }
    readOverrides(at(fieldConfig, "overrides"), where, reading, panel);
    if (const Json& links = at(at(fieldConfig, "defaults"), "links"); links.is_array() && !links.empty())
        reading.dropped(where, "its data links", "they are made of a value's labels");
    readLegend(type == "graph" ? at(json, "legend") : at(options, "legend"), panel);
    panel.everyRow = boolAt(at(options, "reduceOptions"), "values") && (panel.kind == PanelKind::kStat || panel.kind == PanelKind::kGauge || panel.kind == PanelKind::kBarGauge);
    if (panel.everyRow)
        panel.mostRows = intAt(at(options, "reduceOptions"), "limit", panel.mostRows, 1, 1'000);
    for (const Json* from : {&at(options, "reduceOptions"), &fieldOptions})
        if (const auto calculations = textsAt(*from, "calcs", 5); !calculations.empty())
            panel.calculation = calculations.front();
    if (!describeUnit(panel.unit).known)
        reading.changed(where, "its unit '" + panel.unit + "'", "it is not known and stands behind the numbers as a text");
}

}  // namespace nj::dashboard

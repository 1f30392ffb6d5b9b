// The queries of a panel, and whom they ask.
#include <algorithm>

#include "dashboard/grafana/grafana_reading.h"
#include "dashboard/renamed_metrics.h"
#include "promql/syntax/parser.h"

namespace nj::dashboard {
namespace {

// Names of data sources that speak PromQL, or stand for whatever does.
constexpr std::string_view kPrometheusLike[] = {"prometheus", "victoriametrics-metrics-datasource", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource", "mimir"};

TargetFormat formatOf(std::string_view text) {
    return text == "table" ? TargetFormat::kTable : text == "heatmap" ? TargetFormat::kHeatmap : TargetFormat::kTimeSeries;
}

// Some value of a variable makes the expression parse; which one is not known before its query was answered.
Status parses(const std::string& expr, const GrafanaReading& reading) {
    Status first;
    for (const char* guess : {"x", "1", "5m"}) {
        Scope scope = reading.scope;
        for (auto& [name, value] : scope.variables)
            if (value.values.empty())
                value.values = {guess};
        const auto parsed = promql::parseExpression(interpolate(expr, scope));
        if (parsed.ok())
            return {};
        if (first.ok())
            first = parsed.error();
    }
    return first;
}

void applyRenames(Target& target, const std::string& where, const std::string& what, GrafanaReading& reading) {
    Renaming renaming = withCurrentNames(target.expr, reading.options.metricsPresent);
    target.expr = std::move(renaming.expr);
    for (const auto& [from, to] : renaming.renamed)
        reading.changed(where, what, "the metric " + from + " is called " + to + " now");
    for (const std::string& name : renaming.gone)
        reading.changed(where, what, "the metric " + name + " no longer exists in newer engines");
}

}  // namespace

std::string sourceType(const Json& source, const GrafanaReading& reading) {
    std::string type = textAt(source, "type", 200);
    if (type.empty()) {
        const std::string name = source.is_string() ? asText(source, 200) : textAt(source, "uid", 200);
        for (const std::string& variable : variablesIn(name))
            if (const auto known = reading.sourceTypes.find(variable); known != reading.sourceTypes.end())
                type = known->second;
        if (name.starts_with("-- "))
            type = name;
    }
    if (std::find(std::begin(kPrometheusLike), std::end(kPrometheusLike), type) != std::end(kPrometheusLike))
        return "prometheus";
    return type == "datasource" || type == "-- Mixed --" || type == "mixed" ? "" : type;
}

void readTargets(const Json& json, const std::string& where, GrafanaReading& reading, Panel& panel) {
    const Json& targets = at(json, "targets");
    if (!targets.is_array())
        return;
    const std::string panelSource = sourceType(at(json, "datasource"), reading);
    for (const Json& each : targets) {
        Target target;
        target.refId = textAt(each, "refId", 50);
        const std::string what = target.refId.empty() ? "a query" : "query " + target.refId;
        if (panel.targets.size() == kMostTargets) {
            reading.dropped(where, what, "a panel may have " + std::to_string(kMostTargets) + " queries");
            break;
        }
        std::string source = sourceType(at(each, "datasource"), reading);
        source = source.empty() ? panelSource : source;
        if (!source.empty() && source != "prometheus") {
            reading.dropped(where, what, source == "__expr__" ? "server-side expressions of Grafana are not evaluated" : "it asks " + source + ", not Prometheus");
            continue;
        }
        if (const Json& expr = at(each, "expr"); expr.is_string() && expr.get_ref<const std::string&>().size() > promql::kMaxExpressionLength) {
            reading.dropped(where, what, "its expression is longer than " + std::to_string(promql::kMaxExpressionLength) + " bytes");
            continue;
        }
        target.expr = textAt(each, "expr", promql::kMaxExpressionLength);
        if (target.expr.find_first_not_of(" \t\r\n") == std::string::npos) {
            if (!each.empty())
                reading.dropped(where, what, "it has no PromQL expression");
            continue;
        }
        target.legend = textAt(each, "legendFormat", 2'000);
        target.minStep = textAt(each, "interval", 50);
        target.format = formatOf(textAt(each, "format", 50));
        target.instant = boolAt(each, "instant") && !boolAt(each, "range");
        target.hidden = boolAt(each, "hide");
        applyRenames(target, where, what, reading);
        if (const Status parsed = parses(target.expr, reading); !parsed.ok())
            reading.changed(where, what, "the expression does not parse: " + parsed.error().message);
        panel.targets.push_back(std::move(target));
    }
}

}  // namespace nj::dashboard

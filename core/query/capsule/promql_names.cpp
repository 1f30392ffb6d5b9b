// What an expression can be written with, and where a text stops being one.
#include <algorithm>
#include <charconv>
#include <map>

#include "promql/capsule/capsule_querier.h"
#include "promql/syntax/function_table.h"
#include "promql/syntax/parser.h"
#include "query/capsule/counter_guess.h"
#include "query/capsule/metric_unit.h"
#include "query/capsule/promql_questions.h"
#include "query/capsule/type_convention.h"

namespace nj::query {
namespace {

// The stored series behind a name: the very one, else a histogram's or a summary's by the name of one of its parts.
std::vector<std::string_view> namesBehind(std::string_view name) {
    std::vector<std::string_view> names{name};
    for (const std::string_view end : {"_bucket", "_sum", "_count"})
        if (name.ends_with(end))
            names.push_back(name.substr(0, name.size() - end.size()));
    return names;
}

}  // namespace

std::string promqlUnit(QueryContext& context, std::string_view metric) {
    auto querier = context.promql();
    if (querier.ok())
        if (const auto named = (*querier)->matching({{promql::Matcher::Type::kEqual, std::string(promql::kMetricName), std::string(metric)}}); named.ok() && !named->empty())
            if (const auto& rows = named->front()->rows; !rows.empty())
                return metricUnit(metric, rows.front()->unit, rows.front()->description);
    return metricUnit(metric, {}, {});
}

Result<PromqlNames> answerPromqlNames(QueryContext& context) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    PromqlNames names;
    NJ_ASSIGN(names.labels, querier->labelNames({}));
    NJ_ASSIGN(const auto metrics, querier->labelValues(std::string(promql::kMetricName), {}));
    std::map<std::string_view, const store::SeriesRow*> rows;
    for (const store::SeriesRow& row : context.snapshot().series())
        rows.emplace(row.name, &row);
    const TypeConvention convention(context.snapshot().series());
    for (const std::string& name : metrics) {
        MetricName metric;
        metric.name = name;
        for (const std::string_view behind : namesBehind(name))
            if (const auto row = rows.find(behind); row != rows.end()) {
                metric.unit = metricUnit(name, row->second->unit, row->second->description);
                metric.description = row->second->description;
                metric.kind = row->second->kind;
                metric.counter = isCounter(*row->second);
                break;
            }
        if (metric.kind == MetricKind::kUnknown) {
            metric.kind = convention.kindOf(name);
            metric.inferred = metric.kind != MetricKind::kUnknown;
        }
        if (metric.unit.empty())
            metric.unit = metricUnit(name, {}, {});
        names.metrics.push_back(std::move(metric));
    }
    return names;
}

Result<std::vector<MetricLabel>> answerPromqlLabels(QueryContext& context, const std::string& metric) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    NJ_ASSIGN(const auto series, querier->matching({{promql::Matcher::Type::kEqual, std::string(promql::kMetricName), metric}}));
    std::map<std::string, std::map<std::string, uint32_t>> counts;
    for (const promql::CapsuleQuerier::NamedSeries* one : series)
        for (const promql::Label& label : *one->labels)
            if (label.name != promql::kMetricName)
                ++counts[label.name][label.value];
    std::vector<MetricLabel> labels;
    for (auto& [key, values] : counts) {
        MetricLabel label{key, {values.begin(), values.end()}, static_cast<uint32_t>(values.size())};
        std::stable_sort(label.values.begin(), label.values.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        if (label.values.size() > kMostLabelValues)
            label.values.resize(kMostLabelValues);
        labels.push_back(std::move(label));
    }
    return labels;
}

std::string legendText(std::string_view format, const std::vector<std::pair<std::string, std::string>>& labels) {
    std::string text;
    while (!format.empty()) {
        const size_t open = format.find("{{"), close = format.find("}}", open == std::string_view::npos ? open : open + 2);
        if (close == std::string_view::npos)
            break;
        text += format.substr(0, open);
        std::string_view name = format.substr(open + 2, close - open - 2);
        while (!name.empty() && name.front() == ' ')
            name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ')
            name.remove_suffix(1);
        for (const auto& [label, value] : labels)
            if (label == name)
                text += value;
        format.remove_prefix(close + 2);
    }
    return text + std::string(format);
}

std::optional<PromqlProblem> promqlProblem(std::string_view text) {
    const auto parsed = promql::parseExpression(text);
    if (parsed.ok())
        return std::nullopt;
    // "line:column: parse error: what"
    std::string_view message = parsed.error().message;
    size_t line = 1, column = 1;
    const auto [colon, error] = std::from_chars(message.data(), message.data() + message.size(), line);
    PromqlProblem problem;
    if (error == std::errc() && colon < message.data() + message.size() && *colon == ':') {
        const auto [rest, wrong] = std::from_chars(colon + 1, message.data() + message.size(), column);
        if (wrong == std::errc())
            message = message.substr(std::min(static_cast<size_t>(rest - message.data()) + 2, message.size()));
    }
    for (size_t i = 1; i < line && problem.at < text.size(); ++i)
        problem.at = std::min(text.find('\n', problem.at), text.size() - 1) + 1;
    problem.at = std::min(problem.at + column - 1, text.size());
    problem.message = message.starts_with("parse error: ") ? message.substr(13) : message;
    return problem;
}

const std::vector<std::pair<std::string, std::string>>& promqlWords() {
    static const auto words = [] {
        const auto typeText = [](promql::ValueType type) -> std::string {
            switch (type) {
            case promql::ValueType::kScalar: return "scalar";
            case promql::ValueType::kVector: return "vector";
            case promql::ValueType::kMatrix: return "range vector";
            case promql::ValueType::kString: return "string";
            default: return "value";
            }
        };
        std::vector<std::pair<std::string, std::string>> out;
        for (const promql::FunctionSignature& function : promql::allFunctions()) {
            std::string how(function.name);
            for (size_t i = 0; i < function.arguments.size(); ++i)
                how += (i == 0 ? "(" : ", ") + typeText(function.arguments[i]);
            out.emplace_back(function.name, how + (function.arguments.empty() ? "()" : ")"));
        }
        for (const char* aggregation : {"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"})
            out.emplace_back(aggregation, std::string(aggregation) + " by (labels) (vector)");
        for (const char* aggregation : {"topk", "bottomk", "quantile", "limitk", "limit_ratio"})
            out.emplace_back(aggregation, std::string(aggregation) + "(number, vector)");
        out.emplace_back("count_values", "count_values(\"label\", vector)");
        for (const char* keyword : {"by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "and", "or", "unless"})
            out.emplace_back(keyword, keyword);
        return out;
    }();
    return words;
}

}  // namespace nj::query

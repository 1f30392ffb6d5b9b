#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "promql/capsule/capsule_querier.h"
#include "promql/engine.h"
#include "promql/syntax/function_table.h"
#include "promql/syntax/parser.h"
#include "query/capsule/promql_questions.h"

namespace nj::query {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kBaselineSteps = 60;

// The shortest round step that gives no more than so many.
DurationNs roundStep(DurationNs length, int most) {
    constexpr DurationNs kSteps[] = {kSecond,      2 * kSecond,  5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,  2 * kMinute, 5 * kMinute,
                                     10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,        2 * kHour,    6 * kHour,    12 * kHour, kDay,      7 * kDay};
    for (const DurationNs step : kSteps)
        if (length / step <= std::max(most, 2))
            return step;
    return (length / std::max(most, 2) / kDay + 1) * kDay;
}

// Labels in which the lines differ, in the order of their names.
std::vector<std::string> tellingLabels(const promql::Matrix& matrix) {
    std::map<std::string, std::set<std::string>> values;
    std::map<std::string, size_t> present;
    for (const promql::MatrixSeries& series : matrix)
        for (const promql::Label& label : *series.labels) {
            values[label.name].insert(label.value);
            ++present[label.name];
        }
    std::vector<std::string> keys;
    for (const auto& [name, distinct] : values)
        if (distinct.size() > 1 || present[name] < matrix.size() || matrix.size() == 1)
            keys.push_back(name);
    return keys;
}

std::string labelOf(const promql::Labels& labels, const std::vector<std::string>& keys) {
    std::string text;
    for (const std::string& key : keys) {
        const std::string_view value = promql::labelValue(labels, key);
        if (value.empty())
            continue;
        text += text.empty() ? "" : ", ";
        text += key == promql::kMetricName ? std::string(value) : key + '=' + std::string(value);
    }
    return text;
}

// A vector or scalar over time.
Result<promql::Matrix> matrixOf(promql::QueryResult&& result) {
    if (auto* matrix = std::get_if<promql::Matrix>(&result.value))
        return std::move(*matrix);
    return makeError(ErrorCode::kInvalidArgument, "The expression gives text: nothing to draw.");
}

void summarise(MetricLine& line) {
    std::vector<double> known;
    for (const double value : line.values)
        if (std::isfinite(value))
            known.push_back(value);
    line.n = known.size();
    line.last = line.min = line.max = line.mean = line.p95 = line.baseline = kNaN;
    if (known.empty())
        return;
    line.last = known.back();
    double sum = 0;
    for (const double value : known)
        sum += value;
    line.mean = sum / static_cast<double>(known.size());
    std::sort(known.begin(), known.end());
    line.min = known.front();
    line.max = known.back();
    line.p95 = known[static_cast<size_t>(0.95 * static_cast<double>(known.size() - 1))];
}

Status addBaseline(promql::CapsuleQuerier& querier, const PromqlQuestion& question, const std::map<std::string, size_t>& lines, PromqlAnswer& answer, const std::stop_token& stop) {
    const DurationNs step = roundStep(question.baseline->length(), kBaselineSteps);
    NJ_ASSIGN(auto result, promql::Engine().range(querier, question.expression, question.baseline->from, question.baseline->to, step, stop));
    NJ_ASSIGN(const promql::Matrix matrix, matrixOf(std::move(result)));
    for (const promql::MatrixSeries& series : matrix) {
        const auto line = lines.find(promql::labelsKey(*series.labels));
        if (line == lines.end())
            continue;
        double sum = 0;
        size_t n = 0;
        for (const promql::FloatPoint& point : series.floats)
            if (std::isfinite(point.value)) {
                sum += point.value;
                ++n;
            }
        if (n > 0)
            answer.lines.lines[line->second].baseline = sum / static_cast<double>(n);
    }
    return {};
}

}  // namespace

Result<PromqlAnswer> answerPromql(QueryContext& context, const PromqlQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    PromqlAnswer answer;
    answer.step = roundStep(question.range.length(), std::clamp(question.columns, 2, 5000));
    const TimeNs start = question.range.from / answer.step * answer.step;
    const TimeNs end = question.range.to;
    NJ_ASSIGN(auto result, promql::Engine().range(*querier, question.expression, start, end, answer.step, context.stop()));
    for (const std::vector<std::string>& texts : {result.annotations.warnings(question.expression), result.annotations.infos(question.expression)})
        answer.notes.insert(answer.notes.end(), texts.begin(), texts.end());
    NJ_ASSIGN(promql::Matrix matrix, matrixOf(std::move(result)));
    const auto count = static_cast<size_t>((end - start) / answer.step) + 1;
    MetricAnswer& lines = answer.lines;
    lines.from = start - answer.step / 2;   // a column stands around its step
    lines.width = answer.step;
    lines.linesInAll = lines.series = lines.seriesRead = matrix.size();
    lines.interval = answer.step;
    const std::vector<std::string> keys = tellingLabels(matrix);
    for (const std::string& key : keys)
        if (key != promql::kMetricName)
            lines.by.push_back(key);
    bool histograms = false;
    std::map<std::string, size_t> places;
    for (const promql::MatrixSeries& series : matrix) {
        histograms = histograms || !series.histograms.empty();
        if (series.floats.empty() || lines.lines.size() >= question.maxLines)
            continue;
        MetricLine line;
        line.label = labelOf(*series.labels, keys);
        line.members = 1;
        line.values.assign(count, kNaN);
        for (const promql::FloatPoint& point : series.floats)
            if (const auto column = static_cast<size_t>((point.time - start) / answer.step); column < count)
                line.values[column] = point.value;
        summarise(line);
        places.emplace(promql::labelsKey(*series.labels), lines.lines.size());
        lines.lines.push_back(std::move(line));
    }
    if (histograms)
        answer.notes.push_back("Native histograms are not drawn as lines: wrap them in histogram_quantile or histogram_avg.");
    if (question.baseline && !question.baseline->empty())
        NJ_RETURN_IF_ERROR(addBaseline(*querier, question, places, answer, context.stop()));
    return answer;
}

Result<PromqlNames> answerPromqlNames(QueryContext& context) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    PromqlNames names;
    NJ_ASSIGN(names.labels, querier->labelNames({}));
    NJ_ASSIGN(const auto metrics, querier->labelValues(std::string(promql::kMetricName), {}));
    std::map<std::string_view, const store::SeriesRow*> rows;
    for (const store::SeriesRow& row : context.snapshot().series())
        rows.emplace(row.name, &row);
    for (const std::string& name : metrics) {
        MetricName metric;
        metric.name = name;
        if (const auto row = rows.find(name); row != rows.end()) {
            metric.unit = row->second->unit;
            metric.description = row->second->description;
            metric.kind = row->second->kind;
        }
        names.metrics.push_back(std::move(metric));
    }
    return names;
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

#include <algorithm>
#include <cmath>
#include <map>

#include "base/nan.h"
#include "promql/capsule/capsule_querier.h"
#include "promql/engine.h"
#include "promql/syntax/parser.h"
#include "promql/telling_labels.h"
#include "query/capsule/expression_unit.h"
#include "query/capsule/line_order.h"
#include "query/capsule/promql_questions.h"

namespace nj::query {
namespace {

constexpr int kBaselineSteps = 60, kMostSteps = 5000;

// Of one line all labels; else what tells the lines apart, in the order of their names.
std::vector<std::string> labelsToShow(const promql::Matrix& matrix) {
    std::vector<const promql::Labels*> series;
    for (const promql::MatrixSeries& one : matrix)
        series.push_back(one.labels.get());
    std::vector<std::string> keys;
    if (series.size() == 1)
        for (const promql::Label& label : *series.front())
            keys.push_back(label.name);
    else
        for (const std::string& name : promql::tellingLabels(series))
            keys.push_back(name);
    return keys;
}

std::string labelOf(const promql::Labels& labels, const std::vector<std::string>& keys, const std::string& legend) {
    if (!legend.empty()) {
        std::vector<std::pair<std::string, std::string>> all;
        for (const promql::Label& label : labels)
            all.emplace_back(label.name, label.value);
        return legendText(legend, all);
    }
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

using LinePlaces = std::map<std::string, size_t>;   // labelsKey → line

// Each line's mean in the baseline.
Status addBaseline(promql::CapsuleQuerier& querier, const PromqlQuestion& question, const LinePlaces& lines, PromqlAnswer& answer, const std::stop_token& stop) {
    const DurationNs step = roundStep(question.baseline->length(), kBaselineSteps);
    NJ_ASSIGN(auto result, promql::Engine(promql::prometheusOptions()).range(querier, question.expression, question.baseline->from, question.baseline->to, step, stop));
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

// What the lines were there, at the steps of the answer; `into` is the first step's distance from the start of the range.
Status addOverlay(promql::CapsuleQuerier& querier, const PromqlQuestion& question, const LinePlaces& lines, DurationNs into, PromqlAnswer& answer, const std::stop_token& stop) {
    const TimeRange shown = overlaidBaseline(question.range, *question.baseline);
    const TimeNs from = shown.from + into;
    NJ_ASSIGN(auto result, promql::Engine(promql::prometheusOptions()).range(querier, question.expression, from, shown.to, answer.step, stop));
    NJ_ASSIGN(const promql::Matrix matrix, matrixOf(std::move(result)));
    for (const promql::MatrixSeries& series : matrix) {
        const auto found = lines.find(promql::labelsKey(*series.labels));
        if (found == lines.end())
            continue;
        MetricLine& line = answer.lines.lines[found->second];
        line.baselineValues.assign(line.values.size(), kNaN);
        for (const promql::FloatPoint& point : series.floats)
            if (const auto column = static_cast<size_t>((point.time - from) / answer.step); column < line.baselineValues.size())
                line.baselineValues[column] = point.value;
    }
    return {};
}

DurationNs stepOf(const PromqlQuestion& question) {
    const DurationNs length = question.range.length();
    if (question.step > 0 && length / question.step <= kMostSteps)
        return question.step;
    return roundStep(length, question.step > 0 ? kMostSteps : std::clamp(question.columns, 2, kMostSteps));
}

}  // namespace

// The shortest round step that gives no more than so many.
DurationNs roundStep(DurationNs length, int most) {
    constexpr DurationNs kSteps[] = {kSecond,      2 * kSecond,  5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,  2 * kMinute, 5 * kMinute,
                                     10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,        2 * kHour,    6 * kHour,    12 * kHour, kDay,      7 * kDay};
    for (const DurationNs step : kSteps)
        if (length / step <= std::max(most, 2))
            return step;
    return (length / std::max(most, 2) / kDay + 1) * kDay;
}

Result<PromqlAnswer> answerPromql(QueryContext& context, const PromqlQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    PromqlAnswer answer;
    answer.step = stepOf(question);
    const TimeNs start = question.range.from / answer.step * answer.step;
    const TimeNs end = question.range.to;
    NJ_ASSIGN(auto result, promql::Engine(promql::prometheusOptions()).range(*querier, question.expression, start, end, answer.step, context.stop()));
    for (const std::vector<std::string>& texts : {result.annotations.warnings(question.expression), result.annotations.infos(question.expression)})
        answer.notes.insert(answer.notes.end(), texts.begin(), texts.end());
    NJ_ASSIGN(promql::Matrix matrix, matrixOf(std::move(result)));
    const auto count = static_cast<size_t>((end - start) / answer.step) + 1;
    MetricAnswer& lines = answer.lines;
    lines.from = start - answer.step / 2;   // a column stands around its step
    lines.width = answer.step;
    lines.linesInAll = lines.series = lines.seriesRead = matrix.size();
    lines.interval = answer.step;
    const std::vector<std::string> keys = labelsToShow(matrix);
    for (const std::string& key : keys)
        if (key != promql::kMetricName)
            lines.by.push_back(key);
    bool histograms = false;
    LinePlaces places;
    for (const promql::MatrixSeries& series : matrix) {
        histograms = histograms || !series.histograms.empty();
        if (series.floats.empty() || lines.lines.size() >= question.maxLines)
            continue;
        MetricLine line;
        line.label = labelOf(*series.labels, keys, question.legend);
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
        answer.notes.emplace_back("Native histograms are not drawn as lines: wrap them in histogram_quantile or histogram_avg.");
    if (question.baseline && !question.baseline->empty()) {
        NJ_RETURN_IF_ERROR(addBaseline(*querier, question, places, answer, context.stop()));
        if (question.shifted)
            NJ_RETURN_IF_ERROR(addOverlay(*querier, question, places, start - question.range.from, answer, context.stop()));
    }
    orderByDeparture(lines.lines);   // from here on their places hold no more
    const auto expr = promql::parseExpression(question.expression);
    if (!expr.ok())
        return expr.error();
    const UnitOfMetric unitOfMetric = [&](std::string_view name) { return promqlUnit(context, name); };
    lines.unit = expressionUnit(**expr, unitOfMetric);
    answer.bucketUnit = bucketUnit(**expr, unitOfMetric);
    NJ_RETURN_IF_ERROR(addPromqlExemplars(context, **expr, question.range, lines));
    return answer;
}

}  // namespace nj::query

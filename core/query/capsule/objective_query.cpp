// How many events of an objective were good: counts of rows that pass its threshold, exact for rows, to the width of a bucket for
// histograms.
#include <algorithm>
#include <cmath>

#include "query/annotations.h"
#include "query/capsule/questions.h"
#include "query/capsule/source_questions.h"
#include "query/search_syntax.h"

namespace nj::query {
namespace {

using analyze::ObjectiveCounts;

FilterNode condition(FilterNode::Op op, const std::string& field, const std::string& text, std::optional<double> number = {}) {
    FilterNode node;
    node.op = op;
    node.field = field;
    node.text = text;
    node.numeric = number.has_value();
    node.number = number.value_or(0);
    return node;
}

Filter both(const Filter& filter, FilterNode extra) {
    Filter out;
    out.root.children = {filter.root, std::move(extra)};
    return out;
}

LatencyQuestion countQuestion(const ObjectiveQuestion& question, const Measure& measure, const Filter& filter) {
    LatencyQuestion counts;
    counts.range = question.range;
    counts.filter = filter;
    counts.measure = measure;
    counts.columns = question.columns;
    counts.quantiles = {0.5};
    return counts;
}

std::vector<uint64_t> countsOf(const LatencyAnswer& answer) {
    std::vector<uint64_t> columns;
    for (const LatencyGroup& group : answer.groups) {
        columns.resize(std::max(columns.size(), group.count.size()));
        for (size_t i = 0; i < group.count.size(); ++i)
            columns[i] += group.count[i];
    }
    return columns;
}

// Rows: all that match, and those that match the condition too.
Result<ObjectiveAnswer> answerRows(QueryContext& context, const ObjectiveQuestion& question, const Measure& measure, const Filter& filter, FilterNode counted,
                                   bool countedIsGood) {
    NJ_ASSIGN(const LatencyAnswer all, answerLatency(context, countQuestion(question, measure, filter)));
    NJ_ASSIGN(const LatencyAnswer some, answerLatency(context, countQuestion(question, measure, both(filter, std::move(counted)))));
    ObjectiveAnswer answer;
    answer.from = all.from;
    answer.width = all.width;
    const std::vector<uint64_t> total = countsOf(all), part = countsOf(some);
    for (size_t i = 0; i < total.size(); ++i) {
        const uint64_t n = i < part.size() ? std::min(part[i], total[i]) : 0;
        answer.columns.push_back({countedIsGood ? n : total[i] - n, total[i]});
    }
    return answer;
}

// Histograms: what lies below the threshold, a bucket across it by its share in the logarithm.
Result<ObjectiveAnswer> answerBuckets(QueryContext& context, const ObjectiveQuestion& question, const Measure& measure, const Filter& filter) {
    HeatmapQuestion cells;
    cells.range = question.range;
    cells.filter = filter;
    cells.measure = measure;
    cells.columns = question.columns;
    cells.rows = 200;
    NJ_ASSIGN(const HeatmapAnswer map, answerHeatmap(context, cells));
    ObjectiveAnswer answer;
    answer.from = map.from;
    answer.width = map.width;
    const size_t rows = map.bounds.empty() ? 0 : map.bounds.size() - 1;
    const double threshold = question.objective.threshold;
    for (size_t column = 0; rows > 0 && column < map.counts.size() / rows; ++column) {
        ObjectiveCounts counts;
        double good = 0;
        for (size_t row = 0; row < rows; ++row) {
            const uint64_t n = map.counts[column * rows + row];
            const double low = map.bounds[row], high = map.bounds[row + 1];
            counts.total += n;
            if (high <= threshold)
                good += static_cast<double>(n);
            else if (low < threshold && low > 0)
                good += static_cast<double>(n) * std::log(threshold / low) / std::log(high / low);
        }
        counts.good = static_cast<uint64_t>(std::llround(good));
        answer.columns.push_back(counts);
    }
    answer.relativeError = rows > 0 && map.bounds.front() > 0 ? map.bounds[1] / map.bounds[0] - 1 : 0;
    return answer;
}

}  // namespace

Result<ObjectiveAnswer> answerObjective(QueryContext& context, const ObjectiveQuestion& question) {
    NJ_ASSIGN(const Filter filter, parseSearch(question.objective.filter));
    const Objective& objective = question.objective;
    const auto measure = measureOf(objective).value_or(Measure{});
    ObjectiveAnswer answer;
    if (objective.kind == ObjectiveKind::kErrors) {
        NJ_ASSIGN(answer, answerRows(context, question, measure, filter, condition(FilterNode::Op::kEquals, "status", "error"), false));
    } else if (objective.kind == ObjectiveKind::kHistogram) {
        NJ_ASSIGN(answer, answerBuckets(context, question, measure, filter));
    } else {
        const bool duration = objective.kind == ObjectiveKind::kSpanDuration;
        const double number = duration ? objective.threshold * 1e9 : objective.threshold;
        NJ_ASSIGN(answer, answerRows(context, question, measure, filter, condition(FilterNode::Op::kLessEqual, duration ? "duration" : objective.key, std::to_string(number), number), true));
    }
    for (const ObjectiveCounts& column : answer.columns) {
        answer.total.good += column.good;
        answer.total.total += column.total;
    }
    return answer;
}

}  // namespace nj::query

// How many events of an objective were good: counts of rows that pass its threshold, exact for rows, to the width of a bucket for
// histograms.
#include <algorithm>
#include <cmath>

#include "query/annotations.h"
#include "query/capsule/histogram_family.h"
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
        answer.total.good += answer.columns.back().good;
        answer.total.total += total[i];
    }
    return answer;
}

// Share of a bucket's observations that lie at or below the threshold, spread evenly inside it as quantiles are.
double shareBelow(double lower, double upper, double threshold) {
    if (upper <= threshold)
        return 1;
    if (lower >= threshold || std::isinf(upper) || std::isinf(lower))
        return 0;
    return (threshold - lower) / (upper - lower);
}

uint64_t rounded(double count) { return static_cast<uint64_t>(std::llround(std::max(0.0, count))); }

// Histograms: exact where the threshold is an edge of their buckets.
Result<ObjectiveAnswer> answerBuckets(QueryContext& context, const ObjectiveQuestion& question, const Measure& measure, const Filter& filter) {
    HistogramFamily family = HistogramFamily::find(context.snapshot(), measure.key, filter);
    if (family.empty())
        return makeError(ErrorCode::kNotFound, "no histogram named '" + measure.key + "' that the objective's filter leaves");
    const Columns columns = Columns::of(question.range, question.columns, std::min(2 * family.interval(), std::max<DurationNs>(question.range.length() / 4, 1)));
    NJ_RETURN_IF_ERROR(family.load(context, question.range, columns));
    const double threshold = question.objective.threshold;
    std::vector<double> good(columns.count), total(columns.count);
    ObjectiveAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    for (const FamilyMember& member : family.members())
        member.counts.forEach([&](double lower, double upper, const std::vector<double>& counts) {
            const double share = shareBelow(lower, upper, threshold);
            for (size_t i = 0; i < std::min(counts.size(), total.size()); ++i) {
                total[i] += counts[i];
                good[i] += counts[i] * share;
            }
            if (share > 0 && share < 1)
                answer.relativeError = std::max(answer.relativeError, (upper - lower) / std::max(threshold, 1e-300));
        });
    double allGood = 0, all = 0;
    for (size_t i = 0; i < total.size(); ++i) {
        answer.columns.push_back({rounded(good[i]), rounded(total[i])});
        allGood += good[i];
        all += total[i];
    }
    // Not the sum of the columns: those are rounded each.
    answer.total = {rounded(allGood), rounded(all)};
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
    return answer;
}

}  // namespace nj::query

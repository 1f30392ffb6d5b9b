// Distribution over time of a numeric span or log attribute: exact values, gathered per column and group.
#include <algorithm>
#include <cmath>

#include "analyze/robust.h"
#include "query/capsule/attribute_scan.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/latency_parts.h"
#include "query/capsule/row_labels.h"

namespace nj::query {
namespace {

struct Observation {
    uint32_t column;
    uint16_t code;
    double value;
};

Result<std::vector<Observation>> gather(QueryContext& context, const LatencyQuestion& question, TimeRange range, const Columns* columns, RowLabels& labels) {
    std::vector<Observation> out;
    const Signal signal = question.measure.kind == Measure::Kind::kLogAttribute ? Signal::kLog : Signal::kSpan;
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, signal));
    NJ_RETURN_IF_ERROR(scanSegments(context, signal, range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        if (!view.info().hasAttribute(question.measure.key))
            return {};
        NJ_ASSIGN(const store::StartColumn start, view.start());
        std::vector<uint16_t> codes;
        if (!question.splitBy.empty()) {
            NJ_ASSIGN(codes, labels.codes(view));
        }
        return forEachNumber(view, question.measure.key, rows, matching, [&](uint32_t row, double value) {
            const uint32_t column = columns ? static_cast<uint32_t>(columns->at(std::max(start.at(row), columns->from))) : 0U;
            out.push_back({column, codes.empty() ? uint16_t{0} : codes[row], value});
        });
    }));
    return out;
}

// Quantiles of the values of one (group, column) or group.
void quantilesInto(std::vector<double>& values, const std::vector<double>& wanted, const auto& store) {
    for (size_t q = 0; q < wanted.size(); ++q)
        store(q, analyze::quantile(values, wanted[q]));
}

}  // namespace

Result<LatencyAnswer> latencyOfAttribute(QueryContext& context, const LatencyQuestion& question) {
    const Columns columns = Columns::of(question.range, question.columns);
    RowLabels labels(context, question.measure.kind == Measure::Kind::kLogAttribute ? Signal::kLog : Signal::kSpan, question.splitBy);
    NJ_ASSIGN(std::vector<Observation> seen, gather(context, question, question.range, &columns, labels));
    std::vector<Observation> before;
    if (question.baseline) {
        NJ_ASSIGN(before, gather(context, question, *question.baseline, nullptr, labels));
    }
    std::vector<uint64_t> counts(labels.labels().size(), 0);
    for (const Observation& o : seen)
        ++counts[o.code];
    GroupChoice choice;
    if (question.splitBy.empty())
        choice = {std::vector<uint16_t>(labels.labels().size(), 0), {""}};
    else
        choice = chooseGroups(counts, labels.labels(), question.maxGroups);

    LatencyAnswer out;
    out.from = columns.from;
    out.width = columns.width;
    out.groups = emptyGroups(choice.names, columns.count, question.quantiles.size());
    std::vector<std::vector<double>> cells(out.groups.size() * columns.count), totals(out.groups.size()), baseline(out.groups.size());
    for (const Observation& o : seen) {
        const size_t g = choice.groupOfCode[o.code];
        if (g >= out.groups.size())
            continue;
        cells[g * columns.count + o.column].push_back(o.value);
        totals[g].push_back(o.value);
    }
    for (const Observation& o : before)
        if (const size_t g = choice.groupOfCode[o.code]; g < out.groups.size())
            baseline[g].push_back(o.value);
    for (size_t g = 0; g < out.groups.size(); ++g) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        LatencyGroup& group = out.groups[g];
        for (size_t c = 0; c < columns.count; ++c) {
            std::vector<double>& cell = cells[g * columns.count + c];
            group.count[c] = cell.size();
            if (!cell.empty())
                quantilesInto(cell, question.quantiles, [&](size_t q, double value) { group.quantile[q][c] = value; });
        }
        group.n = totals[g].size();
        group.baselineN = baseline[g].size();
        if (!totals[g].empty()) {
            const auto [low, high] = std::minmax_element(totals[g].begin(), totals[g].end());
            group.min = *low;
            group.max = *high;
            for (const double value : totals[g])
                group.sum += value;
        }
        quantilesInto(totals[g], question.quantiles, [&](size_t q, double value) { group.total[q] = value; });
        quantilesInto(baseline[g], question.quantiles, [&](size_t q, double value) { group.baseline[q] = value; });
        out.n += group.n;
    }
    orderGroups(out);
    if (question.measure.kind == Measure::Kind::kSpanAttribute) {
        NJ_ASSIGN(out.splits, spanSplits(context, question));
    } else {
        out.splits = {"service", "severity"};
    }
    return out;
}

}  // namespace nj::query

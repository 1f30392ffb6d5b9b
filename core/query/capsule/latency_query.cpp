#include "query/capsule/latency_parts.h"

#include <algorithm>
#include <cmath>

#include "analyze/robust.h"
#include "base/nan.h"
#include "query/capsule/duration_bins.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/row_labels.h"

namespace nj::query {
namespace {

// One segment's share of the question.
struct Piece {
    RowSpan rows;
    std::shared_ptr<const RowSet> matching;
    store::StartColumn start;
    store::DurationBins bins;
    std::vector<uint16_t> codes;   // group of each row; empty when there is no split
    uint32_t next = 0;
};

class SpanLatency {
public:
    SpanLatency(QueryContext& context, const LatencyQuestion& question, FilterEvaluator& filter)
        : context_(context), question_(question), filter_(filter), labels_(context, Signal::kSpan, question.splitBy) {}

    Result<LatencyAnswer> answer() {
        NJ_ASSIGN(std::vector<Piece> pieces, load(question_.range));
        std::vector<Piece> before;
        if (question_.baseline) {
            NJ_ASSIGN(before, load(*question_.baseline));
        }
        chooseSplit(pieces, before);
        const Columns columns = Columns::of(question_.range, question_.columns);
        LatencyAnswer out;
        out.from = columns.from;
        out.width = columns.width;
        out.relativeError = 0.0054;
        out.groups = emptyGroups(choice_.names, columns.count, question_.quantiles.size());
        NJ_RETURN_IF_ERROR(fillColumns(pieces, columns, out));
        NJ_RETURN_IF_ERROR(fillBaseline(before, out));
        for (const LatencyGroup& group : out.groups)
            out.n += group.n;
        orderGroups(out);
        return out;
    }

private:
    Result<std::vector<Piece>> load(TimeRange range) {
        std::vector<Piece> pieces;
        NJ_RETURN_IF_ERROR(scanSegments(context_, Signal::kSpan, range, filter_, [&](const store::SegmentView& view, RowSpan rows, const RowSet*) -> Status {
            Piece piece;
            piece.rows = rows;
            piece.next = rows.from;
            NJ_ASSIGN(piece.matching, filter_.match(view, rows));
            NJ_ASSIGN(piece.start, view.start());
            NJ_ASSIGN(piece.bins, view.durationBin());
            if (piece.bins.size() < rows.to || piece.start.ticks.size() < rows.to)
                return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");
            if (!question_.splitBy.empty()) {
                NJ_ASSIGN(piece.codes, labels_.codes(view));
            }
            pieces.push_back(std::move(piece));
            return {};
        }));
        return pieces;
    }

    // Turns label codes into group numbers, the most frequent labels of the range first.
    void chooseSplit(std::vector<Piece>& pieces, std::vector<Piece>& before) {
        if (question_.splitBy.empty()) {
            choice_.names = {""};
            return;
        }
        std::vector<uint64_t> counts(labels_.labels().size(), 0);
        for (const Piece& piece : pieces)
            forEachRow(piece.rows, piece.matching.get(), [&](uint32_t row) { ++counts[piece.codes[row]]; });
        choice_ = chooseGroups(counts, labels_.labels(), question_.maxGroups);
        const auto last = static_cast<uint16_t>(choice_.names.size());
        for (std::vector<Piece>* list : {&pieces, &before})
            for (Piece& piece : *list)
                for (uint16_t& code : piece.codes)
                    code = std::min(choice_.groupOfCode[code], last);   // `last`: only in the baseline, nowhere shown
    }

    static void count(const Piece& piece, RowSpan rows, std::vector<BinCounts<uint32_t>>& counts) {
        const uint16_t* const bins = piece.bins.data();
        if (piece.codes.empty())
            forEachRow(rows, piece.matching.get(), [&, &all = counts.front()](uint32_t row) { all.add(bins[row]); });
        else
            forEachRow(rows, piece.matching.get(), [&, codes = piece.codes.data()](uint32_t row) { counts[codes[row]].add(bins[row]); });
    }

    Status fillColumns(std::vector<Piece>& pieces, const Columns& columns, LatencyAnswer& out) {
        std::vector<BinCounts<uint32_t>> counts(out.groups.size() + 1);
        std::vector<BinCounts<uint64_t>> totals(out.groups.size());
        for (size_t column = 0; column < columns.count; ++column) {
            NJ_RETURN_IF_ERROR(context_.checkStop());
            const bool last = column + 1 == columns.count;
            const TimeNs edge = columns.edge(column + 1);
            for (Piece& piece : pieces) {
                if (piece.next >= piece.rows.to || (!last && piece.start.at(piece.next) >= edge))
                    continue;
                const uint32_t until = last ? piece.rows.to : std::clamp(static_cast<uint32_t>(piece.start.lowerBound(edge)), piece.next, piece.rows.to);
                count(piece, {piece.next, until}, counts);
                piece.next = until;
            }
            for (size_t g = 0; g < out.groups.size(); ++g)
                takeColumn(counts[g], totals[g], column, out.groups[g]);
            counts.back().clear();
        }
        for (size_t g = 0; g < out.groups.size(); ++g)
            takeTotal(totals[g], out.groups[g]);
        return {};
    }

    void takeColumn(BinCounts<uint32_t>& counts, BinCounts<uint64_t>& total, size_t column, LatencyGroup& group) const {
        const uint64_t n = counts.count();
        group.count[column] = n;
        if (n > 0)
            for (size_t q = 0; q < question_.quantiles.size(); ++q)
                group.quantile[q][column] = counts.quantile(question_.quantiles[q]);
        total.merge(counts);
        counts.clear();
    }

    void takeTotal(const BinCounts<uint64_t>& total, LatencyGroup& group) const {
        group.n = total.count();
        for (size_t q = 0; q < question_.quantiles.size(); ++q)
            group.total[q] = total.quantile(question_.quantiles[q]);
        bool first = true;
        total.forEach([&](uint16_t bin, uint64_t n) {
            const double middle = sketch::binMiddle(bin);
            if (first)
                group.min = middle;
            first = false;
            group.max = middle;
            group.sum += middle * static_cast<double>(n);
        });
    }

    Status fillBaseline(const std::vector<Piece>& before, LatencyAnswer& out) {
        if (before.empty())
            return {};
        std::vector<BinCounts<uint32_t>> counts(out.groups.size() + 1);
        for (const Piece& piece : before) {
            NJ_RETURN_IF_ERROR(context_.checkStop());
            count(piece, piece.rows, counts);
        }
        for (size_t g = 0; g < out.groups.size(); ++g) {
            out.groups[g].baselineN = counts[g].count();
            for (size_t q = 0; q < question_.quantiles.size(); ++q)
                out.groups[g].baseline[q] = counts[g].quantile(question_.quantiles[q]);
        }
        return {};
    }

    QueryContext& context_;
    const LatencyQuestion& question_;
    FilterEvaluator& filter_;
    RowLabels labels_;
    GroupChoice choice_;
};

}  // namespace

std::vector<LatencyGroup> emptyGroups(const std::vector<std::string>& names, size_t columns, size_t quantiles) {
    std::vector<LatencyGroup> groups(names.size());
    for (size_t g = 0; g < names.size(); ++g) {
        groups[g].label = names[g];
        groups[g].count.assign(columns, 0);
        groups[g].quantile.assign(quantiles, std::vector<double>(columns, kNaN));
        groups[g].total.assign(quantiles, kNaN);
        groups[g].baseline.assign(quantiles, kNaN);
    }
    return groups;
}

void orderGroups(LatencyAnswer& answer) {
    const auto ratio = [](const LatencyGroup& group) {
        const bool known = !group.baseline.empty() && group.baseline.back() > 0 && !std::isnan(group.total.back());
        return known ? group.total.back() / group.baseline.back() : 1.0;
    };
    if (answer.groups.size() > 1)
        std::erase_if(answer.groups, [](const LatencyGroup& group) { return group.n == 0 && group.baselineN == 0; });
    std::stable_sort(answer.groups.begin(), answer.groups.end(), [&](const LatencyGroup& a, const LatencyGroup& b) {
        const double x = ratio(a), y = ratio(b);
        return x != y ? x > y : a.n > b.n;
    });
}

Result<LatencyAnswer> latencyOfSpans(QueryContext& context, const LatencyQuestion& question) {
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    NJ_ASSIGN(LatencyAnswer answer, SpanLatency(context, question, filter).answer());
    NJ_ASSIGN(answer.splits, spanSplits(context, question));
    return answer;
}

Result<LatencyAnswer> answerLatency(QueryContext& context, const LatencyQuestion& question) {
    LatencyQuestion bounded = question;
    if (bounded.quantiles.empty())
        bounded.quantiles = {0.5, 0.95, 0.99};
    for (double& q : bounded.quantiles)
        q = std::isnan(q) ? 0.5 : std::clamp(q, 0.0, 1.0);
    bounded.maxGroups = std::clamp<size_t>(bounded.maxGroups, 1, 200);
    switch (question.measure.kind) {
    case Measure::Kind::kSpanDuration: return latencyOfSpans(context, bounded);
    case Measure::Kind::kSpanAttribute:
    case Measure::Kind::kLogAttribute: return latencyOfAttribute(context, bounded);
    case Measure::Kind::kHistogram: return latencyOfHistogram(context, bounded);
    }
    return makeError(ErrorCode::kInvalidArgument, "no such measure");
}

}  // namespace nj::query

// Services of the range with rate, errors and p99, worst first.
#include <algorithm>
#include <cmath>

#include "query/capsule/duration_bins.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

struct Tally {
    uint64_t count = 0, errors = 0;
    std::unique_ptr<BinCounts<uint64_t>> bins = std::make_unique<BinCounts<uint64_t>>();
};
using Tallies = std::map<uint32_t, Tally>;   // by dictionary id of the service

Status tally(QueryContext& context, FilterEvaluator& filter, TimeRange range, Tallies& tallies) {
    return scanSegments(context, Signal::kSpan, range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const store::CodeColumn services, view.service());
        NJ_ASSIGN(const store::DurationBins bins, view.durationBin());
        NJ_ASSIGN(const std::span<const uint8_t> status, view.status());
        if (bins.size() < rows.to || status.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");
        std::vector<Tally*> byCode(services.table.size());
        for (size_t code = 0; code < byCode.size(); ++code)
            byCode[code] = &tallies[services.table[code]];
        forEachRow(rows, matching, [&](uint32_t row) {
            const uint32_t code = services.code(row);
            if (code >= byCode.size())
                return;
            Tally& t = *byCode[code];
            ++t.count;
            t.errors += status[row] == static_cast<uint8_t>(SpanStatus::kError) ? 1 : 0;
            t.bins->add(bins[row]);
        });
        return {};
    });
}

// How much worse than before: share of errors and p99, whichever departs more.
double badness(const EntityRow& row) {
    const double share = row.count > 0 ? static_cast<double>(row.errors) / static_cast<double>(row.count) : 0;
    const double slower = row.baselineP99 > 0 && row.p99 > 0 ? std::log2(row.p99 / row.baselineP99) : 0;
    return std::max(slower, (share - row.baselineErrorShare) * 20);
}

}  // namespace

Result<std::vector<EntityRow>> answerEntityTable(QueryContext& context, const EntityTableQuestion& question) {
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    Tallies now, before;
    NJ_RETURN_IF_ERROR(tally(context, filter, question.range, now));
    if (question.baseline)
        NJ_RETURN_IF_ERROR(tally(context, filter, *question.baseline, before));
    std::vector<EntityRow> rows;
    const double seconds = static_cast<double>(std::max<DurationNs>(question.range.length(), 1)) / 1e9;
    for (const auto& [service, t] : now) {
        if (t.count == 0)
            continue;
        EntityRow row;
        row.kind = "service";
        row.name = context.snapshot().text(service);
        row.count = t.count;
        row.errors = t.errors;
        row.ratePerSecond = static_cast<double>(t.count) / seconds;
        const double p99 = t.bins->quantile(0.99);
        row.p99 = std::isnan(p99) ? 0 : p99 * 1e-9;
        if (const auto b = before.find(service); b != before.end() && b->second.count > 0) {
            const double old = b->second.bins->quantile(0.99);
            row.baselineP99 = std::isnan(old) ? 0 : old * 1e-9;
            row.baselineErrorShare = static_cast<double>(b->second.errors) / static_cast<double>(b->second.count);
        }
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const EntityRow& a, const EntityRow& b) {
        const double x = badness(a), y = badness(b);
        return x != y ? x > y : a.count > b.count;
    });
    return rows;
}

}  // namespace nj::query

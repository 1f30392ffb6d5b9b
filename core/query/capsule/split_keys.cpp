// Which keys separate slow from fast: the ratio of the worst value's p99 to the p99 of all others, on a sample of the range.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "query/capsule/duration_bins.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/latency_parts.h"
#include "query/capsule/row_labels.h"
#include "query/search_syntax.h"

namespace nj::query {
namespace {

constexpr size_t kMaxKeys = 16;
constexpr size_t kMaxValues = 64;

// Values that differ with every row separate nothing.
bool namesARow(std::string_view key) {
    for (const std::string_view end : {"id", "Id", "ID", ".messages", ".value", ".text", "uuid", "statement", "url.full", ".content", "timestamp"})
        if (key.ends_with(end))
            return true;
    return false;
}

std::vector<std::string> candidates(QueryContext& context, const store::SegmentInfo& sample) {
    std::vector<std::string> keys = {"service", "name", "status", "kind"};
    std::map<std::string, std::set<std::string>> resourceValues;
    const store::Snapshot& snapshot = context.snapshot();
    for (uint32_t id = 0; id < std::min<uint32_t>(snapshot.resourceCount(), 2000); ++id)
        for (const KeyValue& entry : snapshot.resource(id).attributes)
            if (entry.key != "service.name" && !namesARow(entry.key))
                resourceValues[entry.key].insert(entry.value.display());
    for (const auto& [key, values] : resourceValues)
        if (values.size() >= 2 && values.size() <= kMaxValues && keys.size() < kMaxKeys)
            keys.push_back(key);
    std::vector<const store::AttributeInfo*> own;
    for (const store::AttributeInfo& info : sample.attributes)
        if (!info.residual && info.type != ValueType::kDouble && info.type != ValueType::kJson && info.type != ValueType::kBytes && !namesARow(info.key))
            own.push_back(&info);
    std::stable_sort(own.begin(), own.end(), [](const auto* a, const auto* b) { return a->rows > b->rows; });
    for (const store::AttributeInfo* info : own)
        if (keys.size() < kMaxKeys && std::find(keys.begin(), keys.end(), info->key) == keys.end())
            keys.push_back(info->key);
    return keys;
}

struct Sample {
    const store::SegmentView* view = nullptr;
    RowSpan rows;
    std::shared_ptr<const RowSet> matching;
    uint32_t n = 0;
};

// Ratio of the worst value's p99 to the rest's; 0 where there is nothing to compare.
double separation(const Sample& sample, const std::vector<uint16_t>& codes, size_t labels, std::span<const uint16_t> bins) {
    std::vector<uint64_t> n(labels, 0);
    forEachRow(sample.rows, sample.matching.get(), [&](uint32_t row) { ++n[codes[row]]; });
    std::vector<uint16_t> order;
    for (size_t code = 0; code < labels; ++code)
        if (n[code] >= std::max<uint64_t>(20, sample.n / 200))
            order.push_back(static_cast<uint16_t>(code));
    size_t distinct = 0;
    for (const uint64_t count : n)
        distinct += count > 0 ? 1 : 0;
    // A key most rows lack tells kinds of spans apart, not slow from fast.
    if (order.empty() || distinct < 2 || distinct > 1000 || n[RowLabels::kNone] * 2 > sample.n)
        return 0;
    std::sort(order.begin(), order.end(), [&](uint16_t a, uint16_t b) { return n[a] > n[b]; });
    order.resize(std::min<size_t>(order.size(), 12));
    std::vector<uint16_t> slot(labels, static_cast<uint16_t>(order.size()));
    for (size_t i = 0; i < order.size(); ++i)
        slot[order[i]] = static_cast<uint16_t>(i);
    std::vector<BinCounts<uint32_t>> counts(order.size() + 1);
    forEachRow(sample.rows, sample.matching.get(), [&](uint32_t row) { counts[slot[codes[row]]].add(bins[row]); });
    double worst = 0;
    for (size_t i = 0; i < order.size(); ++i) {
        BinCounts<uint32_t> rest;
        for (size_t k = 0; k < counts.size(); ++k)
            if (k != i)
                rest.merge(counts[k]);
        const double own = counts[i].quantile(0.99), others = rest.quantile(0.99);
        if (own > 0 && others > 0)
            worst = std::max(worst, own / others);
    }
    return worst;
}

}  // namespace

Result<std::vector<std::string>> spanSplits(QueryContext& context, const LatencyQuestion& question) {
    const std::string key = fmt::format("{}|{}|{}", question.range.from, question.range.to, formatSearch(question.filter.root));
    if (const auto found = context.cache().splits.find(key); found != context.cache().splits.end())
        return found->second;
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    Sample sample;
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kSpan, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        const uint32_t n = matching ? matching->count() : rows.size();
        if (n > sample.n) {
            NJ_ASSIGN(std::shared_ptr<const RowSet> kept, filter.match(view, rows));
            sample = {&view, rows, std::move(kept), n};
        }
        return {};
    }));
    std::vector<std::string> splits;
    if (sample.view) {
        NJ_ASSIGN(const store::DurationBins bins, sample.view->durationBin());
        std::vector<std::pair<double, std::string>> ranked;
        for (const std::string& candidate : candidates(context, sample.view->info())) {
            NJ_RETURN_IF_ERROR(context.checkStop());
            RowLabels labels(context, Signal::kSpan, candidate);
            NJ_ASSIGN(const std::vector<uint16_t> codes, labels.codes(*sample.view));
            if (const double ratio = separation(sample, codes, labels.labels().size(), bins); ratio > 0)
                ranked.emplace_back(ratio, candidate);
        }
        std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        for (auto& [ratio, name] : ranked)
            splits.push_back(std::move(name));
    }
    if (context.cache().splits.size() > 256)
        context.cache().splits.clear();
    context.cache().splits.emplace(key, splits);
    return splits;
}

}  // namespace nj::query

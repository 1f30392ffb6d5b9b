#include "query/capsule/filter_evaluator.h"

#include <fmt/format.h>

#include "query/search_syntax.h"

namespace nj::query {
namespace {

constexpr size_t kMaxRowSetBytes = 48U << 20;

}  // namespace

Result<FilterEvaluator> FilterEvaluator::create(QueryContext& context, const Filter& filter, Signal signal) {
    FilterEvaluator evaluator(context);
    if (filter.matchesAll())
        return evaluator;
    NJ_ASSIGN(evaluator.predicate_, makePredicate(context, filter.root, signal));
    evaluator.key_ = fmt::format("{}|{}", static_cast<int>(signal), formatSearch(filter.root));
    return evaluator;
}

Result<std::shared_ptr<const RowSet>> FilterEvaluator::match(const store::SegmentView& view, RowSpan rows) {
    if (!predicate_)
        return std::shared_ptr<const RowSet>();
    QueryCache& cache = context_->cache();
    const store::SegmentInfo& info = view.info();
    std::string key = fmt::format("{}|{}|{}|{}", info.id, rows.from, rows.to, key_);
    if (const auto found = cache.rowSets.find(key); found != cache.rowSets.end())
        return found->second;
    NJ_ASSIGN(RowSet matching, predicate_->match(view, RowSet(info.rows, rows)));
    auto shared = std::make_shared<const RowSet>(std::move(matching));
    const size_t bytes = shared->words().size() * 8 + key.size() + 96;
    if (cache.rowSetBytes + bytes > kMaxRowSetBytes) {
        cache.rowSets.clear();
        cache.rowSetBytes = 0;
    }
    cache.rowSetBytes += bytes;
    cache.rowSets.emplace(std::move(key), shared);
    return std::shared_ptr<const RowSet>(shared);
}

}  // namespace nj::query

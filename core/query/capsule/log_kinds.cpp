#include "query/capsule/log_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyze/fingerprint.h"
#include "base/hash.h"

namespace nj::query {
namespace {

constexpr size_t kMaxKinds = 100'000;
constexpr std::string_view kRest = "<others>";   // the kind of what comes after that many

}  // namespace

Result<const std::vector<uint32_t>*> fingerprintsOf(QueryContext& context, const store::SegmentView& view, const RowSet& wanted) {
    QueryCache& cache = context.cache();
    std::vector<uint32_t>& codes = cache.logKinds[view.info().id];
    codes.resize(view.info().rows, kNoIndex);
    const uint32_t frame = std::max<uint32_t>(view.frameRows(), 1);
    for (uint32_t from = 0; from < wanted.rows(); from += frame) {
        const RowSpan span{from, std::min(wanted.rows(), from + frame)};
        bool missing = false;
        wanted.forEach(span, [&](uint32_t row) { missing = missing || codes[row] == kNoIndex; });
        if (!missing)
            continue;
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_RETURN_IF_ERROR(view.scanText(store::TextColumn::kBody, span.from, span.size(), [&](uint32_t row, std::string_view text) {
            if (row < codes.size() && codes[row] == kNoIndex && wanted.test(row)) {
                const std::string kind = analyze::fingerprint(text);
                const bool full = cache.fingerprints.size() >= kMaxKinds && cache.fingerprints.find(kind) == StringTable::kMissing;
                codes[row] = cache.fingerprints.intern(full ? kRest : std::string_view(kind));
            }
            return true;
        }));
    }
    return &codes;
}

std::string patternId(std::string_view fingerprint) { return fmt::format("{:012x}", fastHash(fingerprint) >> 16); }

}  // namespace nj::query

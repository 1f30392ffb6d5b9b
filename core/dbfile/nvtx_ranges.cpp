#include "dbfile/nvtx_ranges.h"

#include <algorithm>
#include <tuple>

namespace nj::dbfile {
namespace {

constexpr size_t kMaxRanges = 2'000'000;
constexpr int kMaxSteps = 64;   // outwards, for ranges that no program nests like that

}  // namespace

// By thread and start; of two that start together the longer one is the outer.
bool NvtxRanges::before(const Range& a, const Range& b) { return std::tie(a.thread, a.start, b.end, a.rowid) < std::tie(b.thread, b.start, a.end, b.rowid); }

void NvtxRanges::add(int64_t thread, int64_t start, int64_t end, int64_t rowid) {
    if (ranges_.size() < kMaxRanges && end >= start)
        ranges_.push_back({thread, start, end, rowid});
}

void NvtxRanges::nest() {
    std::sort(ranges_.begin(), ranges_.end(), before);
    std::vector<int32_t> open;
    for (size_t i = 0; i < ranges_.size(); ++i) {
        Range& range = ranges_[i];
        while (!open.empty() && (ranges_[static_cast<size_t>(open.back())].thread != range.thread || ranges_[static_cast<size_t>(open.back())].end < range.end))
            open.pop_back();
        range.parent = open.empty() ? -1 : open.back();
        open.push_back(static_cast<int32_t>(i));
    }
}

std::optional<int64_t> NvtxRanges::around(int64_t thread, int64_t start, int64_t end, int64_t rowid) const {
    const Range wanted{thread, start, end, rowid};
    const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), wanted, before);
    if (at == ranges_.end() || at->rowid != rowid || at->parent < 0)
        return std::nullopt;
    return ranges_[static_cast<size_t>(at->parent)].rowid;
}

std::optional<int64_t> NvtxRanges::innermost(int64_t thread, int64_t start, int64_t end) const {
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), start, [thread](int64_t time, const Range& r) { return std::tie(thread, time) < std::tie(r.thread, r.start); });
    if (after == ranges_.begin())
        return std::nullopt;
    auto at = static_cast<int32_t>(after - ranges_.begin()) - 1;
    for (int step = 0; at >= 0 && step < kMaxSteps; ++step) {
        const Range& range = ranges_[static_cast<size_t>(at)];
        if (range.thread != thread)
            return std::nullopt;
        if (range.end >= end)
            return range.rowid;
        at = range.parent;
    }
    return std::nullopt;
}

}  // namespace nj::dbfile

#include "query/capsule/error_tables.h"

#include <algorithm>

namespace nj::query {
namespace {

constexpr size_t kFewFresh = 256;

bool before(const RequestSet::Request& a, const RequestSet::Request& b) { return a.trace < b.trace; }

}  // namespace

LabelCounts::Entry& LabelCounts::slot(std::vector<Entry>& slots, uint32_t group, uint16_t key, uint16_t label) const {
    const size_t mask = slots.size() - 1;
    uint64_t hash = (uint64_t{group} << 32 | uint64_t{key} << 16 | label) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 32;
    size_t at = hash & mask;
    while (slots[at].rows > 0 && (slots[at].group != group || slots[at].key != key || slots[at].label != label))
        at = (at + 1) & mask;
    return slots[at];
}

void LabelCounts::add(uint32_t group, uint16_t key, uint16_t label) {
    Entry& entry = slot(slots_, group, key, label);
    if (entry.rows++ > 0)
        return;
    entry.group = group;
    entry.key = key;
    entry.label = label;
    if (++used_ * 4 > slots_.size() * 3)
        grow();
}

void LabelCounts::grow() {
    std::vector<Entry> wider(slots_.size() * 2);
    forEach([&](const Entry& entry) { slot(wider, entry.group, entry.key, entry.label) = entry; });
    slots_.swap(wider);
}

void RequestSet::add(const TraceId& trace, uint8_t attempt) {
    fresh_.push_back({trace, attempt, false});
    if (fresh_.size() >= std::max(kFewFresh, settled_.size()))
        settle();
}

void RequestSet::settle() {
    std::sort(fresh_.begin(), fresh_.end(), before);
    std::vector<Request> merged;
    merged.reserve(settled_.size() + fresh_.size());
    size_t room = limit_ - std::min(limit_, settled_.size());
    const auto put = [&](const Request& request, bool known) {
        if (!merged.empty() && merged.back().trace == request.trace) {
            merged.back().lastAttempt = std::max(merged.back().lastAttempt, request.lastAttempt);
        } else if (known || room > 0) {
            merged.push_back(request);
            room -= known ? 0 : 1;
        }
    };
    auto known = settled_.begin();
    for (const Request& request : fresh_) {
        for (; known != settled_.end() && !before(request, *known); ++known)
            put(*known, true);
        put(request, false);
    }
    for (; known != settled_.end(); ++known)
        put(*known, true);
    settled_.swap(merged);
    fresh_.clear();
}

const RequestSet::Request* RequestSet::find(const TraceId& trace) const {
    const auto at = std::lower_bound(settled_.begin(), settled_.end(), trace, [](const Request& request, const TraceId& id) { return request.trace < id; });
    return at != settled_.end() && at->trace == trace ? &*at : nullptr;
}

bool RequestSet::keep(const TraceId& trace) {
    const Request* found = find(trace);
    if (!found)
        return false;
    settled_[static_cast<size_t>(found - settled_.data())].kept = true;
    return true;
}

}  // namespace nj::query

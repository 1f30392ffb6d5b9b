#include "store/duplicate_finder.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/hash.h"
#include "store/column_segment.h"
#include "store/id_filter.h"
#include "store/stored_blobs.h"

namespace nj::store {
namespace {

constexpr size_t kVerifiedSegments = 6;
constexpr size_t kSetRows = kSegmentRows / 2;   // a set of unsealed rows is left alone from here on
constexpr size_t kAhead = 12;                   // slots asked for before they are looked at: each is a cache miss
constexpr TimeNs kNoTime = std::numeric_limits<TimeNs>::min();

uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0xff51afd7ed558ccdULL;
    return hash ^ (hash >> 32);
}
uint64_t mixId(uint64_t hash, const SpanId& id) {
    uint64_t bits = 0;
    std::memcpy(&bits, id.bytes.data(), 8);
    return mix(hash, bits);
}

struct Fixed {
    TimeNs start, end;
    SpanId parent;
    uint32_t name, resource, scope;
    uint8_t kind, status;
    uint32_t flags;
    std::string_view message, state;
};

uint64_t hashOf(const Fixed& f) {
    uint64_t hash = mix(mix(0x243f6a8885a308d3ULL, static_cast<uint64_t>(f.start)), static_cast<uint64_t>(f.end));
    hash = mixId(hash, f.parent);
    hash = mix(hash, uint64_t{f.name} << 32 | f.resource);
    hash = mix(hash, uint64_t{f.scope} << 32 | f.flags);
    hash = mix(hash, uint64_t{f.kind} << 8 | f.status);
    if (!f.message.empty())
        hash = mix(hash, fastHash(f.message));
    if (!f.state.empty())
        hash = mix(hash, ~fastHash(f.state));
    return hash;
}

// Attributes are summed, so that their order does not matter.
uint64_t attributeSeed(std::string_view key, ValueType type) { return fastHash(key) + static_cast<uint64_t>(type) * 0x9E3779B97F4A7C15ULL; }

uint32_t mapped(const std::vector<uint32_t>& map, uint32_t code) { return code < map.size() ? map[code] : kNoIndex; }
std::string_view textOf(const StringTable& table, uint32_t code) { return code < table.size() ? table.view(code) : std::string_view(); }

void addColumn(const AttributeColumns::Column& column, std::vector<uint64_t>& hashes) {
    const uint64_t seed = attributeSeed(column.key, column.type);
    std::vector<uint64_t> ofText(column.texts.size());
    for (uint32_t code = 0; code < ofText.size(); ++code)
        ofText[code] = mix(seed, fastHash(column.texts.view(code)));
    for (size_t entry = 0; entry < column.rows.size(); ++entry) {
        uint64_t& hash = hashes[column.rows[entry]];
        if (!column.codes.empty())
            hash += ofText[column.codes[entry]];
        else if (!column.integers.empty())
            hash += mix(seed, static_cast<uint64_t>(column.integers[entry]));
        else
            hash += column.numbers.empty() ? seed : mix(seed, std::bit_cast<uint64_t>(column.numbers[entry]));
    }
}

void addValues(std::string_view key, const AttributeValues& values, std::vector<uint64_t>& hashes) {
    const uint64_t seed = attributeSeed(key, values.type);
    std::vector<uint64_t> ofText(values.dictionary.size());
    for (uint32_t code = 0; code < ofText.size(); ++code)
        ofText[code] = mix(seed, fastHash(values.dictionary.view(code)));
    for (size_t entry = 0; entry < values.size(); ++entry) {
        uint64_t& hash = hashes[values.dense ? entry : values.rows[entry]];
        if (values.coded)
            hash += ofText[values.codes[entry]];
        else if (values.texts.size() > 0)
            hash += mix(seed, fastHash(values.texts.view(entry)));
        else if (!values.integers.empty())
            hash += mix(seed, static_cast<uint64_t>(values.integers[entry]));
        else
            hash += values.numbers.empty() ? seed : mix(seed, std::bit_cast<uint64_t>(values.numbers[entry]));
    }
}

}  // namespace

uint64_t ContentSet::keyOf(uint64_t id, uint64_t content) { return mix(id, content) | 1; }

void ContentSet::reserve(size_t more) {
    const size_t wanted = std::bit_ceil(std::max<size_t>(1024, (used_ + more) * 2));
    if (wanted <= slots_.size())
        return;
    std::vector<uint64_t> old(wanted);
    old.swap(slots_);
    for (const uint64_t key : old)
        if (key != 0)
            slots_[slotOf(key)] = key;
}

// The slot of the key, or the free one where it belongs.
size_t ContentSet::slotOf(uint64_t key) const {
    size_t at = key >> 8 & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != key)
        at = (at + 1) & (slots_.size() - 1);
    return at;
}

void ContentSet::prefetch(std::span<const uint64_t> keys, size_t i) const {
#ifdef __GNUC__
    if (i + kAhead < keys.size())
        __builtin_prefetch(&slots_[keys[i + kAhead] >> 8 & (slots_.size() - 1)]);
#else
    static_cast<void>(keys[i]);
#endif
}

void ContentSet::dropKnown(std::span<const uint64_t> keys, std::span<uint8_t> keep) const {
    if (used_ == 0)
        return;
    for (size_t i = 0; i < keys.size(); ++i) {
        prefetch(keys, i);
        if (keys[i] != 0 && slots_[slotOf(keys[i])] != 0)
            keep[i] = 0;
    }
}

void ContentSet::addNew(std::span<const uint64_t> keys, std::span<uint8_t> keep) {
    reserve(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
        prefetch(keys, i);
        if (keys[i] == 0 || keep[i] == 0)
            continue;
        const size_t at = slotOf(keys[i]);
        if (slots_[at] != 0) {
            keep[i] = 0;
            continue;
        }
        slots_[at] = keys[i];
        ++used_;
    }
}

std::vector<uint64_t> contentHashes(const SpanColumns& s, const BatchTables& tables) {
    std::vector<uint64_t> hashes(s.size());
    for (size_t row = 0; row < hashes.size(); ++row)
        hashes[row] = hashOf({s.start[row], s.end[row], s.parentSpanId[row], mapped(tables.dictionary, s.name[row]), mapped(tables.resource, s.resource[row]),
                              mapped(tables.scope, s.scope[row]), static_cast<uint8_t>(s.kind[row]), static_cast<uint8_t>(s.status[row]), s.flags[row],
                              textOf(tables.strings, s.statusMessage[row]), textOf(tables.strings, s.traceState[row])});
    for (const auto& column : s.attributes.columns())
        addColumn(column, hashes);
    return hashes;
}

Result<std::vector<uint64_t>> contentHashes(const SegmentView& segment) {
    NJ_ASSIGN(const auto starts, segment.exactStart());
    NJ_ASSIGN(const auto ends, segment.exactEnd());
    NJ_ASSIGN(const auto parents, segment.parentIds());
    NJ_ASSIGN(const auto names, segment.name());
    NJ_ASSIGN(const auto resources, segment.resource());
    NJ_ASSIGN(const auto scopes, segment.scopes());
    NJ_ASSIGN(const auto kinds, segment.kind());
    NJ_ASSIGN(const auto statuses, segment.status());
    NJ_ASSIGN(const auto flags, segment.flags());
    const uint32_t rows = segment.info().rows;
    std::vector<std::string> messages(rows), states(rows);
    const auto keepIn = [](std::vector<std::string>& out) {
        return [&out](uint32_t row, std::string_view text) {
            out[row] = text;
            return true;
        };
    };
    NJ_RETURN_IF_ERROR(segment.scanText(TextColumn::kStatusMessage, 0, rows, keepIn(messages)));
    NJ_RETURN_IF_ERROR(segment.scanText(TextColumn::kTraceState, 0, rows, keepIn(states)));
    std::vector<uint64_t> hashes(rows);
    for (size_t row = 0; row < rows; ++row)
        hashes[row] = hashOf({starts[row], ends[row], parents[row], names.id(row), resources.id(row), scopes[row], kinds[row], statuses[row], flags[row], messages[row], states[row]});
    for (const AttributeInfo& attribute : segment.info().attributes) {
        NJ_ASSIGN(const auto values, segment.attribute(attribute.key, attribute.type));
        addValues(attribute.key, values, hashes);
    }
    return hashes;
}

Result<std::vector<uint8_t>> DuplicateFinder::check(ImportId import, const SpanColumns& spans, const BatchTables& tables) {
    std::vector<uint8_t> keep(spans.size(), 1);
    const auto hashes = contentHashes(spans, tables);
    std::vector<uint64_t> keys(spans.size());   // 0: a span without an id is never a duplicate
    for (size_t row = 0; row < keys.size(); ++row)
        if (!spans.spanId[row].empty())
            keys[row] = ContentSet::keyOf(filterKey(spans.traceId[row], spans.spanId[row]), hashes[row]);
    Unsealed& own = unsealed_[import];
    if (own.sets.empty())
        own.sets.emplace_back();
    for (const auto& [other, unsealed] : unsealed_)
        for (const ContentSet& set : unsealed.sets)
            if (&set != &own.sets.back())
                set.dropKnown(keys, keep);
    NJ_RETURN_IF_ERROR(dropSealed(spans, keys, keep));
    own.sets.back().addNew(keys, keep);
    own.rows += static_cast<size_t>(std::count(keep.begin(), keep.end(), 1));
    return keep;
}

Status DuplicateFinder::dropSealed(const SpanColumns& spans, std::span<const uint64_t> keys, std::span<uint8_t> keep) {
    if (keys.empty())
        return {};
    const auto timeOf = [&](size_t row) { return spans.start[row] == 0 ? kNoTime : spans.start[row]; };
    TimeNs first = timeOf(0), last = first;
    for (size_t row = 1; row < keys.size(); ++row) {
        first = std::min(first, timeOf(row));
        last = std::max(last, timeOf(row));
    }
    for (Sealed& segment : sealed_) {
        const TimeRange range = segment.info->range;
        if (last < range.from || first >= range.to)
            continue;
        if (segment.filter == nullptr) {
            NJ_ASSIGN(segment.filter, StoredBlobs(db_, shared_, segment.info->id).whole(static_cast<uint16_t>(Column::kSpanFilter)));
            if (segment.filter == nullptr)
                segment.filter = std::make_shared<const std::string>();
        }
        for (size_t row = 0; row < keys.size(); ++row) {
            if (keep[row] == 0 || keys[row] == 0 || !range.contains(timeOf(row)) || !filterMayContain(*segment.filter, filterKey(spans.traceId[row], spans.spanId[row])))
                continue;
            NJ_ASSIGN(const ContentSet* known, contentOf(segment));
            if (known->contains(keys[row]))
                keep[row] = 0;
        }
    }
    return {};
}

Result<const ContentSet*> DuplicateFinder::contentOf(const Sealed& segment) {
    for (auto it = verified_.begin(); it != verified_.end(); ++it) {
        if (it->first != segment.info->id)
            continue;
        verified_.splice(verified_.begin(), verified_, it);
        return &verified_.front().second;
    }
    const ColumnSegment view(segment.info, std::make_shared<StoredBlobs>(db_, shared_, segment.info->id));
    NJ_ASSIGN(const auto hashes, contentHashes(view));
    NJ_ASSIGN(const auto traces, view.traceIds());
    NJ_ASSIGN(const auto spans, view.spanIds());
    std::vector<uint64_t> keys(hashes.size());
    for (size_t row = 0; row < keys.size(); ++row)
        keys[row] = ContentSet::keyOf(filterKey(traces.at(row), spans[row]), hashes[row]);
    std::vector<uint8_t> ignored(keys.size(), 1);
    verified_.emplace_front(segment.info->id, ContentSet());
    verified_.front().second.addNew(keys, ignored);
    if (verified_.size() > kVerifiedSegments)
        verified_.pop_back();
    return &verified_.front().second;
}

void DuplicateFinder::sealed(const SegmentInfo& info) {
    sealed_.push_back({std::make_shared<const SegmentInfo>(info), nullptr});
    const auto it = unsealed_.find(info.import);
    if (it == unsealed_.end())
        return;
    Unsealed& own = it->second;
    own.rows -= std::min<size_t>(own.rows, info.rows);
    if (own.sets.back().size() >= kSetRows)
        own.sets.emplace_back();
    // Rows are sealed in the order in which they came: the newest sets hold those that are not.
    size_t newer = 0;
    for (const ContentSet& set : own.sets)
        newer += set.size();
    while (own.sets.size() > 1 && newer - own.sets.front().size() >= own.rows) {
        newer -= own.sets.front().size();
        own.sets.pop_front();
    }
}

void DuplicateFinder::replaced(int64_t segment) {
    const auto it = std::find_if(sealed_.begin(), sealed_.end(), [&](const Sealed& s) { return s.info->id == segment; });
    if (it == sealed_.end())
        return;
    if (const auto own = unsealed_.find(it->info->import); own != unsealed_.end())
        own->second.rows += it->info->rows;
    sealed_.erase(it);
}

void DuplicateFinder::forget(ImportId import) {
    unsealed_.erase(import);
    std::erase_if(sealed_, [&](const Sealed& s) { return s.info->import == import; });
}

}  // namespace nj::store

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
constexpr size_t kUnsealedSets = 6;   // more than segments can be under way
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

void ContentSet::insert(uint64_t id, uint64_t content) {
    if ((used_ + 1) * 2 > slots_.size()) {
        std::vector<Slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
        old.swap(slots_);
        used_ = 0;
        for (const Slot& slot : old)
            if (slot.id != 0)
                insert(slot.id, slot.content);
    }
    size_t at = id & (slots_.size() - 1);
    while (slots_[at].id != 0)
        at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {id, content};
    ++used_;
}

bool ContentSet::contains(uint64_t id, uint64_t content) const {
    if (slots_.empty())
        return false;
    for (size_t at = id & (slots_.size() - 1); slots_[at].id != 0; at = (at + 1) & (slots_.size() - 1))
        if (slots_[at].id == id && slots_[at].content == content)
            return true;
    return false;
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
    auto& own = unsealed_[import];
    if (own.empty())
        own.emplace_back();
    for (size_t row = 0; row < keep.size(); ++row) {
        if (spans.spanId[row].empty())
            continue;
        const uint64_t id = filterKey(spans.traceId[row], spans.spanId[row]) | 1;
        bool found = false;
        for (const auto& [other, sets] : unsealed_)
            for (const ContentSet& set : sets)
                found = found || set.contains(id, hashes[row]);
        if (!found) {
            NJ_ASSIGN(found, inSealed(spans.traceId[row], spans.spanId[row], spans.start[row], hashes[row]));
        }
        keep[row] = found ? 0 : 1;
        if (!found)
            own.back().insert(id, hashes[row]);
    }
    return keep;
}

Result<bool> DuplicateFinder::inSealed(const TraceId& trace, const SpanId& span, TimeNs start, uint64_t content) {
    const TimeNs at = start == 0 ? kNoTime : start;
    const uint64_t key = filterKey(trace, span);
    for (Sealed& segment : sealed_) {
        if (!segment.info->range.contains(at))
            continue;
        if (segment.filter == nullptr) {
            NJ_ASSIGN(segment.filter, StoredBlobs(db_, shared_, segment.info->id).whole(static_cast<uint16_t>(Column::kSpanFilter)));
            if (segment.filter == nullptr)
                segment.filter = std::make_shared<const std::string>();
        }
        if (!filterMayContain(*segment.filter, key))
            continue;
        NJ_ASSIGN(const ContentSet* known, contentOf(segment));
        if (known->contains(key | 1, content))
            return true;
    }
    return false;
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
    verified_.emplace_front(segment.info->id, ContentSet());
    for (size_t row = 0; row < hashes.size(); ++row)
        verified_.front().second.insert(filterKey(traces.at(row), spans[row]) | 1, hashes[row]);
    if (verified_.size() > kVerifiedSegments)
        verified_.pop_back();
    return &verified_.front().second;
}

void DuplicateFinder::sealed(const SegmentInfo& info) {
    sealed_.push_back({std::make_shared<const SegmentInfo>(info), nullptr});
    const auto it = unsealed_.find(info.import);
    if (it == unsealed_.end())
        return;
    // The newest set also holds rows of segments that are still being encoded: it stays until those are in.
    it->second.emplace_back();
    while (it->second.size() > kUnsealedSets)
        it->second.pop_front();
}

void DuplicateFinder::forget(ImportId import) {
    unsealed_.erase(import);
    std::erase_if(sealed_, [&](const Sealed& s) { return s.info->import == import; });
}

}  // namespace nj::store

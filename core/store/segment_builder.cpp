#include "store/segment_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "base/id_hash.h"
#include "base/utf8.h"
#include "store/byte_io.h"
#include "store/id_filter.h"
#include "store/value_column.h"

namespace nj::store {
namespace {

constexpr int kTraceFilterBits = 14;

// Distinct ids with codes in order of first sight; open addressing, since a map node per id would cost more than the ids.
class IdTable {
public:
    explicit IdTable(size_t rows) : slots_(std::bit_ceil(rows * 2 + 2), 0) {}
    uint32_t intern(const TraceId& id) {
        const size_t mask = slots_.size() - 1;
        size_t slot = mixedHash(id) & mask;
        while (slots_[slot] != 0) {
            if (ids_[slots_[slot] - 1] == id)
                return slots_[slot] - 1;
            slot = (slot + 1) & mask;
        }
        ids_.push_back(id);
        slots_[slot] = static_cast<uint32_t>(ids_.size());
        return slots_[slot] - 1;
    }
    [[nodiscard]] const std::vector<TraceId>& ids() const { return ids_; }

private:
    std::vector<uint32_t> slots_;
    std::vector<TraceId> ids_;
};

template <typename Id>
bool allZero(std::span<const Id> ids) {
    const auto* bytes = reinterpret_cast<const char*>(ids.data());
    // Each byte is the one before it, and the first is 0.
    return ids.empty() || (*bytes == 0 && std::memcmp(bytes, bytes + 1, ids.size_bytes() - 1) == 0);
}

void appendCodes(ByteWriter& out, std::span<const uint32_t> codes, size_t distinct) {
    std::string& bytes = out.bytes();
    const size_t at = bytes.size();
    if (distinct <= 256) {
        bytes.resize(at + codes.size());
        for (size_t i = 0; i < codes.size(); ++i)
            bytes[at + i] = static_cast<char>(codes[i]);
        return;
    }
    std::vector<uint16_t> wide(codes.begin(), codes.end());
    bytes.append(reinterpret_cast<const char*>(wide.data()), wide.size() * 2);
}

}  // namespace

SegmentBuilder::SegmentBuilder(Compressor& compressor, const SegmentRows& rows, size_t count) : compressor_(compressor), count_(count) {
    segment_.info.signal = rows.signal;
    segment_.info.import = rows.import;
    segment_.info.seqBase = rows.seqBase;
    segment_.info.rows = static_cast<uint32_t>(count);
}

void SegmentBuilder::put(uint16_t column, std::string blob) { segment_.blobs.emplace_back(column, std::move(blob)); }

void SegmentBuilder::times(std::vector<TimeNs> byIngestion) {
    for (TimeNs& time : byIngestion)
        time = time == 0 ? std::numeric_limits<TimeNs>::min() : time;
    order_ = orderByTime(byIngestion);
    times_.resize(count_);
    for (size_t i = 0; i < count_; ++i)
        times_[order_.newOf[i]] = byIngestion[i];
    const TimeNs base = times_.front();
    const uint64_t width = static_cast<uint64_t>(times_.back()) - static_cast<uint64_t>(base);
    const int shift = std::max(0, 32 - std::countl_zero(width));
    segment_.info.range = {base, times_.back() == std::numeric_limits<TimeNs>::max() ? times_.back() : times_.back() + 1};
    ByteWriter start;
    start.fixed(base);
    start.fixed(static_cast<uint32_t>(shift));
    start.fixed(uint32_t{0});
    std::vector<uint32_t> ticks(count_);
    std::vector<uint64_t> low(count_);
    for (size_t i = 0; i < count_; ++i) {
        const uint64_t offset = static_cast<uint64_t>(times_[i]) - static_cast<uint64_t>(base);
        ticks[i] = static_cast<uint32_t>(offset >> shift);
        low[i] = offset & ((uint64_t{1} << shift) - 1);
    }
    start.raw({reinterpret_cast<const char*>(ticks.data()), ticks.size() * 4});
    put(Column::kStart, start.take());
    numbers(Column::kStartLow, low);
    if (!order_.identity) {
        std::vector<uint16_t> offsets(order_.oldOf.begin(), order_.oldOf.end());
        put(Column::kOrder, {reinterpret_cast<const char*>(offsets.data()), offsets.size() * 2});
    }
}

void SegmentBuilder::codes(Column column, std::span<const uint32_t> ids, std::vector<uint32_t>* present) {
    std::unordered_map<uint32_t, uint32_t> local;
    std::vector<uint32_t> table, codes(ids.size());
    uint32_t lastId = 0, lastCode = kNoIndex;
    for (size_t i = 0; i < ids.size(); ++i) {
        if (lastCode == kNoIndex || ids[i] != lastId) {
            lastId = ids[i];
            const auto [it, added] = local.try_emplace(lastId, static_cast<uint32_t>(table.size()));
            if (added)
                table.push_back(lastId);
            lastCode = it->second;
        }
        codes[i] = lastCode;
    }
    ByteWriter out;
    out.fixed(static_cast<uint32_t>(table.size()));
    out.raw({reinterpret_cast<const char*>(table.data()), table.size() * 4});
    if (table.size() > 1)
        appendCodes(out, codes, table.size());
    put(column, out.take());
    if (present != nullptr) {
        std::sort(table.begin(), table.end());
        *present = std::move(table);
    }
}

void SegmentBuilder::bytes(Column column, std::span<const uint8_t> values) {
    const bool constant = std::all_of(values.begin(), values.end(), [&](uint8_t v) { return v == values[0]; });
    put(column, std::string(reinterpret_cast<const char*>(values.data()), constant ? 1 : values.size()));
}

void SegmentBuilder::numbers(Column column, std::span<const uint64_t> values) {
    if (std::any_of(values.begin(), values.end(), [](uint64_t v) { return v != 0; }))
        put(column, encodeFixedFrames(compressor_, values));
}

void SegmentBuilder::traceIds(std::span<const TraceId> ids) {
    if (allZero(ids))
        return;
    IdTable table(ids.size());
    std::vector<uint32_t> codes(ids.size());
    for (size_t i = 0; i < ids.size(); ++i)
        codes[i] = table.intern(ids[i]);
    std::vector<uint32_t> byId(table.ids().size()), rank(table.ids().size());
    std::iota(byId.begin(), byId.end(), 0U);
    std::sort(byId.begin(), byId.end(), [&](uint32_t a, uint32_t b) { return table.ids()[a] < table.ids()[b]; });
    ByteWriter out;
    out.fixed(static_cast<uint32_t>(byId.size()));
    std::vector<uint64_t> keys;
    for (uint32_t i = 0; i < byId.size(); ++i) {
        const TraceId& id = table.ids()[byId[i]];
        rank[byId[i]] = i;
        out.raw({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
        if (!id.empty())
            keys.push_back(filterKey(id));
    }
    for (uint32_t& code : codes)
        code = rank[code];
    if (byId.size() > 1)
        appendCodes(out, codes, byId.size());
    put(Column::kTraceIds, out.take());
    put(Column::kTraceFilter, buildFilter(keys, kTraceFilterBits));
}

void SegmentBuilder::spanIds(std::span<const SpanId> ids) {
    if (!allZero(ids))
        put(Column::kSpanIds, std::string(reinterpret_cast<const char*>(ids.data()), ids.size_bytes()));
}

std::string_view SegmentBuilder::cut(std::string_view text, std::string_view what) {
    if (text.size() <= kMaxTextBytes)
        return text;
    note(HealthSeverity::kRepaired, "text over 8 MiB cut", std::string(what) + ": " + std::to_string(text.size()) + " bytes");
    return utf8Prefix(text, kMaxTextBytes);
}

void SegmentBuilder::texts(Column column, std::span<const std::string_view> texts, bool coded) {
    std::vector<uint8_t> present(texts.size());
    size_t count = 0;
    for (size_t i = 0; i < texts.size(); ++i) {
        present[i] = texts[i].empty() ? 0 : 1;
        count += present[i];
    }
    if (count == 0)
        return;
    std::vector<std::string_view> values;
    std::vector<uint32_t> codes;
    values.reserve(count);
    codes.reserve(coded ? count : 0);
    StringTable dictionary;
    // Coded texts are views of a batch's table: the same place is the same text, and needs no hash.
    struct Seen {
        std::string_view text;
        uint32_t code = 0;
    };
    std::array<Seen, 64> seen;
    for (const std::string_view text : texts) {
        if (text.empty())
            continue;
        values.push_back(text.size() <= kMaxTextBytes ? text : cut(text, "text"));
        if (!coded || dictionary.size() > kMaxCodedValues)
            continue;
        Seen& last = seen[(reinterpret_cast<uintptr_t>(text.data()) >> 2) % seen.size()];
        if (last.text.data() != text.data() || last.text.size() != text.size())
            last = {text, dictionary.intern(values.back())};
        codes.push_back(last.code);
    }
    if (coded && dictionary.size() <= kMaxCodedValues)
        put(column, encodeCodedColumn(compressor_, present, codes, dictionary));
    else
        put(column, encodePlainColumn(compressor_, present, values));
}

void SegmentBuilder::note(HealthSeverity severity, std::string reason, std::string example) {
    HealthRecord record;
    record.severity = severity;
    record.reason = std::move(reason);
    record.example = std::move(example);
    segment_.health.push_back(std::move(record));
}

EncodedSegment SegmentBuilder::finish() {
    std::sort(segment_.blobs.begin(), segment_.blobs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return std::move(segment_);
}

}  // namespace nj::store

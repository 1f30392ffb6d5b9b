// Read access to one segment: rows of one signal of one import, column-wise and time-sorted, never changing. The same interface
// serves sealed segments (blobs in SQLite) and the open one (blobs in memory). A view is used by one thread; the blobs behind it
// are shared, immutable and cached. Every decoder is bounds-checked: a damaged column is an Error (kMalformed), never a crash.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "model/attribute.h"
#include "model/batch.h"
#include "model/batch_sink.h"

namespace nj::store {

inline constexpr size_t kSegmentRows = 65'536;

// An attribute column the segment has, or a key that lies in its residual column.
struct AttributeInfo {
    std::string key;
    ValueType type = ValueType::kEmpty;
    uint32_t rows = 0;        // rows that have it
    bool residual = false;
};

struct SegmentInfo {
    int64_t id = 0;
    Signal signal = Signal::kSpan;
    ImportId import = 0;
    uint32_t rows = 0;
    int64_t seqBase = 0;      // seqs of the segment are [seqBase, seqBase + rows)
    TimeRange range;          // of start (spans) or time; `to` is one past the last. Rows without time count as INT64_MIN.
    TimeNs maxEnd = 0;        // spans: largest end
    std::vector<AttributeInfo> attributes;      // all keys of the segment
    std::vector<uint32_t> services;             // dictionary ids present (spans, logs)
    std::vector<uint32_t> names;                // spans: operation names present; span events: event names
    uint32_t kindMask = 0, statusMask = 0;      // spans: bit per value present
    uint32_t severityMask = 0;                  // logs: bit per severity number present
    [[nodiscard]] bool hasAttribute(std::string_view key) const;
};

// Codes into a segment-local table, one byte or two per row.
struct CodeColumn {
    std::span<const uint8_t> narrow;
    std::span<const uint16_t> wide;            // used when narrow is empty
    std::vector<uint32_t> table;               // local code → dictionary id (or resource id)
    [[nodiscard]] uint32_t code(size_t row) const { return narrow.empty() ? wide[row] : narrow[row]; }
    [[nodiscard]] uint32_t id(size_t row) const { return table[code(row)]; }
};

// start(row) ≈ base + (uint64(ticks[row]) << shift), ascending; error below 1 << shift. Hot.
struct StartColumn {
    TimeNs base = 0;
    int shift = 0;
    std::span<const uint32_t> ticks;
    [[nodiscard]] TimeNs at(size_t row) const { return static_cast<TimeNs>(static_cast<uint64_t>(base) + (static_cast<uint64_t>(ticks[row]) << shift)); }
    // First row whose start is not below the instant (to the column's precision).
    [[nodiscard]] size_t lowerBound(TimeNs instant) const;
};

// Duration as the bin of a base-2 exponential histogram of scale 6 (see sketch/latency_sketch.h); 0xffff = end before start, or no start.
using DurationBins = std::span<const uint16_t>;

struct TraceIdColumn {
    std::span<const TraceId> table;            // ascending
    CodeColumn codes;                          // codes.table is empty: code(row) indexes `table`
    [[nodiscard]] const TraceId& at(size_t row) const { return table[codes.code(row)]; }
};

// Values of one attribute column. Dense in `rows`: entry i belongs to rows[i] (ascending); rows empty and dense = all rows.
struct AttributeValues {
    ValueType type = ValueType::kEmpty;
    bool dense = false;                        // every row has a value: entry == row
    std::vector<uint32_t> rows;
    // Text types with ≤ 16,384 distinct values: codes into dictionary.
    bool coded = false;
    std::vector<uint16_t> codes;
    StringTable dictionary;
    TextArena texts;                           // text types, not coded
    std::vector<int64_t> integers;             // kInt, kBool
    std::vector<double> numbers;               // kDouble
    [[nodiscard]] size_t size() const;
    [[nodiscard]] std::string_view text(size_t entry) const { return coded ? dictionary.view(codes[entry]) : texts.view(entry); }
    // Entry of a row or nothing.
    [[nodiscard]] std::optional<size_t> entry(uint32_t row) const;
};

// Columns of text read frame by frame.
enum class TextColumn : uint8_t { kStatusMessage, kTraceState, kBody, kOriginal, kSeverityText, kEventName };

class SegmentView {
public:
    virtual ~SegmentView() = default;
    [[nodiscard]] virtual const SegmentInfo& info() const = 0;

    // ---- hot columns: spans and logs alike; spans stay valid as long as the view
    virtual Result<StartColumn> start() const = 0;
    virtual Result<CodeColumn> service() const = 0;           // spans, logs: dictionary ids
    virtual Result<CodeColumn> resource() const = 0;          // resource ids
    virtual Result<CodeColumn> name() const = 0;              // spans, span events: dictionary ids
    virtual Result<DurationBins> durationBin() const = 0;     // spans
    virtual Result<std::span<const uint8_t>> kind() const = 0;      // spans
    virtual Result<std::span<const uint8_t>> status() const = 0;    // spans
    virtual Result<std::span<const uint8_t>> severity() const = 0;  // logs

    // ---- exact and cold
    virtual Result<std::vector<TimeNs>> exactStart() const = 0;     // INT64_MIN → "no time" is returned as 0
    virtual Result<std::vector<TimeNs>> exactEnd() const = 0;       // spans; logs: observed time
    virtual Result<TraceIdColumn> traceIds() const = 0;             // all-zero id = none
    virtual Result<std::span<const SpanId>> spanIds() const = 0;
    virtual Result<std::vector<SpanId>> parentIds() const = 0;      // spans
    virtual Result<std::vector<uint32_t>> scopes() const = 0;       // scope ids, kNoIndex = none
    virtual Result<std::vector<uint32_t>> flags() const = 0;
    // spans: {attributes, events, links} dropped; others: {attributes, 0, 0}
    virtual Result<std::vector<std::array<uint32_t, 3>>> dropped() const = 0;
    virtual Result<std::vector<uint64_t>> lines() const = 0;        // logs
    virtual Result<std::vector<uint8_t>> timeFlags() const = 0;     // logs
    virtual Result<std::vector<uint32_t>> parts() const = 0;        // logs
    // Owner span's seq of each span event or link.
    virtual Result<std::vector<int64_t>> ownerSeq() const = 0;
    // One text of a row (inflates one frame), "" = none.
    virtual Result<std::string> text(TextColumn column, uint32_t row) const = 0;
    // The rows [firstRow, firstRow + n) of one frame; calls visit(row, text) for each; returns rows visited. For scans.
    virtual Status scanText(TextColumn column, uint32_t firstRow, uint32_t rowCount, const std::function<bool(uint32_t, std::string_view)>& visit) const = 0;
    virtual uint32_t frameRows() const { return 1024; }
    // False = no text of the frames in [firstRow, firstRow+rowCount) holds that whole token (token filter); true = it may.
    virtual Result<bool> mayContainToken(std::string_view token) const = 0;
    // The same for the rows [firstRow, firstRow + rowCount) alone; filters are kept per 1,024 rows. Both cover log bodies.
    virtual Result<bool> mayContainToken(std::string_view token, uint32_t firstRow, uint32_t rowCount) const = 0;
    virtual Result<bool> mayContainTrace(const TraceId& id) const = 0;
    // False = certainly no such span here.
    virtual Result<bool> mayContainSpan(const TraceId& trace, const SpanId& span) const = 0;

    // ---- exemplars
    virtual Result<std::vector<double>> exemplarValues() const = 0;
    virtual Result<std::vector<int64_t>> exemplarSeries() const = 0;
    // ---- logs: kString, or kJson for a structured body
    virtual Result<std::vector<ValueType>> bodyTypes() const = 0;

    // ---- attributes
    virtual Result<AttributeValues> attribute(std::string_view key, ValueType type) const = 0;
    // All attributes of one row, in stored order.
    virtual Result<AttributeList> attributes(uint32_t row) const = 0;
    // The same for the rows [firstRow, firstRow + rowCount), each column opened once: for scans.
    virtual Result<std::vector<AttributeList>> attributes(uint32_t firstRow, uint32_t rowCount) const = 0;

    // ---- seq
    virtual Result<int64_t> seqOf(uint32_t row) const = 0;
    virtual Result<uint32_t> rowOf(int64_t seq) const = 0;
};

}  // namespace nj::store

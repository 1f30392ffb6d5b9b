#include "store/segment_encoder.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/id_hash.h"
#include "sketch/latency_sketch.h"
#include "store/byte_io.h"
#include "store/id_filter.h"
#include "store/log_texts.h"
#include "store/segment_builder.h"

namespace nj::store {
namespace {

constexpr int kSpanFilterBits = 12;
constexpr uint16_t kParentNone = 0xffff;
constexpr uint16_t kParentRaw = 0xfffe;

template <typename Columns>
size_t rowCount(const std::vector<Part<Columns>>& parts) {
    size_t count = 0;
    for (const auto& part : parts)
        count += part.size();
    return count;
}

template <typename Columns>
std::vector<TimeNs> timesOf(const std::vector<Part<Columns>>& parts, const std::vector<TimeNs> Columns::*member) {
    std::vector<TimeNs> times;
    times.reserve(rowCount(parts));
    for (const auto& part : parts)
        times.insert(times.end(), ((*part.columns).*member).begin() + static_cast<std::ptrdiff_t>(part.from),
                     ((*part.columns).*member).begin() + static_cast<std::ptrdiff_t>(part.to));
    return times;
}

uint32_t mapped(const std::vector<uint32_t>& map, uint32_t code) { return code < map.size() ? map[code] : kNoIndex; }

// A string code of the batch as text, "" where there is none.
std::string_view textOf(const BatchTables& tables, uint32_t code) { return code < tables.strings.size() ? tables.strings.view(code) : std::string_view(); }

template <typename Columns, typename T>
std::vector<uint64_t> numbersOf(const std::vector<Part<Columns>>& parts, const RowOrder& order, const std::vector<T> Columns::*member) {
    return gather<uint64_t>(parts, order, [member](const auto& part, size_t row) { return static_cast<uint64_t>(((*part.columns).*member)[row]); });
}

template <typename Columns>
std::vector<std::string_view> textsOf(const std::vector<Part<Columns>>& parts, const RowOrder& order, const std::vector<uint32_t> Columns::*member) {
    return gather<std::string_view>(parts, order, [member](const auto& part, size_t row) { return textOf(*part.tables, ((*part.columns).*member)[row]); });
}

template <typename Columns>
std::vector<uint32_t> dictionaryIdsOf(const std::vector<Part<Columns>>& parts, const RowOrder& order, const std::vector<uint32_t> Columns::*member) {
    return gather<uint32_t>(parts, order, [member](const auto& part, size_t row) { return mapped(part.tables->dictionary, ((*part.columns).*member)[row]); });
}

template <typename Columns>
void resourceColumns(SegmentBuilder& b, const std::vector<Part<Columns>>& parts) {
    b.codes(Column::kService, gather<uint32_t>(parts, b.order(), [](const auto& p, size_t r) { return mapped(p.tables->service, p.columns->resource[r]); }),
            &b.info().services);
    b.codes(Column::kResource, gather<uint32_t>(parts, b.order(), [](const auto& p, size_t r) { return mapped(p.tables->resource, p.columns->resource[r]); }));
    b.codes(Column::kScope, gather<uint32_t>(parts, b.order(), [](const auto& p, size_t r) { return mapped(p.tables->scope, p.columns->scope[r]); }));
}

uint32_t maskOf(std::span<const uint8_t> values) {
    uint32_t mask = 0;
    for (const uint8_t value : values)
        mask |= 1U << (value & 31);
    return mask;
}

// Bins and what exceeds them; where there is no duration, its signed difference.
void durations(SegmentBuilder& b, std::span<const TimeNs> ends) {
    std::vector<uint16_t> bins(b.rows());
    std::vector<uint64_t> rest(b.rows());
    TimeNs maxEnd = std::numeric_limits<TimeNs>::min();
    for (size_t i = 0; i < bins.size(); ++i) {
        const TimeNs start = b.sortedTimes()[i];
        const bool known = start != std::numeric_limits<TimeNs>::min();
        const int64_t duration = known ? wrapMinus(ends[i], start) : ends[i];
        bins[i] = known && ends[i] >= start && duration >= 0 ? sketch::binOf(duration) : sketch::kBinInvalid;
        rest[i] = bins[i] == sketch::kBinInvalid ? zigzag(duration) : static_cast<uint64_t>(duration - sketch::binFirst(bins[i]));
        maxEnd = std::max(maxEnd, ends[i]);
    }
    b.info().maxEnd = maxEnd;
    b.put(Column::kDurationBin, {reinterpret_cast<const char*>(bins.data()), bins.size() * 2});
    b.numbers(Column::kDurationRest, rest);
}

// Row of the parent within the segment where it is there, else its raw id behind the rows.
std::string parents(std::span<const SpanId> ids, std::span<const SpanId> parentIds) {
    std::vector<uint32_t> slots(std::bit_ceil(ids.size() * 2 + 2), 0);
    const size_t mask = slots.size() - 1;
    for (uint32_t row = 0; row < ids.size(); ++row) {
        size_t slot = mixedHash(ids[row]) & mask;
        while (slots[slot] != 0 && ids[slots[slot] - 1] != ids[row])
            slot = (slot + 1) & mask;
        if (slots[slot] == 0)
            slots[slot] = row + 1;
    }
    std::vector<uint16_t> rows(ids.size(), kParentNone);
    std::string raw;
    for (size_t row = 0; row < ids.size(); ++row) {
        const SpanId& parent = parentIds[row];
        if (parent.empty())
            continue;
        size_t slot = mixedHash(parent) & mask;
        while (slots[slot] != 0 && ids[slots[slot] - 1] != parent)
            slot = (slot + 1) & mask;
        if (slots[slot] != 0 && slots[slot] - 1 < kParentRaw) {
            rows[row] = static_cast<uint16_t>(slots[slot] - 1);
        } else {
            rows[row] = kParentRaw;
            raw.append(reinterpret_cast<const char*>(parent.bytes.data()), parent.bytes.size());
        }
    }
    return std::string(reinterpret_cast<const char*>(rows.data()), rows.size() * 2) + raw;
}

}  // namespace

EncodedSegment SegmentEncoder::encode(const SegmentRows& rows) {
    switch (rows.signal) {
    case Signal::kSpan: return spans(rows);
    case Signal::kSpanEvent: return events(rows);
    case Signal::kSpanLink: return links(rows);
    case Signal::kLog: return logs(rows);
    case Signal::kExemplar:
    case Signal::kMetric: break;
    }
    return exemplars(rows);
}

EncodedSegment SegmentEncoder::spans(const SegmentRows& rows) {
    const auto& parts = rows.spans;
    SegmentBuilder b(compressor_, rows, rowCount(parts));
    b.times(timesOf(parts, &SpanColumns::start));
    const RowOrder& order = b.order();
    durations(b, gather<TimeNs>(parts, order, [](const auto& p, size_t r) { return p.columns->end[r]; }));
    resourceColumns(b, parts);
    b.codes(Column::kName, dictionaryIdsOf(parts, order, &SpanColumns::name), &b.info().names);
    const auto kind = gather<uint8_t>(parts, order, [](const auto& p, size_t r) { return static_cast<uint8_t>(p.columns->kind[r]); });
    const auto status = gather<uint8_t>(parts, order, [](const auto& p, size_t r) { return static_cast<uint8_t>(p.columns->status[r]); });
    b.bytes(Column::kKind, kind);
    b.bytes(Column::kStatus, status);
    b.info().kindMask = maskOf(kind);
    b.info().statusMask = maskOf(status);
    const auto traces = gather<TraceId>(parts, order, [](const auto& p, size_t r) { return p.columns->traceId[r]; });
    const auto ids = gather<SpanId>(parts, order, [](const auto& p, size_t r) { return p.columns->spanId[r]; });
    b.traceIds(traces);
    b.spanIds(ids);
    b.put(Column::kParents, parents(ids, gather<SpanId>(parts, order, [](const auto& p, size_t r) { return p.columns->parentSpanId[r]; })));
    std::vector<uint64_t> keys(ids.size());
    for (size_t i = 0; i < ids.size(); ++i)
        keys[i] = filterKey(traces[i], ids[i]);
    b.put(Column::kSpanFilter, buildFilter(keys, kSpanFilterBits));
    b.numbers(Column::kFlags, numbersOf(parts, order, &SpanColumns::flags));
    b.numbers(Column::kDroppedAttributes, numbersOf(parts, order, &SpanColumns::droppedAttributes));
    b.numbers(Column::kDroppedEvents, numbersOf(parts, order, &SpanColumns::droppedEvents));
    b.numbers(Column::kDroppedLinks, numbersOf(parts, order, &SpanColumns::droppedLinks));
    b.texts(Column::kStatusMessage, textsOf(parts, order, &SpanColumns::statusMessage), true);
    b.texts(Column::kTraceState, textsOf(parts, order, &SpanColumns::traceState), true);
    b.attributes(attributeParts(parts));
    return b.finish();
}

EncodedSegment SegmentEncoder::events(const SegmentRows& rows) {
    const auto& parts = rows.events;
    SegmentBuilder b(compressor_, rows, rowCount(parts));
    b.times(timesOf(parts, &SpanEventColumns::time));
    b.codes(Column::kName, dictionaryIdsOf(parts, b.order(), &SpanEventColumns::name), &b.info().names);
    b.numbers(Column::kDroppedAttributes, numbersOf(parts, b.order(), &SpanEventColumns::droppedAttributes));
    b.numbers(Column::kOwner, gather<uint64_t>(parts, b.order(), [](const auto& p, size_t r) { return static_cast<uint64_t>((*p.owner)[r]); }));
    b.attributes(attributeParts(parts));
    return b.finish();
}

EncodedSegment SegmentEncoder::links(const SegmentRows& rows) {
    const auto& parts = rows.links;
    SegmentBuilder b(compressor_, rows, rowCount(parts));
    b.times(std::vector<TimeNs>(rowCount(parts), 0));
    const RowOrder& order = b.order();
    b.traceIds(gather<TraceId>(parts, order, [](const auto& p, size_t r) { return p.columns->traceId[r]; }));
    b.spanIds(gather<SpanId>(parts, order, [](const auto& p, size_t r) { return p.columns->spanId[r]; }));
    b.texts(Column::kTraceState, textsOf(parts, order, &SpanLinkColumns::traceState), true);
    b.numbers(Column::kFlags, numbersOf(parts, order, &SpanLinkColumns::flags));
    b.numbers(Column::kDroppedAttributes, numbersOf(parts, order, &SpanLinkColumns::droppedAttributes));
    b.numbers(Column::kOwner, gather<uint64_t>(parts, order, [](const auto& p, size_t r) { return static_cast<uint64_t>((*p.owner)[r]); }));
    b.attributes(attributeParts(parts));
    return b.finish();
}

EncodedSegment SegmentEncoder::exemplars(const SegmentRows& rows) {
    const auto& parts = rows.exemplars;
    SegmentBuilder b(compressor_, rows, rowCount(parts));
    b.times(timesOf(parts, &ExemplarColumns::time));
    const RowOrder& order = b.order();
    b.numbers(Column::kValue, numbersOf(parts, order, &ExemplarColumns::valueBits));
    b.numbers(Column::kSeries, numbersOf(parts, order, &ExemplarColumns::series));
    b.traceIds(gather<TraceId>(parts, order, [](const auto& p, size_t r) { return p.columns->traceId[r]; }));
    b.spanIds(gather<SpanId>(parts, order, [](const auto& p, size_t r) { return p.columns->spanId[r]; }));
    b.attributes(attributeParts(parts));
    return b.finish();
}

EncodedSegment SegmentEncoder::logs(const SegmentRows& rows) {
    const auto& parts = rows.logs;
    SegmentBuilder b(compressor_, rows, rowCount(parts));
    b.times(timesOf(parts, &LogColumns::time));
    const RowOrder& order = b.order();
    resourceColumns(b, parts);
    const auto severity = gather<uint8_t>(parts, order, [](const auto& p, size_t r) { return p.columns->severityNumber[r]; });
    b.bytes(Column::kSeverity, severity);
    b.info().severityMask = maskOf(severity);
    b.traceIds(gather<TraceId>(parts, order, [](const auto& p, size_t r) { return p.columns->traceId[r]; }));
    b.spanIds(gather<SpanId>(parts, order, [](const auto& p, size_t r) { return p.columns->spanId[r]; }));
    logTexts(b, parts);
    b.texts(Column::kSeverityText, textsOf(parts, order, &LogColumns::severityText), true);
    b.texts(Column::kEventName, textsOf(parts, order, &LogColumns::eventName), true);
    auto observed = gather<TimeNs>(parts, order, [](const auto& p, size_t r) { return p.columns->observedTime[r]; });
    if (std::any_of(observed.begin(), observed.end(), [](TimeNs t) { return t != 0; })) {
        std::vector<uint64_t> deltas(observed.size());
        for (size_t i = 0; i < observed.size(); ++i)
            deltas[i] = zigzag(wrapMinus(observed[i], b.sortedTimes()[i]));
        b.put(Column::kObserved, encodeFixedFrames(compressor_, deltas));
    }
    b.numbers(Column::kFlags, numbersOf(parts, order, &LogColumns::flags));
    b.numbers(Column::kDroppedAttributes, numbersOf(parts, order, &LogColumns::droppedAttributes));
    b.numbers(Column::kLines, numbersOf(parts, order, &LogColumns::line));
    b.numbers(Column::kTimeFlags, numbersOf(parts, order, &LogColumns::timeFlags));
    b.numbers(Column::kParts, numbersOf(parts, order, &LogColumns::part));
    b.attributes(attributeParts(parts));
    return b.finish();
}

}  // namespace nj::store

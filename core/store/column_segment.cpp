#include "store/column_segment.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "sketch/latency_sketch.h"
#include "store/byte_io.h"
#include "store/damaged.h"
#include "store/id_filter.h"

namespace nj::store {
namespace {

constexpr uint16_t kParentNone = 0xffff;
constexpr uint16_t kParentRaw = 0xfffe;
constexpr size_t kStartHead = 16;

// Codes of a column in which all rows are alike.
const std::vector<uint8_t>& zeroCodes() {
    static const std::vector<uint8_t> zeros(kSegmentRows, 0);
    return zeros;
}
const std::vector<SpanId>& zeroSpanIds() {
    static const std::vector<SpanId> zeros(kSegmentRows);
    return zeros;
}
const TraceId kNoTrace{};

// Points codes at `bytes` behind a table of `distinct` entries and checks each.
Status attachCodes(CodeColumn& column, std::string_view bytes, size_t distinct, size_t rows) {
    if (distinct == 1 && bytes.empty()) {
        column.narrow = std::span(zeroCodes()).first(rows);
        return {};
    }
    if (distinct <= 256) {
        if (bytes.size() != rows)
            return damaged("a column of codes has the wrong size");
        column.narrow = {reinterpret_cast<const uint8_t*>(bytes.data()), rows};
    } else {
        if (bytes.size() != rows * 2 || reinterpret_cast<uintptr_t>(bytes.data()) % 2 != 0)
            return damaged("a column of codes has the wrong size");
        column.wide = {reinterpret_cast<const uint16_t*>(bytes.data()), rows};
    }
    const size_t largest = column.narrow.empty() ? *std::max_element(column.wide.begin(), column.wide.end())
                                                 : *std::max_element(column.narrow.begin(), column.narrow.end());
    if (largest >= distinct)
        return damaged("a code outside its table");
    return {};
}

}  // namespace

size_t StartColumn::lowerBound(TimeNs instant) const {
    if (instant <= base)
        return 0;
    const uint64_t wanted = static_cast<uint64_t>(instant) - static_cast<uint64_t>(base);
    const uint64_t tick = (wanted >> shift) + ((wanted & ((uint64_t{1} << shift) - 1)) != 0 ? 1 : 0);
    if (tick > std::numeric_limits<uint32_t>::max())
        return ticks.size();
    return static_cast<size_t>(std::lower_bound(ticks.begin(), ticks.end(), static_cast<uint32_t>(tick)) - ticks.begin());
}

size_t AttributeValues::size() const {
    if (!dense)
        return rows.size();
    return std::max({codes.size(), texts.size(), integers.size(), numbers.size()});
}

std::optional<size_t> AttributeValues::entry(uint32_t row) const {
    if (dense)
        return type == ValueType::kEmpty || row < size() ? std::optional<size_t>(row) : std::nullopt;
    const auto it = std::lower_bound(rows.begin(), rows.end(), row);
    return it != rows.end() && *it == row ? std::optional<size_t>(static_cast<size_t>(it - rows.begin())) : std::nullopt;
}

Result<const std::string*> ColumnSegment::blob(Column column) const {
    const auto number = static_cast<uint16_t>(column);
    if (const auto it = held_.find(number); it != held_.end())
        return it->second.get();
    NJ_ASSIGN(auto bytes, blobs_->whole(number));
    return held_.emplace(number, std::move(bytes)).first->second.get();
}

Result<StartColumn> ColumnSegment::start() const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kStart));
    if (bytes == nullptr || bytes->size() != kStartHead + size_t{info_->rows} * 4)
        return damaged("the start times of a segment have the wrong size");
    ByteReader in(*bytes);
    StartColumn column;
    column.base = in.fixed<TimeNs>();
    column.shift = static_cast<int>(in.fixed<uint32_t>());
    if (column.shift < 0 || column.shift > 32)
        return damaged("the start times of a segment have an impossible unit");
    column.ticks = {reinterpret_cast<const uint32_t*>(bytes->data() + kStartHead), info_->rows};
    column.base = wrapPlus(column.base, shift_);
    return column;
}

Result<CodeColumn> ColumnSegment::codes(Column column) const {
    NJ_ASSIGN(const std::string* bytes, blob(column));
    if (bytes == nullptr)
        return damaged("a column of codes is missing");
    ByteReader in(*bytes);
    const auto distinct = in.fixed<uint32_t>();
    if (in.failed() || distinct == 0 || distinct > info_->rows || distinct > in.left() / 4)
        return damaged("a column of codes has an impossible table");
    CodeColumn out;
    out.table.resize(distinct);
    for (auto& id : out.table)
        id = in.fixed<uint32_t>();
    NJ_RETURN_IF_ERROR(attachCodes(out, std::string_view(*bytes).substr(in.position()), distinct, info_->rows));
    return out;
}

Result<DurationBins> ColumnSegment::durationBin() const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kDurationBin));
    if (bytes == nullptr || bytes->size() != size_t{info_->rows} * 2)
        return damaged("the durations of a segment have the wrong size");
    return DurationBins(reinterpret_cast<const uint16_t*>(bytes->data()), info_->rows);
}

Result<std::span<const uint8_t>> ColumnSegment::bytes(Column column) const {
    NJ_ASSIGN(const std::string* bytes, blob(column));
    if (bytes != nullptr && bytes->size() == info_->rows)
        return std::span(reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size());
    if (bytes == nullptr || bytes->size() != 1)
        return damaged("a column of bytes has the wrong size");
    auto& constant = constants_[static_cast<uint16_t>(column)];
    constant.assign(info_->rows, static_cast<uint8_t>(bytes->front()));
    return std::span<const uint8_t>(constant);
}

Result<std::vector<uint64_t>> ColumnSegment::numbers(Column column) const {
    NJ_ASSIGN(const auto bytes, blobs_->whole(static_cast<uint16_t>(column)));
    if (bytes == nullptr)
        return std::vector<uint64_t>(info_->rows, 0);
    return decodeFixedFrames(*bytes, info_->rows);
}

template <typename T>
Result<std::vector<T>> ColumnSegment::numbersAs(Column column) const {
    NJ_ASSIGN(const auto wide, numbers(column));
    std::vector<T> out(wide.size());
    std::transform(wide.begin(), wide.end(), out.begin(), [](uint64_t v) { return static_cast<T>(v); });
    return out;
}

Result<std::vector<TimeNs>> ColumnSegment::exactStart() const {
    NJ_ASSIGN(const StartColumn hot, start());
    NJ_ASSIGN(const auto low, numbers(Column::kStartLow));
    std::vector<TimeNs> times(info_->rows);
    for (size_t row = 0; row < times.size(); ++row) {
        times[row] = wrapPlus(hot.at(row), static_cast<int64_t>(low[row]));
        if (times[row] == std::numeric_limits<TimeNs>::min())
            times[row] = 0;
    }
    return times;
}

Result<std::vector<TimeNs>> ColumnSegment::exactEnd() const {
    NJ_ASSIGN(auto times, exactStart());
    if (info_->signal == Signal::kSpan) {
        NJ_ASSIGN(const DurationBins bins, durationBin());
        NJ_ASSIGN(const auto rest, numbers(Column::kDurationRest));
        for (size_t row = 0; row < times.size(); ++row)
            times[row] = wrapPlus(times[row], bins[row] == 0xffff ? unzigzag(rest[row]) : wrapPlus(sketch::binFirst(bins[row]), static_cast<int64_t>(rest[row])));
        return times;
    }
    NJ_ASSIGN(const auto observed, blobs_->whole(static_cast<uint16_t>(Column::kObserved)));
    if (observed == nullptr)
        return std::vector<TimeNs>(info_->rows, 0);
    NJ_ASSIGN(const auto deltas, decodeFixedFrames(*observed, info_->rows));
    for (size_t row = 0; row < times.size(); ++row)
        // The observer's clock is another one: a correction of the record's does not move it.
        times[row] = wrapPlus(times[row] == 0 ? std::numeric_limits<TimeNs>::min() : wrapPlus(times[row], -shift_), unzigzag(deltas[row]));
    return times;
}

Result<TraceIdColumn> ColumnSegment::traceIds() const {
    TraceIdColumn out;
    NJ_ASSIGN(const std::string* bytes, blob(Column::kTraceIds));
    if (bytes == nullptr) {
        out.table = {&kNoTrace, 1};
        out.codes.narrow = std::span(zeroCodes()).first(info_->rows);
        return out;
    }
    ByteReader in(*bytes);
    const auto distinct = in.fixed<uint32_t>();
    if (in.failed() || distinct == 0 || distinct > info_->rows || distinct > in.left() / 16)
        return damaged("a segment's trace ids have an impossible table");
    out.table = {reinterpret_cast<const TraceId*>(in.raw(size_t{distinct} * 16).data()), distinct};
    if (!std::is_sorted(out.table.begin(), out.table.end()))
        return damaged("a segment's trace ids are out of order");
    NJ_RETURN_IF_ERROR(attachCodes(out.codes, std::string_view(*bytes).substr(in.position()), distinct, info_->rows));
    return out;
}

Result<std::span<const SpanId>> ColumnSegment::spanIds() const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kSpanIds));
    if (bytes == nullptr)
        return std::span(zeroSpanIds()).first(info_->rows);
    if (bytes->size() != size_t{info_->rows} * 8)
        return damaged("the span ids of a segment have the wrong size");
    return std::span(reinterpret_cast<const SpanId*>(bytes->data()), info_->rows);
}

Result<std::vector<SpanId>> ColumnSegment::parentIds() const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kParents));
    NJ_ASSIGN(const auto ids, spanIds());
    if (bytes == nullptr)
        return damaged("the parents of a segment are missing");
    const size_t rows = info_->rows;
    if (bytes->size() < rows * 2)
        return damaged("the parents of a segment have the wrong size");
    const char* const codes = bytes->data();
    ByteReader raw(std::string_view(*bytes).substr(rows * 2));
    std::vector<SpanId> parents(rows);
    for (size_t i = 0; i < rows; ++i) {
        uint16_t row;
        std::memcpy(&row, codes + i * 2, 2);
        if (row == kParentNone)
            continue;
        if (row == kParentRaw)
            parents[i] = raw.fixed<SpanId>();
        else if (row < rows)
            parents[i] = ids[row];
        else
            raw.fail();
    }
    if (raw.failed() || raw.left() != 0)
        return damaged("the parents of a segment have the wrong size");
    return parents;
}

Result<std::vector<uint32_t>> ColumnSegment::scopes() const {
    if (info_->signal != Signal::kSpan && info_->signal != Signal::kLog)
        return std::vector<uint32_t>(info_->rows, kNoIndex);
    NJ_ASSIGN(const CodeColumn column, codes(Column::kScope));
    std::vector<uint32_t> out(info_->rows);
    for (size_t row = 0; row < out.size(); ++row)
        out[row] = column.id(row);
    return out;
}

Result<std::vector<std::array<uint32_t, 3>>> ColumnSegment::dropped() const {
    std::vector<std::array<uint32_t, 3>> out(info_->rows);
    const Column columns[] = {Column::kDroppedAttributes, Column::kDroppedEvents, Column::kDroppedLinks};
    for (size_t i = 0; i < 3; ++i) {
        NJ_ASSIGN(const auto counts, numbers(columns[i]));
        for (size_t row = 0; row < out.size(); ++row)
            out[row][i] = static_cast<uint32_t>(counts[row]);
    }
    return out;
}

Result<std::vector<double>> ColumnSegment::exemplarValues() const {
    NJ_ASSIGN(const auto bits, numbers(Column::kValue));
    std::vector<double> out(bits.size());
    std::memcpy(out.data(), bits.data(), bits.size() * 8);
    return out;
}

Result<std::vector<ValueType>> ColumnSegment::bodyTypes() const {
    NJ_ASSIGN(const auto types, numbers(Column::kBodyType));
    std::vector<ValueType> out(types.size());
    std::transform(types.begin(), types.end(), out.begin(), [](uint64_t t) { return t <= 6 ? static_cast<ValueType>(t) : ValueType::kString; });
    return out;
}

Result<bool> ColumnSegment::mayContainTrace(const TraceId& id) const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kTraceFilter));
    return bytes != nullptr && filterMayContain(*bytes, filterKey(id));
}

Result<bool> ColumnSegment::mayContainSpan(const TraceId& trace, const SpanId& span) const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kSpanFilter));
    return bytes != nullptr && filterMayContain(*bytes, filterKey(trace, span));
}

Result<int64_t> ColumnSegment::seqOf(uint32_t row) const {
    if (row >= info_->rows)
        return makeError(ErrorCode::kInvalidArgument, "no such row in the segment");
    NJ_ASSIGN(const std::string* order, blob(Column::kOrder));
    if (order == nullptr)
        return info_->seqBase + row;
    if (order->size() != size_t{info_->rows} * 2)
        return damaged("the order of a segment has the wrong size");
    uint16_t offset = 0;
    std::memcpy(&offset, order->data() + size_t{row} * 2, 2);
    return info_->seqBase + offset;
}

Result<uint32_t> ColumnSegment::rowOf(int64_t seq) const {
    if (seq < info_->seqBase || seq >= info_->seqBase + info_->rows)
        return makeError(ErrorCode::kNotFound, "no such row in the segment");
    const auto offset = static_cast<uint16_t>(seq - info_->seqBase);
    NJ_ASSIGN(const std::string* order, blob(Column::kOrder));
    if (order == nullptr)
        return offset;
    if (order->size() != size_t{info_->rows} * 2)
        return damaged("the order of a segment has the wrong size");
    for (uint32_t row = 0; row < info_->rows; ++row)
        if (std::memcmp(order->data() + size_t{row} * 2, &offset, 2) == 0)
            return row;
    return damaged("a row is missing from the order of its segment");
}

}  // namespace nj::store

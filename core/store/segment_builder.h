// Builds the blobs of one segment: the parts that all signals share. Used by the encoders of the signals, on an encoder thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/frames.h"
#include "store/row_order.h"
#include "store/segment_columns.h"
#include "store/segment_rows.h"

namespace nj::store {

// The attribute columns of one part and which of its rows count.
struct AttributePart {
    const AttributeColumns* columns = nullptr;
    size_t from = 0, to = 0;
    size_t base = 0;   // order of ingestion of row `from`
};

class SegmentBuilder {
public:
    SegmentBuilder(Compressor& compressor, const SegmentRows& rows, size_t count);

    // Sets order, range and the columns kStart, kStartLow, kOrder. Times of 0 are unknown.
    void times(std::vector<TimeNs> byIngestion);
    [[nodiscard]] const RowOrder& order() const { return order_; }
    [[nodiscard]] std::span<const TimeNs> sortedTimes() const { return times_; }
    [[nodiscard]] size_t rows() const { return count_; }

    void put(Column column, std::string blob) { put(static_cast<uint16_t>(column), std::move(blob)); }
    void put(uint16_t column, std::string blob);
    // Values by new row.
    void codes(Column column, std::span<const uint32_t> ids, std::vector<uint32_t>* present = nullptr);
    void bytes(Column column, std::span<const uint8_t> values);
    // Left out when all are zero.
    void numbers(Column column, std::span<const uint64_t> values);
    void traceIds(std::span<const TraceId> ids);
    void spanIds(std::span<const SpanId> ids);
    // Texts of the rows, "" = none. `coded`: as a dictionary where few differ. Over 8 MiB: cut, and a health record.
    void texts(Column column, std::span<const std::string_view> texts, bool coded);
    void attributes(const std::vector<AttributePart>& parts);
    EncodedSegment finish();
    [[nodiscard]] SegmentInfo& info() { return segment_.info; }
    void note(HealthSeverity severity, std::string reason, std::string example);
    std::string_view cut(std::string_view text, std::string_view what);
    Compressor& compressor() { return compressor_; }

private:

    Compressor& compressor_;
    EncodedSegment segment_;
    RowOrder order_;
    std::vector<TimeNs> times_;
    size_t count_;
};

// Reads `get(part, row)` of every row and puts it at its place in time order.
template <typename T, typename Columns, typename Get>
std::vector<T> gather(const std::vector<Part<Columns>>& parts, const RowOrder& order, Get get) {
    std::vector<T> out(order.size());
    size_t old = 0;
    for (const auto& part : parts)
        for (size_t row = part.from; row < part.to; ++row)
            out[order.newOf[old++]] = get(part, row);
    return out;
}

template <typename Columns>
std::vector<AttributePart> attributeParts(const std::vector<Part<Columns>>& parts) {
    std::vector<AttributePart> out;
    size_t base = 0;
    for (const auto& part : parts) {
        out.push_back({&part.columns->attributes, part.from, part.to, base});
        base += part.size();
    }
    return out;
}

}  // namespace nj::store

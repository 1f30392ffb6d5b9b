// SegmentView over blobs. Used by one thread; keeps every blob alive that it handed out spans into.
#pragma once

#include <map>
#include <memory>

#include "store/blob_source.h"
#include "store/segment_columns.h"
#include "store/segment_view.h"
#include "store/value_column.h"

namespace nj::store {

class ColumnSegment final : public SegmentView {
public:
    // `shift`: correction of the import's clock; the info's range holds it already.
    ColumnSegment(std::shared_ptr<const SegmentInfo> info, std::shared_ptr<const BlobSource> blobs, DurationNs shift = 0)
        : info_(std::move(info)), blobs_(std::move(blobs)), shift_(shift) {}

    [[nodiscard]] const SegmentInfo& info() const override { return *info_; }
    Result<StartColumn> start() const override;
    Result<CodeColumn> service() const override { return codes(Column::kService); }
    Result<CodeColumn> resource() const override { return codes(Column::kResource); }
    Result<CodeColumn> name() const override { return codes(Column::kName); }
    Result<DurationBins> durationBin() const override;
    Result<std::span<const uint8_t>> kind() const override { return bytes(Column::kKind); }
    Result<std::span<const uint8_t>> status() const override { return bytes(Column::kStatus); }
    Result<std::span<const uint8_t>> severity() const override { return bytes(Column::kSeverity); }

    Result<std::vector<TimeNs>> exactStart() const override;
    Result<std::vector<TimeNs>> exactEnd() const override;
    Result<TraceIdColumn> traceIds() const override;
    Result<std::span<const SpanId>> spanIds() const override;
    Result<std::vector<SpanId>> parentIds() const override;
    Result<std::vector<uint32_t>> scopes() const override;
    Result<std::vector<uint32_t>> flags() const override { return numbersAs<uint32_t>(Column::kFlags); }
    Result<std::vector<std::array<uint32_t, 3>>> dropped() const override;
    Result<std::vector<uint64_t>> lines() const override { return numbersAs<uint64_t>(Column::kLines); }
    Result<std::vector<uint8_t>> timeFlags() const override { return numbersAs<uint8_t>(Column::kTimeFlags); }
    Result<std::vector<uint32_t>> parts() const override { return numbersAs<uint32_t>(Column::kParts); }
    Result<std::vector<int64_t>> ownerSeq() const override { return numbersAs<int64_t>(Column::kOwner); }
    Result<std::string> text(TextColumn column, uint32_t row) const override;
    Status scanText(TextColumn column, uint32_t firstRow, uint32_t rowCount, const std::function<bool(uint32_t, std::string_view)>& visit) const override;
    Result<bool> mayContainToken(std::string_view token) const override { return mayContainToken(token, 0, info_->rows); }
    Result<bool> mayContainToken(std::string_view token, uint32_t firstRow, uint32_t rowCount) const override;
    Result<bool> mayContainTrace(const TraceId& id) const override;
    Result<bool> mayContainSpan(const TraceId& trace, const SpanId& span) const override;
    Result<std::vector<double>> exemplarValues() const override;
    Result<std::vector<int64_t>> exemplarSeries() const override { return numbersAs<int64_t>(Column::kSeries); }
    Result<std::vector<ValueType>> bodyTypes() const override;
    Result<AttributeValues> attribute(std::string_view key, ValueType type) const override;
    Result<AttributeList> attributes(uint32_t row) const override;
    Result<std::vector<AttributeList>> attributes(uint32_t firstRow, uint32_t rowCount) const override;
    // Logs: where the body begins in the original record, plus one; 0: it stands apart.
    Result<std::vector<uint64_t>> bodyOffsets() const { return numbers(Column::kBodyOffset); }
    Result<int64_t> seqOf(uint32_t row) const override;
    Result<uint32_t> rowOf(int64_t seq) const override;

private:
    // nullptr where the segment has no such column.
    Result<const std::string*> blob(Column column) const;
    Result<CodeColumn> codes(Column column) const;
    Result<std::span<const uint8_t>> bytes(Column column) const;
    // Zeros where the column is left out.
    Result<std::vector<uint64_t>> numbers(Column column) const;
    template <typename T>
    Result<std::vector<T>> numbersAs(Column column) const;
    Result<std::optional<ValueColumnReader>> values(uint16_t column) const;
    Result<AttributeValues> residualValues(size_t index) const;
    Status appendColumn(size_t index, uint32_t first, std::vector<AttributeList>& lists) const;
    Status appendResidual(uint32_t first, std::vector<AttributeList>& lists) const;
    Status scanBody(uint32_t firstRow, uint32_t rowCount, const std::function<bool(uint32_t, std::string_view)>& visit) const;
    Result<std::string> bodyText(uint32_t row) const;
    // One value of a left-out-when-zero column.
    Result<uint64_t> numberAt(Column column, uint32_t row) const;

    std::shared_ptr<const SegmentInfo> info_;
    std::shared_ptr<const BlobSource> blobs_;
    DurationNs shift_;
    mutable std::map<uint16_t, std::shared_ptr<const std::string>> held_;
    mutable std::map<uint16_t, std::vector<uint8_t>> constants_;
    mutable std::map<uint16_t, std::shared_ptr<const std::vector<uint64_t>>> decoded_;
};

}  // namespace nj::store

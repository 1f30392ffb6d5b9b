// The columns of the SQL tables that stand on segments, and how a row's value is read. One SegmentFields per open segment.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sqlite/virtual_table.h"
#include "store/sql_context.h"

namespace nj::store {

enum class Field : uint8_t {
    kTraceId, kSpanId, kParentSpanId, kService, kName, kKind, kStart, kEnd, kDuration, kStatus, kStatusMessage, kScope, kResourceId,
    kTime, kObserved, kSeverityNumber, kSeverityText, kBody, kEventName, kOwner, kOwnerTraceId, kOwnerSpanId, kSeries, kValue, kAttributes,
    kAttribute,   // the value of one key, in a hidden column
};

struct FieldColumn {
    std::string name;
    const char* type;
    Field field;
};

// The columns of one segment table.
struct SegmentLayout {
    Signal signal = Signal::kSpan;
    std::vector<FieldColumn> fields;
    std::vector<std::string> keys;   // hidden column fields.size() + i
};

// nullptr for a number that OTLP does not have.
const char* spanKindText(uint8_t kind);
const char* spanStatusText(uint8_t status);

// One attribute key of one segment, over all the types it has there.
class AttributeField {
public:
    static Result<AttributeField> load(const SegmentView& view, const std::string& key);
    void put(uint32_t row, sqlite::Cell& cell) const;
    // Unsets keep[row] where the row's value fails the bound in SQLite's order of types.
    void narrow(const sqlite::Bound& bound, std::vector<uint8_t>& keep) const;

private:
    struct Typed {
        AttributeValues values;
        std::vector<uint32_t> entryOf;   // row → entry + 1; empty where dense
    };
    static std::optional<size_t> entryOf(const Typed& typed, uint32_t row);
    std::vector<Typed> types_;
};

// The trace and span id of spans by seq, for tables whose rows belong to a span. Keeps the segment it used last.
class OwnerLookup {
public:
    explicit OwnerLookup(SqlContext& context) : context_(context) {}
    // Nothing where the span is not in the capsule.
    Result<std::optional<std::pair<TraceId, SpanId>>> find(int64_t seq);

private:
    SqlContext& context_;
    std::unique_ptr<SegmentView> view_;
    TraceIdColumn traces_;
    std::span<const SpanId> spans_;
    std::vector<uint32_t> rowOfOffset_;
};

class SegmentFields {
public:
    SegmentFields(SqlContext& context, const SegmentView& view, OwnerLookup& owners) : context_(context), view_(view), owners_(owners) {}
    // Bytes of the columns loaded so far, roughly.
    [[nodiscard]] size_t byteSize() const;
    // `key` for kAttribute.
    Status put(Field field, const std::string& key, uint32_t row, sqlite::Cell& cell);

private:
    Status loadDurations();
    Status putTime(Field field, uint32_t row, sqlite::Cell& cell);
    Status putId(Field field, uint32_t row, sqlite::Cell& cell);
    Status putText(TextColumn column, bool emptyIsNull, uint32_t row, sqlite::Cell& cell);
    Status putAttribute(const std::string& key, uint32_t row, sqlite::Cell& cell);

    struct Frame {
        uint32_t first = 0;
        std::vector<std::string> rows;
    };

    SqlContext& context_;
    const SegmentView& view_;
    OwnerLookup& owners_;
    // Loaded when a row's cell is asked for the first time.
    std::optional<std::vector<TimeNs>> starts_, ends_;
    std::optional<std::vector<DurationNs>> durations_;
    std::optional<TraceIdColumn> traces_;
    std::optional<std::span<const SpanId>> spans_;
    std::optional<std::vector<SpanId>> parents_;
    std::optional<CodeColumn> services_, names_, resources_;
    std::optional<std::span<const uint8_t>> kinds_, statuses_, severities_;
    std::optional<std::vector<uint32_t>> scopes_;
    std::optional<std::vector<int64_t>> ownerSeqs_, series_;
    std::optional<std::vector<double>> values_;
    std::map<TextColumn, Frame> frames_;
    std::vector<AttributeList> attributeRows_;   // of the rows from attributesFrom_ on
    uint32_t attributesFrom_ = 0;
    std::map<std::string, AttributeField> attributes_;
};

}  // namespace nj::store

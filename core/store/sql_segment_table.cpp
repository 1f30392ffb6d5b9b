#include "store/sql_segment_table.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "store/sql_segment_filter.h"

namespace nj::store {
namespace {

constexpr size_t kMaxColumns = 1'900;   // SQLite's own bound is 2,000

std::vector<FieldColumn> fieldsOf(Signal signal) {
    switch (signal) {
    case Signal::kSpan:
        return {{"trace_id", "TEXT", Field::kTraceId}, {"span_id", "TEXT", Field::kSpanId}, {"parent_span_id", "TEXT", Field::kParentSpanId},
                {"service", "TEXT", Field::kService}, {"name", "TEXT", Field::kName}, {"kind", "TEXT", Field::kKind},
                {"start_time_unix_nano", "INTEGER", Field::kStart}, {"end_time_unix_nano", "INTEGER", Field::kEnd}, {"duration_nano", "INTEGER", Field::kDuration},
                {"status", "TEXT", Field::kStatus}, {"status_message", "TEXT", Field::kStatusMessage}, {"scope", "TEXT", Field::kScope},
                {"resource_id", "INTEGER", Field::kResourceId}, {"attributes", "TEXT", Field::kAttributes}};
    case Signal::kLog:
        return {{"time_unix_nano", "INTEGER", Field::kTime}, {"observed_time_unix_nano", "INTEGER", Field::kObserved}, {"severity_number", "INTEGER", Field::kSeverityNumber},
                {"severity_text", "TEXT", Field::kSeverityText}, {"body", "TEXT", Field::kBody}, {"service", "TEXT", Field::kService},
                {"event_name", "TEXT", Field::kEventName}, {"trace_id", "TEXT", Field::kTraceId}, {"span_id", "TEXT", Field::kSpanId},
                {"scope", "TEXT", Field::kScope}, {"resource_id", "INTEGER", Field::kResourceId}, {"attributes", "TEXT", Field::kAttributes}};
    case Signal::kSpanEvent:
        return {{"span_rowid", "INTEGER", Field::kOwner}, {"trace_id", "TEXT", Field::kOwnerTraceId}, {"span_id", "TEXT", Field::kOwnerSpanId},
                {"time_unix_nano", "INTEGER", Field::kTime}, {"name", "TEXT", Field::kName}, {"attributes", "TEXT", Field::kAttributes}};
    case Signal::kSpanLink:
        return {{"span_rowid", "INTEGER", Field::kOwner}, {"trace_id", "TEXT", Field::kOwnerTraceId}, {"span_id", "TEXT", Field::kOwnerSpanId},
                {"linked_trace_id", "TEXT", Field::kTraceId}, {"linked_span_id", "TEXT", Field::kSpanId}, {"attributes", "TEXT", Field::kAttributes}};
    default:
        return {{"series_id", "INTEGER", Field::kSeries}, {"time_unix_nano", "INTEGER", Field::kTime}, {"value", "REAL", Field::kValue},
                {"trace_id", "TEXT", Field::kTraceId}, {"span_id", "TEXT", Field::kSpanId}, {"attributes", "TEXT", Field::kAttributes}};
    }
}

std::string folded(const std::string& name) {
    std::string out = name;
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return out;
}

struct Layout {
    Signal signal;
    std::vector<FieldColumn> fields;
    std::vector<std::string> keys;   // column fields.size() + i
};

class SegmentCursor : public sqlite::TableCursor {
public:
    SegmentCursor(SqlContext& context, const Layout& layout) : context_(context), layout_(layout), owners_(context) {}

    Status start(const std::vector<sqlite::Bound>& bounds) override {
        filter_.emplace(context_, layout_.fields, layout_.keys, bounds);
        segment_ = 0;
        ended_ = false;
        return openNext();
    }
    [[nodiscard]] bool atEnd() const override { return ended_; }
    Status next() override {
        ++row_;
        skipUnwanted();
        return row_ < rows_ ? Status() : openNext();
    }
    Status column(int column, sqlite::Cell& cell) override {
        const auto index = static_cast<size_t>(column);
        if (index < layout_.fields.size())
            return fields_->put(layout_.fields[index].field, {}, row_, cell);
        return fields_->put(Field::kAttribute, layout_.keys[index - layout_.fields.size()], row_, cell);
    }
    int64_t rowid() override {
        const auto seq = view_->seqOf(row_);
        return seq.ok() ? *seq : -1;
    }

private:
    void skipUnwanted() {
        if (!keep_.empty())
            while (row_ < rows_ && !keep_[row_])
                ++row_;
    }

    // The first wanted row of the next segment that has one.
    Status openNext() {
        const auto& segments = context_.snapshot->segments(layout_.signal);
        while (segment_ < segments.size()) {
            NJ_RETURN_IF_ERROR(context_.checkStop());
            const SegmentInfo& info = *segments[segment_++];
            if (!filter_->mayHold(info))
                continue;
            fields_.reset();
            NJ_ASSIGN(view_, context_.reader.view(*context_.snapshot, info.id));
            ++context_.segmentsVisited;
            NJ_RETURN_IF_ERROR(filter_->narrow(*view_, keep_));
            row_ = 0;
            rows_ = info.rows;
            skipUnwanted();
            if (row_ >= rows_)
                continue;
            fields_ = std::make_unique<SegmentFields>(context_, *view_, owners_);
            return {};
        }
        ended_ = true;
        return {};
    }

    SqlContext& context_;
    const Layout& layout_;
    OwnerLookup owners_;
    std::optional<SegmentFilter> filter_;
    size_t segment_ = 0;
    std::unique_ptr<SegmentView> view_;
    std::unique_ptr<SegmentFields> fields_;   // reads from view_
    std::vector<uint8_t> keep_;
    uint32_t row_ = 0, rows_ = 0;
    bool ended_ = true;
};

class SegmentTable : public sqlite::VirtualTable {
public:
    SegmentTable(SqlContext& context, Signal signal) : context_(context), layout_{signal, fieldsOf(signal), {}} {
        std::set<std::string> taken;
        for (const FieldColumn& field : layout_.fields) {
            columns_.push_back({field.name, field.type, false});
            taken.insert(field.name);
        }
        std::set<std::string> keys;
        for (const auto& segment : context.snapshot->segments(signal)) {
            rows_ += segment->rows;
            for (const AttributeInfo& attribute : segment->attributes)
                keys.insert(attribute.key);
        }
        // Names of columns differ in more than case; a key that is a column already stays reachable through `attributes`.
        for (const std::string& key : keys) {
            if (columns_.size() >= kMaxColumns || key.empty() || key.find('\0') != std::string::npos || !taken.insert(folded(key)).second)
                continue;
            layout_.keys.push_back(key);
            columns_.push_back({key, "", true});
        }
    }
    [[nodiscard]] const std::vector<sqlite::TableColumn>& columns() const override { return columns_; }
    [[nodiscard]] double rowEstimate() const override { return static_cast<double>(rows_); }
    [[nodiscard]] double selectivity(int column, sqlite::Compare compare) const override {
        if (column == sqlite::kRowidColumn)
            return compare == sqlite::Compare::kEqual ? 1e-7 : 1;
        const auto index = static_cast<size_t>(column);
        return SegmentFilter::selectivity(index < layout_.fields.size() ? layout_.fields[index].field : Field::kAttribute, compare);
    }
    Result<std::unique_ptr<sqlite::TableCursor>> open() override {
        return std::unique_ptr<sqlite::TableCursor>(std::make_unique<SegmentCursor>(context_, layout_));
    }

private:
    SqlContext& context_;
    Layout layout_;
    std::vector<sqlite::TableColumn> columns_;
    uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<sqlite::VirtualTable> makeSegmentTable(SqlContext& context, Signal signal) { return std::make_unique<SegmentTable>(context, signal); }

}  // namespace nj::store

#include "store/sql_segment_table.h"

#include <algorithm>
#include <cctype>
#include <list>
#include <set>

#include "store/sql_segment_filter.h"
#include "store/sql_sorted_rows.h"

namespace nj::store {
namespace {

constexpr size_t kMaxColumns = 1'900;   // SQLite's own bound is 2,000
constexpr size_t kOpenBytes = 128U << 20;

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

class SegmentCursor : public sqlite::TableCursor {
public:
    SegmentCursor(SqlContext& context, const SegmentLayout& layout) : context_(context), layout_(layout), owners_(context) {}

    Status start(const std::vector<sqlite::Bound>& bounds, const std::vector<sqlite::SortTerm>& order) override {
        filter_.emplace(context_, layout_.fields, layout_.keys, bounds);
        open_.clear();
        current_ = nullptr;
        segment_ = 0;
        ended_ = false;
        sorted_.reset();
        if (order.empty())
            return openNext();
        sorted_.emplace(context_, layout_);
        NJ_RETURN_IF_ERROR(sorted_->build(*filter_, order));
        run_ = 0;
        return openRun();
    }
    [[nodiscard]] bool atEnd() const override { return ended_; }
    Status next() override {
        if (sorted_) {
            if (++position_ < sorted_->runs()[run_].end) {
                row_ = sorted_->row(sorted_->runs()[run_], position_);
                return {};
            }
            ++run_;
            return openRun();
        }
        ++row_;
        skipUnwanted();
        return row_ < rows_ ? Status() : openNext();
    }
    Status column(int column, sqlite::Cell& cell) override {
        static const std::string kNoKey;
        const auto index = static_cast<size_t>(column);
        if (index < layout_.fields.size())
            return current_->fields->put(layout_.fields[index].field, kNoKey, row_, cell);
        return current_->fields->put(Field::kAttribute, layout_.keys[index - layout_.fields.size()], row_, cell);
    }
    int64_t rowid() override {
        const auto seq = current_->view->seqOf(row_);
        return seq.ok() ? *seq : -1;
    }

private:
    struct Open {
        size_t segment = 0;
        std::unique_ptr<SegmentView> view;
        std::unique_ptr<SegmentFields> fields;   // reads from view
    };

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
            current_ = nullptr;
            open_.clear();
            NJ_ASSIGN(auto view, context_.reader.view(*context_.snapshot, info.id));
            ++context_.segmentsVisited;
            NJ_RETURN_IF_ERROR(filter_->narrow(*view, keep_));
            row_ = 0;
            rows_ = info.rows;
            skipUnwanted();
            if (row_ >= rows_)
                continue;
            use(segment_ - 1, std::move(view));
            return {};
        }
        ended_ = true;
        return {};
    }

    // The first row of run_. Segments are visited again for every group: the last ones used stay open within a budget.
    Status openRun() {
        NJ_RETURN_IF_ERROR(context_.checkStop());
        if (run_ >= sorted_->runs().size()) {
            ended_ = true;
            return {};
        }
        const SortedRows::Run& run = sorted_->runs()[run_];
        position_ = run.begin;
        row_ = sorted_->row(run, position_);
        const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.segment == run.segment; });
        if (found != open_.end()) {
            open_.splice(open_.begin(), open_, found);
            current_ = &open_.front();
            return {};
        }
        size_t bytes = 0;
        for (const Open& open : open_)
            bytes += open.fields->byteSize();
        while (!open_.empty() && bytes > kOpenBytes) {
            bytes -= open_.back().fields->byteSize();
            open_.pop_back();
        }
        NJ_ASSIGN(auto view, context_.reader.view(*context_.snapshot, context_.snapshot->segments(layout_.signal)[run.segment]->id));
        use(run.segment, std::move(view));
        return {};
    }

    void use(size_t segment, std::unique_ptr<SegmentView> view) {
        auto fields = std::make_unique<SegmentFields>(context_, *view, owners_);
        open_.push_front({segment, std::move(view), std::move(fields)});
        current_ = &open_.front();
    }

    SqlContext& context_;
    const SegmentLayout& layout_;
    OwnerLookup owners_;
    std::optional<SegmentFilter> filter_;
    std::list<Open> open_;            // the one in use first
    Open* current_ = nullptr;
    uint32_t row_ = 0;
    bool ended_ = true;
    // in stored order
    size_t segment_ = 0;
    std::vector<uint8_t> keep_;
    uint32_t rows_ = 0;
    // sorted
    std::optional<SortedRows> sorted_;
    size_t run_ = 0;
    uint32_t position_ = 0;
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
    [[nodiscard]] const std::vector<sqlite::VirtualColumn>& columns() const override { return columns_; }
    [[nodiscard]] double rowEstimate() const override { return static_cast<double>(rows_); }
    [[nodiscard]] double selectivity(int column, sqlite::Compare compare) const override {
        if (column == sqlite::kRowidColumn)
            return compare == sqlite::Compare::kEqual ? 1e-7 : 1;
        const auto index = static_cast<size_t>(column);
        return SegmentFilter::selectivity(index < layout_.fields.size() ? layout_.fields[index].field : Field::kAttribute, compare);
    }
    [[nodiscard]] bool sortsBy(const std::vector<sqlite::SortTerm>& order, uint64_t used) const override {
        // Whole attribute lists are decoded a run of rows at a time: read in another order each row would decode its run again.
        for (size_t i = 0; i < layout_.fields.size() && i < 63; ++i)
            if (layout_.fields[i].field == Field::kAttributes && (used >> i & 1) != 0)
                return false;
        // Four columns of 16-bit codes combine into one number.
        return order.size() <= 4 && std::all_of(order.begin(), order.end(), [&](const sqlite::SortTerm& term) {
            return term.column >= 0 && static_cast<size_t>(term.column) < layout_.fields.size() && SortedRows::sortable(layout_.fields[static_cast<size_t>(term.column)].field);
        });
    }
    Result<std::unique_ptr<sqlite::TableCursor>> open() override {
        return std::unique_ptr<sqlite::TableCursor>(std::make_unique<SegmentCursor>(context_, layout_));
    }

private:
    SqlContext& context_;
    SegmentLayout layout_;
    std::vector<sqlite::VirtualColumn> columns_;
    uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<sqlite::VirtualTable> makeSegmentTable(SqlContext& context, Signal signal) { return std::make_unique<SegmentTable>(context, signal); }

}  // namespace nj::store

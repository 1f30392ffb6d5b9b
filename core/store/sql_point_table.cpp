#include "store/sql_point_table.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>

#include "base/json_writer.h"

namespace nj::store {
namespace {

using sqlite::Bound;
using sqlite::Cell;
using sqlite::Compare;
using sqlite::SqlValue;
using Type = sqlite::Statement::Type;

constexpr size_t kPointsAtOnce = 16'384;
constexpr TimeNs kMin = std::numeric_limits<TimeNs>::min();
constexpr TimeNs kMax = std::numeric_limits<TimeNs>::max();

// What of the bounds a scan over series can use.
struct PointBounds {
    std::optional<std::set<int64_t>> series;
    TimeRange range{kMin, kMax};

    PointBounds(const std::vector<Bound>& bounds, int seriesColumn, int timeColumn) {
        for (const Bound& bound : bounds) {
            if (!std::all_of(bound.values.begin(), bound.values.end(), [](const SqlValue& v) { return v.type == Type::kInteger; }))
                continue;
            if (bound.column == seriesColumn && bound.compare == Compare::kEqual)
                addSeries(bound);
            else if (bound.column == timeColumn)
                addTime(bound);
        }
    }

private:
    void addSeries(const Bound& bound) {
        std::set<int64_t> ids;
        for (const SqlValue& value : bound.values)
            if (!series || series->contains(value.integer))
                ids.insert(value.integer);
        series = std::move(ids);
    }
    void addTime(const Bound& bound) {
        TimeNs low = kMax, high = kMin;
        for (const SqlValue& value : bound.values) {
            low = std::min(low, value.integer);
            high = std::max(high, value.integer);
        }
        if (bound.compare != Compare::kLess && bound.compare != Compare::kLessEqual)
            range.from = std::max(range.from, low);
        if (bound.compare != Compare::kGreater && bound.compare != Compare::kGreaterEqual && high < kMax)
            range.to = std::min(range.to, high + 1);
    }
};

struct SampleTraits {
    using Point = SamplePoint;
    static Status visit(SqlContext& context, int64_t series, TimeRange range, const std::function<bool(const Point&)>& each) {
        return context.reader.samples(*context.snapshot, series, range, each);
    }
    static std::vector<sqlite::VirtualColumn> columns() {
        return {{"series_id", "INTEGER"}, {"start_time_unix_nano", "INTEGER"}, {"time_unix_nano", "INTEGER"}, {"value", "REAL"}, {"flags", "INTEGER"}};
    }
    static void put(const Point& point, int column, Cell& cell) {
        switch (column) {
        case 3:
            if (point.flags & kSampleInteger)
                cell.integer(static_cast<int64_t>(point.valueBits));
            else if (!(point.flags & kSampleNoRecordedValue))
                cell.number(std::bit_cast<double>(point.valueBits));
            break;
        case 4: cell.integer(point.flags); break;
        default: break;
        }
    }
};

void putNumbers(const std::vector<double>& numbers, Cell& cell) {
    std::string json;
    JsonWriter out(json);
    out.beginArray();
    for (const double number : numbers)
        out.number(number);
    out.endArray();
    cell.text(json);
}

void writeCounts(JsonWriter& out, const std::vector<uint64_t>& counts) {
    out.beginArray();
    for (const uint64_t count : counts)
        out.unsignedInteger(count);
    out.endArray();
}

// Explicit: [counts]; exponential: {"positive":{"offset":…,"counts":[…]},"negative":…}; summary: the quantiles' values.
void putBuckets(const HistogramPoint& point, Cell& cell) {
    if (!point.values.empty())
        return putNumbers(point.values, cell);
    std::string json;
    JsonWriter out(json);
    if (point.positive.empty() && point.negative.empty()) {
        writeCounts(out, point.buckets);
        return cell.text(json);
    }
    out.beginObject();
    out.key("positive").beginObject().key("offset").integer(point.positiveOffset).key("counts");
    writeCounts(out, point.positive);
    out.endObject().key("negative").beginObject().key("offset").integer(point.negativeOffset).key("counts");
    writeCounts(out, point.negative);
    out.endObject().endObject();
    cell.text(json);
}

struct HistogramTraits {
    using Point = HistogramPoint;
    static Status visit(SqlContext& context, int64_t series, TimeRange range, const std::function<bool(const Point&)>& each) {
        return context.reader.histograms(*context.snapshot, series, range, each);
    }
    static std::vector<sqlite::VirtualColumn> columns() {
        return {{"series_id", "INTEGER"}, {"start_time_unix_nano", "INTEGER"}, {"time_unix_nano", "INTEGER"}, {"count", "INTEGER"}, {"sum", "REAL"}, {"min", "REAL"},
                {"max", "REAL"}, {"scale", "INTEGER"}, {"zero_count", "INTEGER"}, {"bounds", "TEXT"}, {"buckets", "TEXT"}};
    }
    static void put(const Point& point, int column, Cell& cell) {
        const bool exponential = !point.positive.empty() || !point.negative.empty();
        switch (column) {
        case 3: cell.integer(static_cast<int64_t>(point.count)); break;
        case 4: return point.hasSum ? cell.number(point.sum) : void();
        case 5: return point.hasMin ? cell.number(point.min) : void();
        case 6: return point.hasMax ? cell.number(point.max) : void();
        case 7: return exponential ? cell.integer(point.scale) : void();
        case 8: return exponential ? cell.integer(static_cast<int64_t>(point.zeroCount)) : void();
        case 9: return exponential ? void() : putNumbers(point.bounds, cell);
        case 10: return putBuckets(point, cell);
        default: break;
        }
    }
};

template <typename Traits>
class PointCursor : public sqlite::TableCursor {
public:
    explicit PointCursor(SqlContext& context) : context_(context) {}

    Status start(const std::vector<Bound>& bounds, const std::vector<sqlite::SortTerm>&) override {
        bounds_.emplace(bounds, 0, 2);
        series_ = 0;
        rowid_ = 0;
        points_.clear();
        position_ = 0;
        more_ = false;
        return fill();
    }
    [[nodiscard]] bool atEnd() const override { return position_ >= points_.size(); }
    Status next() override {
        ++rowid_;
        return ++position_ < points_.size() ? Status() : fill();
    }
    Status column(int column, Cell& cell) override {
        const auto& point = points_[position_];
        if (column == 0)
            cell.integer(current_);
        else if (column == 1 && point.start != 0)
            cell.integer(point.start);
        else if (column == 2)
            cell.integer(point.time);
        else if (column > 2)
            Traits::put(point, column, cell);
        return {};
    }
    int64_t rowid() override { return rowid_; }

private:
    // The next points of the current series, or of the next one that has some in the range.
    Status fill() {
        const auto& all = context_.snapshot->series();
        while (more_ || series_ < all.size()) {
            NJ_RETURN_IF_ERROR(context_.checkStop());
            TimeRange range = bounds_->range;
            if (more_) {
                range.from = points_.back().time + 1;
            } else {
                const SeriesRow& row = all[series_++];
                current_ = row.id;
                if ((bounds_->series && !bounds_->series->contains(row.id)) || (!row.range.empty() && !row.range.overlaps(range)))
                    continue;
            }
            points_.clear();
            position_ = 0;
            more_ = false;
            NJ_RETURN_IF_ERROR(Traits::visit(context_, current_, range, [&](const auto& point) {
                points_.push_back(point);
                return points_.size() < kPointsAtOnce;
            }));
            more_ = points_.size() >= kPointsAtOnce && points_.back().time < kMax;
            if (!points_.empty())
                return {};
        }
        points_.clear();
        position_ = 0;
        return {};
    }

    SqlContext& context_;
    std::optional<PointBounds> bounds_;
    size_t series_ = 0;
    int64_t current_ = 0;
    int64_t rowid_ = 0;
    std::vector<typename Traits::Point> points_;
    size_t position_ = 0;
    bool more_ = false;
};

template <typename Traits>
class PointTable : public sqlite::VirtualTable {
public:
    explicit PointTable(SqlContext& context) : context_(context), columns_(Traits::columns()) {
        for (const SeriesRow& row : context.snapshot->series())
            points_ += row.samples;
    }
    [[nodiscard]] const std::vector<sqlite::VirtualColumn>& columns() const override { return columns_; }
    [[nodiscard]] double rowEstimate() const override { return static_cast<double>(points_); }
    [[nodiscard]] double selectivity(int column, Compare compare) const override {
        if (column == 0)
            return compare == Compare::kEqual ? 1.0 / static_cast<double>(1 + context_.snapshot->series().size()) : 1;
        return column == 2 ? 0.3 : 1;
    }
    Result<std::unique_ptr<sqlite::TableCursor>> open() override {
        return std::unique_ptr<sqlite::TableCursor>(std::make_unique<PointCursor<Traits>>(context_));
    }

private:
    SqlContext& context_;
    std::vector<sqlite::VirtualColumn> columns_;
    uint64_t points_ = 0;
};

}  // namespace

std::unique_ptr<sqlite::VirtualTable> makeSampleTable(SqlContext& context) { return std::make_unique<PointTable<SampleTraits>>(context); }
std::unique_ptr<sqlite::VirtualTable> makeHistogramTable(SqlContext& context) { return std::make_unique<PointTable<HistogramTraits>>(context); }

}  // namespace nj::store

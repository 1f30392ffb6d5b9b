#include "dashboard/panel/panel_buckets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "dashboard/panel/bucket_series.h"
#include "dashboard/panel/nice_bounds.h"
#include "dashboard/transform/frame_fields.h"

namespace nj::dashboard {
namespace {

constexpr size_t kMostRows = 160;          // of buckets that series or histograms bring: more are narrower than a pixel
constexpr int kHeatmapRows = 20, kHistogramBuckets = 30;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Counts on a grid of columns and bounds.
class Grid {
public:
    Grid(std::vector<double> bounds, size_t columns) : columns_(columns) {
        std::sort(bounds.begin(), bounds.end());
        bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
        // Every second goes, never the first or the last, until they are few enough.
        while (bounds.size() > kMostRows + 1) {
            std::vector<double> fewer;
            for (size_t i = 0; i < bounds.size(); ++i)
                if (i % 2 == 0 || i + 1 == bounds.size())
                    fewer.push_back(bounds[i]);
            bounds = std::move(fewer);
        }
        if (bounds.size() == 1)
            bounds.push_back(std::isfinite(bounds.front()) ? bounds.front() + 1 : 0);
        out_.bounds = std::move(bounds);
        out_.counts.assign(out_.rows() * columns_, 0);
    }

    // What lies at or below `upper` and above the bound below it.
    void add(size_t column, double upper, double count) {
        if (out_.rows() == 0 || std::isnan(upper) || std::isnan(count))
            return;
        const auto above = std::lower_bound(out_.bounds.begin() + 1, out_.bounds.end() - 1, upper);
        const auto row = static_cast<size_t>(above - out_.bounds.begin()) - 1;
        out_.counts[std::min(column, columns_ - 1) * out_.rows() + row] += count;
    }

    PanelBuckets take() { return std::move(out_); }

private:
    PanelBuckets out_;
    size_t columns_;
};

size_t columnOf(TimeNs time, const PanelQueries& queries) {
    const int64_t away = time - queries.from + queries.step / 2;
    return away <= 0 ? 0 : std::min(static_cast<size_t>(away / queries.step), queries.steps - 1);
}

void eachNumber(std::span<const Frame> frames, auto&& visit) {
    for (const Frame& frame : frames) {
        const Field* const time = timeField(frame);
        for (const Field& field : frame.fields)
            for (size_t row = 0; field.kind == FieldKind::kNumber && row < field.numbers.size(); ++row)
                if (std::isfinite(field.numbers[row]))
                    visit(time == nullptr ? std::numeric_limits<TimeNs>::max() / 2 : time->times[row], field.numbers[row]);
    }
}

PanelBuckets ofValues(const std::vector<Frame>& frames, const PanelQueries* queries, int wanted) {
    double least = kInfinity, most = -kInfinity;
    eachNumber(frames, [&](TimeNs, double value) {
        least = std::min(least, value);
        most = std::max(most, value);
    });
    if (least > most)
        return {};
    Grid grid(niceBounds(least, most, wanted, queries != nullptr), queries == nullptr ? 1 : queries->steps);
    eachNumber(frames, [&](TimeNs time, double value) { grid.add(queries == nullptr ? 0 : columnOf(time, *queries), value, 1); });
    return grid.take();
}

PanelBuckets ofBucketSeries(const std::vector<Frame>& frames, const PanelQueries& queries) {
    std::vector<double> bounds;
    for (const Frame& frame : frames)
        if (const auto bound = bucketBound(frame))
            bounds.push_back(*bound);
    bounds.push_back(*std::min_element(bounds.begin(), bounds.end()) > 0 ? 0 : -kInfinity);
    Grid grid(std::move(bounds), queries.steps);
    for (const Frame& frame : frames)
        if (const auto bound = bucketBound(frame))
            eachNumber({&frame, 1}, [&](TimeNs time, double count) { grid.add(columnOf(time, queries), *bound, count); });
    return grid.take();
}

PanelBuckets ofHistograms(const PanelQueries& queries) {
    // Their sum has the layout to which all can be brought.
    promql::FloatHistogram sum;
    bool any = false;
    const auto each = [&](auto&& visit) {
        for (const QueryAnswer& answer : queries.answers)
            for (const promql::MatrixSeries& series : *answer.series)
                for (const promql::NativePoint& point : series.histograms)
                    visit(point);
    };
    each([&](const promql::NativePoint& point) {
        if (any)
            promql::addTo(sum, *point.histogram);
        else
            sum = *point.histogram;
        any = true;
    });
    while (!sum.usesCustomBuckets() && sum.schema > -4 && sum.positive.size() + sum.negative.size() > kMostRows)
        sum.reduceTo(sum.schema - 1);
    std::vector<double> bounds;
    for (const promql::Bucket& bucket : promql::allBuckets(sum)) {
        bounds.push_back(bucket.lower);
        bounds.push_back(bucket.upper);
    }
    if (bounds.empty())
        return {};
    Grid grid(std::move(bounds), queries.steps);
    sum.zeroCount = 0;
    sum.positive.count.assign(sum.positive.size(), 0);
    sum.negative.count.assign(sum.negative.size(), 0);
    each([&](const promql::NativePoint& point) {
        promql::FloatHistogram brought = sum;
        if (!promql::addTo(brought, *point.histogram).incompatible)
            for (const promql::Bucket& bucket : promql::allBuckets(brought))
                if (bucket.count > 0)
                    grid.add(columnOf(point.time, queries), bucket.upper, bucket.count);
    });
    return grid.take();
}

}  // namespace

PanelBuckets heatmapOf(const std::vector<Frame>& frames, const PanelQueries& queries) {
    if (anyHistogram(queries))
        return ofHistograms(queries);
    const bool buckets = std::any_of(frames.begin(), frames.end(), [](const Frame& frame) { return bucketBound(frame).has_value(); });
    return buckets ? ofBucketSeries(frames, queries) : ofValues(frames, &queries, kHeatmapRows);
}

PanelBuckets histogramOf(const std::vector<Frame>& frames) { return ofValues(frames, nullptr, kHistogramBuckets); }

}  // namespace nj::dashboard

#include "promql/capsule/capsule_series.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace nj::promql {

namespace {

using Part = CapsuleQuerier::Part;

const double kStale = std::bit_cast<double>(kStaleNanBits);
constexpr DurationNs kTargetInfoDistance = kMinute;

// (from, to] as [from, to).
TimeRange halfOpen(TimeNs from, TimeNs to) {
    constexpr TimeNs kLast = std::numeric_limits<TimeNs>::max();
    return {from == kLast ? from : from + 1, to == kLast ? to : to + 1};
}

double cumulativeCount(const FloatHistogram& histogram, double bound) {
    const auto& bounds = histogram.customBounds;
    const auto last = static_cast<int32_t>(std::upper_bound(bounds.begin(), bounds.end(), bound) - bounds.begin()) - 1;
    if (std::isinf(bound))
        return histogram.count;
    double count = 0;
    for (size_t i = 0; i < histogram.positive.size() && histogram.positive.index[i] <= last; ++i)
        count += histogram.positive.count[i];
    return count;
}

}  // namespace

void CapsuleSeries::add(TimeNs time, double value, HistogramPtr histogram) {
    anyHistogram_ = anyHistogram_ || histogram != nullptr;
    times_.push_back(time);
    values_.push_back(value);
    histograms_.push_back(std::move(histogram));
}

Status CapsuleSeries::samples(TimeNs from, TimeNs to, const std::function<bool(const SampleRun&)>& visit) {
    times_.clear();
    values_.clear();
    histograms_.clear();
    anyHistogram_ = false;
    for (const store::SeriesRow* row : series_.rows) {
        if (series_.part == Part::kScalar || series_.part == Part::kScalarOrNative)
            NJ_RETURN_IF_ERROR(readScalars(*row, from, to));
        if (series_.part != Part::kScalar)
            NJ_RETURN_IF_ERROR(readHistograms(*row, from, to));
    }
    if (series_.part == Part::kTargetInfo)
        readTargetInfo(from, to);
    sortByTime();
    if (!times_.empty())
        visit({times_, values_, anyHistogram_ ? std::span<const HistogramPtr>(histograms_) : std::span<const HistogramPtr>()});
    return {};
}

Status CapsuleSeries::readScalars(const store::SeriesRow& row, TimeNs from, TimeNs to) {
    const bool delta = row.temporality == Temporality::kDelta;
    double sum = 0;
    TimeRange range = halfOpen(from, to);
    if (delta)
        range.from = std::min(range.from, row.range.from);   // sums count from the series' start
    return querier_.reader().samples(querier_.snapshot(), row.id, range, [&](const store::SamplePoint& point) {
        const bool stale =
            (point.flags & kSampleNoRecordedValue) != 0 || ((point.flags & kSampleInteger) == 0 && point.valueBits == kStaleNanBits);
        double value = stale ? kStale : point.value();
        if (delta && !stale)
            value = sum += value;
        if (point.time > from)
            add(point.time, value, nullptr);
        return !stop_.stop_requested();
    });
}

double CapsuleSeries::valueOf(const HistogramSample& sample) const {
    switch (series_.part) {
    case Part::kCount: return sample.count;
    case Part::kSum: return sample.sum;
    case Part::kBucket: return cumulativeCount(*sample.histogram, series_.bound);
    case Part::kQuantile: {
        const auto at = std::find(sample.quantiles.begin(), sample.quantiles.end(), series_.bound);
        const auto index = static_cast<size_t>(at - sample.quantiles.begin());
        return index < sample.values.size() ? sample.values[index] : kStale;
    }
    default: return 0;
    }
}

Status CapsuleSeries::readHistograms(const store::SeriesRow& row, TimeNs from, TimeNs to) {
    NJ_ASSIGN(const CapsuleQuerier::HistogramSamples all, querier_.histograms(row));
    const auto after = [](TimeNs time, const HistogramSample& sample) { return time < sample.time; };
    const auto end = std::upper_bound(all->begin(), all->end(), to, after);
    const bool native = series_.part == Part::kNative || series_.part == Part::kScalarOrNative;
    for (auto at = std::upper_bound(all->begin(), all->end(), from, after); at != end; ++at) {
        if (at->stale)
            add(at->time, kStale, nullptr);
        else
            add(at->time, native ? 0 : valueOf(*at), native ? at->histogram : nullptr);
    }
    return {};
}

void CapsuleSeries::readTargetInfo(TimeNs from, TimeNs to) {
    const TimeNs end = std::min(to, series_.range.to - 1);
    TimeNs time = series_.range.from;
    if (from >= time)
        time += (from - time) / kTargetInfoDistance * kTargetInfoDistance + kTargetInfoDistance;
    for (; time <= end; time += kTargetInfoDistance)
        add(time, 1, nullptr);
}

// Several stored series may show as one; of two samples of one time the first counts.
void CapsuleSeries::sortByTime() {
    if (std::adjacent_find(times_.begin(), times_.end(), std::greater_equal<>()) == times_.end())
        return;
    std::vector<size_t> order(times_.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) { return times_[a] < times_[b]; });
    std::vector<TimeNs> times;
    std::vector<double> values;
    std::vector<HistogramPtr> histograms;
    for (const size_t i : order) {
        if (!times.empty() && times.back() == times_[i])
            continue;
        times.push_back(times_[i]);
        values.push_back(values_[i]);
        histograms.push_back(histograms_[i]);
    }
    times_ = std::move(times);
    values_ = std::move(values);
    histograms_ = std::move(histograms);
}

}  // namespace nj::promql

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
    for (size_t i = 0; i < histogram.positive.size() && histogram.positive.index[i] <= last; ++i) count += histogram.positive.count[i];
    return count;
}

}  // namespace

void CapsuleSeries::add(TimeNs time, double value, HistogramPtr histogram) {
    if (histogram != nullptr) {
        anyHistogram_ = true;
        histograms_.resize(scalars_.times.size());  // what came before has none
        histograms_.push_back(std::move(histogram));
    }
    scalars_.times.push_back(time);
    scalars_.values.push_back(value);
}

Status CapsuleSeries::samples(TimeNs from, TimeNs to, const std::function<bool(const SampleRun&)>& visit) {
    if (stop_.stop_requested())
        return makeError(ErrorCode::kCancelled, "the query was cancelled");
    scalars_.clear();
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
    if (anyHistogram_)
        histograms_.resize(scalars_.times.size());
    if (!scalars_.times.empty())
        visit({scalars_.times, scalars_.values,
               anyHistogram_ ? std::span<const HistogramPtr>(histograms_) : std::span<const HistogramPtr>()});
    return {};
}

Status CapsuleSeries::readScalars(const store::SeriesRow& row, TimeNs from, TimeNs to) {
    if (row.temporality != Temporality::kDelta)
        return querier_.reader().sampleArrays(querier_.snapshot(), row.id, halfOpen(from, to), scalars_);
    // Sums count from the series' start.
    store::SampleArrays deltas;
    NJ_RETURN_IF_ERROR(
        querier_.reader().sampleArrays(querier_.snapshot(), row.id, {std::min(row.range.from, from), halfOpen(from, to).to}, deltas));
    double sum = 0;
    for (size_t i = 0; i < deltas.times.size(); ++i) {
        const bool stale = std::bit_cast<uint64_t>(deltas.values[i]) == kStaleNanBits;
        if (!stale)
            sum += deltas.values[i];
        if (deltas.times[i] > from)
            add(deltas.times[i], stale ? kStale : sum, nullptr);
    }
    return {};
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
    for (; time <= end; time += kTargetInfoDistance) add(time, 1, nullptr);
}

// Several stored series may show as one; of two samples of one time the first counts.
void CapsuleSeries::sortByTime() {
    std::vector<TimeNs>& all = scalars_.times;
    if (std::adjacent_find(all.begin(), all.end(), std::greater_equal<>()) == all.end())
        return;
    histograms_.resize(all.size());
    std::vector<size_t> order(all.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [&all](size_t a, size_t b) { return all[a] < all[b]; });
    store::SampleArrays sorted;
    std::vector<HistogramPtr> histograms;
    for (const size_t i : order) {
        if (!sorted.times.empty() && sorted.times.back() == all[i])
            continue;
        sorted.times.push_back(all[i]);
        sorted.values.push_back(scalars_.values[i]);
        histograms.push_back(histograms_[i]);
    }
    scalars_ = std::move(sorted);
    histograms_ = std::move(histograms);
}

}  // namespace nj::promql

// sum, avg, count, min, max, quantile, stddev, … over time.
#include <algorithm>
#include <cmath>

#include "promql/engine/compensated_sum.h"
#include "promql/engine/range_function.h"
#include "promql/histogram/histogram_quantile.h"

namespace nj::promql {

namespace {

// Floats and histograms can't be added; false says so.
bool oneTypeOnly(RangeCall& call, const Window& window) {
    if (window.floats() == 0 || window.histograms() == 0)
        return true;
    call.annotate(AnnotationKind::kMixedFloatsHistograms, window);
    return false;
}

bool sumOfHistograms(RangeCall& call, const Window& window, bool mean, Outcome& outcome) {
    HistogramSum sum;
    for (size_t i = 0; i < window.histograms(); ++i)
        sum.add(*window.native()[i], mean);
    if (sum.incompatible()) {
        call.annotate(AnnotationKind::kMixedExponentialCustom, window);
        return false;
    }
    if (sum.resetCollision())
        call.annotate(AnnotationKind::kResetCollision, "aggregation");
    if (sum.boundsReconciled())
        call.annotate(AnnotationKind::kBoundsReconciled, "aggregation");
    outcome.histogram = std::make_shared<const FloatHistogram>(mean ? sum.mean() : sum.sum());
    return true;
}

bool sumOverTime(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!oneTypeOnly(call, window))
        return false;
    if (window.floats() == 0)
        return sumOfHistograms(call, window, false, outcome);
    if (!call.sums.empty()) {
        outcome.value = call.sums.sum(window.begin, window.end);
        return true;
    }
    CompensatedSum sum;
    for (size_t i = 0; i < window.floats(); ++i)
        sum.add(window.values()[i]);
    outcome.value = sum.total();
    return true;
}

bool avgOverTime(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!oneTypeOnly(call, window))
        return false;
    if (window.floats() == 0)
        return sumOfHistograms(call, window, true, outcome);
    if (!call.sums.empty()) {
        outcome.value = call.sums.sum(window.begin, window.end) / static_cast<double>(window.floats());
        return true;
    }
    CompensatedMean mean;
    for (size_t i = 0; i < window.floats(); ++i)
        mean.add(window.values()[i]);
    outcome.value = mean.mean();
    return true;
}

bool countOverTime(RangeCall&, const Window& window, Outcome& outcome) {
    outcome.value = static_cast<double>(window.floats() + window.histograms());
    return true;
}

bool presentOverTime(RangeCall&, const Window&, Outcome& outcome) {
    outcome.value = 1;
    return true;
}

// What is defined for floats only: histograms beside them are reported and left out.
bool hasFloats(RangeCall& call, const Window& window) {
    if (window.floats() == 0)
        return false;
    if (window.histograms() > 0)
        call.annotate(AnnotationKind::kHistogramIgnoredInRange, window);
    return true;
}

// Of equal values the last one.
template <bool kMax>
size_t extreme(const Window& window) {
    const double* values = window.values();
    size_t best = 0;
    for (size_t i = 1; i < window.floats(); ++i)
        if ((kMax ? values[i] >= values[best] : values[i] <= values[best]) || std::isnan(values[best]))
            best = i;
    return best;
}

template <bool kMax>
bool extremeOverTime(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!hasFloats(call, window))
        return false;
    outcome.value = call.extreme.of<kMax>(window.series->values, window.begin, window.end);
    return true;
}

template <bool kMax>
bool timeOfExtreme(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!hasFloats(call, window))
        return false;
    outcome.value = static_cast<double>(window.times()[extreme<kMax>(window)] / kMillisecond) / 1000;
    return true;
}

template <bool kRoot>
bool varianceOverTime(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!hasFloats(call, window))
        return false;
    CompensatedSum mean;
    CompensatedSum squares;
    double count = 0;
    for (size_t i = 0; i < window.floats(); ++i) {
        const double value = window.values()[i];
        ++count;
        const double delta = value - (mean.sum + mean.error);
        mean.add(delta / count);
        squares.add(delta * (value - (mean.sum + mean.error)));
    }
    const double variance = (squares.sum + squares.error) / count;
    outcome.value = kRoot ? std::sqrt(variance) : variance;
    return true;
}

bool quantileOverTime(RangeCall& call, const Window& window, Outcome& outcome) {
    if (window.floats() == 0)
        return false;
    const double q = call.scalars[0][window.step];
    if (std::isnan(q) || q < 0 || q > 1)
        call.evaluation->annotations.addQuantile(q, call.firstSpan);
    if (window.histograms() > 0)
        call.evaluation->annotations.add(AnnotationKind::kHistogramIgnoredInRange, call.firstSpan, annotationName(window.series->labels));
    call.scratch.assign(window.values(), window.values() + window.floats());
    outcome.value = quantileOf(q, call.scratch);
    return true;
}

bool madOverTime(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!hasFloats(call, window))
        return false;
    call.scratch.assign(window.values(), window.values() + window.floats());
    const double median = quantileOf(0.5, call.scratch);
    for (double& value : call.scratch)
        value = std::fabs(value - median);
    outcome.value = quantileOf(0.5, call.scratch);
    return true;
}

}  // namespace

WindowFunction aggregateOverTime(FunctionId id) {
    using enum FunctionId;
    switch (id) {
    case kSumOverTime: return sumOverTime;
    case kAvgOverTime: return avgOverTime;
    case kCountOverTime: return countOverTime;
    case kPresentOverTime: return presentOverTime;
    case kMaxOverTime: return extremeOverTime<true>;
    case kMinOverTime: return extremeOverTime<false>;
    case kTsOfMaxOverTime: return timeOfExtreme<true>;
    case kTsOfMinOverTime: return timeOfExtreme<false>;
    case kStddevOverTime: return varianceOverTime<true>;
    case kStdvarOverTime: return varianceOverTime<false>;
    case kQuantileOverTime: return quantileOverTime;
    case kMadOverTime: return madOverTime;
    default: return nullptr;
    }
}

}  // namespace nj::promql

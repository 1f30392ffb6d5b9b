// rate, increase, delta, irate, idelta.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "promql/engine/range_function.h"

namespace nj::promql {

namespace {

double seconds(DurationNs duration) { return static_cast<double>(duration) / static_cast<double>(kSecond); }

// The change of native histograms over the window, resets mended; null when their layouts don't fit.
std::optional<FloatHistogram> histogramChange(RangeCall& call, const Window& window, bool counter) {
    const HistogramPtr* points = window.native();
    const size_t count = window.histograms();
    const FloatHistogram& last = *points[count - 1];
    const auto isGauge = [](const FloatHistogram& histogram) { return histogram.hint == ResetHint::kGauge; };
    if (counter && std::any_of(points, points + count, [&](const HistogramPtr& point) { return isGauge(*point); }))
        call.annotate(AnnotationKind::kNotCounter, window);
    FloatHistogram blank;
    const FloatHistogram* first = points[0].get();
    // What lies before a reset at once does not matter, nor does its layout.
    if (counter && points[1]->isResetAfter(*first)) {
        blank.schema = points[1]->schema;
        blank.customBounds = points[1]->customBounds;
        blank.zeroThreshold = points[1]->zeroThreshold;
        first = &blank;
    }
    const bool custom = first->usesCustomBuckets();
    int32_t schema = std::min(last.schema, first->schema);
    bool mixed = last.usesCustomBuckets() != custom;
    for (size_t i = 1; counter && i + 1 < count; ++i) {
        schema = std::min(schema, points[i]->schema);
        mixed = mixed || points[i]->usesCustomBuckets() != custom;
    }
    if (mixed) {
        call.annotate(AnnotationKind::kMixedExponentialCustom, window);
        return std::nullopt;
    }
    FloatHistogram change = last;
    change.reduceTo(schema);
    if (subtractFrom(change, *first).boundsReconciled)
        call.annotate(AnnotationKind::kBoundsReconciled, "subtraction");
    if (counter) {
        const FloatHistogram* previous = first;
        for (size_t i = 1; i < count; ++i) {
            if (points[i]->isResetAfter(*previous)) {
                const HistogramAddition addition = addTo(change, *previous);
                if (addition.incompatible) {
                    call.annotate(AnnotationKind::kMixedExponentialCustom, window);
                    return std::nullopt;
                }
                if (addition.boundsReconciled)
                    call.annotate(AnnotationKind::kBoundsReconciled, "addition");
            }
            previous = points[i].get();
        }
    } else if (!isGauge(*points[0]) || !isGauge(last)) {
        call.annotate(AnnotationKind::kNotGauge, window);
    }
    change.hint = ResetHint::kGauge;
    change.compact();
    return change;
}

double floatChange(const RangeCall& call, const Window& window, bool counter) {
    const double* values = window.values();
    const size_t count = window.floats();
    double change = values[count - 1] - values[0];
    if (!counter)
        return change;
    if (!call.resetSums.empty())
        return change + (call.resetSums[window.end - 1] - call.resetSums[window.begin]);
    for (size_t i = 1; i < count; ++i)
        if (values[i] < values[i - 1])
            change += values[i - 1];
    return change;
}

struct Sampled {
    TimeNs first = 0, last = 0;
    size_t count = 0;
};

// By how much a change between the first and last sample is stretched to the window: to its ends if samples lie close to them, else by half
// the samples' distance, and for counters never to before they were zero.
double extrapolation(const Window& window, const Sampled& sampled, std::optional<double> sharePastZero) {
    double toStart = seconds(sampled.first - window.from);
    double toEnd = seconds(window.to - sampled.last);
    const double interval = seconds(sampled.last - sampled.first);
    const double average = interval / static_cast<double>(sampled.count - 1);
    const double threshold = average * 1.1;
    if (toStart >= threshold)
        toStart = average / 2;
    if (sharePastZero)
        toStart = std::min(toStart, interval * *sharePastZero);
    if (toEnd >= threshold)
        toEnd = average / 2;
    return (interval + toStart + toEnd) / interval;
}

template <bool kCounter, bool kPerSecond>
bool extrapolatedRate(RangeCall& call, const Window& window, Outcome& outcome) {
    if (call.anchored || call.smoothed)
        return extendedRate(call, window, kCounter, kPerSecond, outcome);
    if (window.floats() > 0 && window.histograms() > 0) {
        call.annotate(AnnotationKind::kMixedFloatsHistograms, window);
        return false;
    }
    const auto factorOf = [&](const Sampled& sampled, std::optional<double> sharePastZero) {
        const double factor = extrapolation(window, sampled, sharePastZero);
        return kPerSecond ? factor / seconds(call.range) : factor;
    };
    if (window.histograms() > 1) {
        auto change = histogramChange(call, window, kCounter);
        if (!change)
            return false;
        std::optional<double> sharePastZero;
        if (const double first = window.native()[0]->count; kCounter && change->count > 0 && first >= 0)
            sharePastZero = first / change->count;
        change->multiply(
            factorOf({window.nativeTimes()[0], window.nativeTimes()[window.histograms() - 1], window.histograms()}, sharePastZero));
        outcome.histogram = std::make_shared<const FloatHistogram>(std::move(*change));
        return true;
    }
    if (window.floats() < 2)
        return false;
    const double change = floatChange(call, window, kCounter);
    std::optional<double> sharePastZero;
    if (const double first = window.values()[0]; kCounter && change > 0 && first >= 0)
        sharePastZero = first / change;
    outcome.value = change * factorOf({window.times()[0], window.times()[window.floats() - 1], window.floats()}, sharePastZero);
    return true;
}

// The last two samples of a window, whichever type they have.
struct LastSample {
    TimeNs time = 0;
    double value = 0;
    const FloatHistogram* histogram = nullptr;
};

std::array<LastSample, 2> lastTwo(const Window& window) {
    std::array<LastSample, 2> last;
    size_t floats = window.floats();
    size_t histograms = window.histograms();
    for (size_t i = 2; i-- > 0;) {
        const bool takeFloat = floats > 0 && (histograms == 0 || window.times()[floats - 1] > window.nativeTimes()[histograms - 1]);
        if (takeFloat) {
            --floats;
            last[i] = {window.times()[floats], window.values()[floats], nullptr};
        } else {
            --histograms;
            last[i] = {window.nativeTimes()[histograms], 0, window.native()[histograms].get()};
        }
    }
    return last;
}

bool instantHistogram(RangeCall& call, const Window& window, const FloatHistogram& before, const FloatHistogram& now, bool rate,
                      double interval, Outcome& outcome) {
    const bool anyGauge = now.hint == ResetHint::kGauge || before.hint == ResetHint::kGauge;
    const bool allGauges = now.hint == ResetHint::kGauge && before.hint == ResetHint::kGauge;
    if (rate && anyGauge)
        call.annotate(AnnotationKind::kNotCounter, window);
    if (!rate && !allGauges)
        call.annotate(AnnotationKind::kNotGauge, window);
    FloatHistogram change = now;
    if (!rate || !now.isResetAfter(before)) {
        const HistogramAddition subtraction = subtractFrom(change, before);
        if (subtraction.incompatible) {
            call.annotate(AnnotationKind::kMixedExponentialCustom, window);
            return false;
        }
        if (subtraction.boundsReconciled)
            call.annotate(AnnotationKind::kBoundsReconciled, "subtraction");
    }
    change.hint = ResetHint::kGauge;
    change.compact();
    if (rate)
        change.divide(interval);
    outcome.histogram = std::make_shared<const FloatHistogram>(std::move(change));
    return true;
}

template <bool kRate>
bool instantRate(RangeCall& call, const Window& window, Outcome& outcome) {
    if (window.floats() + window.histograms() < 2)
        return false;
    const auto [before, now] = lastTwo(window);
    const double interval = seconds(now.time - before.time);
    if (interval == 0)
        return false;
    if ((before.histogram == nullptr) != (now.histogram == nullptr)) {
        call.annotate(AnnotationKind::kMixedFloatsHistograms, window);
        return false;
    }
    if (now.histogram != nullptr)
        return instantHistogram(call, window, *before.histogram, *now.histogram, kRate, interval, outcome);
    outcome.value = kRate && now.value < before.value ? now.value : now.value - before.value;
    if (kRate)
        outcome.value /= interval;
    return true;
}

double interpolateCounter(const Window& window, size_t left, TimeNs t, bool counter) {
    double from = window.values()[left];
    const double to = window.values()[left + 1];
    if (counter && to < from)
        from = 0;   // as if it had been reset at once after the left sample
    return from + (to - from) * static_cast<double>(t - window.times()[left]) /
                      static_cast<double>(window.times()[left + 1] - window.times()[left]);
}

}  // namespace

bool extendedRate(RangeCall& call, const Window& window, bool counter, bool perSecond, Outcome& outcome) {
    if (window.histograms() > 0)
        failEvaluation("smoothed and anchored modifiers do not work with native histograms");
    const TimeNs* times = window.times();
    const double* values = window.values();
    const size_t lastIndex = window.floats() - 1;
    // The first sample at or before the window's start, if any.
    auto first = static_cast<size_t>(std::upper_bound(times, times + lastIndex, window.from) - times);
    first = first > 0 ? first - 1 : 0;
    size_t last = lastIndex;
    if (call.smoothed)
        last = static_cast<size_t>(std::lower_bound(times, times + lastIndex, window.to) - times);
    if (times[last] <= window.from)
        return false;
    const double left = call.smoothed && times[first] < window.from && first < lastIndex
                            ? interpolateCounter(window, first, window.from, counter)
                            : values[first];
    const double right =
        call.smoothed && last > 0 && times[last] > window.to ? interpolateCounter(window, last - 1, window.to, counter) : values[last];
    double change = right - left;
    if (counter) {
        if (times[first] <= window.from)
            ++first;
        size_t end = last + 1;
        if (times[last] >= window.to)
            --end;
        double previous = left;
        for (size_t i = first; i < end; ++i) {
            if (values[i] < previous)
                change += previous;
            previous = values[i];
        }
        if (right < previous)
            change += previous;
    }
    outcome.value = perSecond ? change / seconds(call.range) : change;
    return true;
}

WindowFunction rateFunction(FunctionId id) {
    switch (id) {
    case FunctionId::kRate: return extrapolatedRate<true, true>;
    case FunctionId::kIncrease: return extrapolatedRate<true, false>;
    case FunctionId::kDelta: return extrapolatedRate<false, false>;
    case FunctionId::kIrate: return instantRate<true>;
    case FunctionId::kIdelta: return instantRate<false>;
    default: return nullptr;
    }
}

}  // namespace nj::promql

// first, last, their times, changes and resets.
#include <algorithm>
#include <cmath>

#include "promql/engine/range_function.h"

namespace nj::promql {

namespace {

double inSeconds(TimeNs time) { return static_cast<double>(time / kMillisecond) / 1000; }

void takeFloat(const Window& window, size_t i, Outcome& outcome) { outcome.value = window.values()[i]; }
void takeHistogram(const Window& window, size_t i, Outcome& outcome) { outcome.histogram = window.native()[i]; }

bool firstOverTime(RangeCall&, const Window& window, Outcome& outcome) {
    if (window.histograms() == 0 || (window.floats() > 0 && window.times()[0] < window.nativeTimes()[0]))
        takeFloat(window, 0, outcome);
    else
        takeHistogram(window, 0, outcome);
    return true;
}

bool lastOverTime(RangeCall&, const Window& window, Outcome& outcome) {
    const size_t floats = window.floats();
    const size_t histograms = window.histograms();
    if (histograms == 0 || (floats > 0 && window.nativeTimes()[histograms - 1] < window.times()[floats - 1]))
        takeFloat(window, floats - 1, outcome);
    else
        takeHistogram(window, histograms - 1, outcome);
    return true;
}

bool timeOfFirst(RangeCall&, const Window& window, Outcome& outcome) {
    TimeNs first = window.floats() > 0 ? window.times()[0] : window.nativeTimes()[0];
    if (window.histograms() > 0)
        first = std::min(first, window.nativeTimes()[0]);
    outcome.value = inSeconds(first);
    return true;
}

bool timeOfLast(RangeCall&, const Window& window, Outcome& outcome) {
    TimeNs last = window.floats() > 0 ? window.times()[window.floats() - 1] : window.nativeTimes()[window.histograms() - 1];
    if (window.histograms() > 0)
        last = std::max(last, window.nativeTimes()[window.histograms() - 1]);
    outcome.value = inSeconds(last);
    return true;
}

bool floatChanged(double before, double now) { return before != now && !(std::isnan(before) && std::isnan(now)); }
bool histogramChanged(const FloatHistogram& before, const FloatHistogram& now) { return !now.sameAs(before); }
bool floatReset(double before, double now) { return now < before; }
bool histogramReset(const FloatHistogram& before, const FloatHistogram& now) { return now.isResetAfter(before); }

// Counts neighbours for which a test holds, a change of type always counting.
template <bool (*kFloats)(double, double), bool (*kHistograms)(const FloatHistogram&, const FloatHistogram&)>
bool countNeighbours(RangeCall& call, const Window& window, Outcome& outcome) {
    size_t i = 0;
    size_t j = 0;
    if (call.anchored) {   // from the last sample at or before the window's start
        if (window.histograms() > 0)
            failEvaluation("smoothed and anchored modifiers do not work with native histograms");
        const TimeNs* times = window.times();
        if (times[window.floats() - 1] <= window.from)
            return false;
        i = static_cast<size_t>(std::upper_bound(times, times + window.floats() - 1, window.from) - times);
        i = i > 0 ? i - 1 : 0;
    }
    const FloatHistogram* previousHistogram = nullptr;
    double previous = 0;
    bool first = true;
    size_t count = 0;
    while (i < window.floats() || j < window.histograms()) {
        const bool takesFloat = j == window.histograms() || (i < window.floats() && window.times()[i] <= window.nativeTimes()[j]);
        const FloatHistogram* histogram = takesFloat ? nullptr : window.native()[j].get();
        const double value = takesFloat ? window.values()[i] : 0;
        if (takesFloat)
            ++i;
        else
            ++j;
        if (!first) {
            if ((histogram == nullptr) != (previousHistogram == nullptr))
                ++count;
            else if (histogram != nullptr ? kHistograms(*previousHistogram, *histogram) : kFloats(previous, value))
                ++count;
        }
        first = false;
        previous = value;
        previousHistogram = histogram;
    }
    outcome.value = static_cast<double>(count);
    return true;
}

}  // namespace

WindowFunction pickOverTime(FunctionId id) {
    using enum FunctionId;
    switch (id) {
    case kFirstOverTime: return firstOverTime;
    case kLastOverTime: return lastOverTime;
    case kTsOfFirstOverTime: return timeOfFirst;
    case kTsOfLastOverTime: return timeOfLast;
    case kChanges: return countNeighbours<floatChanged, histogramChanged>;
    case kResets: return countNeighbours<floatReset, histogramReset>;
    default: return nullptr;
    }
}

}  // namespace nj::promql

// Functions of a range vector: each is given the samples of one series within one step's window. The families lie in range_*.cpp.
#pragma once

#include "promql/engine/evaluation.h"
#include "promql/engine/sliding_window.h"

namespace nj::promql {

// Parts of a series' samples; begin and end index them.
struct Window {
    const SeriesSamples* series = nullptr;
    size_t begin = 0, end = 0;                       // floats
    size_t histogramBegin = 0, histogramEnd = 0;
    TimeNs from = 0, to = 0;                         // left-open
    TimeNs time = 0;                                 // of the step
    size_t step = 0;

    [[nodiscard]] size_t floats() const { return end - begin; }
    [[nodiscard]] size_t histograms() const { return histogramEnd - histogramBegin; }
    [[nodiscard]] const double* values() const { return series->values.data() + begin; }
    [[nodiscard]] const TimeNs* times() const { return series->times.data() + begin; }
    [[nodiscard]] const HistogramPtr* native() const { return series->histograms.data() + histogramBegin; }
    [[nodiscard]] const TimeNs* nativeTimes() const { return series->histogramTimes.data() + histogramBegin; }
};

struct RangeCall {
    Evaluation* evaluation = nullptr;
    FunctionId id = FunctionId::kRate;
    Span rangeSpan;                                  // of the range argument
    Span firstSpan;                                  // of the first argument
    DurationNs range = 0;
    bool anchored = false, smoothed = false;
    std::vector<std::vector<double>> scalars;        // the other arguments by step
    // Of the series at hand, for counters: what was lost in resets up to each sample. Empty where sums of it would be inexact.
    std::vector<double> resetSums;
    PrefixSums sums;                                 // for sums and means over many samples
    SlidingExtreme extreme;                          // for the greatest and least
    std::vector<double> scratch;

    void annotate(AnnotationKind kind, const Window& window) const {
        evaluation->annotations.add(kind, rangeSpan, annotationName(window.series->labels));
    }
    void annotate(AnnotationKind kind, std::string_view detail) const { evaluation->annotations.add(kind, rangeSpan, detail); }
};

struct Outcome {
    double value = 0;
    HistogramPtr histogram;
};
// False: no value at this step. The window has at least one sample.
using WindowFunction = bool (*)(RangeCall&, const Window&, Outcome&);

WindowFunction rateFunction(FunctionId id);         // rate, increase, delta, irate, idelta; null for others
WindowFunction aggregateOverTime(FunctionId id);    // sum, avg, min, max, …_over_time
WindowFunction pickOverTime(FunctionId id);         // first, last, timestamps, changes, resets
WindowFunction trendFunction(FunctionId id);        // deriv, predict_linear, double_exponential_smoothing

// rate and its like over samples beyond the window's ends, as anchored and smoothed ask.
bool extendedRate(RangeCall& call, const Window& window, bool counter, bool perSecond, Outcome& outcome);

}  // namespace nj::promql

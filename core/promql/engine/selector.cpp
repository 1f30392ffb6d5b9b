// Selectors: the newest sample at each step, and the samples that windows move over.
#include <algorithm>
#include <fmt/format.h>

#include "promql/engine/evaluation.h"

namespace nj::promql {

namespace {

using SeriesList = std::vector<std::unique_ptr<SeriesIterator>>;

SeriesList selectSeries(Evaluator& evaluator, const SelectorExpr& node, TimeNs from, TimeNs to) {
    Evaluation& evaluation = evaluator.evaluation();
    evaluation.checkStopped();
    auto series = evaluation.querier.select(node.matchers, from, to, evaluation.stop);
    if (!series.ok())
        throw EvaluationFailure{series.error()};
    evaluation.selectedSeries += series->size();
    if (evaluation.selectedSeries > evaluation.options.maxSeries)
        failEvaluation(fmt::format("the query selects more than {} series", evaluation.options.maxSeries), ErrorCode::kLimit);
    return std::move(series).value();
}

bool isStale(const HistogramPtr& histogram) { return isAbsent(histogram->sum); }

// All samples of one series within (from, to].
void readSamples(SeriesIterator& iterator, TimeNs from, TimeNs to, bool keepStale, SeriesSamples& series, HeldSamples& held) {
    series.clear();
    series.labels = iterator.labels();
    series.dropName = false;
    size_t count = 0;
    const Status status = iterator.samples(from, to, [&](const SampleRun& run) {
        count += run.times.size();
        if (!held.fits(count))   // said below: nothing may throw through the holder of the series
            return false;
        if (run.histograms.empty() && (keepStale || std::none_of(run.values.begin(), run.values.end(), isAbsent))) {
            series.times.insert(series.times.end(), run.times.begin(), run.times.end());
            series.values.insert(series.values.end(), run.values.begin(), run.values.end());
            return true;
        }
        for (size_t i = 0; i < run.times.size(); ++i) {
            if (!run.histograms.empty() && run.histograms[i]) {
                if (!keepStale && isStale(run.histograms[i]))
                    continue;
                series.histogramTimes.push_back(run.times[i]);
                series.histograms.push_back(run.histograms[i]);
            } else if (keepStale || !isAbsent(run.values[i])) {
                series.times.push_back(run.times[i]);
                series.values.push_back(run.values[i]);
            }
        }
        return true;
    });
    held.set(count);
    if (!status.ok())
        throw EvaluationFailure{status.error()};
}

// The value at t between two samples.
double interpolated(TimeNs leftTime, double left, TimeNs rightTime, double right, TimeNs t) {
    return left + (right - left) * static_cast<double>(t - leftTime) / static_cast<double>(rightTime - leftTime);
}

class InstantSelector : public ColumnStream {
public:
    InstantSelector(Evaluator& evaluator, const SelectorExpr& node, const Steps& steps, bool asTimestamps)
        : evaluation_(evaluator.evaluation()),
          steps_(steps),
          asTimestamps_(asTimestamps),
          smoothed_(node.smoothed),
          lookback_(evaluation_.options.lookback),
          held_(evaluation_) {
        const DurationNs offset = evaluator.offset(node.offset);
        fixed_ = evaluator.isFixed(node.at);
        first_ = saturatingSubtract(fixed_ ? evaluator.fixedTime(node.at) : steps.start, offset);
        last_ = fixed_ ? first_ : saturatingSubtract(steps.last(), offset);
        from_ = saturatingSubtract(first_, lookback_);
        to_ = smoothed_ ? saturatingSubtract(last_, -lookback_) : last_;
        series_ = selectSeries(evaluator, node, from_, to_);
    }

    bool next(Column& column) override {
        while (at_ < series_.size()) {
            evaluation_.checkStopped();
            readSamples(*series_[at_], from_, to_, true, samples_, held_);
            series_[at_++].reset();
            if (samples_.times.empty() && samples_.histograms.empty())
                continue;
            column.labels = samples_.labels;
            column.dropName = false;
            column.reset(steps_.count);
            if (fill(column))
                return true;
        }
        held_.set(0);
        return false;
    }

private:
    bool fill(Column& column) {
        size_t floats = 0;
        size_t histograms = 0;
        bool any = false;
        for (size_t i = 0; i < steps_.count; ++i) {
            const TimeNs t = fixed_ ? first_ : first_ + static_cast<DurationNs>(i) * steps_.step;
            const TimeNs oldest = saturatingSubtract(t, lookback_);
            while (floats < samples_.times.size() && samples_.times[floats] <= t)
                ++floats;
            while (histograms < samples_.histograms.size() && samples_.histogramTimes[histograms] <= t)
                ++histograms;
            if (smoothed_) {
                any = smooth(column, i, t, floats) || any;
                continue;
            }
            const bool hasHistogram = histograms > 0 && samples_.histogramTimes[histograms - 1] > oldest;
            const bool hasFloat = floats > 0 && samples_.times[floats - 1] > oldest;
            if (!hasFloat && !hasHistogram)
                continue;
            const bool takeHistogram = hasHistogram && (!hasFloat || samples_.histogramTimes[histograms - 1] >= samples_.times[floats - 1]);
            if (takeHistogram ? isStale(samples_.histograms[histograms - 1]) : isAbsent(samples_.values[floats - 1]))
                continue;
            any = true;
            if (asTimestamps_)
                column.values[i] =
                    static_cast<double>((takeHistogram ? samples_.histogramTimes[histograms - 1] : samples_.times[floats - 1]) /
                                        kMillisecond) /
                    1000;
            else if (takeHistogram)
                column.setHistogram(i, samples_.histograms[histograms - 1]);
            else
                column.values[i] = samples_.values[floats - 1];
        }
        return any;
    }

    // Between the neighbours of t; only one of them: its value.
    bool smooth(Column& column, size_t i, TimeNs t, size_t floats) const {
        if (!samples_.histograms.empty())
            failEvaluation("smoothed and anchored modifiers do not work with native histograms");
        const auto live = [&](size_t at, TimeNs from, TimeNs to) {
            return samples_.times[at] > from && samples_.times[at] <= to && !isAbsent(samples_.values[at]);
        };
        const bool hasLeft = floats > 0 && live(floats - 1, saturatingSubtract(t, lookback_), t);
        const bool hasRight = floats < samples_.times.size() && live(floats, t, saturatingSubtract(t, -lookback_));
        if (hasLeft && hasRight && samples_.times[floats - 1] != t)
            column.values[i] =
                interpolated(samples_.times[floats - 1], samples_.values[floats - 1], samples_.times[floats], samples_.values[floats], t);
        else if (hasLeft)
            column.values[i] = samples_.values[floats - 1];
        else if (hasRight)
            column.values[i] = samples_.values[floats];
        return hasLeft || hasRight;
    }

    Evaluation& evaluation_;
    Steps steps_;
    bool asTimestamps_;
    bool smoothed_;
    DurationNs lookback_;
    HeldSamples held_;
    bool fixed_ = false;
    TimeNs first_ = 0, last_ = 0, from_ = 0, to_ = 0;
    SeriesList series_;
    size_t at_ = 0;
    SeriesSamples samples_;
};

class RangeSelector : public SampleStream {
public:
    RangeSelector(Evaluator& evaluator, const MatrixExpr& node, const Steps& steps)
        : evaluation_(evaluator.evaluation()), held_(evaluation_) {
        const SelectorExpr& selector = *node.selector;
        const DurationNs offset = evaluator.offset(selector.offset);
        const bool fixed = evaluator.isFixed(selector.at);
        const TimeNs first = saturatingSubtract(fixed ? evaluator.fixedTime(selector.at) : steps.start, offset);
        to_ = fixed ? first : saturatingSubtract(steps.last(), offset);
        from_ = saturatingSubtract(first, evaluator.duration(*node.range, true));
        if (selector.anchored || selector.smoothed)
            from_ = saturatingSubtract(from_, evaluation_.options.lookback);
        if (selector.smoothed)
            to_ = saturatingSubtract(to_, -evaluation_.options.lookback);
        series_ = selectSeries(evaluator, selector, from_, to_);
    }

    bool next(SeriesSamples& series) override {
        while (at_ < series_.size()) {
            evaluation_.checkStopped();
            readSamples(*series_[at_], from_, to_, false, series, held_);
            series_[at_++].reset();
            if (!series.times.empty() || !series.histograms.empty())
                return true;
        }
        held_.set(0);
        return false;
    }

private:
    Evaluation& evaluation_;
    HeldSamples held_;
    TimeNs from_ = 0, to_ = 0;
    SeriesList series_;
    size_t at_ = 0;
};

}  // namespace

ColumnStreamPtr selectInstant(Evaluator& evaluator, const SelectorExpr& node, const Steps& steps, bool asTimestamps) {
    if (node.anchored)
        failEvaluation("anchored modifier can only be used with range vectors");
    return std::make_unique<InstantSelector>(evaluator, node, steps, asTimestamps);
}

SampleStreamPtr selectRange(Evaluator& evaluator, const MatrixExpr& node, const Steps& steps) {
    return std::make_unique<RangeSelector>(evaluator, node, steps);
}

}  // namespace nj::promql

// expr[range:step]: the inner expression at multiples of the step, as samples that windows move over.
#include <fmt/format.h>

#include "promql/engine/evaluation.h"

namespace nj::promql {

namespace {

class SubquerySamples : public SampleStream {
public:
    SubquerySamples(ColumnStreamPtr inner, const Steps& steps, Evaluation& evaluation)
        : inner_(std::move(inner)), steps_(steps), held_(evaluation) {}

    bool next(SeriesSamples& series) override {
        if (!inner_->next(column_)) {
            held_.set(0);
            return false;
        }
        series.clear();
        series.labels = column_.labels;
        series.dropName = column_.dropName;
        held_.set(column_.points());
        for (size_t i = 0; i < steps_.count; ++i) {
            if (column_.hasFloat(i)) {
                series.times.push_back(steps_.at(i));
                series.values.push_back(column_.values[i]);
            } else if (column_.histogram(i) != nullptr) {
                series.histogramTimes.push_back(steps_.at(i));
                series.histograms.push_back(column_.histograms[i]);
            }
        }
        return true;
    }

private:
    ColumnStreamPtr inner_;
    Steps steps_;
    HeldSamples held_;
    Column column_;
};

class NoSamples : public SampleStream {
public:
    bool next(SeriesSamples&) override { return false; }
};

}  // namespace

SampleStreamPtr evaluateSubquery(Evaluator& evaluator, const SubqueryExpr& node, const Steps& steps) {
    const DurationNs range = evaluator.duration(*node.range, true);
    const DurationNs offset = evaluator.offset(node.offset);
    const bool fixed = evaluator.isFixed(node.at);
    const TimeNs firstEnd = saturatingSubtract(fixed ? evaluator.fixedTime(node.at) : steps.start, offset);
    const TimeNs lastEnd = fixed ? firstEnd : saturatingSubtract(steps.last(), offset);
    Steps inner;
    inner.step = node.step ? evaluator.duration(*node.step, true) : evaluator.evaluation().options.defaultSubqueryStep;
    if (inner.step < kMillisecond)
        failEvaluation("the step of a subquery must be at least 1ms");
    // The first multiple of the step strictly after the range's open left end.
    const TimeNs open = saturatingSubtract(firstEnd, range);
    inner.start = inner.step * (open / inner.step);
    if (inner.start <= open)
        inner.start += inner.step;
    if (inner.start > lastEnd)
        return std::make_unique<NoSamples>();
    const auto count = (static_cast<uint64_t>(lastEnd) - static_cast<uint64_t>(inner.start)) / static_cast<uint64_t>(inner.step) + 1;
    if (count > evaluator.evaluation().options.maxSamples)
        failEvaluation(fmt::format("the subquery would be evaluated at {} steps, more than the {} samples that are allowed", count,
                                   evaluator.evaluation().options.maxSamples),
                       ErrorCode::kLimit);
    inner.count = static_cast<size_t>(count);
    return std::make_unique<SubquerySamples>(evaluator.vector(*node.expr, inner), inner, evaluator.evaluation());
}

}  // namespace nj::promql

#include "promql/engine/range_function.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace nj::promql {

namespace {

WindowFunction windowFunction(FunctionId id) {
    for (const auto family : {rateFunction, aggregateOverTime, pickOverTime, trendFunction})
        if (const WindowFunction function = family(id))
            return function;
    failEvaluation("not a function of a range vector", ErrorCode::kInternal);
}

bool keepsName(FunctionId id) { return id == FunctionId::kLastOverTime || id == FunctionId::kFirstOverTime; }

class RangeFunctionStream : public ColumnStream {
public:
    RangeFunctionStream(Evaluator& evaluator, const CallExpr& node, FunctionId id, const Steps& steps)
        : evaluator_(evaluator), evaluation_(evaluator.evaluation()), steps_(steps) {
        call_.evaluation = &evaluation_;
        call_.id = id;
        function_ = windowFunction(call_.id);
        const Expr* rangeArg = nullptr;
        for (const ExprPtr& arg : node.args) {
            if (arg->type == ValueType::kMatrix)
                rangeArg = &withoutParens(*arg);
            else
                call_.scalars.push_back(evaluator.scalar(*arg, steps));
        }
        call_.rangeSpan = rangeArg->span;
        call_.firstSpan = withoutParens(*node.args[0]).span;
        readReach(*rangeArg);
        samples_ = evaluator.samples(*rangeArg, steps);
    }

    bool next(Column& column) override {
        while (samples_->next(series_)) {
            prepareSeries();
            column.labels = series_.labels;
            column.dropName = series_.dropName;
            column.reset(steps_.count);
            if (!fill(column))
                continue;
            if ((call_.id == FunctionId::kRate || call_.id == FunctionId::kIncrease) && floatSeen_)
                checkCounterName();
            if (!keepsName(call_.id))
                evaluator_.dropName(column);
            return true;
        }
        return false;
    }

private:
    void readReach(const Expr& range) {
        const AtModifier* at = nullptr;
        DurationNs offset = 0;
        if (range.kind == ExprKind::kMatrix) {
            const auto& matrix = as<MatrixExpr>(range);
            call_.range = evaluator_.duration(*matrix.range, true);
            call_.anchored = matrix.selector->anchored;
            call_.smoothed = matrix.selector->smoothed;
            at = &matrix.selector->at;
            offset = evaluator_.offset(matrix.selector->offset);
            checkExtension();
        } else {
            const auto& subquery = as<SubqueryExpr>(range);
            call_.range = evaluator_.duration(*subquery.range, true);
            at = &subquery.at;
            offset = evaluator_.offset(subquery.offset);
        }
        fixed_ = evaluator_.isFixed(*at);
        firstEnd_ = saturatingSubtract(fixed_ ? evaluator_.fixedTime(*at) : steps_.start, offset);
    }

    void checkExtension() const {
        using enum FunctionId;
        const bool smoothable = call_.id == kRate || call_.id == kIncrease || call_.id == kDelta;
        if (call_.anchored && !smoothable && call_.id != kChanges && call_.id != kResets)
            failEvaluation(fmt::format("anchored modifier can only be used with: changes, delta, increase, rate, resets - not with {}",
                                       functionName()));
        if (call_.smoothed && !smoothable)
            failEvaluation(fmt::format("smoothed modifier can only be used with: delta, increase, rate - not with {}", functionName()));
    }

    std::string_view functionName() const {
        for (const FunctionSignature& function : allFunctions())
            if (function.id == call_.id)
                return function.name;
        return "";
    }

    void prepareSeries() {
        floatSeen_ = false;
        call_.extreme.clear();
        call_.sums.clear();
        call_.resetSums.clear();
        if ((call_.id == FunctionId::kSumOverTime || call_.id == FunctionId::kAvgOverTime) && windowIsLong())
            call_.sums.build(series_.values);
        if ((call_.id != FunctionId::kRate && call_.id != FunctionId::kIncrease) || call_.anchored || call_.smoothed)
            return;
        const std::vector<double>& values = series_.values;
        call_.resetSums.resize(values.size());
        double lost = 0;
        for (size_t i = 0; i < values.size(); ++i) {
            if (i > 0 && values[i] < values[i - 1])
                lost += values[i - 1];
            call_.resetSums[i] = lost;
        }
        if (!std::isfinite(lost))
            call_.resetSums.clear();
    }

    // Whether summing a window takes longer than preparing the whole series.
    bool windowIsLong() const {
        constexpr size_t kManySamples = 12;
        if (steps_.count == 1 || series_.times.size() < kManySamples)
            return false;
        const DurationNs distance = (series_.times.back() - series_.times.front()) / static_cast<DurationNs>(series_.times.size() - 1);
        return distance > 0 && call_.range / distance >= static_cast<DurationNs>(kManySamples);
    }

    bool fill(Column& column) {
        Window window;
        window.series = &series_;
        const DurationNs leftReach = call_.anchored || call_.smoothed ? evaluation_.options.lookback : 0;
        const DurationNs rightReach = call_.smoothed ? evaluation_.options.lookback : 0;
        constexpr size_t kLookedBetweenChecks = 1'000'000;
        size_t looked = 0;   // samples in the windows since it was asked whether to stop
        bool any = false;
        Outcome outcome;
        for (size_t i = 0; i < steps_.count; ++i) {
            window.step = i;
            window.time = steps_.at(i);
            window.to = fixed_ ? firstEnd_ : firstEnd_ + static_cast<DurationNs>(i) * steps_.step;
            window.from = saturatingSubtract(window.to, call_.range);
            slide(window, saturatingSubtract(window.from, leftReach), saturatingSubtract(window.to, -rightReach));
            looked += window.floats() + window.histograms() + 1;
            if (looked >= kLookedBetweenChecks) {
                evaluation_.checkStopped();
                looked = 0;
            }
            if (window.floats() + window.histograms() == 0)
                continue;
            outcome.histogram.reset();
            if (!function_(call_, window, outcome))
                continue;
            any = true;
            if (outcome.histogram) {
                column.setHistogram(i, std::move(outcome.histogram));
            } else {
                column.values[i] = outcome.value;
                floatSeen_ = true;
            }
        }
        return any;
    }

    void slide(Window& window, TimeNs from, TimeNs to) const {
        const auto move = [from, to](const std::vector<TimeNs>& times, size_t& begin, size_t& end) {
            while (end < times.size() && times[end] <= to)
                ++end;
            while (begin < end && times[begin] <= from)
                ++begin;
        };
        move(series_.times, window.begin, window.end);
        move(series_.histogramTimes, window.histogramBegin, window.histogramEnd);
    }

    void checkCounterName() const {
        const std::string_view name = metricName(*series_.labels);
        if (name.empty())
            return;
        for (const std::string_view suffix : {"_total", "_sum", "_count", "_bucket"})
            if (name.ends_with(suffix))
                return;
        call_.annotate(AnnotationKind::kPossibleNonCounter, name);
    }

    Evaluator evaluator_;
    Evaluation& evaluation_;
    Steps steps_;
    RangeCall call_;
    WindowFunction function_ = nullptr;
    SampleStreamPtr samples_;
    SeriesSamples series_;
    bool fixed_ = false;
    TimeNs firstEnd_ = 0;
    bool floatSeen_ = false;
};

}  // namespace

ColumnStreamPtr rangeFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    return std::make_unique<RangeFunctionStream>(evaluator, node, node.function->id, steps);
}

ColumnStreamPtr presentOverTime(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    return std::make_unique<RangeFunctionStream>(evaluator, node, FunctionId::kPresentOverTime, steps);
}

}  // namespace nj::promql

// What all parts of one query's evaluation share, and the evaluator that turns expressions into streams. One thread.
#pragma once

#include <stop_token>
#include <string>

#include "promql/annotations.h"
#include "promql/engine.h"
#include "promql/engine/column.h"
#include "promql/syntax/function_table.h"

namespace nj::promql {

// Thrown inside the engine only; Engine turns it into an Error.
struct EvaluationFailure {
    Error error;
};
// kUnsupported: what is written can't be answered from these series, as opposed to what can't be read at all.
[[noreturn]] void failEvaluation(std::string message, ErrorCode code = ErrorCode::kUnsupported);

struct Evaluation {
    Querier& querier;
    const EngineOptions& options;
    std::stop_token stop;
    TimeNs queryStart = 0;
    TimeNs queryEnd = 0;
    DurationNs queryStep = 0;
    bool isRange = false;
    Annotations annotations;
    size_t heldSamples = 0;
    size_t selectedSeries = 0;

    void checkStopped() const;
};

// Samples in memory, counted against the limit while it lives.
class HeldSamples {
public:
    explicit HeldSamples(Evaluation& evaluation) : evaluation_(&evaluation) {}
    ~HeldSamples() { evaluation_->heldSamples -= count_; }
    HeldSamples(HeldSamples&& other) noexcept : evaluation_(other.evaluation_), count_(std::exchange(other.count_, 0)) {}
    HeldSamples(const HeldSamples&) = delete;
    HeldSamples& operator=(const HeldSamples&) = delete;
    void add(size_t count);
    void set(size_t count);
    [[nodiscard]] bool fits(size_t count) const { return evaluation_->heldSamples + count - count_ <= evaluation_->options.maxSamples; }

private:
    Evaluation* evaluation_;
    size_t count_ = 0;
};

struct ColumnSet {
    std::vector<Column> columns;
    HeldSamples held;
};

class Evaluator {
public:
    explicit Evaluator(Evaluation& evaluation) : evaluation_(evaluation) {}

    ColumnStreamPtr vector(const Expr& expr, const Steps& steps);
    std::vector<double> scalar(const Expr& expr, const Steps& steps);
    SampleStreamPtr samples(const Expr& rangeExpr, const Steps& steps);
    ColumnSet collect(ColumnStream& stream);
    static std::string string(const Expr& expr);

    Evaluation& evaluation() { return evaluation_; }
    // Durations and times of modifiers.
    DurationNs duration(const DurationExpr& expr, bool positiveOnly) const;
    DurationNs offset(const DurationPtr& offset) const { return offset ? duration(*offset, false) : 0; }
    [[nodiscard]] bool isFixed(const AtModifier& at) const { return at.kind != AtModifier::Kind::kNone; }
    [[nodiscard]] TimeNs fixedTime(const AtModifier& at) const;
    // Drops the name now or marks it as to be dropped.
    void dropName(Column& column) const;
    void dropName(SeriesSamples& series) const;

private:
    ColumnStreamPtr evaluated(const Expr& expr, const Steps& steps);
    ColumnStreamPtr call(const CallExpr& node, const Steps& steps);
    std::vector<double> scalarCall(const CallExpr& node, const Steps& steps);
    std::vector<double> scalarOf(const Expr& vectorExpr, const Steps& steps);
    double seconds(const DurationExpr& expr) const;

    Evaluation& evaluation_;
};

// The name a series goes by in annotations.
inline std::string_view annotationName(const LabelsPtr& labels) { return metricName(*labels); }
// a - b and a + b without overflow.
TimeNs saturatingSubtract(TimeNs a, DurationNs b);
// Series of equal labels become one; two values at one step are an error.
void mergeSameLabels(std::vector<Column>& columns);
LabelsPtr emptyLabels();

// The operators, one file each.
ColumnStreamPtr selectInstant(Evaluator& evaluator, const SelectorExpr& node, const Steps& steps, bool asTimestamps);
SampleStreamPtr selectRange(Evaluator& evaluator, const MatrixExpr& node, const Steps& steps);
SampleStreamPtr evaluateSubquery(Evaluator& evaluator, const SubqueryExpr& node, const Steps& steps);
ColumnStreamPtr rangeFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr presentOverTime(Evaluator& evaluator, const CallExpr& node, const Steps& steps);   // of the argument of absent_over_time
ColumnStreamPtr elementFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr dateFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr histogramFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr histogramQuantile(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr labelReplace(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr labelJoin(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr sorted(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr infoFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr absent(Evaluator& evaluator, const CallExpr& node, const Steps& steps);
ColumnStreamPtr negate(Evaluator& evaluator, const UnaryExpr& node, const Steps& steps);
ColumnStreamPtr vectorScalarOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps);
ColumnStreamPtr vectorOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps);
ColumnStreamPtr setOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps);
ColumnStreamPtr aggregate(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps);
ColumnStreamPtr selectingAggregate(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps);   // topk and its like
ColumnStreamPtr valueAggregate(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps);       // quantile, count_values

}  // namespace nj::promql

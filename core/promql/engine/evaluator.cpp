#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <unordered_map>

#include "promql/engine/element_operation.h"
#include "promql/engine/evaluation.h"

namespace nj::promql {

namespace {

// One value for all steps.
class Replicated : public ColumnStream {
public:
    Replicated(ColumnStreamPtr inner, size_t steps) : inner_(std::move(inner)), steps_(steps) {}

    bool next(Column& column) override {
        if (!inner_->next(column))
            return false;
        column.values.resize(steps_, column.values[0]);
        if (!column.histograms.empty())
            column.histograms.resize(steps_, column.histograms[0]);
        return true;
    }

private:
    ColumnStreamPtr inner_;
    size_t steps_;
};

}  // namespace

void failEvaluation(std::string message, ErrorCode code) { throw EvaluationFailure{makeError(code, std::move(message))}; }

void Evaluation::checkStopped() const {
    if (stop.stop_requested())
        failEvaluation("query was canceled in expression evaluation", ErrorCode::kCancelled);
}

void HeldSamples::add(size_t count) { set(count_ + count); }

void HeldSamples::set(size_t count) {
    evaluation_->heldSamples += count - count_;
    count_ = count;
    if (evaluation_->heldSamples > evaluation_->options.maxSamples)
        failEvaluation("query processing would load too many samples into memory in query execution", ErrorCode::kLimit);
}

TimeNs saturatingSubtract(TimeNs a, DurationNs b) {
    TimeNs result = 0;
    if (__builtin_sub_overflow(a, b, &result))
        return b > 0 ? std::numeric_limits<TimeNs>::min() : std::numeric_limits<TimeNs>::max();
    return result;
}

LabelsPtr emptyLabels() {
    static const LabelsPtr none = std::make_shared<const Labels>();
    return none;
}

void mergeSameLabels(std::vector<Column>& columns) {
    std::unordered_map<std::string, size_t> byLabels;
    size_t kept = 0;
    for (size_t i = 0; i < columns.size(); ++i) {
        const auto [at, added] = byLabels.try_emplace(labelsKey(*columns[i].labels), kept);
        if (added) {
            if (kept != i)
                columns[kept] = std::move(columns[i]);
            ++kept;
            continue;
        }
        Column& base = columns[at->second];
        for (size_t step = 0; step < base.values.size(); ++step) {
            if (!columns[i].has(step))
                continue;
            if (base.has(step))
                failEvaluation("vector cannot contain metrics with the same labelset");
            base.copyStep(step, columns[i], step);
        }
        base.dropName = base.dropName || columns[i].dropName;
    }
    columns.resize(kept);
}

TimeNs Evaluator::fixedTime(const AtModifier& at) const {
    switch (at.kind) {
    case AtModifier::Kind::kStart: return evaluation_.queryStart;
    case AtModifier::Kind::kEnd: return evaluation_.queryEnd;
    default: return at.time;
    }
}

double Evaluator::seconds(const DurationExpr& expr) const {
    using enum DurationExpr::Op;
    switch (expr.op) {
    case kConstant: return expr.seconds;
    case kStep: return static_cast<double>(evaluation_.queryStep) / static_cast<double>(kSecond);
    case kRange: return static_cast<double>(evaluation_.queryEnd - evaluation_.queryStart) / static_cast<double>(kSecond);
    case kNegate: return -seconds(*expr.right);
    case kPlus: return seconds(*expr.right);
    case kAdd: return seconds(*expr.left) + seconds(*expr.right);
    case kSubtract: return seconds(*expr.left) - seconds(*expr.right);
    case kMultiply: return seconds(*expr.left) * seconds(*expr.right);
    case kDivide:
    case kModulo: {
        const double divisor = seconds(*expr.right);
        if (divisor == 0)
            failEvaluation(expr.op == kDivide ? "division by zero" : "modulo by zero");
        return expr.op == kDivide ? seconds(*expr.left) / divisor : std::fmod(seconds(*expr.left), divisor);
    }
    case kPower: return std::pow(seconds(*expr.left), seconds(*expr.right));
    case kMin: return std::min(seconds(*expr.left), seconds(*expr.right));
    case kMax: return std::max(seconds(*expr.left), seconds(*expr.right));
    }
    return 0;
}

DurationNs Evaluator::duration(const DurationExpr& expr, bool positiveOnly) const {
    const double value = seconds(expr);
    if (value <= 0 && positiveOnly)
        failEvaluation("duration must be greater than 0");
    if (!std::isfinite(value) || std::fabs(value) > 9.2e9)
        failEvaluation("duration is out of range");
    const auto ms = static_cast<int64_t>(value * 1000);
    return ms * kMillisecond;
}

void Evaluator::dropName(Column& column) const {
    if (evaluation_.options.delayedNameRemoval)
        column.dropName = true;
    else if (hasMetadata(*column.labels))
        column.labels = std::make_shared<const Labels>(withoutMetadata(*column.labels));
}

void Evaluator::dropName(SeriesSamples& series) const {
    Column column;
    column.labels = series.labels;
    column.dropName = series.dropName;
    dropName(column);
    series.labels = column.labels;
    series.dropName = column.dropName;
}

ColumnSet Evaluator::collect(ColumnStream& stream) {
    ColumnSet set{{}, HeldSamples(evaluation_)};
    Column column;
    while (stream.next(column)) {
        set.held.add(column.points());
        set.columns.push_back(std::move(column));
        column = Column();
        evaluation_.checkStopped();
    }
    return set;
}

std::string Evaluator::string(const Expr& expr) { return as<StringExpr>(withoutParens(expr)).value; }

ColumnStreamPtr Evaluator::vector(const Expr& expr, const Steps& steps) {
    if (!expr.stepInvariant || steps.count == 1)
        return evaluated(expr, steps);
    return std::make_unique<Replicated>(evaluated(expr, {steps.start, steps.step, 1}), steps.count);
}

ColumnStreamPtr Evaluator::evaluated(const Expr& expr, const Steps& steps) {
    switch (expr.kind) {
    case ExprKind::kParen: return vector(*as<ParenExpr>(expr).expr, steps);
    case ExprKind::kSelector: return selectInstant(*this, as<SelectorExpr>(expr), steps, false);
    case ExprKind::kCall: return call(as<CallExpr>(expr), steps);
    case ExprKind::kUnary:
        return as<UnaryExpr>(expr).negative ? negate(*this, as<UnaryExpr>(expr), steps) : vector(*as<UnaryExpr>(expr).expr, steps);
    case ExprKind::kAggregate: {
        using enum AggregateOp;
        const auto& node = as<AggregateExpr>(expr);
        switch (node.op) {
        case kTopk:
        case kBottomk:
        case kLimitk:
        case kLimitRatio: return selectingAggregate(*this, node, steps);
        case kQuantile:
        case kCountValues: return valueAggregate(*this, node, steps);
        default: return aggregate(*this, node, steps);
        }
    }
    case ExprKind::kBinary: {
        const auto& node = as<BinaryExpr>(expr);
        if (isSetOperation(node.op))
            return setOperation(*this, node, steps);
        if (node.left->type == ValueType::kVector && node.right->type == ValueType::kVector)
            return vectorOperation(*this, node, steps);
        return vectorScalarOperation(*this, node, steps);
    }
    default: failEvaluation("the expression gives no instant vector", ErrorCode::kInternal);
    }
}

SampleStreamPtr Evaluator::samples(const Expr& rangeExpr, const Steps& steps) {
    const Expr& inner = withoutParens(rangeExpr);
    if (inner.kind == ExprKind::kMatrix)
        return selectRange(*this, as<MatrixExpr>(inner), steps);
    return evaluateSubquery(*this, as<SubqueryExpr>(inner), steps);
}

ColumnStreamPtr Evaluator::call(const CallExpr& node, const Steps& steps) {
    const FunctionId id = node.function->id;
    using enum FunctionId;
    if (id <= kRound)
        return elementFunction(*this, node, steps);
    if (id <= kYear)
        return dateFunction(*this, node, steps);
    if (id == kAbsentOverTime || id == kAbsent)
        return absent(*this, node, steps);
    if (id <= kTsOfMinOverTime)
        return rangeFunction(*this, node, steps);
    switch (id) {
    case kHistogramAvg:
    case kHistogramCount:
    case kHistogramSum:
    case kHistogramStddev:
    case kHistogramStdvar: return histogramFunction(*this, node, steps);
    case kHistogramFraction:
    case kHistogramQuantile:
    case kHistogramQuantiles: return histogramQuantile(*this, node, steps);
    case kLabelJoin: return labelJoin(*this, node, steps);
    case kLabelReplace: return labelReplace(*this, node, steps);
    case kInfo: return infoFunction(*this, node, steps);
    case kSort:
    case kSortDesc:
    case kSortByLabel:
    case kSortByLabelDesc: return sorted(*this, node, steps);
    case kTimestamp: return elementFunction(*this, node, steps);
    case kVector: {
        std::vector<Column> columns(1);
        columns[0].labels = emptyLabels();
        columns[0].values = scalar(*node.args[0], steps);
        return std::make_unique<StoredColumns>(std::move(columns));
    }
    default: failEvaluation(fmt::format("function {} gives no instant vector", node.function->name), ErrorCode::kInternal);
    }
}

std::vector<double> Evaluator::scalar(const Expr& expr, const Steps& steps) {
    switch (expr.kind) {
    case ExprKind::kNumber: return std::vector<double>(steps.count, as<NumberExpr>(expr).value);
    case ExprKind::kParen: return scalar(*as<ParenExpr>(expr).expr, steps);
    case ExprKind::kUnary: {
        std::vector<double> values = scalar(*as<UnaryExpr>(expr).expr, steps);
        if (as<UnaryExpr>(expr).negative)
            for (double& value : values)
                value = -value;
        return values;
    }
    case ExprKind::kBinary: {
        const auto& node = as<BinaryExpr>(expr);
        std::vector<double> left = scalar(*node.left, steps);
        const std::vector<double> right = scalar(*node.right, steps);
        for (size_t i = 0; i < steps.count; ++i)
            left[i] = scalarOperation(node.op, left[i], right[i]);
        return left;
    }
    case ExprKind::kCall: return scalarCall(as<CallExpr>(expr), steps);
    default: failEvaluation("the expression gives no scalar", ErrorCode::kInternal);
    }
}

std::vector<double> Evaluator::scalarCall(const CallExpr& node, const Steps& steps) {
    const auto inSeconds = [](int64_t ns) { return static_cast<double>(ns / kMillisecond) / 1000; };
    const auto constant = [&](double value) { return std::vector<double>(steps.count, value); };
    switch (node.function->id) {
    case FunctionId::kPi: return constant(3.141592653589793);
    case FunctionId::kStart: return constant(inSeconds(evaluation_.queryStart));
    case FunctionId::kEnd: return constant(inSeconds(evaluation_.queryEnd));
    case FunctionId::kRange: return constant(inSeconds(evaluation_.queryEnd - evaluation_.queryStart));
    case FunctionId::kStep: return constant(inSeconds(evaluation_.queryStep));
    case FunctionId::kScalar: return scalarOf(*node.args[0], steps);
    case FunctionId::kMaxOf:
    case FunctionId::kMinOf: {
        std::vector<double> values = scalar(*node.args[0], steps);
        const std::vector<double> others = scalar(*node.args[1], steps);
        const bool greatest = node.function->id == FunctionId::kMaxOf;
        for (size_t i = 0; i < steps.count; ++i)
            values[i] = std::isnan(values[i]) || std::isnan(others[i]) ? std::numeric_limits<double>::quiet_NaN()
                        : greatest                                     ? std::max(values[i], others[i])
                                                                       : std::min(values[i], others[i]);
        return values;
    }
    default: {   // time()
        std::vector<double> values(steps.count);
        for (size_t i = 0; i < steps.count; ++i)
            values[i] = inSeconds(steps.at(i));
        return values;
    }
    }
}

// The single float of a vector; NaN when there is none or more than one.
std::vector<double> Evaluator::scalarOf(const Expr& vectorExpr, const Steps& steps) {
    std::vector<double> values(steps.count, std::numeric_limits<double>::quiet_NaN());
    std::vector<unsigned char> found(steps.count, 0);
    const ColumnStreamPtr stream = vector(vectorExpr, steps);
    Column column;
    while (stream->next(column)) {
        for (size_t i = 0; i < steps.count; ++i) {
            if (!column.hasFloat(i))
                continue;
            values[i] = found[i] != 0 ? std::numeric_limits<double>::quiet_NaN() : column.values[i];
            found[i] = 1;
        }
    }
    return values;
}

}  // namespace nj::promql

#include "promql/engine.h"

#include <algorithm>
#include <fmt/format.h>

#include "promql/engine/evaluation.h"
#include "promql/engine/step_invariance.h"
#include "promql/syntax/expr_walk.h"
#include "promql/syntax/parser.h"

namespace nj::promql {

namespace {

void checkCalls(const Expr& expr, Evaluation& evaluation) {
    forEachExpr(expr, [&](const Expr& node) {
        if (node.kind == ExprKind::kAggregate) {
            const AggregateOp op = as<AggregateExpr>(node).op;
            if (!evaluation.options.experimentalFunctions && (op == AggregateOp::kLimitk || op == AggregateOp::kLimitRatio))
                failEvaluation(fmt::format("{}() is experimental and must be enabled", aggregateName(op)));
        }
        if (node.kind != ExprKind::kCall)
            return;
        const FunctionSignature& function = *as<CallExpr>(node).function;
        if (function.experimental && !evaluation.options.experimentalFunctions)
            failEvaluation(fmt::format("function \"{}\" is experimental and must be enabled", function.name));
        const bool sorts = function.id == FunctionId::kSort || function.id == FunctionId::kSortDesc ||
                           function.id == FunctionId::kSortByLabel || function.id == FunctionId::kSortByLabelDesc;
        if (sorts && evaluation.isRange)
            evaluation.annotations.add(AnnotationKind::kSortInRangeQuery, node.span);
    });
}

// All columns of a result, without the names that were to be dropped.
ColumnSet finalColumns(Evaluator& evaluator, const Expr& expr, const Steps& steps) {
    const ColumnStreamPtr stream = evaluator.vector(expr, steps);
    ColumnSet set = evaluator.collect(*stream);
    for (Column& column : set.columns)
        if (column.dropName && hasMetadata(*column.labels))
            column.labels = std::make_shared<const Labels>(withoutMetadata(*column.labels));
    mergeSameLabels(set.columns);
    return set;
}

MatrixSeries toSeries(const Column& column, const Steps& steps) {
    MatrixSeries series;
    series.labels = column.labels;
    for (size_t i = 0; i < steps.count; ++i) {
        if (column.histogram(i) != nullptr)
            series.histograms.push_back({steps.at(i), column.histograms[i]});
        else if (column.hasFloat(i))
            series.floats.push_back({steps.at(i), column.values[i]});
    }
    return series;
}

void sortByLabels(Matrix& matrix) {
    std::sort(matrix.begin(), matrix.end(), [](const MatrixSeries& a, const MatrixSeries& b) { return *a.labels < *b.labels; });
}

// Samples of a range vector as they lie in the window.
Matrix rangeVector(Evaluator& evaluator, const Expr& expr, const Steps& steps) {
    const Expr& inner = withoutParens(expr);
    const DurationExpr& range = inner.kind == ExprKind::kMatrix ? *as<MatrixExpr>(inner).range : *as<SubqueryExpr>(inner).range;
    const AtModifier& at = inner.kind == ExprKind::kMatrix ? as<MatrixExpr>(inner).selector->at : as<SubqueryExpr>(inner).at;
    const DurationPtr& offset = inner.kind == ExprKind::kMatrix ? as<MatrixExpr>(inner).selector->offset : as<SubqueryExpr>(inner).offset;
    if (inner.kind == ExprKind::kMatrix && (as<MatrixExpr>(inner).selector->anchored || as<MatrixExpr>(inner).selector->smoothed))
        failEvaluation("smoothed and anchored modifiers can only be used inside a function of a range vector");
    const TimeNs to = saturatingSubtract(evaluator.isFixed(at) ? evaluator.fixedTime(at) : steps.start, evaluator.offset(offset));
    const TimeNs from = saturatingSubtract(to, evaluator.duration(range, true));
    const SampleStreamPtr stream = evaluator.samples(expr, steps);
    HeldSamples held(evaluator.evaluation());
    Matrix matrix;
    SeriesSamples samples;
    while (stream->next(samples)) {
        MatrixSeries series;
        series.labels = samples.dropName && hasMetadata(*samples.labels) ? std::make_shared<const Labels>(withoutMetadata(*samples.labels))
                                                                         : samples.labels;
        for (size_t i = 0; i < samples.times.size(); ++i)
            if (samples.times[i] > from && samples.times[i] <= to)
                series.floats.push_back({samples.times[i], samples.values[i]});
        for (size_t i = 0; i < samples.histograms.size(); ++i)
            if (samples.histogramTimes[i] > from && samples.histogramTimes[i] <= to)
                series.histograms.push_back({samples.histogramTimes[i], samples.histograms[i]});
        held.add(series.floats.size() + series.histograms.size());
        if (!series.floats.empty() || !series.histograms.empty())
            matrix.push_back(std::move(series));
    }
    sortByLabels(matrix);
    return matrix;
}

Vector instantVector(Evaluator& evaluator, const Expr& expr, const Steps& steps) {
    Vector vector;
    for (Column& column : finalColumns(evaluator, expr, steps).columns)
        vector.push_back({column.labels, steps.start, column.hasFloat(0) ? column.values[0] : 0,
                          column.histograms.empty() ? nullptr : column.histograms[0]});
    return vector;
}

Matrix rangeMatrix(Evaluator& evaluator, const Expr& expr, const Steps& steps) {
    Matrix matrix;
    if (expr.type == ValueType::kScalar) {
        Column column;
        column.labels = emptyLabels();
        column.values = evaluator.scalar(expr, steps);
        matrix.push_back(toSeries(column, steps));
        return matrix;
    }
    for (Column& column : finalColumns(evaluator, expr, steps).columns) {
        matrix.push_back(toSeries(column, steps));
        column = Column();
    }
    sortByLabels(matrix);
    return matrix;
}

template <typename Evaluate>
Result<QueryResult> guarded(Evaluate evaluate) {
    try {
        return evaluate();
    } catch (const EvaluationFailure& failure) {
        return failure.error;
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::kLimit, "the query needs more memory than there is");
    }
}

}  // namespace

Result<QueryResult> Engine::instant(Querier& querier, std::string_view query, TimeNs time, std::stop_token stop) const {
    NJ_ASSIGN(const ExprPtr expr, parseExpression(query));
    markStepInvariance(*expr);
    return guarded([&]() -> Result<QueryResult> {
        Evaluation evaluation{querier, options_, std::move(stop), time, time, 0, false, {}, 0, 0};
        Evaluator evaluator(evaluation);
        const Steps steps{time, 1, 1};
        evaluation.checkStopped();
        checkCalls(*expr, evaluation);
        QueryResult result;
        switch (expr->type) {
        case ValueType::kScalar: result.value = ScalarValue{time, evaluator.scalar(*expr, steps)[0]}; break;
        case ValueType::kString: result.value = StringValue{time, Evaluator::string(*expr)}; break;
        case ValueType::kVector: result.value = instantVector(evaluator, *expr, steps); break;
        case ValueType::kMatrix: result.value = rangeVector(evaluator, *expr, steps); break;
        }
        result.annotations = std::move(evaluation.annotations);
        return result;
    });
}

Result<QueryResult> Engine::range(Querier& querier, std::string_view query, TimeNs start, TimeNs end, DurationNs step,
                                  std::stop_token stop) const {
    NJ_ASSIGN(const ExprPtr expr, parseExpression(query));
    if (expr->type != ValueType::kScalar && expr->type != ValueType::kVector)
        return makeError(
            ErrorCode::kInvalidArgument,
            fmt::format("invalid expression type \"{}\" for range query, must be Scalar or instant Vector", valueTypeName(expr->type)));
    if (end < start)
        return makeError(ErrorCode::kInvalidArgument, "the end of the range is before its start");
    if (step <= 0)
        return makeError(ErrorCode::kInvalidArgument, "zero or negative query resolution step widths are not accepted");
    const uint64_t count = (static_cast<uint64_t>(end) - static_cast<uint64_t>(start)) / static_cast<uint64_t>(step) + 1;
    if (count > options_.maxPoints + 1)
        return makeError(
            ErrorCode::kLimit,
            fmt::format("exceeded maximum resolution of {} points per timeseries. Try decreasing the query resolution (?step=XX)",
                        options_.maxPoints));
    markStepInvariance(*expr);
    return guarded([&]() -> Result<QueryResult> {
        Evaluation evaluation{querier, options_, std::move(stop), start, end, step, true, {}, 0, 0};
        Evaluator evaluator(evaluation);
        evaluation.checkStopped();
        checkCalls(*expr, evaluation);
        QueryResult result;
        result.value = rangeMatrix(evaluator, *expr, {start, step, static_cast<size_t>(count)});
        result.annotations = std::move(evaluation.annotations);
        return result;
    });
}

}  // namespace nj::promql

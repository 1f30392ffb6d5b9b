// Which exemplars go with an expression: those whose values are of the kind of its own.
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "promql/capsule/capsule_querier.h"
#include "promql/syntax/expr_walk.h"
#include "promql/syntax/function_table.h"
#include "query/capsule/metric_lines.h"
#include "query/capsule/promql_questions.h"

namespace nj::query {
namespace {

using namespace promql;

// A selector whose exemplars are meant, and what the expression multiplies their values by.
struct Source {
    const SelectorExpr* selector = nullptr;
    bool family = false;   // of a histogram: its buckets, counts or the native one carry them
    double factor = 1;
};

const SelectorExpr* onlySelector(const Expr& expr) {
    const SelectorExpr* found = nullptr;
    size_t count = 0;
    forEachExpr(expr, [&](const Expr& inner) {
        if (inner.kind == ExprKind::kSelector) {
            found = &as<SelectorExpr>(inner);
            ++count;
        }
    });
    return count == 1 ? found : nullptr;
}

std::string nameOf(const SelectorExpr& selector) {
    for (const Matcher& matcher : selector.matchers)
        if (matcher.name == kMetricName && matcher.type == Matcher::Type::kEqual)
            return matcher.value;
    return selector.name;
}

// "wait_seconds" where the sums are divided by the counts, "" for anything else.
std::string dividedFamily(const Expr& sums, const Expr& counts) {
    const SelectorExpr *sum = onlySelector(sums), *count = onlySelector(counts);
    if (!sum || !count)
        return {};
    std::string family = nameOf(*sum);
    if (!family.ends_with("_sum"))
        return {};
    family.erase(family.size() - 4);
    return nameOf(*count) == family + "_count" ? family : std::string();
}

std::optional<Source> sourceOf(const Expr& outer) {
    const Expr& expr = withoutParens(outer);
    switch (expr.kind) {
    case ExprKind::kSelector: {
        const auto& selector = as<SelectorExpr>(expr);
        const std::string name = nameOf(selector);
        // A counter grows by what its exemplar says.
        for (const std::string_view end : {"_bucket", "_count", "_sum", "_total"})
            if (name.ends_with(end))
                return std::nullopt;
        return name.empty() ? std::nullopt : std::optional(Source{&selector});
    }
    case ExprKind::kAggregate: {
        const auto& node = as<AggregateExpr>(expr);
        const bool keeps = node.op == AggregateOp::kMin || node.op == AggregateOp::kMax || node.op == AggregateOp::kAvg || node.op == AggregateOp::kQuantile ||
                           node.op == AggregateOp::kTopk || node.op == AggregateOp::kBottomk || node.op == AggregateOp::kLimitk;
        return keeps ? sourceOf(*node.expr) : std::nullopt;
    }
    case ExprKind::kCall: {
        const auto& node = as<CallExpr>(expr);
        using enum FunctionId;
        const size_t at = node.function->id == kHistogramQuantile ? 1 : 0;
        switch (node.function->id) {
        case kHistogramQuantile:
        case kHistogramQuantiles:
        case kHistogramAvg: {
            const SelectorExpr* selector = node.args.size() > at ? onlySelector(*node.args[at]) : nullptr;
            return selector ? std::optional(Source{selector, true}) : std::nullopt;
        }
        case kSort: case kSortDesc: case kSortByLabel: case kSortByLabelDesc: case kLabelReplace: case kLabelJoin: case kClamp: case kClampMax: case kClampMin:
            return node.args.empty() ? std::nullopt : sourceOf(*node.args[0]);
        default: return std::nullopt;
        }
    }
    case ExprKind::kBinary: {
        const auto& node = as<BinaryExpr>(expr);
        const Expr &left = withoutParens(*node.left), &right = withoutParens(*node.right);
        const bool byNumber = right.kind == ExprKind::kNumber;
        if (isComparison(node.op) && !node.returnBool && byNumber)
            return sourceOf(left);
        if ((node.op == BinaryOp::kMultiply || node.op == BinaryOp::kDivide) && (byNumber || (left.kind == ExprKind::kNumber && node.op == BinaryOp::kMultiply))) {
            auto source = sourceOf(byNumber ? left : right);
            const double number = as<NumberExpr>(byNumber ? right : left).value;
            if (source)
                source->factor *= node.op == BinaryOp::kMultiply ? number : 1 / number;
            return source;
        }
        if (node.op == BinaryOp::kDivide && !dividedFamily(left, right).empty())
            return Source{onlySelector(left), true};
        return std::nullopt;
    }
    default: return std::nullopt;
    }
}

}  // namespace

Status addPromqlExemplars(QueryContext& context, const Expr& expr, TimeRange range, MetricAnswer& answer) {
    const auto source = sourceOf(expr);
    if (!source || !std::isfinite(source->factor))
        return {};
    NJ_ASSIGN(CapsuleQuerier* const querier, context.promql());
    std::string name = nameOf(*source->selector);
    std::vector<std::string> names{name};
    if (source->family) {
        for (const std::string_view end : {"_bucket", "_sum", "_count"})
            if (name.ends_with(end)) {
                name.erase(name.size() - end.size());
                break;
            }
        names = {name, name + "_bucket", name + "_count"};
    }
    std::set<int64_t> ids;
    for (const std::string& one : names) {
        std::vector<Matcher> matchers{{Matcher::Type::kEqual, std::string(kMetricName), one}};
        for (const Matcher& matcher : source->selector->matchers)
            if (matcher.name != kMetricName && !(source->family && matcher.name == kBucketLabel))
                matchers.push_back(matcher);
        NJ_ASSIGN(const auto series, querier->matching(matchers));
        for (const CapsuleQuerier::NamedSeries* named : series)
            for (const store::SeriesRow* row : named->rows)
                ids.insert(row->id);
    }
    if (ids.empty())
        return {};
    NJ_RETURN_IF_ERROR(addExemplars(context, range, {ids.begin(), ids.end()}, answer));
    for (MetricExemplar& exemplar : answer.exemplars)
        exemplar.value *= source->factor;
    return {};
}

}  // namespace nj::query

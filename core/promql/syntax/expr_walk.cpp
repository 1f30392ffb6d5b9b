#include "promql/syntax/expr_walk.h"

namespace nj::promql {

void forEachExpr(const Expr& expr, const std::function<void(const Expr&)>& visit) {
    visit(expr);
    switch (expr.kind) {
        case ExprKind::kMatrix: return forEachExpr(*as<MatrixExpr>(expr).selector, visit);
        case ExprKind::kSubquery: return forEachExpr(*as<SubqueryExpr>(expr).expr, visit);
        case ExprKind::kParen: return forEachExpr(*as<ParenExpr>(expr).expr, visit);
        case ExprKind::kUnary: return forEachExpr(*as<UnaryExpr>(expr).expr, visit);
        case ExprKind::kBinary: forEachExpr(*as<BinaryExpr>(expr).left, visit); return forEachExpr(*as<BinaryExpr>(expr).right, visit);
        case ExprKind::kAggregate:
            if (as<AggregateExpr>(expr).parameter)
                forEachExpr(*as<AggregateExpr>(expr).parameter, visit);
            return forEachExpr(*as<AggregateExpr>(expr).expr, visit);
        case ExprKind::kCall:
            for (const ExprPtr& arg : as<CallExpr>(expr).args) forEachExpr(*arg, visit);
            return;
        default: return;
    }
}

}  // namespace nj::promql

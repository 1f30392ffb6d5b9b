#include "promql/syntax/ast.h"

namespace nj::promql {

std::string_view valueTypeName(ValueType type) {
    switch (type) {
    case ValueType::kScalar: return "scalar";
    case ValueType::kVector: return "instant vector";
    case ValueType::kMatrix: return "range vector";
    case ValueType::kString: return "string";
    }
    return "";
}

std::string_view aggregateName(AggregateOp op) {
    using enum AggregateOp;
    switch (op) {
    case kSum: return "sum";
    case kAvg: return "avg";
    case kCount: return "count";
    case kMin: return "min";
    case kMax: return "max";
    case kGroup: return "group";
    case kStddev: return "stddev";
    case kStdvar: return "stdvar";
    case kTopk: return "topk";
    case kBottomk: return "bottomk";
    case kCountValues: return "count_values";
    case kQuantile: return "quantile";
    case kLimitk: return "limitk";
    case kLimitRatio: return "limit_ratio";
    }
    return "";
}

bool takesParameter(AggregateOp op) {
    using enum AggregateOp;
    return op == kTopk || op == kBottomk || op == kCountValues || op == kQuantile || op == kLimitk || op == kLimitRatio;
}

std::string_view binaryOpText(BinaryOp op) {
    using enum BinaryOp;
    switch (op) {
    case kAdd: return "+";
    case kSubtract: return "-";
    case kMultiply: return "*";
    case kDivide: return "/";
    case kModulo: return "%";
    case kPower: return "^";
    case kAtan2: return "atan2";
    case kEqual: return "==";
    case kNotEqual: return "!=";
    case kGreater: return ">";
    case kLess: return "<";
    case kGreaterEqual: return ">=";
    case kLessEqual: return "<=";
    case kTrimUpper: return "</";
    case kTrimLower: return ">/";
    case kAnd: return "and";
    case kOr: return "or";
    case kUnless: return "unless";
    }
    return "";
}

bool isComparison(BinaryOp op) {
    using enum BinaryOp;
    return op == kEqual || op == kNotEqual || op == kGreater || op == kLess || op == kGreaterEqual || op == kLessEqual;
}

bool isSetOperation(BinaryOp op) { return op == BinaryOp::kAnd || op == BinaryOp::kOr || op == BinaryOp::kUnless; }

const Expr& withoutParens(const Expr& expr) {
    const Expr* inner = &expr;
    while (inner->kind == ExprKind::kParen)
        inner = as<ParenExpr>(*inner).expr.get();
    return *inner;
}

}  // namespace nj::promql

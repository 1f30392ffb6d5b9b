// The typed tree of a PromQL expression. Built by the parser and not changed by evaluation; owned by whoever parsed. Every node knows the
// bytes it stands for, so that errors and annotations can point at them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "promql/matcher.h"
#include "promql/syntax/token.h"

namespace nj::promql {

struct FunctionSignature;

enum class ValueType : unsigned char { kScalar, kVector, kMatrix, kString };
std::string_view valueTypeName(ValueType type);   // "instant vector", as messages say it

enum class ExprKind : unsigned char { kNumber, kString, kSelector, kMatrix, kSubquery, kCall, kAggregate, kUnary, kBinary, kParen };

struct Expr {
    Expr(ExprKind exprKind, ValueType exprType) : kind(exprKind), type(exprType) {}
    virtual ~Expr() = default;
    Expr(const Expr&) = delete;
    Expr& operator=(const Expr&) = delete;

    const ExprKind kind;
    ValueType type;
    Span span;
    int depth = 1;               // of the tree below, bounded by the parser
    bool stepInvariant = false;  // the value does not depend on the step it is evaluated at
};
using ExprPtr = std::unique_ptr<Expr>;

template <typename T>
const T& as(const Expr& expr) { return static_cast<const T&>(expr); }
template <typename T>
T& as(Expr& expr) { return static_cast<T&>(expr); }

// A duration written as an expression, as in [step() * 2]; a plain duration is a constant.
struct DurationExpr {
    enum class Op : unsigned char {
        kConstant,
        kStep,
        kRange,
        kNegate,
        kPlus,
        kAdd,
        kSubtract,
        kMultiply,
        kDivide,
        kModulo,
        kPower,
        kMin,
        kMax
    };
    Op op = Op::kConstant;
    double seconds = 0;      // of a constant
    bool asDuration = true;  // written 5m rather than 300
    bool inParens = false;
    std::unique_ptr<DurationExpr> left, right;   // a unary's operand is right
    Span span;
};
using DurationPtr = std::unique_ptr<DurationExpr>;

struct NumberExpr : Expr {
    NumberExpr() : Expr(ExprKind::kNumber, ValueType::kScalar) {}
    double value = 0;
    bool isDuration = false;
};

struct StringExpr : Expr {
    StringExpr() : Expr(ExprKind::kString, ValueType::kString) {}
    std::string value;
};

struct AtModifier {
    enum class Kind : unsigned char { kNone, kTime, kStart, kEnd } kind = Kind::kNone;
    TimeNs time = 0;
};

struct SelectorExpr : Expr {
    SelectorExpr() : Expr(ExprKind::kSelector, ValueType::kVector) {}
    std::string name;                  // written before the braces; "" if none
    std::vector<Matcher> matchers;     // with the one for __name__
    AtModifier at;
    DurationPtr offset;                // null: none
    bool anchored = false;
    bool smoothed = false;
};

struct MatrixExpr : Expr {
    MatrixExpr() : Expr(ExprKind::kMatrix, ValueType::kMatrix) {}
    std::unique_ptr<SelectorExpr> selector;
    DurationPtr range;
};

struct SubqueryExpr : Expr {
    SubqueryExpr() : Expr(ExprKind::kSubquery, ValueType::kMatrix) {}
    ExprPtr expr;
    DurationPtr range;
    DurationPtr step;                  // null: the default
    AtModifier at;
    DurationPtr offset;
};

struct CallExpr : Expr {
    CallExpr() : Expr(ExprKind::kCall, ValueType::kVector) {}
    const FunctionSignature* function = nullptr;
    std::vector<ExprPtr> args;
};

enum class AggregateOp : unsigned char {
    kSum,
    kAvg,
    kCount,
    kMin,
    kMax,
    kGroup,
    kStddev,
    kStdvar,
    kTopk,
    kBottomk,
    kCountValues,
    kQuantile,
    kLimitk,
    kLimitRatio
};
std::string_view aggregateName(AggregateOp op);
bool takesParameter(AggregateOp op);

struct AggregateExpr : Expr {
    AggregateExpr() : Expr(ExprKind::kAggregate, ValueType::kVector) {}
    AggregateOp op = AggregateOp::kSum;
    ExprPtr expr;
    ExprPtr parameter;                 // null: none
    std::vector<std::string> grouping;
    bool without = false;
};

struct UnaryExpr : Expr {
    explicit UnaryExpr(ValueType operandType) : Expr(ExprKind::kUnary, operandType) {}
    bool negative = true;
    ExprPtr expr;
};

enum class BinaryOp : unsigned char {
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kModulo,
    kPower,
    kAtan2,
    kEqual,
    kNotEqual,
    kGreater,
    kLess,
    kGreaterEqual,
    kLessEqual,
    kTrimUpper,
    kTrimLower,
    kAnd,
    kOr,
    kUnless
};
std::string_view binaryOpText(BinaryOp op);
bool isComparison(BinaryOp op);
bool isSetOperation(BinaryOp op);

struct VectorMatching {
    enum class Cardinality : unsigned char { kOneToOne, kManyToOne, kOneToMany, kManyToMany } cardinality = Cardinality::kOneToOne;
    bool on = false;
    std::vector<std::string> labels;
    std::vector<std::string> include;             // of group_left(…)
    std::optional<double> fillLeft, fillRight;    // for the missing side
};

struct BinaryExpr : Expr {
    explicit BinaryExpr(ValueType resultType) : Expr(ExprKind::kBinary, resultType) {}
    BinaryOp op = BinaryOp::kAdd;
    ExprPtr left, right;
    bool returnBool = false;
    VectorMatching matching;                      // of two vectors
};

struct ParenExpr : Expr {
    explicit ParenExpr(ValueType innerType) : Expr(ExprKind::kParen, innerType) {}
    ExprPtr expr;
};

// The expression inside any parentheses.
const Expr& withoutParens(const Expr& expr);

}  // namespace nj::promql

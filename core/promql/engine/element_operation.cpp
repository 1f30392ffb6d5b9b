#include "promql/engine/element_operation.h"

#include <cmath>

#include "promql/histogram/histogram_quantile.h"

namespace nj::promql {

namespace {

bool compares(BinaryOp op, double left, double right) {
    using enum BinaryOp;
    switch (op) {
    case kEqual: return left == right;
    case kNotEqual: return left != right;
    case kGreater: return left > right;
    case kLess: return left < right;
    case kGreaterEqual: return left >= right;
    case kLessEqual: return left <= right;
    default: return false;
    }
}

double calculates(BinaryOp op, double left, double right) {
    using enum BinaryOp;
    switch (op) {
    case kAdd: return left + right;
    case kSubtract: return left - right;
    case kMultiply: return left * right;
    case kDivide: return left / right;
    case kModulo: return std::fmod(left, right);
    case kPower: return std::pow(left, right);
    case kAtan2: return std::atan2(left, right);
    default: return 0;
    }
}

OperationResult ofHistogram(FloatHistogram histogram) {
    histogram.compact();
    OperationResult result;
    result.valid = result.keep = true;
    result.histogram = std::make_shared<const FloatHistogram>(std::move(histogram));
    return result;
}

OperationResult ofHistograms(BinaryOp op, const FloatHistogram& left, const FloatHistogram& right, Span where, Annotations& annotations) {
    OperationResult result;
    if (op == BinaryOp::kEqual || op == BinaryOp::kNotEqual) {
        FloatHistogram a = left;
        FloatHistogram b = right;
        a.compact();
        b.compact();
        result.valid = result.keepsLeft = true;
        result.keep = a.sameAs(b) == (op == BinaryOp::kEqual);
        return result;
    }
    const bool add = op == BinaryOp::kAdd;
    FloatHistogram sum = left;
    const HistogramAddition addition = add ? addTo(sum, right) : subtractFrom(sum, right);
    const char* name = add ? "addition" : "subtraction";
    if (addition.incompatible) {
        annotations.add(AnnotationKind::kIncompatibleBucketLayout, where, binaryOpText(op));
        return result;
    }
    if (!add)
        sum.hint = ResetHint::kGauge;
    if (addition.resetCollision)
        annotations.add(AnnotationKind::kResetCollision, where, name);
    if (addition.boundsReconciled)
        annotations.add(AnnotationKind::kBoundsReconciled, where, name);
    return ofHistogram(std::move(sum));
}

}  // namespace

double scalarOperation(BinaryOp op, double left, double right) {
    return isComparison(op) ? (compares(op, left, right) ? 1 : 0) : calculates(op, left, right);
}

OperationResult elementOperation(BinaryOp op, const Operand& left, const Operand& right, Span where, Annotations& annotations) {
    using enum BinaryOp;
    OperationResult result;
    const bool trims = op == kTrimUpper || op == kTrimLower;
    if (left.histogram == nullptr && right.histogram == nullptr && !trims) {
        result.valid = true;
        result.value = isComparison(op) ? left.value : calculates(op, left.value, right.value);
        result.keep = !isComparison(op) || compares(op, left.value, right.value);
        return result;
    }
    if (left.histogram != nullptr && right.histogram != nullptr) {
        if (op == kAdd || op == kSubtract || op == kEqual || op == kNotEqual)
            return ofHistograms(op, *left.histogram, *right.histogram, where, annotations);
    } else if (left.histogram != nullptr && (op == kMultiply || op == kDivide || trims)) {
        FloatHistogram histogram = *left.histogram;
        if (op == kMultiply)
            histogram.multiply(right.value);
        else if (op == kDivide)
            histogram.divide(right.value);
        else
            trimHistogram(histogram, right.value, op == kTrimUpper);
        return ofHistogram(std::move(histogram));
    } else if (right.histogram != nullptr && op == kMultiply) {
        FloatHistogram histogram = *right.histogram;
        histogram.multiply(left.value);
        return ofHistogram(std::move(histogram));
    }
    annotations.addIncompatibleTypes(left.histogram != nullptr ? "histogram" : "float", binaryOpText(op),
                                     right.histogram != nullptr ? "histogram" : "float", where);
    return result;
}

}  // namespace nj::promql

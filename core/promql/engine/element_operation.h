// Operators on one value of each side. Pure functions but for the annotations they leave.
#pragma once

#include "promql/engine/column.h"
#include "promql/engine/evaluation.h"

namespace nj::promql {

double scalarOperation(BinaryOp op, double left, double right);   // comparisons give 1 and 0

// One side of an operation: a float, or a histogram.
struct Operand {
    double value = 0;
    const FloatHistogram* histogram = nullptr;
};
struct OperationResult {
    bool valid = false;       // false: the types don't fit, nothing comes out
    bool keep = false;        // of a comparison: it holds
    double value = 0;
    HistogramPtr histogram;   // set when the result is one
    bool keepsLeft = false;   // the result is the left histogram itself
};
OperationResult elementOperation(BinaryOp op, const Operand& left, const Operand& right, Span where, Annotations& annotations);

}  // namespace nj::promql

// What a query answers. Plain values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "promql/annotations.h"
#include "promql/histogram/float_histogram.h"
#include "promql/labels.h"
#include "promql/syntax/ast.h"

namespace nj::promql {

struct ScalarValue {
    TimeNs time = 0;
    double value = 0;
};
struct StringValue {
    TimeNs time = 0;
    std::string value;
};
struct VectorSample {
    LabelsPtr labels;
    TimeNs time = 0;
    double value = 0;
    HistogramPtr histogram;   // null for floats
};
struct FloatPoint {
    TimeNs time = 0;
    double value = 0;
};
struct NativePoint {
    TimeNs time = 0;
    HistogramPtr histogram;
};
struct MatrixSeries {
    LabelsPtr labels;
    std::vector<FloatPoint> floats;
    std::vector<NativePoint> histograms;
};
using Vector = std::vector<VectorSample>;
using Matrix = std::vector<MatrixSeries>;

struct QueryResult {
    std::variant<ScalarValue, StringValue, Vector, Matrix> value;
    Annotations annotations;
};

}  // namespace nj::promql

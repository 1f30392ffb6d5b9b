// deriv, predict_linear and double_exponential_smoothing.
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "promql/engine/compensated_sum.h"
#include "promql/engine/range_function.h"

namespace nj::promql {

namespace {

struct Line {
    double slope = 0, intercept = 0;
};

// Least squares; the intercept is the line's value at a time.
Line regression(const Window& window, TimeNs at) {
    const double* values = window.values();
    CompensatedSum sumX, sumY, sumXY, sumXX;
    bool constant = true;
    const auto count = static_cast<double>(window.floats());
    for (size_t i = 0; i < window.floats(); ++i) {
        constant = constant && values[i] == values[0];
        const double x = static_cast<double>(window.times()[i] - at) / static_cast<double>(kSecond);
        sumX.add(x);
        sumY.add(values[i]);
        sumXY.add(x * values[i]);
        sumXX.add(x * x);
    }
    if (constant) {
        if (std::isinf(values[0]))
            return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
        return {0, values[0]};
    }
    const double x = sumX.sum + sumX.error;
    const double y = sumY.sum + sumY.error;
    const double covariance = sumXY.sum + sumXY.error - x * y / count;
    const double variance = sumXX.sum + sumXX.error - x * x / count;
    Line line;
    line.slope = covariance / variance;
    line.intercept = y / count - line.slope * x / count;
    return line;
}

// A trend needs two floats; histograms beside them are reported.
bool hasTrend(RangeCall& call, const Window& window) {
    if (window.floats() > 0 && window.histograms() > 0)
        call.annotate(AnnotationKind::kHistogramIgnoredInRange, window);
    return window.floats() >= 2;
}

bool deriv(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!hasTrend(call, window))
        return false;
    outcome.value = regression(window, window.times()[0]).slope;
    return true;
}

bool predictLinear(RangeCall& call, const Window& window, Outcome& outcome) {
    if (!hasTrend(call, window))
        return false;
    const Line line = regression(window, window.time);
    outcome.value = line.slope * call.scalars[0][window.step] + line.intercept;
    return true;
}

bool doubleExponentialSmoothing(RangeCall& call, const Window& window, Outcome& outcome) {
    const double smoothing = call.scalars[0][window.step];
    const double trend = call.scalars[1][window.step];
    if (smoothing <= 0 || smoothing >= 1)
        failEvaluation(fmt::format("invalid smoothing factor. Expected: 0 < sf < 1, got: {:f}", smoothing));
    if (trend <= 0 || trend >= 1)
        failEvaluation(fmt::format("invalid trend factor. Expected: 0 < tf < 1, got: {:f}", trend));
    if (!hasTrend(call, window))
        return false;
    const double* values = window.values();
    double before = 0;
    double smoothed = values[0];
    double slope = values[1] - values[0];
    for (size_t i = 1; i < window.floats(); ++i) {
        if (i > 1)
            slope = trend * (smoothed - before) + (1 - trend) * slope;
        before = smoothed;
        smoothed = smoothing * values[i] + (1 - smoothing) * (smoothed + slope);
    }
    outcome.value = smoothed;
    return true;
}

}  // namespace

WindowFunction trendFunction(FunctionId id) {
    switch (id) {
    case FunctionId::kDeriv: return deriv;
    case FunctionId::kPredictLinear: return predictLinear;
    case FunctionId::kDoubleExponentialSmoothing: return doubleExponentialSmoothing;
    default: return nullptr;
    }
}

}  // namespace nj::promql

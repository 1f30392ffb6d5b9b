#include "promql/syntax/function_table.h"

#include <unordered_map>

namespace nj::promql {

const std::vector<FunctionSignature>& allFunctions() {
    using enum FunctionId;
    constexpr auto kV = ValueType::kVector, kS = ValueType::kScalar, kM = ValueType::kMatrix, kT = ValueType::kString;
    static const std::vector<FunctionSignature> table = {
        {"abs", kAbs, {kV}},
        {"acos", kAcos, {kV}},
        {"acosh", kAcosh, {kV}},
        {"asin", kAsin, {kV}},
        {"asinh", kAsinh, {kV}},
        {"atan", kAtan, {kV}},
        {"atanh", kAtanh, {kV}},
        {"ceil", kCeil, {kV}},
        {"cos", kCos, {kV}},
        {"cosh", kCosh, {kV}},
        {"deg", kDeg, {kV}},
        {"exp", kExp, {kV}},
        {"floor", kFloor, {kV}},
        {"ln", kLn, {kV}},
        {"log10", kLog10, {kV}},
        {"log2", kLog2, {kV}},
        {"rad", kRad, {kV}},
        {"sgn", kSgn, {kV}},
        {"sin", kSin, {kV}},
        {"sinh", kSinh, {kV}},
        {"sqrt", kSqrt, {kV}},
        {"tan", kTan, {kV}},
        {"tanh", kTanh, {kV}},
        {"clamp", kClamp, {kV, kS, kS}},
        {"clamp_max", kClampMax, {kV, kS}},
        {"clamp_min", kClampMin, {kV, kS}},
        {"round", kRound, {kV, kS}, kV, 1},

        {"day_of_month", kDayOfMonth, {kV}, kV, 1},
        {"day_of_week", kDayOfWeek, {kV}, kV, 1},
        {"day_of_year", kDayOfYear, {kV}, kV, 1},
        {"days_in_month", kDaysInMonth, {kV}, kV, 1},
        {"hour", kHour, {kV}, kV, 1},
        {"minute", kMinute, {kV}, kV, 1},
        {"month", kMonth, {kV}, kV, 1},
        {"year", kYear, {kV}, kV, 1},

        {"absent_over_time", kAbsentOverTime, {kM}},
        {"avg_over_time", kAvgOverTime, {kM}},
        {"changes", kChanges, {kM}},
        {"count_over_time", kCountOverTime, {kM}},
        {"delta", kDelta, {kM}},
        {"deriv", kDeriv, {kM}},
        {"double_exponential_smoothing", kDoubleExponentialSmoothing, {kM, kS, kS}, kV, 0, true},
        {"first_over_time", kFirstOverTime, {kM}},
        {"idelta", kIdelta, {kM}},
        {"increase", kIncrease, {kM}},
        {"irate", kIrate, {kM}},
        {"last_over_time", kLastOverTime, {kM}},
        {"mad_over_time", kMadOverTime, {kM}, kV, 0, true},
        {"max_over_time", kMaxOverTime, {kM}},
        {"min_over_time", kMinOverTime, {kM}},
        {"predict_linear", kPredictLinear, {kM, kS}},
        {"present_over_time", kPresentOverTime, {kM}},
        {"quantile_over_time", kQuantileOverTime, {kS, kM}},
        {"rate", kRate, {kM}},
        {"resets", kResets, {kM}},
        {"stddev_over_time", kStddevOverTime, {kM}},
        {"stdvar_over_time", kStdvarOverTime, {kM}},
        {"sum_over_time", kSumOverTime, {kM}},
        {"ts_of_first_over_time", kTsOfFirstOverTime, {kM}, kV, 0, true},
        {"ts_of_last_over_time", kTsOfLastOverTime, {kM}, kV, 0, true},
        {"ts_of_max_over_time", kTsOfMaxOverTime, {kM}, kV, 0, true},
        {"ts_of_min_over_time", kTsOfMinOverTime, {kM}, kV, 0, true},

        {"histogram_avg", kHistogramAvg, {kV}},
        {"histogram_count", kHistogramCount, {kV}},
        {"histogram_sum", kHistogramSum, {kV}},
        {"histogram_stddev", kHistogramStddev, {kV}},
        {"histogram_stdvar", kHistogramStdvar, {kV}},
        {"histogram_fraction", kHistogramFraction, {kS, kS, kV}},
        {"histogram_quantile", kHistogramQuantile, {kS, kV}},
        {"histogram_quantiles", kHistogramQuantiles, {kV, kT, kS, kS}, kV, 9, true},

        {"label_join", kLabelJoin, {kV, kT, kT, kT}, kV, -1},
        {"label_replace", kLabelReplace, {kV, kT, kT, kT, kT}},
        {"info", kInfo, {kV, kV}, kV, 1, true},
        {"sort", kSort, {kV}},
        {"sort_desc", kSortDesc, {kV}},
        {"sort_by_label", kSortByLabel, {kV, kT}, kV, -1, true},
        {"sort_by_label_desc", kSortByLabelDesc, {kV, kT}, kV, -1, true},

        {"absent", kAbsent, {kV}},
        {"scalar", kScalar, {kV}, kS},
        {"vector", kVector, {kS}},
        {"timestamp", kTimestamp, {kV}},
        {"time", kTime, {}, kS},
        {"pi", kPi, {}, kS},
        {"start", kStart, {}, kS, 0, true},
        {"end", kEnd, {}, kS, 0, true},
        {"step", kStep, {}, kS, 0, true},
        {"range", kRange, {}, kS, 0, true},
        {"max_of", kMaxOf, {kS, kS}, kS, 0, true},
        {"min_of", kMinOf, {kS, kS}, kS, 0, true},
    };
    return table;
}

const FunctionSignature* findFunction(std::string_view name) {
    static const auto index = [] {
        std::unordered_map<std::string_view, const FunctionSignature*> byName;
        for (const FunctionSignature& function : allFunctions())
            byName.emplace(function.name, &function);
        return byName;
    }();
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

}  // namespace nj::promql

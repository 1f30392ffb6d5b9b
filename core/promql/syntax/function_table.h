// The functions of PromQL with their argument and result types. Constant data, any thread.
#pragma once

#include <string_view>
#include <vector>

#include "promql/syntax/ast.h"

namespace nj::promql {

enum class FunctionId : unsigned char {
    // of a number each
    kAbs,
    kAcos,
    kAcosh,
    kAsin,
    kAsinh,
    kAtan,
    kAtanh,
    kCeil,
    kCos,
    kCosh,
    kDeg,
    kExp,
    kFloor,
    kLn,
    kLog10,
    kLog2,
    kRad,
    kSgn,
    kSin,
    kSinh,
    kSqrt,
    kTan,
    kTanh,
    kClamp,
    kClampMax,
    kClampMin,
    kRound,
    // of a date
    kDayOfMonth,
    kDayOfWeek,
    kDayOfYear,
    kDaysInMonth,
    kHour,
    kMinute,
    kMonth,
    kYear,
    // of a range
    kAbsentOverTime,
    kAvgOverTime,
    kChanges,
    kCountOverTime,
    kDelta,
    kDeriv,
    kDoubleExponentialSmoothing,
    kFirstOverTime,
    kIdelta,
    kIncrease,
    kIrate,
    kLastOverTime,
    kMadOverTime,
    kMaxOverTime,
    kMinOverTime,
    kPredictLinear,
    kPresentOverTime,
    kQuantileOverTime,
    kRate,
    kResets,
    kStddevOverTime,
    kStdvarOverTime,
    kSumOverTime,
    kTsOfFirstOverTime,
    kTsOfLastOverTime,
    kTsOfMaxOverTime,
    kTsOfMinOverTime,
    // of histograms
    kHistogramAvg,
    kHistogramCount,
    kHistogramSum,
    kHistogramStddev,
    kHistogramStdvar,
    kHistogramFraction,
    kHistogramQuantile,
    kHistogramQuantiles,
    // of labels and order
    kLabelJoin,
    kLabelReplace,
    kInfo,
    kSort,
    kSortDesc,
    kSortByLabel,
    kSortByLabelDesc,
    // the rest
    kAbsent,
    kScalar,
    kVector,
    kTimestamp,
    kTime,
    kPi,
    kStart,
    kEnd,
    kStep,
    kRange,
    kMaxOf,
    kMinOf,
};

struct FunctionSignature {
    std::string_view name;
    FunctionId id;
    std::vector<ValueType> arguments;
    ValueType result = ValueType::kVector;
    int variadic = 0;             // how many of the last arguments may be missing or more; -1: any number more
    bool experimental = false;
};

const FunctionSignature* findFunction(std::string_view name);
const std::vector<FunctionSignature>& allFunctions();

}  // namespace nj::promql

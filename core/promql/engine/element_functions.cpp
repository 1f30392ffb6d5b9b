// Functions that map each float to another: mathematics, clamp, round, dates, timestamp; negation; and operations with a scalar.
#include <cmath>

#include "promql/engine/element_operation.h"
#include "promql/engine/evaluation.h"

namespace nj::promql {

namespace {

using Mathematics = double (*)(double);

Mathematics mathematicsOf(FunctionId id) {
    using enum FunctionId;
    constexpr double kPiValue = 3.141592653589793;
    switch (id) {
    case kAbs: return [](double v) { return std::fabs(v); };
    case kAcos: return [](double v) { return std::acos(v); };
    case kAcosh: return [](double v) { return std::acosh(v); };
    case kAsin: return [](double v) { return std::asin(v); };
    case kAsinh: return [](double v) { return std::asinh(v); };
    case kAtan: return [](double v) { return std::atan(v); };
    case kAtanh: return [](double v) { return std::atanh(v); };
    case kCeil: return [](double v) { return std::ceil(v); };
    case kCos: return [](double v) { return std::cos(v); };
    case kCosh: return [](double v) { return std::cosh(v); };
    case kDeg: return [](double v) { return v * 180 / kPiValue; };
    case kExp: return [](double v) { return std::exp(v); };
    case kFloor: return [](double v) { return std::floor(v); };
    case kLn: return [](double v) { return std::log(v); };
    case kLog10: return [](double v) { return std::log10(v); };
    case kLog2: return [](double v) { return std::log2(v); };
    case kRad: return [](double v) { return v * kPiValue / 180; };
    case kSgn: return [](double v) { return v < 0 ? -1.0 : v > 0 ? 1.0 : v; };
    case kSin: return [](double v) { return std::sin(v); };
    case kSinh: return [](double v) { return std::sinh(v); };
    case kSqrt: return [](double v) { return std::sqrt(v); };
    case kTan: return [](double v) { return std::tan(v); };
    case kTanh: return [](double v) { return std::tanh(v); };
    default: return nullptr;
    }
}

class MathematicsStream : public ColumnStream {
public:
    MathematicsStream(Evaluator evaluator, ColumnStreamPtr inner, Mathematics function)
        : evaluator_(evaluator), inner_(std::move(inner)), function_(function) {}

    bool next(Column& column) override {
        while (inner_->next(column)) {
            column.histograms.clear();   // functions of numbers leave histograms out
            bool any = false;
            for (double& value : column.values) {
                if (isAbsent(value))
                    continue;
                value = function_(value);
                any = true;
            }
            if (!any)
                continue;
            evaluator_.dropName(column);
            return true;
        }
        return false;
    }

private:
    Evaluator evaluator_;
    ColumnStreamPtr inner_;
    Mathematics function_;
};

// clamp and round, whose other arguments may change from step to step.
class BoundedStream : public ColumnStream {
public:
    BoundedStream(Evaluator& evaluator, const CallExpr& node, const Steps& steps)
        : evaluator_(evaluator), id_(node.function->id), inner_(evaluator.vector(*node.args[0], steps)) {
        for (size_t i = 1; i < node.args.size(); ++i)
            parameters_.push_back(evaluator.scalar(*node.args[i], steps));
    }

    bool next(Column& column) override {
        while (inner_->next(column)) {
            column.histograms.clear();
            bool any = false;
            for (size_t i = 0; i < column.values.size(); ++i) {
                double& value = column.values[i];
                if (isAbsent(value))
                    continue;
                value = apply(value, i);
                any = any || !isAbsent(value);
            }
            if (!any)
                continue;
            evaluator_.dropName(column);
            return true;
        }
        return false;
    }

private:
    double apply(double value, size_t i) const {
        if (id_ == FunctionId::kRound) {
            const double inverse = 1 / (parameters_.empty() ? 1 : parameters_[0][i]);
            return std::floor(value * inverse + 0.5) / inverse;
        }
        const double low = id_ == FunctionId::kClampMax ? -HUGE_VAL : parameters_[0][i];
        const double high = id_ == FunctionId::kClampMin ? HUGE_VAL : parameters_.back()[i];
        if (high < low)
            return kNoValue;
        return lesserOrNan(high, value, low);
    }
    // As IEEE maximum and minimum, a NaN anywhere gives NaN.
    static double lesserOrNan(double high, double value, double low) {
        if (std::isnan(high) || std::isnan(value) || std::isnan(low))
            return std::nan("");
        return std::fmax(low, std::fmin(high, value));
    }

    Evaluator evaluator_;
    FunctionId id_;
    ColumnStreamPtr inner_;
    std::vector<std::vector<double>> parameters_;
};

double datePart(FunctionId id, double unixSeconds) {
    using enum FunctionId;
    if (std::isnan(unixSeconds) || std::fabs(unixSeconds) > 9e15)
        unixSeconds = unixSeconds > 0 ? 9e15 : -9e15;
    // Beyond the years that nanoseconds hold, days are counted apart from the clock.
    const auto total = static_cast<int64_t>(unixSeconds);
    int64_t day = total / 86400;
    int64_t second = total % 86400;
    if (second < 0) {
        second += 86400;
        --day;
    }
    if (id == kHour)
        return static_cast<double>(second / 3600);
    if (id == kMinute)
        return static_cast<double>(second / 60 % 60);
    if (id == kDayOfWeek)
        return static_cast<double>(((day % 7) + 11) % 7);   // 1970-01-01 was a Thursday
    // Civil date of a day count (Howard Hinnant, "chrono-compatible low-level date algorithms").
    const int64_t shifted = day + 719468;
    const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int64_t dayOfEra = shifted - era * 146097;
    const int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const int64_t shiftedMonth = (5 * dayOfYear + 2) / 153;
    const int64_t month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    const int64_t year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    switch (id) {
    case kDayOfMonth: return static_cast<double>(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
    case kMonth: return static_cast<double>(month);
    case kYear: return static_cast<double>(year);
    case kDayOfYear: return static_cast<double>(day - daysFromCivil(year, 1, 1) + 1);
    default: break;
    }
    const int64_t nextYear = month == 12 ? year + 1 : year;
    const int nextMonth = month == 12 ? 1 : static_cast<int>(month) + 1;
    return static_cast<double>(daysFromCivil(nextYear, nextMonth, 1) - daysFromCivil(year, static_cast<int>(month), 1));
}

class DateStream : public ColumnStream {
public:
    DateStream(Evaluator evaluator, ColumnStreamPtr inner, FunctionId id) : evaluator_(evaluator), inner_(std::move(inner)), id_(id) {}

    bool next(Column& column) override {
        while (inner_->next(column)) {
            column.histograms.clear();
            bool any = false;
            for (double& value : column.values) {
                if (isAbsent(value))
                    continue;
                value = datePart(id_, value);
                any = true;
            }
            if (!any)
                continue;
            evaluator_.dropName(column);
            return true;
        }
        return false;
    }

private:
    Evaluator evaluator_;
    ColumnStreamPtr inner_;
    FunctionId id_;
};

// timestamp(): of a selector the samples' own times, of all else the steps'.
class TimestampStream : public ColumnStream {
public:
    TimestampStream(Evaluator evaluator, ColumnStreamPtr inner, const Steps& steps, bool alreadyTimes)
        : evaluator_(evaluator), inner_(std::move(inner)), steps_(steps), alreadyTimes_(alreadyTimes) {}

    bool next(Column& column) override {
        if (!inner_->next(column))
            return false;
        for (size_t i = 0; !alreadyTimes_ && i < column.values.size(); ++i)
            if (column.has(i))
                column.values[i] = static_cast<double>(steps_.at(i) / kMillisecond) / 1000;
        column.histograms.clear();
        evaluator_.dropName(column);
        return true;
    }

private:
    Evaluator evaluator_;
    ColumnStreamPtr inner_;
    Steps steps_;
    bool alreadyTimes_;
};

class NegatedStream : public ColumnStream {
public:
    NegatedStream(Evaluator evaluator, ColumnStreamPtr inner) : evaluator_(evaluator), inner_(std::move(inner)) {}

    bool next(Column& column) override {
        if (!inner_->next(column))
            return false;
        for (double& value : column.values)
            if (!isAbsent(value))
                value = -value;
        for (HistogramPtr& histogram : column.histograms) {
            if (!histogram)
                continue;
            FloatHistogram negated = *histogram;
            negated.multiply(-1);
            histogram = std::make_shared<const FloatHistogram>(std::move(negated));
        }
        evaluator_.dropName(column);
        return true;
    }

private:
    Evaluator evaluator_;
    ColumnStreamPtr inner_;
};

class ScalarOperationStream : public ColumnStream {
public:
    ScalarOperationStream(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps)
        : evaluator_(evaluator), node_(node), scalarLeft_(node.left->type == ValueType::kScalar) {
        scalars_ = evaluator.scalar(scalarLeft_ ? *node.left : *node.right, steps);
        inner_ = evaluator.vector(scalarLeft_ ? *node.right : *node.left, steps);
    }

    bool next(Column& column) override {
        while (inner_->next(column)) {
            bool any = false;
            for (size_t i = 0; i < column.values.size(); ++i)
                if (column.has(i))
                    any = apply(column, i) || any;
            if (!any)
                continue;
            if (!isComparison(node_.op) || node_.returnBool)
                evaluator_.dropName(column);
            return true;
        }
        return false;
    }

private:
    bool apply(Column& column, size_t i) {
        const FloatHistogram* histogram = column.histogram(i);
        if (histogram == nullptr && !isComparison(node_.op) && node_.op != BinaryOp::kTrimLower && node_.op != BinaryOp::kTrimUpper) {
            column.values[i] = scalarLeft_ ? scalarOperation(node_.op, scalars_[i], column.values[i])
                                           : scalarOperation(node_.op, column.values[i], scalars_[i]);
            return true;
        }
        const Operand element{column.values[i], histogram};
        const Operand scalar{scalars_[i], nullptr};
        OperationResult result = elementOperation(node_.op, scalarLeft_ ? scalar : element, scalarLeft_ ? element : scalar, node_.span,
                                                  evaluator_.evaluation().annotations);
        if (!result.valid || (!result.keep && !node_.returnBool)) {
            clear(column, i);
            return false;
        }
        if (node_.returnBool) {
            clear(column, i);
            column.values[i] = result.keep ? 1 : 0;
        } else if (result.histogram) {
            column.setHistogram(i, std::move(result.histogram));
        }   // else a comparison that holds: the element stays
        return true;
    }

    static void clear(Column& column, size_t i) {
        column.values[i] = kNoValue;
        if (!column.histograms.empty())
            column.histograms[i].reset();
    }

    Evaluator evaluator_;
    const BinaryExpr& node_;
    bool scalarLeft_;
    std::vector<double> scalars_;
    ColumnStreamPtr inner_;
};

}  // namespace

ColumnStreamPtr elementFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    if (node.function->id == FunctionId::kTimestamp) {
        const Expr& arg = withoutParens(*node.args[0]);
        const bool ofSelector = arg.kind == ExprKind::kSelector;
        ColumnStreamPtr inner = ofSelector ? selectInstant(evaluator, as<SelectorExpr>(arg), steps, true) : evaluator.vector(arg, steps);
        return std::make_unique<TimestampStream>(evaluator, std::move(inner), steps, ofSelector);
    }
    if (const Mathematics function = mathematicsOf(node.function->id))
        return std::make_unique<MathematicsStream>(evaluator, evaluator.vector(*node.args[0], steps), function);
    return std::make_unique<BoundedStream>(evaluator, node, steps);
}

ColumnStreamPtr dateFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    if (!node.args.empty())
        return std::make_unique<DateStream>(evaluator, evaluator.vector(*node.args[0], steps), node.function->id);
    std::vector<Column> columns(1);
    columns[0].labels = emptyLabels();
    columns[0].values.resize(steps.count);
    for (size_t i = 0; i < steps.count; ++i)
        columns[0].values[i] = datePart(node.function->id, std::floor(static_cast<double>(steps.at(i)) / static_cast<double>(kSecond)));
    return std::make_unique<StoredColumns>(std::move(columns));
}

ColumnStreamPtr negate(Evaluator& evaluator, const UnaryExpr& node, const Steps& steps) {
    return std::make_unique<NegatedStream>(evaluator, evaluator.vector(*node.expr, steps));
}

ColumnStreamPtr vectorScalarOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps) {
    return std::make_unique<ScalarOperationStream>(evaluator, node, steps);
}

}  // namespace nj::promql

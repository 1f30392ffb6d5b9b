#include "promql/test_run.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "promql/nhcb.h"
#include "promql/result_check.h"
#include "promql/syntax/function_table.h"
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"

namespace nj::test {

using namespace promql;

namespace {

// Functions whose results change with the time of evaluation though their arguments do not.
bool dependsOnTime(FunctionId id) {
    using enum FunctionId;
    return (id >= kDayOfMonth && id <= kYear) || id == kPredictLinear || id == kTime || id == kTimestamp;
}

// Pins every selector and outermost subquery to a time; true if something in the expression depends on the time all the same.
bool pinTo(Expr& expr, TimeNs time, bool insidePinned = false) {
    const auto pin = [=](AtModifier& at) {
        if (at.kind != AtModifier::Kind::kTime && !insidePinned)
            at = {AtModifier::Kind::kTime, time};
    };
    switch (expr.kind) {
    case ExprKind::kSelector: pin(as<SelectorExpr>(expr).at); return false;
    case ExprKind::kMatrix: pin(as<MatrixExpr>(expr).selector->at); return false;
    case ExprKind::kSubquery: pin(as<SubqueryExpr>(expr).at); return pinTo(*as<SubqueryExpr>(expr).expr, time, true);
    case ExprKind::kParen: return pinTo(*as<ParenExpr>(expr).expr, time, insidePinned);
    case ExprKind::kUnary: return pinTo(*as<UnaryExpr>(expr).expr, time, insidePinned);
    case ExprKind::kBinary: {
        const bool left = pinTo(*as<BinaryExpr>(expr).left, time, insidePinned);
        return pinTo(*as<BinaryExpr>(expr).right, time, insidePinned) || left;
    }
    case ExprKind::kAggregate: {
        auto& node = as<AggregateExpr>(expr);
        const bool parameter = node.parameter && pinTo(*node.parameter, time, insidePinned);
        return pinTo(*node.expr, time, insidePinned) || parameter;
    }
    case ExprKind::kCall: {
        auto& node = as<CallExpr>(expr);
        bool depends = dependsOnTime(node.function->id);
        for (size_t i = 0; i < node.args.size(); ++i)
            if (!(node.function->id == FunctionId::kInfo && i == 1))
                depends = pinTo(*node.args[i], time, insidePinned) || depends;
        return depends;
    }
    default: return false;
    }
}

class Run {
public:
    ScriptOutcome run(const std::vector<Command>& commands) {
        for (const Command& command : commands) {
            if (std::holds_alternative<ClearCommand>(command))
                querier_.clear();
            else if (const auto* load = std::get_if<LoadCommand>(&command))
                this->load(*load);
            else
                evaluate(std::get<EvalCommand>(command));
        }
        return std::move(outcome_);
    }

private:
    void load(const LoadCommand& load) {
        std::map<Labels, const SeriesLine*> last;   // a series named twice has the last line's points
        for (const SeriesLine& line : load.series)
            last[line.labels] = &line;
        for (const auto& [labels, line] : last) {
            TimeNs time = 0;
            for (const SequenceValue& value : line->values) {
                if (!value.omitted)
                    querier_.add(labels, time, {value.value, value.histogram});
                time += load.interval;
            }
        }
        if (load.withNhcb)
            addNhcbSeries(querier_, load);
    }

    void evaluate(const EvalCommand& command) {
        const std::string wrong = command.isRange ? evaluateRange(command) : evaluateInstant(command);
        if (wrong.empty())
            ++outcome_.passed;
        else
            outcome_.failures.push_back(fmt::format("line {}: {}\n    {}", command.line, command.expr, wrong));
    }

    // Whether an error was expected, and this one.
    static std::string checkError(const EvalCommand& command, const Error& error) {
        if (!command.fails)
            return "error: " + error.message;
        for (const Expectation& expectation : command.failure)
            if (!expectation.matches(error.message))
                return fmt::format("expected error fitting {}, but got: {}", expectation.describe(), error.message);
        return "";
    }

    std::string evaluateRange(const EvalCommand& command) {
        const auto result = engine_.range(querier_, command.expr, command.start, command.end, command.step);
        if (!result.ok())
            return checkError(command, result.error());
        if (command.fails)
            return "expected error but got none";
        if (std::string wrong = checkAnnotations(command, *result, command.expr); !wrong.empty())
            return wrong;
        return checkResult(command, *result);
    }

    std::string evaluateInstant(const EvalCommand& command) {
        // Of a range vector the range's end is the time, as it is of the script's "at".
        const TimeNs time = command.end;
        if (std::string wrong = evaluateAt(command, command.expr, time); !wrong.empty())
            return wrong;
        const auto expr = parseExpression(command.expr);
        if (!expr.ok() || pinTo(**expr, time))
            return "";
        const std::string pinned = printExpression(**expr);
        std::vector<TimeNs> times = {-10 * time, 0, time / 5 / kMillisecond * kMillisecond, time, 10 * time};
        if (time == 0)
            times = {-kSecond, 0, kSecond};
        for (const TimeNs other : times)
            if (std::string wrong = evaluateAt(command, pinned, other); !wrong.empty())
                return fmt::format("as {} at {}: {}", pinned, formatRfc3339(other, 3), wrong);
        return "";
    }

    std::string evaluateAt(const EvalCommand& command, const std::string& expr, TimeNs time) {
        const auto result = engine_.instant(querier_, expr, time);
        if (!result.ok())
            return checkError(command, result.error());
        if (command.fails)
            return "expected error but got none";
        if (std::string wrong = checkAnnotations(command, *result, expr); !wrong.empty())
            return wrong;
        if (std::string wrong = checkResult(command, *result); !wrong.empty())
            return wrong;
        static const re2::RE2 kDependsOnQuery("(start|end|range|step)\\(\\)");
        if (command.rangeVector || command.string || re2::RE2::PartialMatch(expr, kDependsOnQuery))
            return "";
        return evaluateMiddleStep(command, expr, time, std::holds_alternative<ScalarValue>(result->value));
    }

    // The same query must answer the same as the middle step of a range query.
    std::string evaluateMiddleStep(const EvalCommand& command, const std::string& expr, TimeNs time, bool isScalar) {
        const auto result = engine_.range(querier_, expr, time - kMinute, time + kMinute, kMinute);
        if (!result.ok())
            return "in range mode: " + result.error().message;
        if (command.ordered)
            return "";
        Vector vector;
        for (const MatrixSeries& series : std::get<Matrix>(result->value)) {
            for (const FloatPoint& point : series.floats)
                if (point.time == time)
                    vector.push_back({series.labels, time, point.value, nullptr});
            for (const NativePoint& point : series.histograms)
                if (point.time == time)
                    vector.push_back({series.labels, time, 0, point.histogram});
        }
        std::string wrong;
        if (isScalar)
            wrong = vector.size() == 1 ? checkResult(command, {ScalarValue{time, vector[0].value}, {}}) : "no scalar";
        else
            wrong = checkVector(command, vector);
        return wrong.empty() ? "" : "in range mode: " + wrong;
    }

    MemoryQuerier querier_;
    // The bound on points is the HTTP API's, which scripts don't go through.
    Engine engine_{[] {
        EngineOptions options;
        options.maxPoints = 1'000'000;
        return options;
    }()};
    ScriptOutcome outcome_;
};

}  // namespace

ScriptOutcome runScript(const std::string& text) {
    const auto commands = parseScript(text);
    if (!commands.ok())
        return {0, {commands.error().message}};
    return Run().run(*commands);
}

}  // namespace nj::test

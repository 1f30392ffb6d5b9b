// A field calculated of others, row by row.
#include <algorithm>
#include <cmath>
#include <optional>

#include "dashboard/calculation.h"
#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/transform_steps.h"
#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

struct Operation {
    std::string_view op;
    double (*of)(double left, double right);
};
constexpr Operation kOperations[] = {
    {"+", [](double a, double b) { return a + b; }},
    {"-", [](double a, double b) { return a - b; }},
    {"*", [](double a, double b) { return a * b; }},
    {"/", [](double a, double b) { return a / b; }},
    {"%", [](double a, double b) { return std::fmod(a, b); }},
    {"**", [](double a, double b) { return std::pow(a, b); }},
    {">", [](double a, double b) { return a > b ? 1.0 : 0.0; }},
    {"<", [](double a, double b) { return a < b ? 1.0 : 0.0; }},
    {">=", [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
    {"<=", [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
    {"=", [](double a, double b) { return a == b ? 1.0 : 0.0; }},
    {"==", [](double a, double b) { return a == b ? 1.0 : 0.0; }},
    {"!=", [](double a, double b) { return a != b ? 1.0 : 0.0; }},
};

// A field, or the same number for every row.
struct Operand {
    const Field* field = nullptr;
    double fixed = 0;
    [[nodiscard]] double at(size_t row) const { return field != nullptr ? cellNumber(*field, row) : fixed; }
};

std::optional<Operand> operandOf(const Frame& frame, const std::string& name) {
    if (const Field* const field = findField(frame, name))
        return field->kind == FieldKind::kText ? std::nullopt : std::optional(Operand{field, 0});
    if (const auto number = promql::parseNumber(name))
        return Operand{nullptr, *number};
    return std::nullopt;
}

std::optional<Field> ofTwo(const Frame& frame, const Transformation& how, const Operation& operation) {
    const auto left = operandOf(frame, how.left), right = operandOf(frame, how.right);
    if (!left || !right)
        return std::nullopt;
    Field out;
    out.name = how.alias.empty() ? how.left + " " + how.op + " " + how.right : how.alias;
    for (size_t row = 0; row < frame.rows(); ++row)
        out.numbers.push_back(operation.of(left->at(row), right->at(row)));
    return out;
}

std::optional<Field> ofRow(const Frame& frame, const Transformation& how, const std::string& calculation) {
    std::vector<const Field*> of;
    for (const Field& field : frame.fields)
        if (field.kind == FieldKind::kNumber &&
            (how.fields.empty() || std::any_of(how.fields.begin(), how.fields.end(), [&](const FieldRule& rule) { return isNamed(frame, field, rule.name); })))
            of.push_back(&field);
    if (of.empty())
        return std::nullopt;
    Field out;
    out.name = how.alias.empty() ? std::string(calculationTitle(calculation)) : how.alias;
    std::vector<double> values(of.size());
    for (size_t row = 0; row < frame.rows(); ++row) {
        for (size_t i = 0; i < of.size(); ++i)
            values[i] = of[i]->numbers[row];
        out.numbers.push_back(calculate(calculation, values));
    }
    return out;
}

}  // namespace

void calculateField(Frames& frames, const Transformation& how, Notes& notes) {
    const auto operation = std::find_if(std::begin(kOperations), std::end(kOperations), [&](const Operation& each) { return each.op == how.op; });
    const std::string calculation = how.calculations.empty() || how.calculations.front().empty() ? "sum" : how.calculations.front();
    if (how.op.empty() && !isCalculation(calculation)) {
        notes.push_back("No field was calculated: the calculation '" + calculation + "' is not known.");
        return;
    }
    if (!how.op.empty() && operation == std::end(kOperations)) {
        notes.push_back("No field was calculated: the operator '" + how.op + "' is not known.");
        return;
    }
    if (frames.size() > 1 && std::all_of(frames.begin(), frames.end(), isSeries))
        joinSeries(frames, notes);
    bool any = frames.empty();
    for (Frame& frame : frames) {
        auto field = how.op.empty() ? ofRow(frame, how, calculation) : ofTwo(frame, how, *operation);
        if (!field)
            continue;
        any = true;
        if (how.exclude)
            std::erase_if(frame.fields, [](const Field& each) { return each.kind != FieldKind::kTime; });
        frame.fields.push_back(std::move(*field));
    }
    if (!any)
        notes.push_back(how.op.empty() ? "No field was calculated: there are no fields of numbers."
                                       : "No field was calculated: '" + how.left + "' or '" + how.right + "' is no field of numbers here.");
}

}  // namespace nj::dashboard

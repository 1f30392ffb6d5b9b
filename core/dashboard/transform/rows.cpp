// Which rows there are, and in which order.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/js_regex.h"
#include "dashboard/transform/transform_steps.h"
#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

// One rule of a filter, ready to be asked of the cells of a field.
struct RowTest {
    std::string op, text;
    double number = 0, upTo = 0;
    std::optional<JsRegex> regex;

    [[nodiscard]] bool holds(const Field& field, size_t row) const {
        if (op == "isNull" || op == "isNotNull")
            return isNone(field, row) == (op == "isNull");
        if (op == "regex")
            return regex->matches(cellText(field, row));
        if (op == "substring" || op == "notSubstring")
            return (cellText(field, row).find(text) != std::string::npos) == (op == "substring");
        if (op == "equal" || op == "notEqual") {
            const bool same = field.kind == FieldKind::kText ? field.texts[row] == text : cellNumber(field, row) == number;
            return same == (op == "equal");
        }
        const double value = field.kind == FieldKind::kText ? promql::parseNumber(field.texts[row]).value_or(std::nan("")) : cellNumber(field, row);
        return op == "greater"          ? value > number
               : op == "greaterOrEqual" ? value >= number
               : op == "lower"          ? value < number
               : op == "lowerOrEqual"   ? value <= number
                                        : value > number && value < upTo;
    }
};

constexpr std::string_view kTextOps[] = {"isNull", "isNotNull", "regex", "substring", "notSubstring", "equal", "notEqual"};
constexpr std::string_view kNumberOps[] = {"greater", "greaterOrEqual", "lower", "lowerOrEqual", "between", "range"};

bool among(std::span<const std::string_view> ops, std::string_view op) { return std::find(ops.begin(), ops.end(), op) != ops.end(); }

std::optional<RowTest> rowTest(const FieldRule& rule, Notes& notes) {
    const auto cannot = [&](const std::string& why) {
        notes.push_back("Rows were not filtered by '" + rule.name + "': " + why + ".");
        return std::nullopt;
    };
    RowTest test{rule.op, rule.value, std::nan(""), 0, {}};
    if (!among(kTextOps, rule.op) && !among(kNumberOps, rule.op))
        return cannot("the condition '" + rule.op + "' is not known");
    if (rule.op == "regex") {
        auto regex = JsRegex::compile(rule.value);
        if (!regex.ok())
            return cannot(regex.error().message);
        test.regex = std::move(*regex);
    }
    std::string_view number = rule.value;
    if (const size_t dots = number.find(".."); (rule.op == "between" || rule.op == "range") && dots != std::string_view::npos) {
        test.upTo = promql::parseNumber(number.substr(dots + 2)).value_or(std::nan(""));
        number = number.substr(0, dots);
    }
    test.number = promql::parseNumber(number).value_or(std::nan(""));
    if (among(kNumberOps, rule.op) && (std::isnan(test.number) || std::isnan(test.upTo)))
        return cannot("'" + rule.value + "' is no number");
    return test;
}

bool isBefore(const Field& field, size_t a, size_t b) {
    if (field.kind == FieldKind::kText)
        return field.texts[a] < field.texts[b];
    return field.kind == FieldKind::kTime ? field.times[a] < field.times[b] : field.numbers[a] < field.numbers[b];
}

}  // namespace

void filterRows(Frames& frames, const Transformation& how, Notes& notes) {
    std::vector<std::pair<const FieldRule*, RowTest>> tests;
    for (const FieldRule& rule : how.fields)
        if (auto test = rowTest(rule, notes))
            tests.emplace_back(&rule, std::move(*test));
    for (Frame& frame : frames) {
        std::vector<std::pair<const Field*, const RowTest*>> asked;
        for (const auto& [rule, test] : tests)
            if (const Field* const field = findField(frame, rule->name))
                asked.emplace_back(field, &test);
        if (asked.empty())
            continue;
        std::vector<size_t> kept;
        for (size_t row = 0; row < frame.rows(); ++row) {
            const auto holds = [row](const auto& each) { return each.second->holds(*each.first, row); };
            const bool fits = how.any ? std::any_of(asked.begin(), asked.end(), holds) : std::all_of(asked.begin(), asked.end(), holds);
            if (fits != how.exclude)
                kept.push_back(row);
        }
        frame = pickedRows(frame, kept);
    }
}

void sortRows(Frames& frames, const Transformation& how, Notes&) {
    if (how.fields.empty())
        return;
    for (Frame& frame : frames) {
        const Field* const field = findField(frame, how.fields.front().name);
        if (field == nullptr)
            continue;
        std::vector<size_t> rows(frame.rows());
        std::iota(rows.begin(), rows.end(), size_t{0});
        // What is not there stands last, either way.
        std::stable_sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
            if (isNone(*field, a) || isNone(*field, b))
                return !isNone(*field, a) && isNone(*field, b);
            return how.descending ? isBefore(*field, b, a) : isBefore(*field, a, b);
        });
        frame = pickedRows(frame, rows);
    }
}

}  // namespace nj::dashboard

#include "alert/rule_check.h"

#include "alert/rule_template.h"
#include "base/utf8.h"
#include "promql/labels.h"
#include "promql/syntax/parser.h"

namespace nj::alert {
namespace {

void append(std::vector<Wrong>& out, std::vector<Wrong> more) {
    for (Wrong& each : more)
        out.push_back(std::move(each));
}

void checkName(const Rule& rule, std::vector<Wrong>& out) {
    if (rule.name.empty())
        out.push_back({rule.recording ? "record" : "alert", "the name is empty"});
    else if (!isValidUtf8(rule.name))
        out.push_back({rule.recording ? "record" : "alert", "the name is not valid UTF-8"});
    else if (rule.recording && rule.name.find_first_of("{}") != std::string::npos)
        out.push_back({"record", "braces in a recorded name: should it be a label?"});
}

}  // namespace

std::vector<Wrong> checkLabels(const NamedTexts& labels, const char* kind, bool templates) {
    std::vector<Wrong> out;
    const bool annotation = std::string_view(kind) == "annotation";
    for (const auto& [name, value] : labels) {
        const std::string part = std::string(kind) + " '" + name + "'";
        if (annotation ? !promql::isLegacyLabelName(name) : !promql::isValidLabelName(name) || name == promql::kMetricName)
            out.push_back({part, "the name is not valid"});
        if (!isValidUtf8(value))
            out.push_back({part, "the value is not valid UTF-8"});
        else if (std::string problem = templates ? templateProblem(value) : ""; !problem.empty())
            out.push_back({part, std::move(problem)});
    }
    return out;
}

std::vector<Wrong> checkRule(const Rule& rule) {
    std::vector<Wrong> out;
    checkName(rule, out);
    if (rule.expr.find_first_not_of(" \t\r\n") == std::string::npos)
        out.push_back({"expr", "it is missing"});
    else if (const auto parsed = promql::parseExpression(rule.expr); !parsed.ok())
        out.push_back({"expr", parsed.error().message});
    else if ((*parsed)->type != promql::ValueType::kVector && (*parsed)->type != promql::ValueType::kScalar)
        out.push_back({"expr", "a rule needs an instant vector or a scalar, not " + std::string((*parsed)->type == promql::ValueType::kMatrix ? "a range vector" : "a string")});
    append(out, checkLabels(rule.labels, "label", !rule.recording));
    if (!rule.recording) {
        append(out, checkLabels(rule.annotations, "annotation"));
        return out;
    }
    for (const auto& [given, key] : {std::pair(!rule.annotations.empty(), "annotations"), {rule.hold > 0, "for"}, {rule.keepFiring > 0, "keep_firing_for"}})
        if (given)
            out.push_back({key, "a recording rule has none"});
    return out;
}

}  // namespace nj::alert

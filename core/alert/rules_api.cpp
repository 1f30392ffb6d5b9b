#include "alert/rules_api.h"

#include <cmath>

#include "alert/rule_check.h"
#include "alert/rule_file.h"
#include "base/bounded_json.h"

namespace nj::alert {
namespace {

constexpr size_t kMostAlerts = 100'000;

NamedTexts textsOf(const Json& object) {
    NamedTexts out;
    if (object.is_object())
        for (const auto& [name, value] : object.items())
            if (out.size() < 200)
                out.emplace_back(name, asText(value));
    return out;
}

DurationNs secondsAt(const Json& object, const char* key) {
    const double seconds = numberAt(object, key).value_or(0);
    return seconds > 0 && seconds < 1e9 ? static_cast<DurationNs>(std::llround(seconds * 1e9)) : 0;
}

AlertState stateOf(const std::string& name) {
    return name == "firing" ? AlertState::kFiring : name == "pending" ? AlertState::kPending : AlertState::kInactive;
}

void readAlerts(const Json& list, const Rule& rule, const RuleGroup& group, RulesAnswer& out) {
    if (!list.is_array())
        return;
    for (const Json& json : list) {
        if (out.alerts.size() == kMostAlerts)
            return;
        ActiveAlert alert;
        alert.rule = rule.name;
        alert.group = group.name;
        alert.labels = textsOf(at(json, "labels"));
        alert.annotations = textsOf(at(json, "annotations"));
        alert.state = stateOf(textAt(json, "state", 20));
        if (const auto since = parseTime(textAt(json, "activeAt", 50), 0); since.ok())
            alert.since = *since;
        alert.value = textAt(json, "value", 100);
        out.alerts.push_back(std::move(alert));
    }
}

void readRule(const Json& json, RuleGroup& group, RulesAnswer& out) {
    Rule rule;
    rule.recording = textAt(json, "type", 20) == "recording";
    rule.name = textAt(json, "name", 1'000);
    rule.expr = textAt(json, "query", 100'000);
    rule.hold = secondsAt(json, "duration");
    rule.keepFiring = secondsAt(json, "keepFiringFor");
    rule.labels = textsOf(at(json, "labels"));
    rule.annotations = textsOf(at(json, "annotations"));
    const std::string where = group.file + ", group '" + group.name + "'", of = "rule '" + rule.name + "': ";
    if (const std::string error = textAt(json, "lastError"); !error.empty())
        out.rules.problems.push_back({where, of + "the server failed to evaluate it: " + error});
    const std::vector<Wrong> wrong = checkRule(rule);
    for (const Wrong& each : wrong)
        out.rules.problems.push_back({where, of + each.part + ": " + each.what});
    readAlerts(at(json, "alerts"), rule, group, out);
    if (wrong.empty())
        group.rules.push_back(std::move(rule));
}

}  // namespace

Result<RulesAnswer> readRulesAnswer(std::string_view text) {
    NJ_ASSIGN(const Json root, parseBounded(text, "the answer of /api/v1/rules"));
    const Json& groups = at(at(root, "data"), "groups");
    if (!groups.is_array())
        return makeError(ErrorCode::kMalformed, "the answer of /api/v1/rules has no data.groups");
    RulesAnswer out;
    size_t rules = 0;
    for (const Json& json : groups) {
        if (out.rules.groups.size() == kMostGroups) {
            out.rules.problems.push_back({"the answer", "it has more than " + std::to_string(kMostGroups) + " groups; the others are left out"});
            break;
        }
        RuleGroup group;
        group.name = textAt(json, "name", 1'000);
        group.file = textAt(json, "file", 1'000);
        group.interval = secondsAt(json, "interval");
        group.limit = intAt(json, "limit", 0, 0, 1'000'000);
        if (const Json& list = at(json, "rules"); list.is_array())
            for (const Json& rule : list)
                if (++rules <= kMostRules)
                    readRule(rule, group, out);
        out.rules.groups.push_back(std::move(group));
    }
    if (rules > kMostRules)
        out.rules.problems.push_back({"the answer", "it has more than " + std::to_string(kMostRules) + " rules; the others are left out"});
    return out;
}

}  // namespace nj::alert

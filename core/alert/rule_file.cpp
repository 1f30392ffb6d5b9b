#include "alert/rule_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "alert/rule_check.h"
#include "promql/text/number_text.h"

namespace nj::alert {
namespace {

constexpr size_t kMaxTextBytes = size_t{64} << 20;   // of all texts: aliases repeat them
constexpr size_t kMostProblems = 1'000;
constexpr size_t kMostLabels = 200;

constexpr size_t kMostDocuments = 1'000;

// The documents of a file, each with the count of lines before it. YAML::LoadAll would do, but never ends on a stray ','.
std::vector<std::pair<std::string, int>> documentsOf(std::string_view yaml) {
    std::vector<std::pair<std::string, int>> out;
    int line = 0, firstLine = 0;
    size_t begin = 0;
    const auto isMarker = [&](size_t at) { return yaml.substr(at).starts_with("---") && (at + 3 >= yaml.size() || std::string_view(" \t\r\n").find(yaml[at + 3]) != std::string_view::npos); };
    for (size_t at = 0; at < yaml.size(); ++line) {
        if (at > begin && isMarker(at) && out.size() < kMostDocuments) {
            out.emplace_back(yaml.substr(begin, at - begin), firstLine);
            begin = at;
            firstLine = line;
        }
        const size_t end = yaml.find('\n', at);
        at = end == std::string_view::npos ? yaml.size() : end + 1;
    }
    out.emplace_back(yaml.substr(begin), firstLine);
    return out;
}

class Reading {
public:
    explicit Reading(std::string_view file) : file_(file) {}

    void document(const YAML::Node& root, int linesBefore);
    [[nodiscard]] bool isRuleFile() const { return isRuleFile_; }
    RuleSet set;

private:
    using Visit = std::function<void(const YAML::Node&)>;

    int lineOf(const YAML::Node& node) const { return node.Mark().is_null() ? 0 : node.Mark().line + 1 + linesBefore_; }
    std::string where(int line) const { return line > 0 ? file_ + ":" + std::to_string(line) : file_; }
    void problem(int line, std::string what) {
        if (set.problems.size() < kMostProblems)
            set.problems.push_back({where(line), std::move(what)});
        else
            set.problems.back() = {where(line), "there are more than " + std::to_string(kMostProblems) + " problems; the others are not listed"};
        bad_ = true;
    }
    // Every key of a map goes to who knows it; others and repeated ones are problems.
    void members(const YAML::Node& map, const std::string& of, const std::map<std::string, Visit, std::less<>>& known);
    std::string text(const YAML::Node& node, const std::string& what);
    DurationNs duration(const YAML::Node& node, const std::string& what);
    int number(const YAML::Node& node, const std::string& what);
    NamedTexts texts(const YAML::Node& node, const std::string& what);
    void groups(const YAML::Node& list);
    void group(const YAML::Node& node);
    void rule(const YAML::Node& node, RuleGroup& group);

    std::string file_;
    std::set<std::string> groupNames_;
    size_t textBytes_ = 0, rules_ = 0;
    int linesBefore_ = 0;
    bool isRuleFile_ = false;
    bool bad_ = false;   // since it was last cleared
};

void Reading::members(const YAML::Node& map, const std::string& of, const std::map<std::string, Visit, std::less<>>& known) {
    std::set<std::string> seen;
    for (const auto& member : map) {
        const std::string key = member.first.IsScalar() ? member.first.Scalar() : "";
        const auto visit = known.find(key);
        if (visit == known.end())
            problem(lineOf(member.first), of + ": the field '" + key.substr(0, 100) + "' is not known");
        else if (!seen.insert(key).second)
            problem(lineOf(member.first), of + ": the field '" + key + "' stands twice");
        else
            visit->second(member.second);
    }
}

std::string Reading::text(const YAML::Node& node, const std::string& what) {
    if (node.IsNull())
        return {};
    if (!node.IsScalar()) {
        problem(lineOf(node), what + " must be a text");
        return {};
    }
    textBytes_ += node.Scalar().size();
    if (textBytes_ > kMaxTextBytes) {
        problem(lineOf(node), what + " is left out: all texts together are larger than " + std::to_string(kMaxTextBytes >> 20) + " MiB");
        return {};
    }
    return node.Scalar();
}

DurationNs Reading::duration(const YAML::Node& node, const std::string& what) {
    const std::string written = text(node, what);
    if (written.empty())
        return 0;
    const auto parsed = promql::parsePromDuration(written);
    if (!parsed)
        problem(lineOf(node), what + ": '" + written.substr(0, 100) + "' is no duration, such as 5m or 1h30m");
    return parsed.value_or(0);
}

int Reading::number(const YAML::Node& node, const std::string& what) {
    const std::string written = text(node, what);
    int value = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
    if (error != std::errc() || end != written.data() + written.size() || value < 0) {
        problem(lineOf(node), what + ": '" + written.substr(0, 100) + "' is no whole number");
        return 0;
    }
    return value;
}

NamedTexts Reading::texts(const YAML::Node& node, const std::string& what) {
    NamedTexts out;
    if (node.IsNull())
        return out;
    if (!node.IsMap()) {
        problem(lineOf(node), what + " must be a map of names and texts");
        return out;
    }
    for (const auto& member : node) {
        std::string name = member.first.IsScalar() ? member.first.Scalar() : "";
        if (std::any_of(out.begin(), out.end(), [&](const auto& each) { return each.first == name; })) {
            problem(lineOf(member.first), what + ": '" + name.substr(0, 100) + "' stands twice");
            continue;
        }
        if (out.size() == kMostLabels) {
            problem(lineOf(member.first), what + ": there are more than " + std::to_string(kMostLabels));
            break;
        }
        std::string value = text(member.second, what + ": '" + name.substr(0, 100) + "'");
        out.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

void Reading::rule(const YAML::Node& node, RuleGroup& group) {
    const int line = lineOf(node);
    if (!node.IsMap())
        return problem(line, "group '" + group.name + "': a rule must be a map");
    if (++rules_ > kMostRules)
        return problem(line, "the rule is left out: a file may have " + std::to_string(kMostRules));
    Rule rule;
    rule.line = line;
    std::string alert, record;
    bool isAlert = false, isRecord = false, exprSaid = false;   // exprSaid: that it is no text
    int exprLine = line;
    for (const auto& member : node)   // its name first, so that problems can say whose they are
        if (member.first.IsScalar() && member.second.IsScalar() && (member.first.Scalar() == "alert" || member.first.Scalar() == "record"))
            rule.name = member.second.Scalar();
    const std::string of = rule.name.empty() ? "a rule without name" : "rule '" + rule.name.substr(0, 200) + "'";
    bad_ = false;
    members(node, of, {{"alert", [&](const YAML::Node& v) { isAlert = true; alert = text(v, of + ": alert"); }},
                       {"record", [&](const YAML::Node& v) { isRecord = true; record = text(v, of + ": record"); }},
                       {"expr", [&](const YAML::Node& v) { exprLine = lineOf(v); exprSaid = !v.IsScalar() && !v.IsNull(); rule.expr = text(v, of + ": expr"); }},
                       {"for", [&](const YAML::Node& v) { rule.hold = duration(v, of + ": for"); }},
                       {"keep_firing_for", [&](const YAML::Node& v) { rule.keepFiring = duration(v, of + ": keep_firing_for"); }},
                       {"labels", [&](const YAML::Node& v) { rule.labels = texts(v, of + ": labels"); }},
                       {"annotations", [&](const YAML::Node& v) { rule.annotations = texts(v, of + ": annotations"); }}});
    if (isAlert && isRecord)
        return problem(line, of + ": it has both 'alert' and 'record'");
    if (!isAlert && !isRecord)
        return problem(line, of + ": it has neither 'alert' nor 'record'");
    rule.recording = isRecord;
    rule.name = isRecord ? record : alert;
    for (const Wrong& wrong : checkRule(rule))
        if (wrong.part != "expr" || !exprSaid)
            problem(wrong.part == "expr" ? exprLine : line, of + ": " + wrong.part + ": " + wrong.what);
    if (!bad_)
        group.rules.push_back(std::move(rule));
}

void Reading::group(const YAML::Node& node) {
    RuleGroup group;
    group.file = file_;
    group.line = lineOf(node);
    if (!node.IsMap())
        return problem(group.line, "a group must be a map");
    if (set.groups.size() == kMostGroups)
        return problem(group.line, "the group is left out: a file may have " + std::to_string(kMostGroups));
    YAML::Node rules;
    const std::string of = "the group";
    members(node, of, {{"name", [&](const YAML::Node& v) { group.name = text(v, of + ": name"); }},
                       {"interval", [&](const YAML::Node& v) { group.interval = duration(v, of + ": interval"); }},
                       {"query_offset", [&](const YAML::Node& v) { group.queryOffset = duration(v, of + ": query_offset"); }},
                       {"limit", [&](const YAML::Node& v) { group.limit = number(v, of + ": limit"); }},
                       {"labels", [&](const YAML::Node& v) { group.labels = texts(v, of + ": labels"); }},
                       {"partial_response_strategy", [](const YAML::Node&) {}},   // Thanos
                       {"source_tenants", [](const YAML::Node&) {}},              // Mimir
                       {"rules", [&](const YAML::Node& v) { rules.reset(v); }}});
    for (const Wrong& wrong : checkLabels(group.labels, "label"))
        problem(group.line, of + ": " + wrong.part + ": " + wrong.what);
    if (group.name.empty())
        problem(group.line, "a group has no name");
    else if (!groupNames_.insert(group.name).second)
        problem(group.line, "the group name '" + group.name.substr(0, 200) + "' stands twice in the file");
    if (rules.IsSequence())
        for (const auto& each : rules)
            rule(each, group);
    else if (!rules.IsNull())
        problem(lineOf(rules), "group '" + group.name.substr(0, 200) + "': 'rules' must be a list");
    set.groups.push_back(std::move(group));
}

void Reading::groups(const YAML::Node& list) {
    isRuleFile_ = true;
    if (list.IsSequence())
        for (const auto& each : list)
            group(each);
    else if (!list.IsNull())
        problem(lineOf(list), "'groups' must be a list");
}

void Reading::document(const YAML::Node& root, int linesBefore) {
    linesBefore_ = linesBefore;
    if (!root.IsMap())
        return;
    const YAML::Node kind = root["kind"], spec = root["spec"];
    if (kind.IsDefined() && kind.IsScalar() && kind.Scalar() == "PrometheusRule" && spec.IsDefined() && spec.IsMap())
        return members(spec, "spec", {{"groups", [&](const YAML::Node& v) { groups(v); }}});
    if (root["groups"].IsDefined())
        members(root, "the file", {{"groups", [&](const YAML::Node& v) { groups(v); }}, {"namespace", [](const YAML::Node&) {}}});
}

}  // namespace

Result<RuleSet> readRuleFile(std::string_view yaml, std::string_view fileName) {
    const std::string file(fileName);
    if (yaml.size() > kMaxRuleFileBytes)
        return makeError(ErrorCode::kLimit, file + " is larger than " + std::to_string(kMaxRuleFileBytes >> 20) + " MiB");
    Reading reading(fileName);
    for (const auto& [text, linesBefore] : documentsOf(yaml))
        try {
            reading.document(YAML::Load(text), linesBefore);
        } catch (const YAML::Exception& exception) {
            const std::string line = exception.mark.is_null() ? "" : ":" + std::to_string(exception.mark.line + 1 + linesBefore);
            return makeError(ErrorCode::kMalformed, file + line + ": it is no YAML: " + exception.msg);
        } catch (const std::exception& exception) {
            return makeError(ErrorCode::kMalformed, file + ": it is no YAML: " + std::string(exception.what()));
        }
    if (!reading.isRuleFile())
        return makeError(ErrorCode::kMalformed, file + ": it is YAML, but no rule file: it has no 'groups'");
    return std::move(reading.set);
}

}  // namespace nj::alert

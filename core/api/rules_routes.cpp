// rules and alerts: the rules of the server the capsule was filled from with the alerts it fired, the rule files people saved with what
// they say where the capsule ends, and the alerts whose rule is not known.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "alert/alert_replay.h"
#include "alert/capsule/capsule_rules.h"
#include "api/routes.h"
#include "promql/engine.h"

namespace nj::api {
namespace {

constexpr size_t kMaxAlerts = 1000;
constexpr std::string_view kAnnotation = "annotation.";
constexpr DurationNs kLookedBack = kHour;   // at least: an alert may have been active for longer than it is pending

struct Alert {
    promql::Labels labels, annotations;
    alert::AlertState state = alert::AlertState::kFiring;
    TimeNs since = 0;
    std::string value = "1e+00";
};
using AlertsByName = std::map<std::string, std::vector<Alert>>;

// Those that still fire where the capsule ends. Their labels and annotations are attributes of the log record each event came from.
Result<AlertsByName> firing(const Call& call) {
    AlertsByName byName;
    NJ_ASSIGN(const std::vector<store::EventRow> events, call.capsule.reader().events());
    size_t taken = 0;
    for (const store::EventRow& event : events) {
        if (event.kind != "alert" || event.end != 0 || taken++ == kMaxAlerts)
            continue;
        Alert alert;
        alert.since = event.time;
        AttributeList attributes;
        if (event.logSeq >= 0)
            if (const auto place = call.capsule.reader().locate(call.capsule.querier().snapshot(), Signal::kLog, event.logSeq); place.ok())
                if (auto all = place->first->attributes(place->second); all.ok())
                    attributes = std::move(*all);
        for (const KeyValue& entry : attributes) {
            if (entry.key.starts_with(kAnnotation))
                alert.annotations.push_back({entry.key.substr(kAnnotation.size()), entry.value.display()});
            else if (entry.key != "runbook_url")
                alert.labels.push_back({entry.key, entry.value.display()});
        }
        promql::normalizeLabels(alert.labels);
        promql::normalizeLabels(alert.annotations);
        if (promql::labelValue(alert.labels, "alertname").empty())
            promql::setLabel(alert.labels, "alertname", event.title.substr(0, event.title.find(':')));
        byName[std::string(promql::labelValue(alert.labels, "alertname"))].push_back(std::move(alert));
    }
    return byName;
}

promql::Labels labelsOf(const alert::NamedTexts& texts) {
    promql::Labels labels;
    for (const auto& [name, value] : texts) labels.push_back({name, value});
    return labels;
}

// As Go writes a value with 'e'.
std::string exponentText(double value) {
    if (!std::isfinite(value))
        return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    char text[32];
    return {text, std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr};
}

// What a saved rule says at the last sample. Evaluations begin early enough for its `for`, and an hour before at least.
Result<std::vector<Alert>> standing(const Call& call, const alert::Rule& rule, const alert::RuleGroup& group) {
    const TimeRange all = call.capsule.querier().range();
    const TimeRange range = {std::max(all.from, all.to - std::max(kLookedBack, 2 * (rule.hold + rule.keepFiring))), all.to};
    const promql::Engine engine(promql::prometheusOptions());
    NJ_ASSIGN(const alert::AlertHistory history, alert::replayAlert(rule, group, engine, call.capsule.querier(), range, call.stop));
    std::vector<Alert> out;
    for (const alert::AlertTrack& track : history.tracks) {
        if (track.spans.empty() || track.spans.back().range.to != range.to)
            continue;
        Alert alert{labelsOf(track.labels), labelsOf(track.annotations), track.spans.back().state, range.to, exponentText(track.value)};
        for (auto span = track.spans.rbegin(); span != track.spans.rend() && span->range.to == alert.since; ++span)
            alert.since = span->range.from;
        out.push_back(std::move(alert));
    }
    return out;
}

void writeAlerts(JsonWriter& json, const std::vector<Alert>& alerts) {
    for (const Alert& alert : alerts) {
        json.beginObject().key("labels");
        writeLabels(json, alert.labels);
        json.key("annotations");
        writeLabels(json, alert.annotations);
        json.key("state").string(alert::alertStateName(alert.state)).key("activeAt").string(formatRfc3339(alert.since)).key("value").string(alert.value).endObject();
    }
}

void writeSeconds(JsonWriter& json, const char* key, DurationNs duration) { json.key(key).number(static_cast<double>(duration) / 1e9); }

// What a request asks for; nothing = everything.
struct Wanted {
    std::string_view type;
    std::set<std::string> names, groups, files;
    bool alerts = true;

    static Result<Wanted> of(const Parameters& parameters) {
        Wanted wanted;
        wanted.type = parameters.first("type");
        if (!wanted.type.empty() && wanted.type != "alert" && wanted.type != "record")
            return makeError(ErrorCode::kInvalidArgument, "not supported value \"" + std::string(wanted.type) + "\"");
        wanted.alerts = parameters.first("exclude_alerts") != "true";
        for (auto [name, set] : {std::pair("rule_name[]", &wanted.names), {"rule_group[]", &wanted.groups}, {"file[]", &wanted.files}})
            for (std::string& each : parameters.all(name)) set->insert(std::move(each));
        return wanted;
    }
    [[nodiscard]] bool group(const std::string& name, const std::string& file) const {
        return (groups.empty() || groups.contains(name)) && (files.empty() || files.contains(file));
    }
    [[nodiscard]] bool rule(const std::string& name, bool recording) const {
        return (names.empty() || names.contains(name)) && (type.empty() || (type == "record") == recording);
    }
};

class RulesJson {
public:
    RulesJson(std::string& data, const Call& call, const Wanted& wanted) : json_(data), call_(call), wanted_(wanted) { json_.beginObject().key("groups").beginArray(); }

    // `server`: alerts by the name of their rule, taken out of it; null: the rules are evaluated.
    Status add(const alert::RuleGroup& group, AlertsByName* server) {
        if (!wanted_.group(group.name, group.file) || std::none_of(group.rules.begin(), group.rules.end(), [&](const alert::Rule& rule) { return wanted_.rule(rule.name, rule.recording); }))
            return {};
        open(group.name, group.file, group.interval > 0 ? group.interval : alert::kDefaultInterval, group.limit);
        for (const alert::Rule& rule : group.rules) {
            if (!wanted_.rule(rule.name, rule.recording))
                continue;
            std::vector<Alert> alerts;
            std::string error;
            if (server != nullptr && !rule.recording) {
                if (auto known = server->extract(rule.name); !known.empty())
                    alerts = std::move(known.mapped());
            } else if (!rule.recording) {
                auto now = standing(call_, rule, group);
                if (!now.ok() && now.error().code == ErrorCode::kCancelled)
                    return now.error();
                if (now.ok())
                    alerts = std::move(*now);
                else
                    error = now.error().message;
            }
            write(rule, alerts, error);
        }
        close();
        return {};
    }

    // Alerts of rules that nothing is known of but their name.
    void addUnknown(const AlertsByName& byName) {
        if (!wanted_.group("alerts", "capsule") || std::none_of(byName.begin(), byName.end(), [&](const auto& each) { return wanted_.rule(each.first, false); }))
            return;
        open("alerts", "capsule", 0, 0);
        for (const auto& [name, alerts] : byName) {
            alert::Rule rule;
            rule.name = name;
            if (wanted_.rule(name, false))
                write(rule, alerts, "");
        }
        close();
    }

    void end() { json_.endArray().endObject(); }

private:
    void open(const std::string& name, const std::string& file, DurationNs interval, int limit) {
        json_.beginObject().key("name").string(name).key("file").string(file);
        writeSeconds(json_, "interval", interval);
        json_.key("limit").integer(limit).key("rules").beginArray();
    }
    void close() {
        json_.endArray();
        evaluated();
        json_.endObject();
    }
    void evaluated() {
        const TimeRange all = call_.capsule.querier().range();
        json_.key("evaluationTime").integer(0).key("lastEvaluation").string(formatRfc3339(all.empty() ? 0 : all.to - 1));
    }
    void write(const alert::Rule& rule, const std::vector<Alert>& alerts, const std::string& error) {
        json_.beginObject();
        if (!rule.recording) {
            auto worst = alert::AlertState::kInactive;
            for (const Alert& each : alerts) worst = std::max(worst, each.state);
            json_.key("state").string(alert::alertStateName(worst));
        }
        json_.key("name").string(rule.name).key("query").string(rule.expr);
        if (!rule.recording) {
            writeSeconds(json_, "duration", rule.hold);
            writeSeconds(json_, "keepFiringFor", rule.keepFiring);
        }
        json_.key("labels");
        writeLabels(json_, labelsOf(rule.labels));
        if (!rule.recording) {
            json_.key("annotations");
            writeLabels(json_, labelsOf(rule.annotations));
            json_.key("alerts").beginArray();
            if (wanted_.alerts)
                writeAlerts(json_, alerts);
            json_.endArray();
        }
        json_.key("health").string(error.empty() ? "ok" : "err");
        if (!error.empty())
            json_.key("lastError").string(error);
        evaluated();
        json_.key("type").string(rule.recording ? "recording" : "alerting").endObject();
    }

    JsonWriter json_;
    const Call& call_;
    const Wanted& wanted_;
};

}  // namespace

Result<Answer> alerts(const Call& call) {
    NJ_ASSIGN(const AlertsByName byName, firing(call));
    NJ_ASSIGN(const std::vector<alert::CapsuleRules> files, alert::rulesOf(call.capsule.reader()));
    std::string data;
    JsonWriter json(data);
    json.beginObject().key("alerts").beginArray();
    for (const auto& [name, all] : byName) writeAlerts(json, all);
    for (const alert::CapsuleRules& file : files)
        for (const alert::RuleGroup& group : file.rules.groups)
            for (const alert::Rule& rule : group.rules)
                if (!file.id.empty() && !rule.recording) {
                    const auto now = standing(call, rule, group);
                    if (!now.ok() && now.error().code == ErrorCode::kCancelled)
                        return now.error();
                    if (now.ok())
                        writeAlerts(json, *now);
                }
    json.endArray().endObject();
    return success(data);
}

Result<Answer> rules(const Call& call) {
    NJ_ASSIGN(const Wanted wanted, Wanted::of(call.parameters));
    NJ_ASSIGN(AlertsByName byName, firing(call));
    NJ_ASSIGN(const std::vector<alert::CapsuleRules> files, alert::rulesOf(call.capsule.reader()));
    std::string data;
    RulesJson json(data, call, wanted);
    for (const bool saved : {false, true})
        for (const alert::CapsuleRules& file : files)
            if (saved != file.id.empty())
                for (const alert::RuleGroup& group : file.rules.groups) NJ_RETURN_IF_ERROR(json.add(group, saved ? nullptr : &byName));
    json.addUnknown(byName);
    json.end();
    return success(data);
}

}  // namespace nj::api

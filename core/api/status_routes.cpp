// rules and alerts out of the capsule's alert events, and what says which server this is.
#include <map>

#include "api/routes.h"

namespace nj::api {
namespace {

constexpr size_t kMaxAlerts = 1000;
constexpr std::string_view kAnnotation = "annotation.";

struct Alert {
    promql::Labels labels, annotations;
    TimeNs since = 0;
    uint8_t severity = 0;
};

// Those that still fire where the capsule ends. Their labels and annotations are attributes of the log record each event came from.
Result<std::map<std::string, std::vector<Alert>>> firing(const Call& call) {
    std::map<std::string, std::vector<Alert>> byName;
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

void writeAlerts(JsonWriter& json, const std::vector<Alert>& alerts) {
    for (const Alert& alert : alerts) {
        json.beginObject().key("labels");
        writeLabels(json, alert.labels);
        json.key("annotations");
        writeLabels(json, alert.annotations);
        json.key("state").string("firing").key("activeAt").string(formatRfc3339(alert.since)).key("value").string("1e+00").endObject();
    }
}

}  // namespace

Result<Answer> alerts(const Call& call) {
    NJ_ASSIGN(const auto byName, firing(call));
    std::string data;
    JsonWriter json(data);
    json.beginObject().key("alerts").beginArray();
    for (const auto& [name, all] : byName) writeAlerts(json, all);
    json.endArray().endObject();
    return success(data);
}

// Each alert's rule as far as it is known: a capsule has no expressions of rules.
Result<Answer> rules(const Call& call) {
    const std::string_view type = call.parameters.first("type");
    if (!type.empty() && type != "alert" && type != "record")
        return makeError(ErrorCode::kInvalidArgument, "not supported value \"" + std::string(type) + "\"");
    NJ_ASSIGN(const auto byName, firing(call));
    std::string data;
    JsonWriter json(data);
    json.beginObject().key("groups").beginArray();
    if (!byName.empty() && type != "record") {
        json.beginObject().key("name").string("alerts").key("file").string("capsule").key("interval").integer(0).key("rules").beginArray();
        for (const auto& [name, all] : byName) {
            json.beginObject().key("state").string("firing").key("name").string(name).key("query").string("").key("duration").integer(0);
            json.key("labels").beginObject().endObject().key("annotations").beginObject().endObject().key("alerts").beginArray();
            writeAlerts(json, all);
            json.endArray().key("health").string("ok").key("type").string("alerting").endObject();
        }
        json.endArray().endObject();
    }
    json.endArray().endObject();
    return success(data);
}

Result<Answer> targets(const Call& /*call*/) { return success(R"({"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}})"); }

// The version is that of the API and the language, by which clients choose what they ask.
Result<Answer> buildInfo(const Call& /*call*/) {
    return success(R"({"version":"3.0.0","revision":"","branch":"nightjar","buildUser":"","buildDate":"","goVersion":""})");
}

}  // namespace nj::api

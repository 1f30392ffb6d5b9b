#include "source/alert_batch.h"

#include <algorithm>

#include "format/otlp_builder.h"

namespace nj::source {
namespace {

uint8_t severityOf(std::string_view label) {
    if (label == "critical" || label == "page" || label == "error" || label == "high")
        return 17;
    return label == "info" || label == "none" || label == "informational" ? 9 : 13;
}

// What an alert is about, the narrowest first.
std::string entityOf(const LabelPairs& labels) {
    for (const char* name : {"pod", "model_name", "service", "deployment", "node", "instance", "job"})
        if (const std::string_view value = findLabel(labels, name); !value.empty())
            return std::string(value);
    return {};
}

void addAttributes(format::OtlpBuilder& builder, const LabelPairs& pairs) {
    AttributeColumns& columns = builder.logAttributes();
    for (const auto& [name, value] : pairs)
        columns.addString(builder.logRow(), name, value);
}

}  // namespace

Batch alertBatch(const std::vector<AlertRow>& alerts) {
    format::OtlpBuilder builder;
    for (const AlertRow& alert : alerts) {
        const std::string name(findLabel(alert.labels, "alertname"));
        const std::string_view summary = findLabel(alert.annotations, "summary"), description = findLabel(alert.annotations, "description");
        Resource resource;
        if (const std::string_view service = findLabel(alert.labels, "service"); !service.empty())
            resource.attributes.push_back({"service.name", AttributeValue::ofString(service)});
        builder.setResource(std::move(resource));
        std::string body = name;
        for (const std::string_view words : {summary, description})
            if (!words.empty())
                body += (body.size() == name.size() ? ": " : ". ") + std::string(words);
        addAttributes(builder, alert.labels);
        // The runbook keeps its own name: whoever shows the alert offers it.
        LabelPairs annotations = alert.annotations;
        for (auto& annotation : annotations)
            annotation.first = annotation.first == "runbook_url" ? annotation.first : "annotation." + annotation.first;
        addAttributes(builder, annotations);
        IncidentEvent event;
        event.time = alert.from;
        event.end = alert.to;
        event.kind = "alert";
        event.title = name + (summary.empty() ? "" : ": " + std::string(summary));
        event.entity = entityOf(alert.labels);
        event.severity = severityOf(findLabel(alert.labels, "severity"));
        event.logRow = builder.logRow();
        format::LogFields log;
        log.time = alert.from;
        log.observedTime = alert.from;
        log.severityNumber = event.severity;
        log.severityText = event.severity == 17 ? "ERROR" : event.severity == 13 ? "WARN" : "INFO";
        log.body = body;
        log.eventName = "alert";
        builder.commitLog(log);
        builder.batch().events.push_back(std::move(event));
    }
    return builder.take();
}

}  // namespace nj::source

// Log rows as plain values, for tests that say what a line should become.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <QString>

#include "batch_text.h"
#include "format/format.h"

namespace nj::test {

inline constexpr TimeNs kNow = 1'773'800'000 * kSecond;   // 2026-03-18T02:13:20Z

struct LogRow {
    std::string time;         // RFC 3339 or "-"
    int severity = 0;
    std::string severityText, body, original, scope, service, host, attributes, resource, trace, span, event;
    int timeFlags = 0;
    uint64_t line = 0;
    uint32_t part = 0;
};

inline std::string attributeText(const AttributeList& list, std::string_view key) {
    const AttributeValue* value = findAttribute(list, key);
    return value == nullptr ? std::string() : value->display();
}

inline std::vector<LogRow> rowsOf(const Reading& reading) {
    std::vector<LogRow> rows;
    for (const Batch& b : reading.batches) {
        const LogColumns& l = b.logs;
        for (uint32_t i = 0; i < l.size(); ++i) {
            LogRow row;
            row.time = l.time[i] == 0 ? "-" : formatRfc3339(l.time[i], l.time[i] % kSecond == 0 ? 0 : 9);
            row.severity = l.severityNumber[i];
            row.severityText = l.severityText[i] == kNoIndex ? "" : std::string(b.strings.view(l.severityText[i]));
            row.body = l.bodyText(i);
            row.original = l.original.view(i);
            row.scope = l.scope[i] == kNoIndex ? "" : b.scopes[l.scope[i]].name;
            const AttributeList& resource = b.resources[l.resource[i]].attributes;
            row.service = attributeText(resource, "service.name");
            row.host = attributeText(resource, "host.name");
            row.resource = attributesToJson(resource);
            row.attributes = attributesToJson(l.attributes.row(i));
            row.trace = l.traceId[i].empty() ? "" : l.traceId[i].hex();
            row.span = l.spanId[i].empty() ? "" : l.spanId[i].hex();
            row.event = l.eventName[i] == kNoIndex ? "" : std::string(b.strings.view(l.eventName[i]));
            row.timeFlags = l.timeFlags[i];
            row.line = l.line[i];
            row.part = l.part[i];
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

inline format::ReaderOptions logOptions(std::string path = "input.log") {
    format::ReaderOptions options;
    options.path = std::move(path);
    options.now = kNow;
    return options;
}

// Read by whichever format claims the bytes; `formatName` says which, "" when none did.
inline Reading readLog(std::string_view bytes, const format::ReaderOptions& options, std::string* formatName = nullptr, size_t chunk = 1 << 16) {
    const format::Format* format = format::detectFormat({bytes.substr(0, 64U << 10), options.path, bytes.size() <= (64U << 10)});
    if (formatName != nullptr)
        *formatName = format == nullptr ? "" : std::string(format->name);
    return format == nullptr ? Reading() : readAs(*format, bytes, chunk, options);
}

inline std::vector<IncidentEvent> eventsOf(const Reading& reading) {
    std::vector<IncidentEvent> events;
    for (const Batch& b : reading.batches)
        events.insert(events.end(), b.events.begin(), b.events.end());
    return events;
}

inline QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

}  // namespace nj::test

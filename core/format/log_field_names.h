// The names under which programs write the parts of a log record, and what they are in OpenTelemetry's terms. One table for
// logfmt, JSON lines and the exports of log stores. Constant data, any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace nj::format {

enum class FieldRole : uint8_t {
    kAttribute,      // an attribute, under `attribute` when it has a better name
    kTime,
    kObservedTime,
    kSeverity,
    kSeverityNumber, // already OpenTelemetry's number
    kBody,
    kLogger,
    kService,
    kHost,
    kTraceId,
    kSpanId,
    kTraceFlags,
    kEventName,
    kSourcePlace,    // "file.go:12"
    kResource,       // a resource attribute
    kIgnored,        // bookkeeping of the format itself
};

struct FieldName {
    std::string_view name;        // as written, lower case; nested JSON keys joined by '.'
    FieldRole role = FieldRole::kAttribute;
    uint8_t rank = 0;             // of several for one role in a record the lowest wins
    std::string_view attribute;   // "" = the name as it stands
};

// Case-insensitive; nullptr for a name without a meaning of its own.
const FieldName* findFieldName(std::string_view name);

}  // namespace nj::format

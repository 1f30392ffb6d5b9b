// One log record while it is being read: what a shape's parser found in a line, as views into the line (or into `own`ed texts),
// before anything is assumed about times. Reused from line to line, so that a line costs no allocation. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "format/timestamp_parser.h"
#include "model/attribute.h"

namespace nj::format {

struct LogField {
    std::string_view key;
    ValueType type = ValueType::kString;
    std::string_view text;
    int64_t integer = 0;   // kInt; kBool as 0 or 1
    double number = 0;
};

class LogLine {
public:
    void clear();

    ParsedTime time;                   // kNone: the line has none
    ParsedTime observed;
    uint8_t severity = 0;
    std::string_view severityText;
    std::string_view body;
    bool bodyToEnd = true;             // continuation lines of the record belong to the body
    ValueType bodyType = ValueType::kString;
    std::string_view logger;           // becomes the scope
    std::string_view service, host;    // become the resource
    std::string_view eventName;
    TraceId traceId;
    SpanId spanId;
    uint32_t flags = 0;
    uint32_t droppedFields = 0;        // fields over the limit of one record
    bool kernel = false;               // a kernel's line: its patterns are looked for
    std::vector<LogField> fields;
    std::vector<LogField> resource;    // more resource attributes

    void addString(std::string_view key, std::string_view value) {
        if (!value.empty())
            fields.push_back({key, ValueType::kString, value, 0, 0});
    }
    void addInt(std::string_view key, int64_t value) { fields.push_back({key, ValueType::kInt, {}, value, 0}); }
    void addDouble(std::string_view key, double value) { fields.push_back({key, ValueType::kDouble, {}, 0, value}); }
    void addBool(std::string_view key, bool value) { fields.push_back({key, ValueType::kBool, {}, value ? 1 : 0, 0}); }
    void addJson(std::string_view key, std::string_view value) { fields.push_back({key, ValueType::kJson, value, 0, 0}); }
    void addResource(std::string_view key, std::string_view value) {
        if (!value.empty())
            resource.push_back({key, ValueType::kString, value, 0, 0});
    }
    // A decimal number as an int, else the text as it is; nothing when empty or "-".
    void addNumberOrString(std::string_view key, std::string_view value);
    // Keeps a text that is no part of the line until clear().
    std::string_view own(std::string_view text);
    std::string& ownBuffer();          // an empty string to fill; view it only when filled

    // Forgets the fields added after a mark, for a parser that gives up half-way.
    [[nodiscard]] size_t mark() const { return fields.size(); }

private:
    std::deque<std::string> owned_;
    size_t ownedUsed_ = 0;
};

}  // namespace nj::format

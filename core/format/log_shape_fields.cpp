// key=value lines, and the OpenTelemetry names of the fields programs write.
#include <algorithm>

#include "format/log_field_names.h"
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

bool isKeyChar(char c) { return text::isWord(c) || c == '.' || c == '-' || c == '@' || c == '/'; }

}  // namespace

bool parseTimeValue(std::string_view value, ParsedTime& out) {
    const size_t length = parseTimestamp(value, out);
    if (length > 0 && length + 2 >= value.size())
        return true;
    double number = 0;
    if (text::parseDouble(value, number) && instantFromNumber(number, out))
        return true;
    out = ParsedTime();
    return false;
}

void addNamedField(std::string_view key, std::string_view value, LogLine& out) {
    if (value.empty() || value == "-")
        return;
    const FieldName* name = findFieldName(key);
    const FieldRole role = name != nullptr ? name->role : FieldRole::kAttribute;
    switch (role) {
    case FieldRole::kTime:
        if (!out.time)
            parseTimeValue(value, out.time);
        return;
    case FieldRole::kSeverity: {
        const uint8_t level = severityFromWord(value, true);
        int64_t number = 0;
        if (level != 0 && out.severity == 0) {
            out.severity = level;
            out.severityText = value;
            return;
        }
        if (out.severity == 0 && text::parseInt(value, number)) {
            out.severity = severityFromTens(number, false);
            out.severityText = value;
            return;
        }
        break;
    }
    case FieldRole::kBody: break;   // the caller's own affair
    case FieldRole::kLogger:
        if (out.logger.empty()) {
            out.logger = value;
            return;
        }
        break;
    case FieldRole::kService:
        if (out.service.empty()) {
            out.service = value;
            return;
        }
        break;
    case FieldRole::kHost:
        if (out.host.empty()) {
            out.host = value;
            return;
        }
        break;
    case FieldRole::kTraceId:
        if (const auto id = TraceId::fromHex(value); id && value.size() >= 16) {
            out.traceId = *id;
            return;
        }
        break;
    case FieldRole::kSpanId:
        if (const auto id = SpanId::fromHex(value); id && value.size() == 16) {
            out.spanId = *id;
            return;
        }
        break;
    case FieldRole::kSourcePlace:
        if (parseSourcePlace(value, out))
            return;
        break;
    case FieldRole::kResource: out.addResource(name->attribute, value); return;
    default: break;
    }
    const std::string_view attribute = name != nullptr && !name->attribute.empty() ? name->attribute : key;
    int64_t integer = 0;
    double number = 0;
    if ((text::isDigit(value[0]) || value[0] == '-') && value.size() < 19 && !(value.size() > 1 && value[0] == '0' && value[1] != '.')) {
        if (text::parseInt(value, integer))
            return out.addInt(attribute, integer);
        if (text::parseDouble(value, number))
            return out.addDouble(attribute, number);
    }
    if (value == "true" || value == "false")
        return out.addBool(attribute, value == "true");
    out.addString(attribute, value);
}

bool parseRequestLine(std::string_view request, LogLine& out) {
    const size_t blank = request.find(' ');
    if (blank == std::string_view::npos || blank == 0 || blank > 12)
        return false;
    for (const char c : request.substr(0, blank))
        if (!text::isUpper(c) && c != '_' && c != '-')
            return false;
    out.addString("http.request.method", request.substr(0, blank));
    std::string_view target = text::trimLeft(request.substr(blank));
    const size_t protocol = target.rfind(" HTTP/");
    if (protocol != std::string_view::npos) {
        out.addString("network.protocol.version", text::trim(target.substr(protocol + 6)));
        target = target.substr(0, protocol);
    }
    const size_t query = target.find('?');
    out.addString("url.path", target.substr(0, query));
    if (query != std::string_view::npos)
        out.addString("url.query", target.substr(query + 1));
    return true;
}

bool parseLogfmtLine(std::string_view line, LogLine& out) {
    size_t i = 0;
    int pairs = 0;
    bool known = false;
    const char* bodyFrom = nullptr;
    while (i < line.size()) {
        while (i < line.size() && text::isBlank(line[i]))
            ++i;
        const size_t from = i;
        while (i < line.size() && isKeyChar(line[i]))
            ++i;
        if (i == from || i >= line.size() || line[i] != '=') {
            if (pairs == 0)
                return false;
            while (i < line.size() && !text::isBlank(line[i]))   // a bare word between pairs
                ++i;
            continue;
        }
        const std::string_view key = line.substr(from, i - from);
        ++i;
        std::string_view value;
        bool escaped = false;
        if (i < line.size() && line[i] == '"') {
            size_t end = 0;
            if (!text::quoted(line, i, value, end, escaped)) {
                value = line.substr(i + 1);
                end = line.size();
            }
            i = end;
        } else {
            size_t end = i;
            while (end < line.size() && !text::isBlank(line[end]))
                ++end;
            value = line.substr(i, end - i);
            i = end;
        }
        if (escaped) {
            std::string& buffer = out.ownBuffer();
            text::appendUnescaped(buffer, value);
            value = buffer;
        }
        ++pairs;
        const FieldName* name = findFieldName(key);
        if (name != nullptr && name->role == FieldRole::kBody && bodyFrom == nullptr) {
            out.body = value;
            bodyFrom = value.data();
            known = true;
            continue;
        }
        known |= name != nullptr && (name->role == FieldRole::kTime || name->role == FieldRole::kSeverity);
        addNamedField(key, value, out);
    }
    out.bodyToEnd = false;
    if (bodyFrom == nullptr)
        out.body = line;
    return known && pairs >= 2;
}

}  // namespace nj::format

#include "format/log_json.h"

#include <simdjson.h>

#include <charconv>

#include "format/log_field_names.h"
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr int kFlattenDepth = 6;
constexpr size_t kMaxFields = 512;
constexpr std::string_view kStatusCode = "http.response.status_code";

// Containers whose members count as if they stood outside, and those whose members describe the resource.
struct PrefixRule {
    std::string_view prefix;   // lower case
    bool resource;
};
constexpr PrefixRule kPrefixes[] = {
    {"_source.", false},          {"result.", false},        {"resource.attributes.", true}, {"resource.labels.", true}, {"resourceattributes.", true},
    {"resource_attributes.", true}, {"resource.", true},     {"logattributes.", false},      {"attributes.", false},     {"labels.", false},
    {"fields.", false},           {"@fields.", false},       {"jsonpayload.", false},        {"structuredmetadata.", false},
    {"stream.", false},
};

struct Candidate {
    bool set = false;
    uint8_t rank = 255;
    std::string_view path;
    element value;
};

bool startsWithLower(std::string_view lowered, std::string_view text) {
    if (text.size() <= lowered.size())
        return false;
    for (size_t i = 0; i < lowered.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
        if (c != lowered[i])
            return false;
    }
    return true;
}

// Only names with one of these first letters can have a prefix of the table.
bool mayHavePrefix(std::string_view name) {
    return !name.empty() && std::string_view("_rRlLaAfF@jJsS").find(name[0]) != std::string_view::npos;
}

}  // namespace

struct JsonLogParser::State {
    simdjson::dom::parser parser{32U << 20};
    std::string padded;
    std::string path;
    LogLine* out = nullptr;
    std::string_view text;
    bool copy = false;
    Candidate time, observed, severity, body, logger, service, host, trace, span;
    int64_t nanoOfSecond = 0;
    size_t leaves = 0;
    int64_t status = 0;          // of an HTTP response
    bool nextcloud = false;      // its levels run from 0 to 4

    void begin(std::string_view line, LogLine& target, bool copyTexts) {
        out = &target;
        text = line;
        copy = copyTexts;
        time = observed = severity = body = logger = service = host = trace = span = Candidate();
        nanoOfSecond = 0;
        leaves = 0;
        status = 0;
        nextcloud = false;
        path.clear();
    }

    std::string_view keep(std::string_view s) { return copy ? out->own(s) : s; }

    void walk(const simdjson::dom::object& object, int depth, bool top) {
        const size_t base = path.size();
        for (const auto& field : object) {
            if (leaves > kMaxFields) {
                ++out->droppedFields;
                continue;
            }
            if (field.value.type() == element_type::OBJECT && depth < kFlattenDepth) {
                path.append(field.key).append(1, '.');
                const simdjson::dom::object inner = field.value.get_object().value_unsafe();
                walk(inner, depth + 1, false);
                path.resize(base);
                continue;
            }
            ++leaves;
            if (top) {
                leaf(keep(field.key), field.key, field.value, false, 0);
            } else {
                path.append(field.key);
                std::string_view name = path;
                bool resource = false;
                uint8_t stripped = 0;
                while (stripped < 3 && strip(name, resource))
                    ++stripped;
                leaf(out->own(name), name, field.value, resource, stripped);
                path.resize(base);
            }
        }
    }

    static bool strip(std::string_view& name, bool& resource) {
        if (!mayHavePrefix(name))
            return false;
        for (const PrefixRule& rule : kPrefixes) {
            if (startsWithLower(rule.prefix, name)) {
                name.remove_prefix(rule.prefix.size());
                resource |= rule.resource;
                return true;
            }
        }
        return false;
    }

    void offer(Candidate& slot, uint8_t rank, std::string_view name, element value) {
        if (slot.set && slot.rank <= rank) {
            attribute(name, value);
            return;
        }
        if (slot.set)
            attribute(slot.path, slot.value);
        slot = {true, rank, name, value};
    }

    void leaf(std::string_view kept, std::string_view name, element value, bool resource, uint8_t stripped) {
        if (value.type() == element_type::NULL_VALUE)
            return;
        const FieldName* known = findFieldName(name);
        if (known == nullptr) {
            nextcloud |= name == "reqId";
            if (resource)
                resourceAttribute(kept, value);
            else
                attribute(kept, value);
            return;
        }
        const auto rank = static_cast<uint8_t>(known->rank + stripped);
        const std::string_view renamed = known->attribute.empty() ? kept : known->attribute;
        const bool texty = value.is_string();
        switch (known->role) {
        case FieldRole::kTime: return offer(time, rank, kept, value);
        case FieldRole::kObservedTime: return offer(observed, rank, kept, value);
        case FieldRole::kSeverity: return offer(severity, rank, kept, value);
        case FieldRole::kSeverityNumber:
            if (value.is_int64() && value.get_int64().value_unsafe() >= 0 && value.get_int64().value_unsafe() <= 24)
                out->severity = static_cast<uint8_t>(value.get_int64().value_unsafe());
            return;
        case FieldRole::kBody: return texty || value.is_array() ? offer(body, rank, kept, value) : attribute(kept, value);
        case FieldRole::kLogger: return texty ? offer(logger, rank, kept, value) : attribute(kept, value);
        case FieldRole::kService: return texty ? offer(service, rank, kept, value) : attribute(kept, value);
        case FieldRole::kHost: return texty ? offer(host, rank, kept, value) : attribute(kept, value);
        case FieldRole::kTraceId: return offer(trace, rank, kept, value);
        case FieldRole::kSpanId: return offer(span, rank, kept, value);
        case FieldRole::kTraceFlags: return traceFlags(value);
        case FieldRole::kEventName:
            if (texty)
                out->eventName = keep(value.get_string().value_unsafe());
            return;
        case FieldRole::kSourcePlace:
            if (texty && parseSourcePlace(keep(value.get_string().value_unsafe()), *out))
                return;
            return attribute(renamed, value);
        case FieldRole::kResource: return resourceAttribute(renamed, value);
        case FieldRole::kIgnored:
            if (name == "instant.nanoOfSecond" && value.is_int64())
                nanoOfSecond = value.get_int64().value_unsafe();
            return;
        case FieldRole::kAttribute: break;
        }
        if (resource)
            resourceAttribute(renamed, value);
        else
            attribute(renamed, value);
    }

    void traceFlags(element value) {
        int64_t flags = 0;
        if (value.is_string() && text::parseInt(value.get_string().value_unsafe(), flags))
            out->flags = static_cast<uint32_t>(flags & 0xff);
        else if (value.is_int64())
            out->flags = static_cast<uint32_t>(value.get_int64().value_unsafe() & 0xff);
    }

    void resourceAttribute(std::string_view name, element value) {
        if (value.is_string())
            out->addResource(name, keep(value.get_string().value_unsafe()));
        else
            out->addResource(name, minified(value));
    }

    std::string_view minified(element value) {
        std::string& buffer = out->ownBuffer();
        buffer = simdjson::minify(value);
        return buffer;
    }

    // What is a number by its name stays one when it was written in quotes (journald).
    void stringAttribute(std::string_view name, std::string_view value) {
        int64_t number = 0;
        if ((name == "process.pid" || name == "thread.id" || name == "code.line.number" || name == kStatusCode) && text::parseInt(value, number)) {
            if (name == kStatusCode)
                status = number;
            out->addInt(name, number);
        } else {
            out->addString(name, keep(value));
        }
    }

    void attribute(std::string_view name, element value) {
        switch (value.type()) {
        case element_type::STRING: stringAttribute(name, value.get_string().value_unsafe()); break;
        case element_type::INT64:
            if (name == kStatusCode)
                status = value.get_int64().value_unsafe();
            out->addInt(name, value.get_int64().value_unsafe());
            break;
        case element_type::UINT64: out->addString(name, out->own(std::to_string(value.get_uint64().value_unsafe()))); break;
        case element_type::DOUBLE: out->addDouble(name, value.get_double().value_unsafe()); break;
        case element_type::BOOL: out->addBool(name, value.get_bool().value_unsafe()); break;
        case element_type::ARRAY:
        case element_type::OBJECT: out->addJson(name, minified(value)); break;
        case element_type::NULL_VALUE: break;
        }
    }

    bool readTime(element value, ParsedTime& parsed) const {
        if (value.is_string()) {
            const std::string_view s = value.get_string().value_unsafe();
            int64_t number = 0;
            if (text::parseInt(s, number))
                return instantFromInteger(number, parsed);
            return parseTimeValue(s, parsed);
        }
        if (value.type() == element_type::INT64) {
            const int64_t number = value.get_int64().value_unsafe();
            if (instantFromInteger(number, parsed)) {
                parsed.value += nanoOfSecond >= 0 && nanoOfSecond < kSecond ? nanoOfSecond : 0;
                return true;
            }
            // Milliseconds since the start of a recording.
            if (number < 0 || number > 1'000'000'000)
                return false;
            parsed.kind = ParsedTime::Kind::kUptime;
            parsed.value = number * kMillisecond;
            return true;
        }
        return value.type() == element_type::DOUBLE && instantFromNumber(value.get_double().value_unsafe(), parsed);
    }

    void settleSeverity() {
        if (!severity.set)
            return;
        if (severity.value.is_string()) {
            const std::string_view word = text::trim(severity.value.get_string().value_unsafe());
            int64_t number = 0;
            const bool digits = text::parseInt(word, number);
            const uint8_t level = digits ? fromNumber(number) : severityFromWord(word, true);
            if (level != 0 && out->severity == 0)
                out->severity = level;
            if (level == 0 && (digits || severity.rank >= 5))
                attribute(severity.path, severity.value);
            else if (!digits)
                out->severityText = keep(word);
        } else if (severity.value.is_int64()) {
            const uint8_t level = fromNumber(severity.value.get_int64().value_unsafe());
            if (level == 0)
                return attribute(severity.path, severity.value);
            if (out->severity == 0)
                out->severity = level;
        } else {
            attribute(severity.path, severity.value);
        }
    }

    [[nodiscard]] uint8_t fromNumber(int64_t number) const {
        if (severity.path.size() == 8 && (severity.path[0] | 0x20) == 'p')   // syslog's PRIORITY
            return severityFromSyslog(number);
        if (nextcloud && number >= 0 && number <= 4)
            return static_cast<uint8_t>(number == 4 ? 21 : 5 + 4 * number);
        return number >= 10 && number <= 60 && number % 10 == 0 ? severityFromTens(number, false) : 0;
    }

    void settleBody() {
        if (!body.set)
            return;
        if (body.value.is_array()) {   // journald: a message that is no UTF-8, byte by byte
            std::string& bytes = out->ownBuffer();
            const simdjson::dom::array items = body.value.get_array().value_unsafe();
            for (const element item : items) {
                if (!item.is_int64() || item.get_int64().value_unsafe() < 0 || item.get_int64().value_unsafe() > 255) {
                    attribute(body.path, body.value);
                    body.set = false;
                    return;
                }
                bytes += static_cast<char>(item.get_int64().value_unsafe());
            }
            out->body = bytes;
            return;
        }
        const std::string_view message = body.value.get_string().value_unsafe();
        // Equal bytes anywhere in the line are as good as the field's own.
        const size_t found = text::findQuoted(text, message);
        out->body = found != std::string_view::npos ? text.substr(found, message.size()) : keep(message);
        if (found == std::string_view::npos && message.find('\x1b') != std::string_view::npos) {
            std::string& plain = out->ownBuffer();
            text::appendWithoutAnsi(plain, message);
            out->body = plain;
        }
    }

    // Datadog writes the low 64 bits as a decimal number.
    template <typename IdType>
    static bool setDecimal(element value, IdType& id) {
        uint64_t number = 0;
        if (value.is_string()) {
            const std::string_view digits = value.get_string().value_unsafe();
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
            if (error != std::errc() || end != digits.data() + digits.size())
                return false;
        } else if (value.get(number) != simdjson::SUCCESS) {
            return false;
        }
        for (size_t i = 0; i < 8; ++i)
            id.bytes[id.bytes.size() - 1 - i] = static_cast<unsigned char>(number >> (8 * i));
        return number != 0;
    }

    template <typename IdType>
    void settleId(const Candidate& candidate, IdType& id) {
        if (!candidate.set)
            return;
        if (candidate.path.find("dd.") != std::string_view::npos && setDecimal(candidate.value, id))
            return;
        if (candidate.value.is_string()) {
            std::string_view s = candidate.value.get_string().value_unsafe();
            if (const size_t slash = s.rfind('/'); slash != std::string_view::npos)   // projects/P/traces/ID
                s = s.substr(slash + 1);
            const auto parsed = IdType::fromHex(s);
            if (parsed && s.size() == id.bytes.size() * 2) {
                id = *parsed;
                return;
            }
            if (s.empty())
                return;
        }
        attribute(candidate.path, candidate.value);
    }

    void settle() {
        if (time.set && !readTime(time.value, out->time))
            attribute(time.path, time.value);
        if (observed.set && !readTime(observed.value, out->observed))
            attribute(observed.path, observed.value);
        settleSeverity();
        if (out->severity == 0 && !severity.set)
            out->severity = severityFromHttpStatus(status);
        settleBody();
        if (logger.set)
            out->logger = keep(logger.value.get_string().value_unsafe());
        if (service.set)
            out->service = keep(service.value.get_string().value_unsafe());
        if (host.set)
            out->host = keep(host.value.get_string().value_unsafe());
        settleId(trace, out->traceId);
        settleId(span, out->spanId);
    }
};

JsonLogParser::JsonLogParser() : state_(std::make_unique<State>()) {}
JsonLogParser::~JsonLogParser() = default;

JsonLogParser::Outcome JsonLogParser::parse(std::string_view text, LogLine& out, bool copyTexts) {
    State& s = *state_;
    s.padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    s.padded.assign(text);
    element root;
    if (s.parser.capacity() == 0 && s.parser.allocate(1U << 16, 64) != simdjson::SUCCESS)
        return Outcome::kMalformed;
    if (s.parser.parse(s.padded.data(), s.padded.size(), false).get(root) != simdjson::SUCCESS || !root.is_object())
        return Outcome::kMalformed;
    s.begin(text, out, copyTexts);
    const simdjson::dom::object object = root.get_object().value_unsafe();
    s.walk(object, 0, true);
    s.settle();
    out.bodyToEnd = false;
    const bool record = out.time || s.body.set || (s.severity.set && out.severity != 0);
    if (!s.body.set)
        out.body = text;
    return record ? Outcome::kRecord : Outcome::kObject;
}

}  // namespace nj::format

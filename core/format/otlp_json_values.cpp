// Attribute values and leaves of OTLP JSON: see otlp_json_reader.h.
#include <algorithm>

#include "base/json_writer.h"
#include "format/otlp_json_reader.h"

namespace nj::format {
namespace {

constexpr const char* kTooDeep = "attribute value nested deeper than 32: cut";
constexpr const char* kTwice = "attribute key twice on one row: the first is kept";

bool isHex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

bool isPlainType(std::string_view key) { return key.ends_with("Value"); }

bool isContainer(std::string_view token) { return token.starts_with('{') || token.starts_with('['); }

}  // namespace

std::string_view OtlpJsonDecoder::Reader::camel(std::string_view key) {
    if (key.find('_') == std::string_view::npos)
        return key;
    camel_ = toCamelCase(key);
    return camel_;
}

std::string_view OtlpJsonDecoder::Reader::text(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    return token == "null" || isContainer(token) ? std::string_view() : jsonText(token, texts_);
}

void OtlpJsonDecoder::Reader::notANumber(std::string_view token) {
    if (token != "null" && token != "\"\"")
        builder_.health(HealthSeverity::kRepaired, "OTLP number that is none: taken as 0", token);
}

uint64_t OtlpJsonDecoder::Reader::unsignedNumber(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    const auto number = jsonUnsigned(token);
    if (!number)
        notANumber(token);
    return number.value_or(0);
}

int64_t OtlpJsonDecoder::Reader::signedNumber(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    const auto number = jsonSigned(token);
    if (!number)
        notANumber(token);
    return number.value_or(0);
}

double OtlpJsonDecoder::Reader::real(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    const auto number = jsonDouble(token);
    if (!number)
        notANumber(token);
    return number.value_or(0);
}

TimeNs OtlpJsonDecoder::Reader::time(JsonValue& value) { return timeOf(unsignedNumber(value), builder_); }

uint32_t OtlpJsonDecoder::Reader::count(JsonValue& value) { return static_cast<uint32_t>(std::min<uint64_t>(unsignedNumber(value), UINT32_MAX)); }

bool OtlpJsonDecoder::Reader::isNull(JsonValue& value) { return jsonToken(value) == "null"; }

// Hex of either case, shorter than it should be where zeros were dropped; or base64, as protobuf's own JSON has it.
template <typename AnyId>
AnyId OtlpJsonDecoder::Reader::id(JsonValue& value) {
    constexpr size_t kBytes = sizeof(AnyId);
    constexpr size_t kBase64 = (kBytes + 2) / 3 * 4;
    const std::string_view token = text(value);
    if (token.empty())
        return {};
    if (token.size() == 2 * kBytes)
        if (const auto found = AnyId::fromHex(token))
            return *found;
    const bool base64 = token.ends_with('=') || (!isHex(token) && token.size() <= kBase64);
    if (!base64) {
        if (const auto found = AnyId::fromHex(token.starts_with("0x") ? token.substr(2) : token))
            return *found;
    } else if (const auto bytes = fromBase64(token)) {
        if (const auto found = AnyId::fromBytes(*bytes))
            return *found;
    }
    builder_.health(HealthSeverity::kRepaired, kBytes == 16 ? "trace id that is not 16 bytes" : "span id that is not 8 bytes", token);
    return {};
}

template TraceId OtlpJsonDecoder::Reader::id<TraceId>(JsonValue&);
template SpanId OtlpJsonDecoder::Reader::id<SpanId>(JsonValue&);

uint32_t OtlpJsonDecoder::Reader::enumNumber(JsonValue& value, std::string_view prefix, std::initializer_list<std::string_view> names) {
    const std::string_view token = text(value);
    if (token.empty())
        return 0;
    if (const auto number = jsonUnsigned(token); number && *number < names.size())
        return static_cast<uint32_t>(*number);
    std::string_view name = token.starts_with(prefix) ? token.substr(prefix.size()) : token;
    const auto* found = std::find(names.begin(), names.end(), name);
    if (found != names.end())
        return static_cast<uint32_t>(found - names.begin());
    builder_.health(HealthSeverity::kRepaired, "OTLP enum value out of range", token);
    return 0;
}

uint8_t OtlpJsonDecoder::Reader::severity(JsonValue& value) {
    const std::string_view token = text(value);
    if (const auto number = jsonUnsigned(token); number && *number <= 24)
        return static_cast<uint8_t>(*number);
    constexpr std::string_view kPrefix = "SEVERITY_NUMBER_";
    constexpr std::string_view kNames[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
    std::string_view name = token.starts_with(kPrefix) ? token.substr(kPrefix.size()) : token;
    unsigned step = 0;
    if (!name.empty() && name.back() >= '2' && name.back() <= '4') {
        step = static_cast<unsigned>(name.back() - '1');
        name.remove_suffix(1);
    }
    for (unsigned i = 0; i < std::size(kNames); ++i)
        if (name == kNames[i])
            return static_cast<uint8_t>(1 + 4 * i + step);
    if (!token.empty() && name != "UNSPECIFIED")
        builder_.health(HealthSeverity::kRepaired, "OTLP enum value out of range", token);
    return 0;
}

template <typename F>
void OtlpJsonDecoder::Reader::forEachAttribute(JsonValue& value, F&& f) {
    if (jsonToken(value).starts_with('{')) {
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (going())
                f(key.find('\\') == std::string_view::npos ? key : texts_.emplace_back(unescapedJson(key)), plain(member));
        }));
        return;
    }
    check(forEachElement(value, [&](JsonValue& entry) {
        if (!going())
            return;
        std::string_view key;
        Plain found;
        check(forEachMember(entry, [&](std::string_view name, JsonValue& member) {
            if (name == "key")
                key = text(member);
            else if (name == "value" && going())
                found = plain(member);
        }));
        if (going())
            f(key, found);
    }));
}

void OtlpJsonDecoder::Reader::rowAttributes(AttributeColumns& columns, uint32_t row, JsonValue& value) {
    const char* const start = jsonToken(value).data();
    if (readFlatAttributes({start, static_cast<size_t>(end_ - start)}, flat_, texts_)) {
        for (const FlatAttribute& a : flat_)
            rowAttribute(columns, row, a.key, {a.type, a.text, a.integer, a.number});
        return;
    }
    forEachAttribute(value, [&](std::string_view key, const Plain& found) { rowAttribute(columns, row, key, found); });
}

void OtlpJsonDecoder::Reader::rowAttribute(AttributeColumns& columns, uint32_t row, std::string_view key, const Plain& p) {
    if (++rowAttributes_ > kMaxRowAttributes) {
        builder_.health(HealthSeverity::kLost, "attributes over the limit of one row", key);
        return;
    }
    bool fresh = true;
    switch (p.type) {
    case ValueType::kString:
    case ValueType::kBytes:
    case ValueType::kJson: fresh = columns.addText(row, key, p.type, p.text); break;
    case ValueType::kInt: fresh = columns.addInt(row, key, p.integer); break;
    case ValueType::kBool: fresh = columns.addBool(row, key, p.integer != 0); break;
    case ValueType::kDouble: fresh = columns.addDouble(row, key, p.number); break;
    case ValueType::kEmpty: fresh = columns.addEmpty(row, key); break;
    }
    if (!fresh)
        builder_.health(HealthSeverity::kRepaired, kTwice, key);
}

AttributeList OtlpJsonDecoder::Reader::attributeList(JsonValue& value) {
    AttributeList list;
    forEachAttribute(value, [&](std::string_view key, const Plain& found) {
        if (list.size() < kMaxRowAttributes)
            list.push_back({std::string(key), found.owned()});
        else
            builder_.health(HealthSeverity::kLost, "attributes over the limit of one row", key);
    });
    return list;
}

OtlpJsonDecoder::Reader::Plain OtlpJsonDecoder::Reader::plain(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    Plain out;
    if (token.starts_with('[')) {
        std::string json;
        appendPlainJson(json, value, 1);
        out.type = ValueType::kJson;
        out.text = texts_.emplace_back(std::move(json));
        return out;
    }
    if (!token.starts_with('{'))
        return plainScalar(token);
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& member) {
        const std::string_view key = camel(rawKey);
        if (going() && isPlainType(key) && !isNull(member))
            out = plainMember(key, member);
    }));
    return out;
}

OtlpJsonDecoder::Reader::Plain OtlpJsonDecoder::Reader::plainScalar(std::string_view token) {
    if (token.starts_with('"'))
        return {ValueType::kString, jsonText(token, texts_), 0, 0};
    if (token == "true" || token == "false")
        return {ValueType::kBool, {}, token == "true" ? 1 : 0, 0};
    const bool fraction = token.find_first_of(".eE") != std::string_view::npos;
    if (const auto integer = jsonSigned(token); integer && !fraction)
        return {ValueType::kInt, {}, *integer, 0};
    if (const auto number = jsonDouble(token))
        return {ValueType::kDouble, {}, 0, *number};
    return {};
}

OtlpJsonDecoder::Reader::Plain OtlpJsonDecoder::Reader::plainMember(std::string_view key, JsonValue& value) {
    if (key == "stringValue")
        return {ValueType::kString, text(value), 0, 0};
    if (key == "intValue")
        return {ValueType::kInt, {}, signedNumber(value), 0};
    if (key == "boolValue")
        return {ValueType::kBool, {}, jsonTrue(jsonToken(value)) ? 1 : 0, 0};
    if (key == "doubleValue")
        return {ValueType::kDouble, {}, 0, real(value)};
    if (key == "bytesValue") {
        const std::string_view coded = text(value);
        if (auto bytes = fromBase64(coded))
            return {ValueType::kBytes, texts_.emplace_back(std::move(*bytes)), 0, 0};
        builder_.health(HealthSeverity::kRepaired, "bytes that are no base64: kept as text", coded);
        return {ValueType::kString, coded, 0, 0};
    }
    if (key != "arrayValue" && key != "kvlistValue")
        return {};
    std::string json;
    appendMember(json, key, value, 1);
    return {ValueType::kJson, texts_.emplace_back(std::move(json)), 0, 0};
}

bool OtlpJsonDecoder::Reader::tooDeep(std::string& out, int depth) {
    if (depth <= kMaxValueDepth)
        return false;
    builder_.health(HealthSeverity::kRepaired, kTooDeep);
    out += "null";
    return true;
}

// An AnyValue as JSON text.
void OtlpJsonDecoder::Reader::appendValue(std::string& out, JsonValue& value, int depth) {
    const std::string_view token = jsonToken(value);
    if (!token.starts_with('{')) {
        appendPlainJson(out, value, depth + 1);
        return;
    }
    const size_t start = out.size();
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& member) {
        const std::string key(camel(rawKey));
        if (!going() || !isPlainType(key) || isNull(member))
            return;
        out.resize(start);
        appendMember(out, key, member, depth + 1);
    }));
    if (out.size() == start)
        out += "null";
}

void OtlpJsonDecoder::Reader::appendMember(std::string& out, std::string_view key, JsonValue& value, int depth) {
    const bool list = key == "arrayValue";
    if (!list && key != "kvlistValue") {
        plainMember(key, value).owned().appendJson(out);
        return;
    }
    if (tooDeep(out, depth))
        return;
    bool found = false;
    check(forEachMember(value, [&](std::string_view name, JsonValue& values) {
        if (name != "values" || found || !going())
            return;
        found = true;
        list ? appendList(out, values, depth) : appendMap(out, values, depth);
    }));
    if (!found)
        out += list ? "[]" : "{}";
}

void OtlpJsonDecoder::Reader::appendList(std::string& out, JsonValue& value, int depth) {
    out += '[';
    bool first = true;
    check(forEachElement(value, [&](JsonValue& element) {
        if (!going())
            return;
        if (!first)
            out += ',';
        first = false;
        appendValue(out, element, depth);
    }));
    out += ']';
}

void OtlpJsonDecoder::Reader::appendMap(std::string& out, JsonValue& value, int depth) {
    out += '{';
    bool first = true;
    check(forEachElement(value, [&](JsonValue& entry) {
        if (!going())
            return;
        std::string key;
        std::string member = "null";
        check(forEachMember(entry, [&](std::string_view name, JsonValue& field) {
            if (name == "key") {
                key = text(field);
            } else if (name == "value" && going()) {
                member.clear();
                appendValue(member, field, depth);
            }
        }));
        if (!first)
            out += ',';
        first = false;
        appendJsonString(out, key);
        out += ':';
        out += member;
    }));
    out += '}';
}

// JSON as it stands, compact.
void OtlpJsonDecoder::Reader::appendPlainJson(std::string& out, JsonValue& value, int depth) {
    const std::string_view token = jsonToken(value);
    if (!isContainer(token)) {
        plainScalar(token).owned().appendJson(out);
        return;
    }
    if (tooDeep(out, depth))
        return;
    const bool list = token.starts_with('[');
    const size_t start = out.size();
    const auto separate = [&] { out += out.size() == start ? (list ? '[' : '{') : ','; };
    if (list) {
        check(forEachElement(value, [&](JsonValue& element) {
            if (!going())
                return;
            separate();
            appendPlainJson(out, element, depth + 1);
        }));
    } else {
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (!going())
                return;
            separate();
            appendJsonString(out, key.find('\\') == std::string_view::npos ? std::string(key) : unescapedJson(key));
            out += ':';
            appendPlainJson(out, member, depth + 1);
        }));
    }
    if (out.size() == start)
        out += list ? '[' : '{';
    out += list ? ']' : '}';
}

}  // namespace nj::format

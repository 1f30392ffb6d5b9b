// Liberal reading of JSON values with simdjson On-Demand: numbers also as strings, enums also by name, keys in camelCase or
// snake_case. Only sources of this room that parse JSON on a hot path include it. Free functions, any thread; texts without
// escapes are views of the document.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

namespace nj::format {

using JsonValue = simdjson::ondemand::value;
using JsonObject = simdjson::ondemand::object;
using JsonArray = simdjson::ondemand::array;

// Texts that had to be unescaped; views of them are good until clear().
using TextStore = std::deque<std::string>;

// The value's own text without blanks around it; of an object or array its bracket. The value stays unread.
std::string_view jsonToken(JsonValue& value);
// Text of a string without its quotes and escapes, of a number or literal as it stands.
std::string_view jsonText(std::string_view token, TextStore& store);
// `body` is what stands between the quotes. What is no valid escape becomes U+FFFD; repaired (optional) is set then.
std::string unescapedJson(std::string_view body, bool* repaired = nullptr);

// Numbers, also in quotes. Nothing where the token is none or out of range.
std::optional<uint64_t> jsonUnsigned(std::string_view token);
std::optional<int64_t> jsonSigned(std::string_view token);
// Also "NaN", "Infinity", "-Infinity", "+Inf", "Inf".
std::optional<double> jsonDouble(std::string_view token);
bool jsonTrue(std::string_view token);

// Standard or URL-safe base64, padded or not. Nothing where it is neither.
std::optional<std::string> fromBase64(std::string_view text);
std::string toCamelCase(std::string_view snake);

// What stands between a key's quotes, escapes and all.
inline std::string_view jsonKey(simdjson::ondemand::raw_json_string raw) {
    const char* begin = raw.raw();
    const char* end = begin;
    while (*end != '"')   // stage 1 has seen the closing quote
        end += *end == '\\' ? 2 : 1;
    return {begin, static_cast<size_t>(end - begin)};
}

// Calls f(raw key, value) for each member. False when the JSON is malformed there.
template <typename F>
bool forEachMember(JsonObject& object, F&& f) {
    for (auto result : object) {
        simdjson::ondemand::raw_json_string key;
        JsonValue value;
        if (result.error() != simdjson::SUCCESS || result.key().get(key) != simdjson::SUCCESS || result.value().get(value) != simdjson::SUCCESS)
            return false;
        f(jsonKey(key), value);
    }
    return true;
}

// The same when the value is an object; true (and nothing called) when it is none.
template <typename F>
bool forEachMember(JsonValue& value, F&& f) {
    JsonObject object;
    const simdjson::error_code error = value.get_object().get(object);
    if (error != simdjson::SUCCESS)
        return error == simdjson::INCORRECT_TYPE;
    return forEachMember(object, f);
}

template <typename F>
bool forEachElement(JsonValue& value, F&& f) {
    JsonArray array;
    const simdjson::error_code error = value.get_array().get(array);
    if (error != simdjson::SUCCESS)
        return error == simdjson::INCORRECT_TYPE;
    for (auto result : array) {
        JsonValue element;
        if (result.get(element) != simdjson::SUCCESS)
            return false;
        f(element);
    }
    return true;
}

}  // namespace nj::format

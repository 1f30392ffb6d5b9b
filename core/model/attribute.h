// Attribute values in OpenTelemetry's meaning. Plain values, owned by whoever holds them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nj {

// A column of attributes is (key, type). The numbers are written to capsules: never reuse one.
enum class ValueType : uint8_t {
    kEmpty = 0,    // an AnyValue without a member
    kString = 1,
    kBool = 2,
    kInt = 3,
    kDouble = 4,
    kBytes = 5,    // raw bytes in `text`
    kJson = 6,     // array or key-value list, as compact JSON in `text`, nested at most 32 deep
};

// Its value is in AttributeValue::text.
constexpr bool isText(ValueType type) { return type == ValueType::kString || type == ValueType::kBytes || type == ValueType::kJson; }

struct AttributeValue {
    ValueType type = ValueType::kEmpty;
    std::string text;      // kString, kBytes, kJson
    int64_t integer = 0;   // kInt; kBool as 0 or 1
    double number = 0;     // kDouble

    static AttributeValue ofString(std::string_view v) { return {ValueType::kString, std::string(v), 0, 0}; }
    static AttributeValue ofInt(int64_t v) { return {ValueType::kInt, {}, v, 0}; }
    static AttributeValue ofDouble(double v) { return {ValueType::kDouble, {}, 0, v}; }
    static AttributeValue ofBool(bool v) { return {ValueType::kBool, {}, v ? 1 : 0, 0}; }
    static AttributeValue ofJson(std::string_view v) { return {ValueType::kJson, std::string(v), 0, 0}; }
    static AttributeValue ofBytes(std::string_view v) { return {ValueType::kBytes, std::string(v), 0, 0}; }
    bool operator==(const AttributeValue&) const = default;
    // As a person reads it: strings bare, numbers shortest, bytes base64, lists as JSON.
    [[nodiscard]] std::string display() const;
    // As JSON: bytes as {"base64": "…"} would be ambiguous, so they are base64 strings.
    void appendJson(std::string& out) const;
};

struct KeyValue {
    std::string key;
    AttributeValue value;
    bool operator==(const KeyValue&) const = default;
};

using AttributeList = std::vector<KeyValue>;

// First entry of that key, or nullptr.
const AttributeValue* findAttribute(const AttributeList& list, std::string_view key);
// {"key":value,…} in the list's order.
std::string attributesToJson(const AttributeList& list);
// Inverse of attributesToJson for its own output; numbers with '.', 'e' or specials become doubles. Unknown text gives an empty list.
AttributeList attributesFromJson(std::string_view json);

}  // namespace nj

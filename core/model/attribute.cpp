#include "model/attribute.h"

#include <nlohmann/json.hpp>

#include "base/json_writer.h"

namespace nj {
namespace {

std::string base64(std::string_view bytes) {
    static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k)
            group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (size_t k = 0; k < 4; ++k)
            out += i + k <= bytes.size() ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

}  // namespace

std::string AttributeValue::display() const {
    switch (type) {
    case ValueType::kString:
    case ValueType::kJson: return text;
    case ValueType::kBytes: return base64(text);
    case ValueType::kBool: return integer != 0 ? "true" : "false";
    case ValueType::kInt: return std::to_string(integer);
    case ValueType::kDouble: {
        std::string out;
        appendJsonNumber(out, number);
        if (!out.empty() && out.front() == '"')
            out = out.substr(1, out.size() - 2);
        return out;
    }
    case ValueType::kEmpty: break;
    }
    return {};
}

void AttributeValue::appendJson(std::string& out) const {
    switch (type) {
    case ValueType::kString: appendJsonString(out, text); break;
    case ValueType::kJson: out += text; break;
    case ValueType::kBytes: appendJsonString(out, base64(text)); break;
    case ValueType::kBool: out += integer != 0 ? "true" : "false"; break;
    case ValueType::kInt: out += std::to_string(integer); break;
    case ValueType::kDouble: {
        const size_t at = out.size();
        appendJsonNumber(out, number);
        // A whole double keeps its type through JSON.
        if (out.find_first_not_of("-0123456789", at) == std::string::npos)
            out += ".0";
        break;
    }
    case ValueType::kEmpty: out += "null"; break;
    }
}

const AttributeValue* findAttribute(const AttributeList& list, std::string_view key) {
    for (const auto& entry : list)
        if (entry.key == key)
            return &entry.value;
    return nullptr;
}

std::string attributesToJson(const AttributeList& list) {
    std::string out = "{";
    for (const auto& entry : list) {
        if (out.size() > 1)
            out += ',';
        appendJsonString(out, entry.key);
        out += ':';
        entry.value.appendJson(out);
    }
    out += '}';
    return out;
}

AttributeList attributesFromJson(std::string_view json) {
    AttributeList list;
    const auto document = nlohmann::ordered_json::parse(json, nullptr, false);
    if (!document.is_object())
        return list;
    for (const auto& [key, value] : document.items()) {
        if (value.is_string())
            list.push_back({key, AttributeValue::ofString(value.get_ref<const std::string&>())});
        else if (value.is_boolean())
            list.push_back({key, AttributeValue::ofBool(value.get<bool>())});
        else if (value.is_number_integer())
            list.push_back({key, AttributeValue::ofInt(value.get<int64_t>())});
        else if (value.is_number_float())
            list.push_back({key, AttributeValue::ofDouble(value.get<double>())});
        else if (value.is_null())
            list.push_back({key, AttributeValue{}});
        else
            list.push_back({key, AttributeValue::ofJson(value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace))});
    }
    return list;
}

}  // namespace nj

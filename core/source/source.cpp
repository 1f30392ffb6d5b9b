#include "source/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nj::source {

#define SOURCE(name) extern const SourceKind name;
#include "source/sources.inc"
#undef SOURCE

namespace {

const SourceKind* const kKinds[] = {
#define SOURCE(name) &name,
#include "source/sources.inc"
#undef SOURCE
};

using Json = nlohmann::ordered_json;

const SourceField* findField(const SourceKind& kind, std::string_view name) {
    const auto it = std::find_if(kind.fields.begin(), kind.fields.end(), [&](const SourceField& f) { return f.name == name; });
    return it == kind.fields.end() ? nullptr : &*it;
}

Status checkValue(const SourceKind& kind, const SourceField& field, const std::string& value) {
    const auto wrong = [&](std::string_view why) { return makeError(ErrorCode::kInvalidArgument, fmt::format("{}, {}: {}", kind.title, field.title, why)); };
    if (value.size() > 64U << 10)
        return wrong("longer than 64 KiB");
    switch (field.kind) {
    case FieldKind::kDuration:
        if (const auto duration = parseDuration(value); !duration.ok() || *duration <= 0)
            return wrong(fmt::format("'{}' is no length of time such as 15s or 1h", value));
        break;
    case FieldKind::kUrl:
        if (!value.starts_with("http://") && !value.starts_with("https://"))
            return wrong(fmt::format("'{}' does not start with http:// or https://", value));
        break;
    case FieldKind::kSwitch:
        if (value != "yes" && value != "no")
            return wrong(fmt::format("'{}' is neither yes nor no", value));
        break;
    default: break;
    }
    return {};
}

Result<SourceConfig> configOf(const Json& object) {
    const auto wrong = [](std::string why) { return makeError(ErrorCode::kInvalidArgument, std::move(why)); };
    if (!object.is_object() || !object.contains("kind") || !object["kind"].is_string())
        return wrong("a source is an object with a \"kind\"");
    SourceConfig config;
    config.kind = object["kind"].get<std::string>();
    for (const auto& [name, value] : object.items()) {
        if (name == "kind")
            continue;
        const auto one = [&, field = std::string(name)](const Json& v) -> Status {
            if (v.is_string())
                config.add(field, v.get<std::string>());
            else if (v.is_boolean())
                config.add(field, v.get<bool>() ? "yes" : "no");
            else if (v.is_number())
                config.add(field, v.dump());
            else
                return wrong(fmt::format("{}: \"{}\" is neither text nor a list of texts", config.kind, field));
            return {};
        };
        if (!value.is_array()) {
            NJ_RETURN_IF_ERROR(one(value));
            continue;
        }
        for (const Json& element : value)
            NJ_RETURN_IF_ERROR(one(element));
    }
    NJ_RETURN_IF_ERROR(checkConfig(config));
    return config;
}

}  // namespace

std::string SourceConfig::value(std::string_view field) const {
    const auto it = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == field; });
    return it == values.end() ? std::string() : it->second;
}

std::vector<std::string> SourceConfig::all(std::string_view field) const {
    std::vector<std::string> out;
    for (const auto& [name, value] : values)
        if (name == field)
            out.push_back(value);
    return out;
}

void SourceConfig::set(std::string_view field, std::string value) {
    std::erase_if(values, [&](const auto& v) { return v.first == field; });
    values.emplace_back(field, std::move(value));
}

std::span<const SourceKind* const> sourceKinds() { return kKinds; }

const SourceKind* findSourceKind(std::string_view name) {
    const auto* const it = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const SourceKind* kind) { return kind->name == name; });
    return it == std::end(kKinds) ? nullptr : *it;
}

Status checkConfig(const SourceConfig& config) {
    const auto wrong = [](std::string why) { return makeError(ErrorCode::kInvalidArgument, std::move(why)); };
    const SourceKind* kind = findSourceKind(config.kind);
    if (kind == nullptr)
        return wrong(fmt::format("there is no kind of source named '{}'", config.kind));
    for (const auto& [name, value] : config.values) {
        const SourceField* field = findField(*kind, name);
        if (field == nullptr)
            return wrong(fmt::format("{} has no setting named '{}'", kind->title, name));
        if (!field->repeated && config.all(name).size() > 1)
            return wrong(fmt::format("{}, {}: given more than once", kind->title, field->title));
        NJ_RETURN_IF_ERROR(checkValue(*kind, *field, value));
    }
    for (const SourceField& field : kind->fields)
        if (field.required && config.value(field.name).empty())
            return wrong(fmt::format("{}, {}: missing{}", kind->title, field.title, field.hint.empty() ? std::string() : fmt::format(" ({})", field.hint)));
    return {};
}

Result<std::unique_ptr<Source>> createSource(const SourceConfig& config, DeliveryTarget& target) {
    NJ_RETURN_IF_ERROR(checkConfig(config));
    return findSourceKind(config.kind)->create(config, target);
}

std::string sourcesToJson(std::span<const SourceConfig> configs) {
    Json list = Json::array();
    for (const SourceConfig& config : configs) {
        Json object;
        object["kind"] = config.kind;
        const SourceKind* kind = findSourceKind(config.kind);
        for (const auto& [name, value] : config.values) {
            const SourceField* field = kind == nullptr ? nullptr : findField(*kind, name);
            if (field == nullptr || field->kind == FieldKind::kSecret)
                continue;
            if (field->repeated)
                object[name].push_back(value);
            else
                object[name] = value;
        }
        list.push_back(std::move(object));
    }
    return list.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<SourceConfig>> sourcesFromJson(std::string_view json) {
    const Json list = Json::parse(json, nullptr, false);
    if (list.is_discarded() || !list.is_array())
        return makeError(ErrorCode::kMalformed, "sources are a JSON list of objects such as [{\"kind\": \"prometheus\", \"url\": \"http://localhost:9090\"}]");
    std::vector<SourceConfig> configs;
    for (const Json& object : list) {
        NJ_ASSIGN(SourceConfig config, configOf(object));
        configs.push_back(std::move(config));
    }
    return configs;
}

}  // namespace nj::source

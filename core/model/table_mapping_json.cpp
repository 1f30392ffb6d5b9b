#include <nlohmann/json.hpp>

#include "base/json_writer.h"
#include "model/table_mapping.h"

namespace nj {
namespace {

using Json = nlohmann::ordered_json;

Error wrong(const std::string& where, const std::string& what) { return makeError(ErrorCode::kInvalidArgument, "the mapping is wrong at " + where + ": " + what); }

Result<std::string> textOf(const Json& object, const char* key, const std::string& where) {
    const auto at = object.find(key);
    if (at == object.end())
        return wrong(where, "'" + std::string(key) + "' is missing");
    if (!at->is_string() || at->get_ref<const std::string&>().empty())
        return wrong(where + "." + key, "it must be a text");
    return at->get<std::string>();
}

Result<MappedField> fieldOf(const std::string& name, const Json& value, MappedSignal signal, const std::string& where) {
    const MappableField* known = nullptr;
    std::string names;
    for (const MappableField& field : fieldsOf(signal)) {
        known = field.name == name ? &field : known;
        names += (names.empty() ? "" : ", ") + std::string(field.name);
    }
    if (known == nullptr)
        return wrong(where, std::string(signalName(signal)) + " have no such field; they have " + names);
    const bool timed = known->kind == FieldKind::kTime || known->kind == FieldKind::kDuration;
    MappedField field{name, {}, known->kind == FieldKind::kTime ? TimeUnit::kText : TimeUnit::kNanoseconds};
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
        field.column = value.get<std::string>();
        if (known->kind == FieldKind::kDuration)
            return wrong(where, "a duration needs its unit: {\"column\": \"" + field.column + "\", \"unit\": \"ms\"}");
        return field;
    }
    if (!value.is_object())
        return wrong(where, "it must be a column's name, or {\"column\": …, \"unit\": …}");
    NJ_ASSIGN(field.column, textOf(value, "column", where));
    for (const auto& [key, unit] : value.items()) {
        if (key == "column")
            continue;
        if (key != "unit" || !timed)
            return wrong(where, "'" + key + "' is not known here");
        const auto parsed = unit.is_string() ? unitFromName(unit.get_ref<const std::string&>()) : std::nullopt;
        if (!parsed)
            return wrong(where + ".unit", "it must be ns, us, ms, s or text");
        if (*parsed == TimeUnit::kText && known->kind == FieldKind::kDuration)
            return wrong(where + ".unit", "a duration is a number of ns, us, ms or s, not text");
        field.unit = *parsed;
    }
    if (known->kind == FieldKind::kDuration && !value.contains("unit"))
        return wrong(where, "a duration needs its unit: ns, us, ms or s");
    return field;
}

Result<TableMapping> tableOf(const Json& value, const std::string& where) {
    if (!value.is_object())
        return wrong(where, "it must be an object");
    TableMapping mapping;
    NJ_ASSIGN(mapping.table, textOf(value, "table", where));
    NJ_ASSIGN(const std::string signal, textOf(value, "signal", where));
    const auto known = signalFromName(signal);
    if (!known)
        return wrong(where + ".signal", "'" + signal + "' is none of spans, logs, samples");
    mapping.signal = *known;
    for (const auto& [key, member] : value.items()) {
        if (key == "fields") {
            if (!member.is_object())
                return wrong(where + ".fields", "it must be an object");
            for (const auto& [name, field] : member.items()) {
                NJ_ASSIGN(MappedField mapped, fieldOf(name, field, mapping.signal, where + ".fields." + name));
                mapping.fields.push_back(std::move(mapped));
            }
        } else if (key == "attributes") {
            if (!member.is_array())
                return wrong(where + ".attributes", "it must be a list of columns");
            for (const Json& column : member) {
                if (!column.is_string())
                    return wrong(where + ".attributes", "it must be a list of columns");
                mapping.attributes.push_back(column.get<std::string>());
            }
        } else if (key != "table" && key != "signal") {
            return wrong(where, "'" + key + "' is not known here");
        }
    }
    for (const MappableField& field : fieldsOf(mapping.signal))
        if (field.required && mapping.field(field.name) == nullptr)
            return wrong(where + ".fields", "'" + std::string(field.name) + "' is missing, which " + signal + " need");
    return mapping;
}

}  // namespace

std::string mappingsToJson(const std::vector<TableMapping>& mappings) {
    Json tables = Json::array();
    for (const TableMapping& mapping : mappings) {
        Json fields = Json::object();
        for (const MappedField& mapped : mapping.fields) {
            const auto known = fieldsOf(mapping.signal);
            const auto at = std::find_if(known.begin(), known.end(), [&](const MappableField& f) { return f.name == mapped.field; });
            const bool timed = at != known.end() && (at->kind == FieldKind::kTime || at->kind == FieldKind::kDuration);
            fields[mapped.field] = timed ? Json{{"column", mapped.column}, {"unit", std::string(unitName(mapped.unit))}} : Json(mapped.column);
        }
        tables.push_back({{"table", mapping.table}, {"signal", std::string(signalName(mapping.signal))}, {"fields", std::move(fields)}, {"attributes", mapping.attributes}});
    }
    return Json{{"tables", std::move(tables)}}.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<std::vector<TableMapping>> mappingsFromJson(std::string_view json) {
    constexpr int kMaxDepth = 16;
    const Json document = Json::parse(json, [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; }, false);
    if (document.is_discarded())
        return makeError(ErrorCode::kInvalidArgument, "the mapping is no JSON");
    const bool wrapped = document.is_object() && document.contains("tables");
    if (wrapped && document.size() > 1)
        return wrong("the top", "beside 'tables' nothing else is known");
    const Json list = wrapped ? document.at("tables") : document.is_array() ? document : Json::array({document});
    if (!list.is_array() || list.empty())
        return wrong("tables", "it must be a list of at least one table");
    std::vector<TableMapping> mappings;
    for (size_t i = 0; i < list.size(); ++i) {
        NJ_ASSIGN(TableMapping mapping, tableOf(list[i], "tables[" + std::to_string(i) + "]"));
        mappings.push_back(std::move(mapping));
    }
    return mappings;
}

}  // namespace nj

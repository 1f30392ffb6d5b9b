#include "model/table_mapping.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/ids.h"

namespace nj {
namespace {

constexpr std::array<MappableField, 10> kSpanFields = {{{"start", FieldKind::kTime, true}, {"end", FieldKind::kTime, false}, {"duration", FieldKind::kDuration, false}, {"name", FieldKind::kText, true},
                                                        {"service", FieldKind::kText, false}, {"trace_id", FieldKind::kText, false}, {"span_id", FieldKind::kText, false},
                                                        {"parent_span_id", FieldKind::kText, false}, {"status", FieldKind::kText, false}, {"status_message", FieldKind::kText, false}}};
constexpr std::array<MappableField, 6> kLogFields = {{{"time", FieldKind::kTime, true}, {"body", FieldKind::kText, true}, {"severity", FieldKind::kText, false}, {"service", FieldKind::kText, false},
                                                      {"trace_id", FieldKind::kText, false}, {"span_id", FieldKind::kText, false}}};
constexpr std::array<MappableField, 5> kSampleFields = {{{"time", FieldKind::kTime, true}, {"value", FieldKind::kNumber, true}, {"name", FieldKind::kText, false}, {"unit", FieldKind::kText, false},
                                                         {"service", FieldKind::kText, false}}};
constexpr std::array<std::string_view, 3> kSignals = {"spans", "logs", "samples"};
constexpr std::array<std::string_view, 5> kUnits = {"ns", "us", "ms", "s", "text"};

template <typename Enum, size_t N>
std::optional<Enum> fromName(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? std::nullopt : std::optional(static_cast<Enum>(at - names.begin()));
}

}  // namespace

std::span<const MappableField> fieldsOf(MappedSignal signal) {
    switch (signal) {
    case MappedSignal::kSpans: return kSpanFields;
    case MappedSignal::kLogs: return kLogFields;
    case MappedSignal::kSamples: break;
    }
    return kSampleFields;
}

const MappedField* TableMapping::field(std::string_view name) const {
    for (const MappedField& mapped : fields)
        if (mapped.field == name)
            return &mapped;
    return nullptr;
}

bool MappableTable::has(std::string_view column) const {
    return std::any_of(columns.begin(), columns.end(), [&](const MappableColumn& c) { return c.name == column; });
}

std::string_view signalName(MappedSignal signal) { return kSignals[static_cast<size_t>(signal)]; }
std::optional<MappedSignal> signalFromName(std::string_view name) { return fromName<MappedSignal>(kSignals, name); }
std::string_view unitName(TimeUnit unit) { return kUnits[static_cast<size_t>(unit)]; }
std::optional<TimeUnit> unitFromName(std::string_view name) { return fromName<TimeUnit>(kUnits, name); }

std::string schemaKey(const MappableTable& table) {
    std::string text = table.name;
    for (const MappableColumn& column : table.columns)
        text += '\0' + column.name + '\0' + column.type;
    Id<16> id;
    id.bytes = hash128(text);
    return id.hex();
}

std::vector<std::string> problemsOf(const TableMapping& mapping, const MappableTable& table) {
    std::vector<std::string> problems;
    if (mapping.table != table.name)
        problems.push_back("it is for the table '" + mapping.table + "', not for '" + table.name + "'");
    const auto fields = fieldsOf(mapping.signal);
    for (const MappableField& field : fields)
        if (field.required && mapping.field(field.name) == nullptr)
            problems.push_back("no column is chosen for '" + std::string(field.name) + "', which " + std::string(signalName(mapping.signal)) + " need");
    for (size_t i = 0; i < mapping.fields.size(); ++i) {
        const MappedField& mapped = mapping.fields[i];
        const auto known = std::find_if(fields.begin(), fields.end(), [&](const MappableField& f) { return f.name == mapped.field; });
        if (known == fields.end())
            problems.push_back(std::string(signalName(mapping.signal)) + " have no field '" + mapped.field + "'");
        else if (!table.has(mapped.column))
            problems.push_back("the table '" + table.name + "' has no column '" + mapped.column + "'");
        else if (known->kind == FieldKind::kDuration && mapped.unit == TimeUnit::kText)
            problems.push_back("a duration is a number of ns, us, ms or s, not text");
        if (std::any_of(mapping.fields.begin(), mapping.fields.begin() + static_cast<std::ptrdiff_t>(i), [&](const MappedField& f) { return f.field == mapped.field; }))
            problems.push_back("the field '" + mapped.field + "' is given twice");
    }
    if (mapping.signal == MappedSignal::kSpans && mapping.field("end") != nullptr && mapping.field("duration") != nullptr)
        problems.push_back("a span's end is given twice: by 'end' and by 'duration'");
    for (const std::string& column : mapping.attributes)
        if (!table.has(column))
            problems.push_back("the table '" + table.name + "' has no column '" + column + "'");
    return problems;
}

}  // namespace nj

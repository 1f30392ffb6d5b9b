// How the rows of a database table are to be read: as spans, logs or metric samples, which column is which field, and in what unit its times
// are. Made by a guess, in the window's dialog or by hand as JSON; a plain value, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace nj {

enum class MappedSignal : uint8_t { kSpans, kLogs, kSamples };
// kText: ISO 8601 and what else log lines bear; numbers in it count by their size.
enum class TimeUnit : uint8_t { kNanoseconds, kMicroseconds, kMilliseconds, kSeconds, kText };
enum class FieldKind : uint8_t { kText, kTime, kDuration, kNumber };

struct MappableField {
    std::string_view name;    // in JSON
    FieldKind kind;
    bool required;
};
// In the order in which they are shown.
std::span<const MappableField> fieldsOf(MappedSignal signal);

struct MappedField {
    std::string field;        // a name of fieldsOf()
    std::string column;
    TimeUnit unit = TimeUnit::kNanoseconds;   // of times and durations
    bool operator==(const MappedField&) const = default;
};

struct TableMapping {
    MappedSignal signal = MappedSignal::kLogs;
    std::string table;
    std::vector<MappedField> fields;
    std::vector<std::string> attributes;      // columns that become attributes, of samples labels
    bool operator==(const TableMapping&) const = default;
    [[nodiscard]] const MappedField* field(std::string_view name) const;
};

struct MappableColumn {
    std::string name, type;   // type as declared, may be empty
    bool operator==(const MappableColumn&) const = default;
};
struct MappableTable {
    std::string name;
    std::vector<MappableColumn> columns;
    TableMapping guess;       // without a required field where none was found
    [[nodiscard]] bool has(std::string_view column) const;
};

// What a preview shows: the rows as they will be read, and what is wrong with them.
struct MappingPreview {
    std::vector<std::string> titles;
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> problems;        // sentences
};

std::string_view signalName(MappedSignal signal);           // "spans", "logs", "samples"
std::optional<MappedSignal> signalFromName(std::string_view name);
std::string_view unitName(TimeUnit unit);                   // "ns", "us", "ms", "s", "text"
std::optional<TimeUnit> unitFromName(std::string_view name);

// Sentences that say what keeps the mapping from being used on that table; none = it can be.
std::vector<std::string> problemsOf(const TableMapping& mapping, const MappableTable& table);

// The same for tables of the same name, columns and types: what a mapping is remembered by.
std::string schemaKey(const MappableTable& table);

// {"tables": [{"table": …, "signal": …, "fields": {"time": {"column": "ts", "unit": "ms"}, "body": "message"}, "attributes": […]}]}
std::string mappingsToJson(const std::vector<TableMapping>& mappings);
// The same, a list of tables, or one. Error: a sentence that says where it is wrong.
Result<std::vector<TableMapping>> mappingsFromJson(std::string_view json);

}  // namespace nj

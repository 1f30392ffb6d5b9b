// What a table or a panel does to the frames its queries answered, in the order listed. Plain values.
#pragma once

#include <string>
#include <vector>

namespace nj::dashboard {

enum class TransformationKind : unsigned char {
    kOrganize,          // fields: renamed, hidden, ordered
    kGroupBy,           // fields: grouped by, or calculated
    kFilterFields,      // fields named, or pattern; hidden ones go
    kReduce,            // calculations: one row per series
    kCalculateField,    // left op right as the field `alias`; without op: the calculation over each row's fields
    kJoinByField,       // pattern: the field joined on
    kFilterByValue,     // fields: name, op and value; keep or drop rows
    kMerge,
    kLabelsToFields,    // fields: the labels that become fields, none = all; rows: as rows
    kSortBy,            // fields: one; descending
    kRenameByRegex,     // pattern → replacement
};

struct FieldRule {
    std::string name;
    std::string rename;
    std::string op;                          // "groupby" or "aggregate" of a group; "greater", "equal", … of a filter
    std::string value;                       // of a filter
    std::vector<std::string> calculations;
    int order = -1;                          // -1: as it comes
    bool hidden = false;
    bool operator==(const FieldRule&) const = default;
};

struct Transformation {
    TransformationKind kind = TransformationKind::kOrganize;
    std::vector<FieldRule> fields;
    std::vector<std::string> calculations;
    std::string pattern, replacement;
    std::string left, op, right, alias;
    bool descending = false;
    bool exclude = false;                    // of a filter: matching rows go
    bool any = false;                        // of a filter: one rule that holds is enough
    bool asRows = false;
    bool inner = false;                      // of a join: only what every frame has
    bool operator==(const Transformation&) const = default;
};

}  // namespace nj::dashboard

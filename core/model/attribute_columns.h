// The attributes of many rows, column by column: one column per (key, type), sparse by row. Rows are added in ascending order.
// Filled by one decoder thread, then moved to the writer; strings are codes into the column's own table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_table.h"
#include "model/attribute.h"

namespace nj {

class AttributeColumns {
public:
    struct Column {
        std::string key;
        ValueType type = ValueType::kEmpty;
        std::vector<uint32_t> rows;       // ascending, a row at most once per column
        std::vector<uint32_t> codes;      // kString, kBytes, kJson: code into texts
        StringTable texts;
        std::vector<int64_t> integers;    // kInt, kBool
        std::vector<double> numbers;      // kDouble
        [[nodiscard]] AttributeValue value(size_t entry) const;
    };

    // A key already set on that row with the same type keeps its first value (OTLP: keys must be unique); returns false then.
    bool addText(uint32_t row, std::string_view key, ValueType type, std::string_view text);
    bool addString(uint32_t row, std::string_view key, std::string_view text) { return addText(row, key, ValueType::kString, text); }
    bool addInt(uint32_t row, std::string_view key, int64_t value);
    bool addBool(uint32_t row, std::string_view key, bool value);
    bool addDouble(uint32_t row, std::string_view key, double value);
    bool addEmpty(uint32_t row, std::string_view key);
    bool add(uint32_t row, std::string_view key, const AttributeValue& value);

    [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
    [[nodiscard]] std::vector<Column>& columns() { return columns_; }
    // All attributes of one row, in column order. Slow (binary search per column): for tests and details.
    [[nodiscard]] AttributeList row(uint32_t row) const;
    // The entry of (row, key) of any type, or nothing as kEmpty with found = false.
    [[nodiscard]] bool find(uint32_t row, std::string_view key, AttributeValue& value) const;

private:
    // Producers send the same keys in the same order: the column after the last one used is tried first.
    Column& column(std::string_view key, ValueType type);

    std::vector<Column> columns_;
    size_t next_ = 0;
};

}  // namespace nj

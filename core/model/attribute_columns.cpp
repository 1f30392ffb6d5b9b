#include "model/attribute_columns.h"

#include <algorithm>

namespace nj {

AttributeValue AttributeColumns::Column::value(size_t entry) const {
    AttributeValue v;
    v.type = type;
    switch (type) {
    case ValueType::kString:
    case ValueType::kBytes:
    case ValueType::kJson: v.text = texts.view(codes[entry]); break;
    case ValueType::kInt:
    case ValueType::kBool: v.integer = integers[entry]; break;
    case ValueType::kDouble: v.number = numbers[entry]; break;
    case ValueType::kEmpty: break;
    }
    return v;
}

AttributeColumns::Column& AttributeColumns::column(std::string_view key, ValueType type) {
    if (next_ < columns_.size() && columns_[next_].type == type && columns_[next_].key == key)
        return columns_[next_++];
    for (size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].type == type && columns_[i].key == key) {
            next_ = i + 1;
            return columns_[i];
        }
    }
    columns_.emplace_back();
    columns_.back().key = key;
    columns_.back().type = type;
    next_ = columns_.size();
    return columns_.back();
}

bool AttributeColumns::addText(uint32_t row, std::string_view key, ValueType type, std::string_view text) {
    Column& c = column(key, type);
    if (!c.rows.empty() && c.rows.back() == row)
        return false;
    c.rows.push_back(row);
    c.codes.push_back(c.texts.intern(text));
    return true;
}

bool AttributeColumns::addInt(uint32_t row, std::string_view key, int64_t value) {
    Column& c = column(key, ValueType::kInt);
    if (!c.rows.empty() && c.rows.back() == row)
        return false;
    c.rows.push_back(row);
    c.integers.push_back(value);
    return true;
}

bool AttributeColumns::addBool(uint32_t row, std::string_view key, bool value) {
    Column& c = column(key, ValueType::kBool);
    if (!c.rows.empty() && c.rows.back() == row)
        return false;
    c.rows.push_back(row);
    c.integers.push_back(value ? 1 : 0);
    return true;
}

bool AttributeColumns::addDouble(uint32_t row, std::string_view key, double value) {
    Column& c = column(key, ValueType::kDouble);
    if (!c.rows.empty() && c.rows.back() == row)
        return false;
    c.rows.push_back(row);
    c.numbers.push_back(value);
    return true;
}

bool AttributeColumns::addEmpty(uint32_t row, std::string_view key) {
    Column& c = column(key, ValueType::kEmpty);
    if (!c.rows.empty() && c.rows.back() == row)
        return false;
    c.rows.push_back(row);
    return true;
}

bool AttributeColumns::add(uint32_t row, std::string_view key, const AttributeValue& value) {
    switch (value.type) {
    case ValueType::kString:
    case ValueType::kBytes:
    case ValueType::kJson: return addText(row, key, value.type, value.text);
    case ValueType::kInt: return addInt(row, key, value.integer);
    case ValueType::kBool: return addBool(row, key, value.integer != 0);
    case ValueType::kDouble: return addDouble(row, key, value.number);
    case ValueType::kEmpty: break;
    }
    return addEmpty(row, key);
}

AttributeList AttributeColumns::row(uint32_t row) const {
    AttributeList list;
    for (const Column& c : columns_) {
        const auto it = std::lower_bound(c.rows.begin(), c.rows.end(), row);
        if (it != c.rows.end() && *it == row)
            list.push_back({c.key, c.value(static_cast<size_t>(it - c.rows.begin()))});
    }
    return list;
}

bool AttributeColumns::find(uint32_t row, std::string_view key, AttributeValue& value) const {
    for (const Column& c : columns_) {
        if (c.key != key)
            continue;
        const auto it = std::lower_bound(c.rows.begin(), c.rows.end(), row);
        if (it != c.rows.end() && *it == row) {
            value = c.value(static_cast<size_t>(it - c.rows.begin()));
            return true;
        }
    }
    return false;
}

}  // namespace nj

#include <algorithm>

#include "store/sql_fields.h"

namespace nj::store {
namespace {

using sqlite::Bound;
using sqlite::Compare;
using sqlite::SqlValue;
using Type = sqlite::Statement::Type;

bool isNumber(ValueType type) { return type == ValueType::kInt || type == ValueType::kBool || type == ValueType::kDouble; }

bool holds(double value, Compare compare, double bound) {
    switch (compare) {
    case Compare::kEqual: return value == bound;
    case Compare::kLess:
    case Compare::kLessEqual: return value <= bound;
    case Compare::kGreater:
    case Compare::kGreaterEqual: return value >= bound;
    }
    return true;
}

}  // namespace

std::optional<size_t> AttributeField::entryOf(const Typed& typed, uint32_t row) {
    if (typed.values.dense)
        return row;
    if (row >= typed.entryOf.size() || typed.entryOf[row] == 0)
        return std::nullopt;
    return typed.entryOf[row] - 1;
}

Result<AttributeField> AttributeField::load(const SegmentView& view, const std::string& key) {
    AttributeField field;
    for (const AttributeInfo& info : view.info().attributes) {
        if (info.key != key || info.type == ValueType::kEmpty)
            continue;
        NJ_ASSIGN(AttributeValues values, view.attribute(key, info.type));
        Typed typed{std::move(values), {}};
        if (!typed.values.dense) {
            typed.entryOf.assign(view.info().rows, 0);
            for (size_t entry = 0; entry < typed.values.rows.size(); ++entry)
                if (typed.values.rows[entry] < typed.entryOf.size())
                    typed.entryOf[typed.values.rows[entry]] = static_cast<uint32_t>(entry + 1);
        }
        field.types_.push_back(std::move(typed));
    }
    return field;
}

void AttributeField::put(uint32_t row, sqlite::Cell& cell) const {
    for (const Typed& typed : types_) {
        const auto entry = entryOf(typed, row);
        if (!entry)
            continue;
        switch (typed.values.type) {
        case ValueType::kString:
        case ValueType::kJson: return cell.text(typed.values.text(*entry));
        case ValueType::kBytes: return cell.blob(typed.values.text(*entry));
        case ValueType::kInt:
        case ValueType::kBool: return cell.integer(typed.values.integers[*entry]);
        case ValueType::kDouble: return cell.number(typed.values.numbers[*entry]);
        case ValueType::kEmpty: return;
        }
    }
}

// A row without the key is NULL and fails every bound. Numbers compare with numbers, texts with texts; where the types
// differ the row is kept, for SQLite orders values of different types too.
void AttributeField::narrow(const Bound& bound, std::vector<uint8_t>& keep) const {
    std::vector<uint8_t> pass(keep.size(), 0);
    for (const Typed& typed : types_) {
        const bool numeric = isNumber(typed.values.type);
        const bool coded = !numeric && typed.values.coded;
        std::vector<uint8_t> codePasses;
        for (uint32_t code = 0; coded && code < typed.values.dictionary.size(); ++code)
            codePasses.push_back(bound.compare != Compare::kEqual || std::any_of(bound.values.begin(), bound.values.end(), [&](const SqlValue& v) { return v.text == typed.values.dictionary.view(code); }) ? 1 : 0);
        const auto passes = [&](size_t entry) {
            if (coded)
                return codePasses[typed.values.codes[entry]] != 0;
            if (!numeric)
                return bound.compare != Compare::kEqual || std::any_of(bound.values.begin(), bound.values.end(), [&](const SqlValue& v) { return v.text == typed.values.text(entry); });
            const double value = typed.values.type == ValueType::kDouble ? typed.values.numbers[entry] : static_cast<double>(typed.values.integers[entry]);
            return std::any_of(bound.values.begin(), bound.values.end(), [&](const SqlValue& v) {
                const bool number = v.type == Type::kInteger || v.type == Type::kFloat;
                return number ? holds(value, bound.compare, v.number) : bound.compare != Compare::kEqual;
            });
        };
        for (uint32_t row = 0; row < keep.size(); ++row) {
            if (!keep[row] || pass[row])
                continue;
            const auto entry = entryOf(typed, row);
            pass[row] = entry && passes(*entry) ? 1 : 0;
        }
    }
    keep = std::move(pass);
}

}  // namespace nj::store

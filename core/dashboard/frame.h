// A table as a query answers it and transformations change it. Plain values.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "promql/labels.h"

namespace nj::dashboard {

enum class FieldKind : unsigned char { kTime, kNumber, kText };

// A column. Only the list of its kind is filled.
struct Field {
    FieldKind kind = FieldKind::kNumber;
    std::string name;                // "Time", "Value", "Value #A", a label's name, or what a transformation called it
    promql::Labels labels;           // of the series a number field came from
    std::vector<TimeNs> times;
    std::vector<double> numbers;     // NaN: none
    std::vector<std::string> texts;
    bool operator==(const Field&) const = default;
};

struct Frame {
    std::string refId;               // of the query; "" once several are one
    std::string name;                // of a series: by the query's legend
    std::vector<Field> fields;       // all as long
    [[nodiscard]] size_t rows() const {
        if (fields.empty())
            return 0;
        const Field& first = fields.front();
        return first.kind == FieldKind::kTime ? first.times.size() : first.kind == FieldKind::kNumber ? first.numbers.size() : first.texts.size();
    }
    bool operator==(const Frame&) const = default;
};

}  // namespace nj::dashboard

// Numbers of one attribute key over rows: ints, doubles and texts that are numbers. Rows with NaN or infinity are left out.
#pragma once

#include <charconv>
#include <cmath>
#include <string_view>

#include "query/capsule/filter_evaluator.h"

namespace nj::query {

inline bool numberOf(const store::AttributeValues& values, size_t entry, double& out) {
    switch (values.type) {
    case ValueType::kInt: out = static_cast<double>(values.integers[entry]); return true;
    case ValueType::kDouble: out = values.numbers[entry]; return std::isfinite(out);
    case ValueType::kString: {
        const std::string_view text = values.text(entry);
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
        return ec == std::errc{} && end == text.data() + text.size() && !text.empty() && std::isfinite(out);
    }
    default: return false;
    }
}

// Calls visit(row, value) for the matching rows of the span that have the key as a number.
template <typename Visit>
Status forEachNumber(const store::SegmentView& view, std::string_view key, RowSpan rows, const RowSet* matching, Visit&& visit) {
    for (const store::AttributeInfo& info : view.info().attributes) {
        if (info.key != key || (info.type != ValueType::kInt && info.type != ValueType::kDouble && info.type != ValueType::kString))
            continue;
        NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
        for (size_t entry = 0; entry < values.size(); ++entry) {
            const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
            if (row < rows.from || row >= rows.to || (matching && !matching->test(row)))
                continue;
            double value = 0;
            if (numberOf(values, entry, value))
                visit(row, value);
        }
    }
    return {};
}

}  // namespace nj::query

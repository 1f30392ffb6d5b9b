// Rows of a time-sorted segment cut into the columns of a picture: one binary search per column instead of one division per row.
#pragma once

#include <algorithm>

#include "query/capsule/query_context.h"

namespace nj::query {

// Calls visit(column, rows of it) for the columns the rows reach.
template <typename Visit>
void forEachColumn(const store::StartColumn& start, RowSpan rows, const Columns& columns, Visit&& visit) {
    for (uint32_t next = rows.from; next < rows.to;) {
        const size_t column = columns.at(std::max(start.at(next), columns.from));
        uint32_t until = rows.to;
        if (column + 1 < columns.count)
            until = std::clamp(static_cast<uint32_t>(start.lowerBound(columns.edge(column + 1))), next + 1, rows.to);
        visit(column, RowSpan{next, until});
        next = until;
    }
}

}  // namespace nj::query

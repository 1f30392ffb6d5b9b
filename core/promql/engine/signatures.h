// Which series of two vectors go together: equal values of the labels a matching names. One thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "promql/engine/column.h"
#include "promql/syntax/ast.h"

namespace nj::promql {

// The columns of both sides that share a signature, as indexes.
struct SignatureGroup {
    std::vector<uint32_t> left, right;
};
std::vector<SignatureGroup> groupBySignature(const VectorMatching& matching, const std::vector<Column>& left,
                                             const std::vector<Column>& right);
// The labels that were compared.
Labels matchedLabels(const VectorMatching& matching, const Labels& labels);

}  // namespace nj::promql

// Reads the observations of one feature: only the columns it needs, of the segments that hold the windows. Used by one question.
#pragma once

#include "query/capsule/drift_table.h"
#include "query/drift.h"

namespace nj::query {

// Numbers and categories. `filterIgnored` is set where the source's rows cannot be filtered.
Result<DriftTable> gatherDrift(QueryContext& context, const DriftFeature& feature, const Filter& filter, const DriftAxis& axis, bool& filterIgnored);

// Vectors of reference, current and each trend window, at most 400 each, of the length met first.
struct EmbeddingSample {
    size_t dimensions = 0;
    std::vector<float> reference, current;
    std::vector<std::vector<float>> columns;
    double referenceCount = 0, currentCount = 0;
    std::vector<double> columnCounts;
};
Result<EmbeddingSample> gatherEmbeddings(QueryContext& context, const DriftFeature& feature, const Filter& filter, const DriftAxis& axis);

// The numbers of a JSON array; empty when it is no flat array of at least two numbers.
std::vector<float> vectorOf(std::string_view json);

// The question's filter and the feature's own conditions.
Filter featureFilter(const DriftFeature& feature, const Filter& filter);

}  // namespace nj::query

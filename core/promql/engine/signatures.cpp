#include "promql/engine/signatures.h"

namespace nj::promql {

Labels matchedLabels(const VectorMatching& matching, const Labels& labels) {
    if (matching.on)
        return onlyLabels(labels, matching.labels);
    std::vector<std::string> ignored = matching.labels;
    ignored.emplace_back(kMetricName);
    return withoutLabels(labels, ignored);
}

std::vector<SignatureGroup> groupBySignature(const VectorMatching& matching, const std::vector<Column>& left,
                                             const std::vector<Column>& right) {
    std::vector<SignatureGroup> groups;
    std::unordered_map<std::string, size_t> index;
    const auto groupOf = [&](const Column& column) -> SignatureGroup& {
        const auto [at, added] = index.try_emplace(labelsKey(matchedLabels(matching, *column.labels)), groups.size());
        if (added)
            groups.emplace_back();
        return groups[at->second];
    };
    for (size_t i = 0; i < left.size(); ++i)
        groupOf(left[i]).left.push_back(static_cast<uint32_t>(i));
    for (size_t i = 0; i < right.size(); ++i)
        groupOf(right[i]).right.push_back(static_cast<uint32_t>(i));
    return groups;
}

}  // namespace nj::promql

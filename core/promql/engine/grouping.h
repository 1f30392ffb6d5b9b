// The groups of an aggregation: which group a series belongs to, and the group's labels. One thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "promql/labels.h"
#include "promql/syntax/ast.h"

namespace nj::promql {

class Grouping {
public:
    explicit Grouping(const AggregateExpr& node) : Grouping(node.grouping, node.without) {}
    Grouping(std::vector<std::string> labels, bool without);
    // The index of the series' group; groups are numbered as they come.
    size_t groupOf(const Labels& labels);
    [[nodiscard]] size_t size() const { return labels_.size(); }
    [[nodiscard]] const LabelsPtr& labels(size_t group) const { return labels_[group]; }

private:
    std::vector<std::string> names_;
    bool without_;
    std::unordered_map<std::string, size_t> index_;
    std::vector<LabelsPtr> labels_;
};

}  // namespace nj::promql

#include "promql/engine/grouping.h"

namespace nj::promql {

Grouping::Grouping(std::vector<std::string> labels, bool without) : names_(std::move(labels)), without_(without) {
    if (without_)
        names_.emplace_back(kMetricName);
}

size_t Grouping::groupOf(const Labels& labels) {
    Labels group = without_ ? withoutLabels(labels, names_) : onlyLabels(labels, names_);
    const auto [at, added] = index_.try_emplace(labelsKey(group), labels_.size());
    if (added)
        labels_.push_back(std::make_shared<const Labels>(std::move(group)));
    return at->second;
}

}  // namespace nj::promql

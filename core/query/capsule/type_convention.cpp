#include "query/capsule/type_convention.h"

namespace nj::query {
namespace {

// Without the ending; "" where the name has another.
std::string_view stem(std::string_view name, std::string_view ending) { return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : std::string_view(); }

}  // namespace

TypeConvention::TypeConvention(const std::vector<store::SeriesRow>& rows) {
    for (const store::SeriesRow& row : rows) {
        if (const std::string_view family = stem(row.name, "_bucket"); !family.empty() && findAttribute(row.attributes, "le"))
            histograms_.insert(family);
        else if (const std::string_view counted = stem(row.name, "_count"); !counted.empty())
            counts_.insert(counted);
        else if (findAttribute(row.attributes, "quantile"))
            quantiles_.insert(row.name);
    }
}

MetricKind TypeConvention::kindOf(std::string_view name) const {
    if (histograms_.contains(name) || histograms_.contains(stem(name, "_bucket")))
        return MetricKind::kHistogram;
    const auto summary = [this](std::string_view family) { return quantiles_.contains(family) && counts_.contains(family); };
    if (summary(name))
        return MetricKind::kSummary;
    for (const std::string_view ending : {"_sum", "_count"})
        if (const std::string_view family = stem(name, ending); !family.empty() && (histograms_.contains(family) || summary(family)))
            return MetricKind::kCounter;
    return !stem(name, "_total").empty() ? MetricKind::kCounter : MetricKind::kUnknown;
}

}  // namespace nj::query

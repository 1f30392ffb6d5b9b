// The type that the names of a metric's series say for sure where nothing declares one, as in what Prometheus' API hands out: "_total" is a
// counter; "_bucket" with le a histogram; "_sum" and "_count" beside buckets or quantiles belong to them. Names the rows it was made of.
#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "store/capsule_reader.h"

namespace nj::query {

class TypeConvention {
public:
    explicit TypeConvention(const std::vector<store::SeriesRow>& rows);
    // Of one series' name, or of the family's: kUnknown = the name says nothing.
    [[nodiscard]] MetricKind kindOf(std::string_view name) const;
    // Is it a classic histogram's, without "_bucket"?
    [[nodiscard]] bool isHistogram(std::string_view family) const { return histograms_.contains(family); }

private:
    std::unordered_set<std::string_view> histograms_, quantiles_, counts_;   // families with buckets, with quantiles, with a _count
};

}  // namespace nj::query

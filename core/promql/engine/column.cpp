#include "promql/engine/column.h"

#include <algorithm>

namespace nj::promql {

bool Column::empty() const {
    return std::all_of(values.begin(), values.end(), isAbsent) &&
           std::all_of(histograms.begin(), histograms.end(), [](const HistogramPtr& histogram) { return histogram == nullptr; });
}

size_t Column::points() const {
    return static_cast<size_t>(std::count_if(values.begin(), values.end(), [](double value) { return !isAbsent(value); })) +
           static_cast<size_t>(
               std::count_if(histograms.begin(), histograms.end(), [](const HistogramPtr& histogram) { return histogram != nullptr; }));
}

void SeriesSamples::clear() {
    times.clear();
    values.clear();
    histogramTimes.clear();
    histograms.clear();
}

bool StoredColumns::next(Column& column) {
    while (at_ < columns_.size()) {
        column = std::move(columns_[at_++]);
        if (!column.empty())
            return true;
    }
    return false;
}

}  // namespace nj::promql

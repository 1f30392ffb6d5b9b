#include "promql/nhcb.h"

#include <cmath>
#include <optional>

#include "promql/text/number_text.h"

namespace nj::test {

using namespace promql;

namespace {

struct ClassicHistogram {
    std::map<double, double> counts;   // cumulative by upper bound
    std::optional<double> count, sum;
};

std::optional<FloatHistogram> converted(const ClassicHistogram& classic) {
    std::map<double, double> counts = classic.counts;
    const double infinity = HUGE_VAL;
    if (!counts.contains(infinity)) {
        if (!classic.count)
            return std::nullopt;
        counts[infinity] = *classic.count;
    }
    FloatHistogram histogram;
    histogram.schema = kCustomBucketsSchema;
    histogram.count = classic.count.value_or(counts[infinity]);
    histogram.sum = classic.sum.value_or(0);
    double below = 0;
    int32_t index = 0;
    for (const auto& [bound, count] : counts) {
        if (count < below)
            return std::nullopt;
        if (bound != infinity)
            histogram.customBounds.push_back(bound);
        if (count > below) {
            histogram.positive.index.push_back(index);
            histogram.positive.count.push_back(count - below);
        }
        below = count;
        ++index;
    }
    return histogram;
}

}  // namespace

void addNhcbSeries(MemoryQuerier& querier, const LoadCommand& load) {
    std::map<Labels, std::map<TimeNs, ClassicHistogram>> histograms;
    for (const SeriesLine& line : load.series) {
        const std::string name(metricName(line.labels));
        std::string_view suffix;
        for (const std::string_view candidate : {"_bucket", "_count", "_sum"})
            if (name.ends_with(candidate))
                suffix = candidate;
        if (suffix.empty())
            continue;
        Labels labels = withoutLabels(line.labels, {std::string(kBucketLabel)});
        setLabel(labels, kMetricName, name.substr(0, name.size() - suffix.size()));
        const auto bound = parseNumber(labelValue(line.labels, kBucketLabel));
        if (suffix == "_bucket" && (!bound || std::isnan(*bound)))
            continue;
        TimeNs time = 0;
        for (const SequenceValue& value : line.values) {
            if (!value.omitted && !value.histogram) {
                ClassicHistogram& at = histograms[labels][time];
                if (suffix == "_bucket")
                    at.counts[*bound] = value.value;
                else
                    (suffix == "_count" ? at.count : at.sum) = value.value;
            }
            time += load.interval;
        }
    }
    for (const auto& [labels, byTime] : histograms)
        for (const auto& [time, classic] : byTime)
            if (auto histogram = converted(classic))
                querier.add(labels, time, {0, std::make_shared<const FloatHistogram>(std::move(*histogram))});
}

}  // namespace nj::test

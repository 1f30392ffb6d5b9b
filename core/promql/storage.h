// What the PromQL engine asks of whoever holds series: select(matchers, range) → series → samples. promql/capsule answers it from a
// capsule. A querier is used by one thread; what it returns lives as long as the querier.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "promql/histogram/float_histogram.h"
#include "promql/labels.h"
#include "promql/matcher.h"

namespace nj::promql {

// Samples of one series in ascending time, in the holder's memory for the time of one call. Stale markers keep their bits.
struct SampleRun {
    std::span<const TimeNs> times;
    std::span<const double> values;
    std::span<const HistogramPtr> histograms;   // empty: all are floats; else null where the sample is one
};

class SeriesIterator {
public:
    virtual ~SeriesIterator() = default;
    [[nodiscard]] virtual const LabelsPtr& labels() const = 0;
    // Samples with from < time <= to (left-open, as Prometheus 3), in as many runs as suits the holder. visit returns false to stop.
    virtual Status samples(TimeNs from, TimeNs to, const std::function<bool(const SampleRun&)>& visit) = 0;
};

class Querier {
public:
    virtual ~Querier() = default;
    // Series whose labels satisfy all matchers and that may have samples in (from, to]; sorted by labels.
    virtual Result<std::vector<std::unique_ptr<SeriesIterator>>> select(const std::vector<Matcher>& matchers, TimeNs from, TimeNs to,
                                                                        std::stop_token stop) = 0;
    virtual Result<std::vector<std::string>> labelNames(const std::vector<Matcher>& matchers) = 0;
    virtual Result<std::vector<std::string>> labelValues(const std::string& name, const std::vector<Matcher>& matchers) = 0;
};

}  // namespace nj::promql

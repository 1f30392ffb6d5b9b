// What the PromQL engine asks of whoever holds series: select(matchers, range) → series → samples. promql/capsule answers it from a
// capsule. A querier is used by one thread; what it returns lives as long as the querier.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/batch.h"

namespace nj::promql {

struct Label {
    std::string name;
    std::string value;
    bool operator==(const Label&) const = default;
};
using Labels = std::vector<Label>;   // sorted by name, with __name__

struct Matcher {
    enum class Type { kEqual, kNotEqual, kRegex, kNotRegex } type = Type::kEqual;   // regexes are RE2, anchored, dot matches newline
    std::string name;
    std::string value;
};

struct Point {
    TimeNs time = 0;
    double value = 0;                                // stale markers keep their bits
    const HistogramPoint* histogram = nullptr;       // native; null for floats
};

class SeriesIterator {
public:
    virtual ~SeriesIterator() = default;
    [[nodiscard]] virtual const Labels& labels() const = 0;
    // Points with from < time <= to (left-open, as Prometheus 3), ascending. Return false to stop.
    virtual Status points(TimeNs from, TimeNs to, const std::function<bool(const Point&)>& visit) = 0;
};

class Querier {
public:
    virtual ~Querier() = default;
    // Series whose labels satisfy all matchers and that have points in (from, to]; sorted by labels.
    virtual Result<std::vector<std::unique_ptr<SeriesIterator>>> select(const std::vector<Matcher>& matchers, TimeNs from, TimeNs to, std::stop_token stop) = 0;
    virtual Result<std::vector<std::string>> labelNames(const std::vector<Matcher>& matchers) = 0;
    virtual Result<std::vector<std::string>> labelValues(const std::string& name, const std::vector<Matcher>& matchers) = 0;
};

}  // namespace nj::promql

// Which series only grow: by what is declared, by its name, or, where nothing is, by its samples. Plain values.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "store/capsule_reader.h"

namespace nj::query {

inline bool isCounter(const store::SeriesRow& row) {
    if (row.kind == MetricKind::kCounter)
        return row.origin == SeriesOrigin::kPrometheus || row.monotonic;
    return row.kind != MetricKind::kGauge && (row.name.ends_with("_total") || row.name.ends_with("_count"));
}

// Prometheus' API names no types: what only grows, or falls to nearly nothing, is a counter.
class CounterGuess {
public:
    void add(double value) {
        if (!std::isnan(last_)) {
            ups_ += value > last_ ? 1 : 0;
            downs_ += value < last_ * 0.95 || (value < last_ && value < 0) ? 1 : 0;
            downs_ += value < last_ && value >= last_ * 0.95 ? 10 : 0;   // no reset falls so little
        }
        last_ = value;
    }
    [[nodiscard]] bool counter() const { return ups_ >= 8 && downs_ * 50 <= ups_; }

private:
    double last_ = std::numeric_limits<double>::quiet_NaN();
    uint64_t ups_ = 0, downs_ = 0;
};

}  // namespace nj::query

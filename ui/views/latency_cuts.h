// What the percentiles of a latency cannot see: attempts given up at a deadline before they had a value. They are above every observed
// value, so that a percentile of their group is "at least". Plain functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "query/failures.h"

namespace nj::ui {

struct LatencyCuts {
    QString group;                        // of the split they belong to; "" = not known
    QString kind;                         // "504"
    double deadline = 0;                  // seconds
    uint64_t count = 0;
    TimeRange range;                      // from the first to the last
    [[nodiscard]] bool touches(const QString& label) const;
};

// True for what ends with a request's first token or its end: a time per token has no such bound.
bool endsAtDeadline(const query::Measure& measure);
// The failure with a declared deadline that cut most; nothing when there is none.
std::optional<LatencyCuts> latencyCuts(const query::FailuresAnswer& failures);
// The span measure that says the same as a histogram family, for boxes and exemplars; nothing when there is none.
std::optional<query::Measure> spanTwin(const query::Measure& measure, const std::vector<query::Measure>& measures);

}  // namespace nj::ui

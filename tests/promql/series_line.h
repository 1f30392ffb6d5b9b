// A line of a promqltest script: a series and its points, such as  up{job="a"} 1+2x3 _ stale {{count:1}}. Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "promql/histogram/float_histogram.h"
#include "promql/labels.h"
#include "base/result.h"

namespace nj::test {

struct SequenceValue {
    bool omitted = false;
    double value = 0;
    promql::HistogramPtr histogram;
    bool hintGiven = false;   // counter_reset_hint stands in the text
};

struct SeriesLine {
    promql::Labels labels;
    std::vector<SequenceValue> values;
};
Result<SeriesLine> parseSeriesLine(std::string_view line);
// {{schema:1 count:2 …}}, as failures print it.
std::string histogramExpression(const promql::FloatHistogram& histogram);

}  // namespace nj::test

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "query/metrics.h"

namespace nj::query {

namespace {

constexpr size_t kMostBaselineLines = 1000;   // those of the answer are among them

using Key = std::tuple<std::string, double, int64_t>;
// Single series are the same by their id, groups by what they are grouped by.
Key keyOf(const MetricLine& line, MetricCombine combine) { return combine == MetricCombine::kNone ? Key{"", line.quantile, line.series} : Key{line.label, line.quantile, -1}; }

}  // namespace

TimeRange overlaidBaseline(TimeRange range, TimeRange baseline) {
    if (baseline.length() > range.length())
        baseline.from = baseline.to - range.length();
    return baseline;
}

Result<MetricAnswer> metricWithBaseline(MetricsBackend& backend, const MetricQuestion& question, std::stop_token stop) {
    NJ_ASSIGN(MetricAnswer answer, backend.metric(question, stop));
    if (!question.baseline || question.baseline->empty() || answer.width <= 0 || answer.lines.empty())
        return answer;
    MetricQuestion before = question;
    before.baseline.reset();
    const TimeRange shown = overlaidBaseline(question.range, *question.baseline);
    before.range = {shown.from, shown.from + question.range.length()};   // as long, so that its columns are as wide
    before.reading = answer.reading;
    if (!answer.histogram)
        before.combine = answer.combine;
    before.by = answer.by;
    before.maxLines = kMostBaselineLines;
    auto asked = backend.metric(before, stop);
    if (!asked.ok())
        return asked.error().code == ErrorCode::kNotFound ? Result<MetricAnswer>(std::move(answer)) : Result<MetricAnswer>(asked.error());
    if (asked->width != answer.width)
        return answer;
    const DurationNs gap = answer.from - question.range.from;
    std::map<Key, const MetricLine*> lines;
    for (const MetricLine& line : asked->lines)
        lines.emplace(keyOf(line, answer.combine), &line);
    for (MetricLine& line : answer.lines) {
        const auto found = lines.find(keyOf(line, answer.combine));
        if (found == lines.end())
            continue;
        line.baselineValues = found->second->values;
        line.baselineValues.resize(line.values.size(), std::numeric_limits<double>::quiet_NaN());
        for (size_t c = 0; c < line.baselineValues.size(); ++c)   // only the baseline, not what came after it
            if (shown.from + gap + static_cast<DurationNs>(c) * answer.width >= shown.to)
                line.baselineValues[c] = std::numeric_limits<double>::quiet_NaN();
    }
    return answer;
}

}  // namespace nj::query

// Lines of Prometheus' text formats: exposition 0.0.4, OpenMetrics 1.0, `promtool tsdb dump` and `dump-openmetrics`.
// Pure functions on one line without its line end; views are parts of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/batch.h"

namespace nj::format {

struct PrometheusSample {
    std::string_view series;     // name and labels as they stand
    std::string_view value;      // a number, or {count:…} of a dumped native histogram
    std::string_view time;       // "" = none
    std::string_view exemplar;   // from its '{' on, "" = none
};

// The parts of a sample line. False where the line is none.
bool splitPrometheusSample(std::string_view line, PrometheusSample& sample);
// The same when the line's series is known to be its first `seriesLength` bytes.
bool splitPrometheusSample(std::string_view line, size_t seriesLength, PrometheusSample& sample);

// Name (empty when it has none) and labels without __name__, unescaped, sorted by name. False where the text is none.
// Also {"utf-8 name", "label"="v"}.
bool parsePrometheusSeries(std::string_view text, std::string& name, AttributeList& labels);
// Length of the {…} at the front of text, quotes respected; 0 = not closed.
size_t bracesLength(std::string_view text);

// Go's ParseFloat: decimal, hex, NaN, +Inf, -Inf.
std::optional<double> parsePrometheusNumber(std::string_view text);
// Milliseconds as an integer, or seconds with a fraction. Integers so small that milliseconds would lie before 1973 are
// seconds, unless the format has milliseconds for sure.
std::optional<TimeNs> parsePrometheusTime(std::string_view text, bool surelyMilliseconds);

// # HELP, # TYPE, # UNIT.
struct PrometheusMetadata {
    enum class Kind : uint8_t { kHelp, kType, kUnit } kind = Kind::kHelp;
    std::string name;
    std::string text;   // unescaped
};
// Nothing for other comments.
std::optional<PrometheusMetadata> parsePrometheusMetadata(std::string_view line);
MetricKind metricKindOfType(std::string_view type);

// One bucket of a native histogram as Prometheus prints it.
struct NativeBucket {
    double lower = 0, upper = 0, count = 0;
};
// {count:12, sum:18.4, [-0.001,0.001]:2, (0.5,1]:3}. False where it is none.
bool parseDumpedHistogram(std::string_view text, double& count, double& sum, std::vector<NativeBucket>& buckets);
// Buckets back into schema and indexes; those of no exponential schema become an explicit histogram with their bounds
// (exponential = false). Nothing where they make no histogram at all. `rounded` is set when counts were fractional.
std::optional<HistogramPoint> nativeHistogram(double count, double sum, const std::vector<NativeBucket>& buckets, bool& exponential, bool& rounded);

}  // namespace nj::format

#include "query/capsule/metric_unit.h"

#include <array>
#include <utility>

#include "analyze/resource_catalogue.h"

namespace nj::query {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Prometheus writes units in full; OpenMetrics declares them so.
constexpr std::array kWords = {Pair{"seconds", "s"},   Pair{"milliseconds", "ms"}, Pair{"microseconds", "us"}, Pair{"nanoseconds", "ns"}, Pair{"bytes", "By"},
                               Pair{"byte", "By"},     Pair{"ratio", "ratio"},     Pair{"perc", "ratio"},      Pair{"percent", "%"},      Pair{"celsius", "Cel"},
                               Pair{"joules", "J"},    Pair{"watts", "W"},         Pair{"volts", "V"},         Pair{"amperes", "A"},      Pair{"hertz", "Hz"},
                               Pair{"mhz", "MHz"}};
// As exporters write them in their help: "(in MiB)".
constexpr std::array kHelpUnits = {Pair{"C", "Cel"}, Pair{"MB", "MiBy"}, Pair{"MiB", "MiBy"}, Pair{"mJ", "mJ"}, Pair{"KB", "KiBy"}};

std::string_view word(std::string_view text) {
    for (const auto& [long_, short_] : kWords)
        if (text == long_)
            return short_;
    return {};
}

// Of a device's figure known by name that is stored in the unit it is shown in: DCGM_FI_DEV_SM_CLOCK says MHz nowhere.
std::string catalogueUnit(std::string_view name) {
    const std::string plain = analyze::plainResourceName(name);
    for (const analyze::ResourceName& known : analyze::resourceNames())
        if (known.name == plain && known.role == analyze::ResourceName::Role::kValue && !known.rate && known.scale == 1)
            if (const analyze::ResourceMetric* metric = analyze::findResourceMetric(known.metric))
                return std::string(metric->unit);
    return {};
}

}  // namespace

std::string metricUnit(std::string_view name, std::string_view declared, std::string_view description) {
    const std::string_view whole = name;
    if (!declared.empty()) {
        const std::string_view known = word(declared);
        return std::string(known.empty() ? declared : known);
    }
    for (const std::string_view end : {"_total", "_sum", "_bucket", "_created"})
        if (name.ends_with(end))
            name.remove_suffix(end.size());
    if (name.ends_with("_count") || name.ends_with("_info"))
        return {};
    if (const std::string_view known = word(name.substr(name.find_last_of("_:.") + 1)); !known.empty())
        return std::string(known);
    const auto open = description.rfind("(in ");
    const auto close = description.find(')', open);
    if (open == std::string_view::npos || close == std::string_view::npos || close - open > 16)
        return catalogueUnit(whole);
    const std::string_view unit = description.substr(open + 4, close - open - 4);
    for (const auto& [written, known] : kHelpUnits)
        if (unit == written)
            return std::string(known);
    return std::string(unit);
}

std::string rateUnit(std::string_view unit) { return (unit == "1" ? std::string() : std::string(unit)) + "/s"; }

}  // namespace nj::query

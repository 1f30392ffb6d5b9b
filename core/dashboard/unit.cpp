#include "dashboard/unit.h"

#include <algorithm>
#include <utility>

namespace nj::dashboard {
namespace {

struct NamedUnit {
    std::string_view id;
    Quantity quantity;
    double factor;
    std::string_view suffix = "";
};
using enum Quantity;
constexpr double kKi = 1024;
constexpr NamedUnit kUnits[] = {
    {"short", kNumber, 1},
    {"none", kPlain, 1},
    {"locale", kPlain, 1},
    {"sishort", kNumber, 1},
    {"percent", kPercent, 1},
    {"percentunit", kPercent, 100},
    {"ns", kSeconds, 1e-9},
    {"µs", kSeconds, 1e-6},
    {"us", kSeconds, 1e-6},
    {"ms", kSeconds, 1e-3},
    {"s", kSeconds, 1},
    {"m", kSeconds, 60},
    {"h", kSeconds, 3600},
    {"d", kSeconds, 86400},
    {"dtdurationms", kSeconds, 1e-3},
    {"dtdurations", kSeconds, 1},
    {"clockms", kSeconds, 1e-3},
    {"clocks", kSeconds, 1},
    {"bytes", kBytes, 1},
    {"kbytes", kBytes, kKi},
    {"mbytes", kBytes, kKi * kKi},
    {"gbytes", kBytes, kKi * kKi * kKi},
    {"tbytes", kBytes, kKi * kKi * kKi * kKi},
    {"decbytes", kDecimalBytes, 1},
    {"deckbytes", kDecimalBytes, 1e3},
    {"decmbytes", kDecimalBytes, 1e6},
    {"decgbytes", kDecimalBytes, 1e9},
    {"dectbytes", kDecimalBytes, 1e12},
    {"bits", kBits, 1},
    {"decbits", kBits, 1},
    {"bps", kBitsPerSecond, 1},
    {"binbps", kBitsPerSecond, 1},
    {"Kbits", kBitsPerSecond, 1e3},
    {"Mbits", kBitsPerSecond, 1e6},
    {"Gbits", kBitsPerSecond, 1e9},
    {"Bps", kBytesPerSecond, 1},
    {"binBps", kBytesPerSecond, 1},
    {"KBs", kBytesPerSecond, 1e3},
    {"MBs", kBytesPerSecond, 1e6},
    {"GBs", kBytesPerSecond, 1e9},
    {"KiBs", kBytesPerSecond, kKi},
    {"MiBs", kBytesPerSecond, kKi * kKi},
    {"GiBs", kBytesPerSecond, kKi * kKi * kKi},
    {"pps", kPerSecond, 1, "packets/s"},
    {"cps", kPerSecond, 1, "c/s"},
    {"ops", kPerSecond, 1, "ops/s"},
    {"reqps", kPerSecond, 1, "req/s"},
    {"rps", kPerSecond, 1, "reads/s"},
    {"wps", kPerSecond, 1, "writes/s"},
    {"iops", kPerSecond, 1, "io/s"},
    {"eps", kPerSecond, 1, "events/s"},
    {"mps", kPerSecond, 1, "messages/s"},
    {"rowsps", kPerSecond, 1, "rows/s"},
    {"opm", kOther, 1, "ops/min"},
    {"cpm", kOther, 1, "c/min"},
    {"celsius", kCelsius, 1},
    {"watt", kWatts, 1},
    {"kwatt", kWatts, 1e3},
    {"mwatt", kWatts, 1e-3},
    {"joule", kJoules, 1},
    {"hertz", kHertz, 1},
    {"rothz", kHertz, 1},
    {"rotrpm", kOther, 1, "rpm"},
    {"volt", kOther, 1, "V"},
    {"amp", kOther, 1, "A"},
    {"humidity", kOther, 1, "%H"},
    {"currencyUSD", kOther, 1, "USD"},
    {"currencyEUR", kOther, 1, "EUR"},
    {"bool", kBoolean, 1},
    {"bool_yes_no", kYesNo, 1},
    {"bool_on_off", kBoolean, 1},
};

}  // namespace

Unit describeUnit(std::string_view id) {
    if (id.empty())
        return {};
    const auto* const unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const NamedUnit& named) { return named.id == id; });
    if (unit != std::end(kUnits))
        return {unit->quantity, unit->factor, std::string(unit->suffix), true};
    // "suffix:tok/s", "count:tok/s", "si:mW" say what they are; anything else is shown behind the number, as Grafana does.
    for (const std::string_view prefix : {"suffix:", "count:", "short:"})
        if (id.starts_with(prefix))
            return {prefix == "suffix:" ? kOther : kNumber, 1, std::string(id.substr(prefix.size())), true};
    if (id.starts_with("si:"))
        return {kOther, 1, std::string(id.substr(3)), true};
    return {kOther, 1, std::string(id), false};
}

std::string unitIdOf(std::string_view unit) {
    static constexpr std::pair<std::string_view, std::string_view> kIds[] = {
        {"s", "s"},         {"ms", "ms"},       {"us", "µs"},        {"ns", "ns"},       {"min", "m"},      {"h", "h"},       {"By", "bytes"}, {"KiBy", "kbytes"},
        {"MiBy", "mbytes"}, {"GiBy", "gbytes"}, {"By/s", "binBps"},  {"KiBy/s", "KiBs"}, {"MiBy/s", "MiBs"}, {"bit/s", "bps"}, {"bit", "bits"}, {"ratio", "percentunit"},
        {"%", "percent"},   {"Cel", "celsius"}, {"W", "watt"},       {"J", "joule"},     {"Hz", "hertz"},   {"V", "volt"},    {"", ""},        {"1", ""},
    };
    const auto* const known = std::find_if(std::begin(kIds), std::end(kIds), [&](const auto& one) { return unit == one.first; });
    if (known != std::end(kIds))
        return std::string(known->second);
    return unit.front() == '{' ? std::string() : "suffix:" + std::string(unit);   // {request} is a word, no unit
}

}  // namespace nj::dashboard

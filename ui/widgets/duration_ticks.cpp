#include "widgets/duration_ticks.h"

#include <algorithm>
#include <cmath>

namespace nj::ui {

std::vector<DurationTick> durationTicks(TimeNs from, TimeNs to, TimeNs origin, int maxTicks) {
    std::vector<DurationTick> ticks;
    if (to <= from || maxTicks < 1)
        return ticks;
    const double least = static_cast<double>(to - from) / maxTicks;
    double step = std::pow(10.0, std::floor(std::log10(std::max(least, 1.0))));
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        if (step * factor >= least) {
            step *= factor;
            break;
        }
    }
    if (least > 20.0 * kSecond) {
        static constexpr DurationNs kLong[] = {30 * kSecond, kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
                                               kHour, 2 * kHour, 6 * kHour, 12 * kHour, kDay};
        for (const DurationNs candidate : kLong) {
            if (static_cast<double>(candidate) >= least) {
                step = static_cast<double>(candidate);
                break;
            }
        }
    }
    const auto unit = step >= kMinute ? std::pair{kMinute, "m"} : step >= kSecond / 10.0 ? std::pair{kSecond, "s"} : step >= kMillisecond / 10.0 ? std::pair{kMillisecond, "ms"}
                    : step >= kMicrosecond / 10.0 ? std::pair{kMicrosecond, "µs"} : std::pair{int64_t(1), "ns"};
    const auto first = static_cast<int64_t>(std::ceil(static_cast<double>(from - origin) / step));
    for (int64_t k = first; ticks.size() <= static_cast<size_t>(maxTicks); ++k) {
        const auto offset = static_cast<DurationNs>(std::llround(static_cast<double>(k) * step));
        if (origin + offset > to)
            break;
        const double value = static_cast<double>(offset) / static_cast<double>(unit.first);
        const int decimals = step / static_cast<double>(unit.first) < 0.999 ? 1 : 0;
        ticks.push_back({origin + offset, QString::number(value, 'f', decimals) + QLatin1Char(' ') + QString::fromUtf8(unit.second)});
    }
    return ticks;
}

}  // namespace nj::ui

// The story behind FakeBackend as functions of time: what each signal was at an instant. Pure; deterministic noise.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/time.h"

namespace nj::test::story {

inline constexpr TimeNs kStart = 1'773'662'400 * kSecond;        // 2026-03-16T12:00Z
inline constexpr TimeNs kEnd = kStart + kDay;
inline constexpr TimeNs kMidnight = kStart + 12 * kHour;
inline constexpr TimeNs at(int hour, int minute, int second = 0) { return kMidnight + hour * kHour + minute * kMinute + second * kSecond; }
inline constexpr TimeNs kDeploy = at(9, 58, 10), kThrottle = at(10, 46), kFirst504 = at(10, 57), kRollback = at(11, 31);
inline constexpr TimeNs kScan = at(10, 52);

inline double noise(int64_t a, int64_t b = 0) {   // in [-1, 1)
    auto x = static_cast<uint64_t>(a) * 0x9E3779B97F4A7C15ULL + static_cast<uint64_t>(b) * 0xBF58476D1CE4E5B9ULL;
    x ^= x >> 31;
    x *= 0x94D049BB133111EBULL;
    x ^= x >> 29;
    return static_cast<double>(x >> 11) / 4503599627370496.0 - 1.0;
}
// 0 before `from`, 1 after `to`, straight between.
inline double ramp(TimeNs t, TimeNs from, TimeNs to) {
    return t <= from ? 0 : t >= to ? 1 : static_cast<double>(t - from) / static_cast<double>(to - from);
}
inline double load(TimeNs t) {   // requests per second of both replicas
    const double day = std::sin((static_cast<double>(t - at(4, 0)) / static_cast<double>(kDay)) * 2 * 3.14159265);
    return 2.6 + 1.1 * day;
}
inline double deployed(TimeNs t) { return ramp(t, kDeploy, kDeploy + 5 * kMinute) - ramp(t, kRollback, kRollback + 3 * kMinute); }
inline double throttled(TimeNs t) { return ramp(t, kThrottle, kFirst504) - ramp(t, kRollback, kRollback + 2 * kMinute); }
inline double failing(TimeNs t) { return ramp(t, kFirst504, kFirst504 + 2 * kMinute) - ramp(t, kRollback, kRollback + kMinute / 2); }
inline double ttft99(TimeNs t, bool suspect) {
    const double base = std::exp(std::log(0.35) + deployed(t) * std::log(2.9 / 0.35));
    return suspect ? std::min(29.9, base * std::exp(throttled(t) * std::log(29.9 / 2.9))) : base * (1 + 0.4 * throttled(t));
}
inline double ttft50(TimeNs t, bool suspect) { return suspect && failing(t) > 0 ? ttft99(t, true) * (0.2 + 0.77 * failing(t)) : ttft99(t, suspect) * 0.25; }
inline double kv(TimeNs t, bool suspect) { return suspect ? std::min(99.0, 7 + 36 * deployed(t) + 57 * throttled(t)) : 7 + 34 * deployed(t); }
inline double waiting(TimeNs t, bool suspect) { return suspect ? 66 * failing(t) : 0.4 * deployed(t); }
inline double clock(TimeNs t, int gpu) { return gpu == 3 ? 1980 - 690 * throttled(t) : gpu < 4 ? 1980 - 30 * throttled(t) : 1980; }
inline double temperature(TimeNs t, int gpu) { return gpu == 3 ? 71 + 16 * ramp(t, at(10, 0), at(10, 46)) * (1 - ramp(t, kRollback, kEnd)) : 62 + gpu % 4 * 2 + 4 * deployed(t); }

}  // namespace nj::test::story

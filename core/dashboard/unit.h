// The units that dashboards name: which quantity, and what one is worth in the quantity's base. Pure function, any thread.
#pragma once

#include <string>
#include <string_view>

namespace nj::dashboard {

enum class Quantity : unsigned char {
    kNumber,          // 1.2 k
    kPlain,           // as it is
    kPercent,         // base: 0–100
    kSeconds,
    kBytes,           // base: bytes, by 1024
    kDecimalBytes,    // by 1000
    kBits,
    kBytesPerSecond,
    kBitsPerSecond,
    kPerSecond,       // of what `suffix` says
    kCelsius,
    kWatts,
    kJoules,
    kHertz,
    kBoolean,         // true / false
    kYesNo,
    kOther,           // a plain number with `suffix` behind it
};

struct Unit {
    Quantity quantity = Quantity::kNumber;
    double factor = 1;        // value × factor is in the base
    std::string suffix;       // "tok/s"
    bool known = true;        // else the text was taken as a suffix
    bool operator==(const Unit&) const = default;
};
Unit describeUnit(std::string_view id);
// The other way: the id of a unit in OpenTelemetry's terms ("By/s" → "binBps", "Cel" → "celsius"); a suffix for what has none, "" for a plain
// number.
std::string unitIdOf(std::string_view unit);

}  // namespace nj::dashboard

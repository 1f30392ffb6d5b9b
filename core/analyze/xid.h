// NVIDIA's Xid codes: what happened and what to do, after NVIDIA's catalogue (deploy/xid-errors, Ampere and later); wording ours. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace nj::analyze {

struct XidMeaning {
    int code = 0;
    std::string_view what;
    std::string_view action;
    uint8_t severity = 13;      // OpenTelemetry severity number: 9 info, 13 warning, 17 error, 21 fatal
};

// Of an unknown code: "Xid", with the advice to look it up.
XidMeaning xidMeaning(int code);

// Bits of DCGM's clocks-event reasons (formerly throttle reasons), as NVML defines them.
enum ClockReason : uint64_t {
    kReasonPowerCap = 0x4,
    kReasonHardwareSlowdown = 0x8,
    kReasonSoftwareThermal = 0x20,
    kReasonHardwareThermal = 0x40,
    kReasonPowerBrake = 0x80,
};
inline constexpr uint64_t kThermalReasons = kReasonSoftwareThermal | kReasonHardwareThermal;
inline constexpr uint64_t kThrottleReasons = kThermalReasons | kReasonHardwareSlowdown | kReasonPowerBrake;

}  // namespace nj::analyze

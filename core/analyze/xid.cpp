#include "analyze/xid.h"

#include <array>

namespace nj::analyze {
namespace {

constexpr uint8_t kInfo = 9, kWarn = 13, kCritical = 17, kPage = 21;

constexpr std::array kXids = {
    XidMeaning{13, "exception in a kernel of the application", "look at the application first; hardware if it follows one GPU", kWarn},
    XidMeaning{31, "page fault of the application", "application or driver bug first, then check the hardware", kWarn},
    XidMeaning{32, "corrupt push buffer", "restart the application", kWarn},
    XidMeaning{43, "channel reset, the GPU is fine", "the application died; look at it", kInfo},
    XidMeaning{45, "channels torn down after an earlier fault", "find the first Xid before it", kInfo},
    XidMeaning{48, "uncorrectable memory error", "drain and reset; replace if it comes again", kCritical},
    XidMeaning{61, "internal controller stopped", "reboot, ask support", kCritical},
    XidMeaning{62, "internal controller halted", "reset the GPU", kCritical},
    XidMeaning{63, "row remap recorded", "no action until the next reset", kWarn},
    XidMeaning{64, "row remap failed", "drain; candidate for replacement", kCritical},
    XidMeaning{69, "graphics engine class error", "restart the application", kWarn},
    XidMeaning{74, "NVLink error", "isolate; check link, bridge, switch", kCritical},
    XidMeaning{79, "GPU fell off the bus", "power-cycle the host; PCIe, power, heat", kPage},
    XidMeaning{92, "many corrected memory errors", "watch the trend", kWarn},
    XidMeaning{93, "InfoROM wears out", "none", kInfo},
    XidMeaning{94, "contained memory error, only the application is hit", "restart the application, reset when idle", kWarn},
    XidMeaning{95, "uncontained memory error", "drain and reset now", kCritical},
    XidMeaning{109, "context switch timed out", "reset the GPU", kCritical},
    XidMeaning{110, "security fault", "reset the GPU", kCritical},
    XidMeaning{119, "GPU system processor does not answer", "reset; check driver and firmware", kCritical},
    XidMeaning{120, "GPU system processor failed", "reset; check driver and firmware", kCritical},
    XidMeaning{121, "chip-to-chip link error", "watch; ask support if it comes again", kWarn},
    XidMeaning{136, "NVLink training failed", "reset the GPU", kCritical},
    XidMeaning{140, "unrecovered memory error", "reset the GPU", kCritical},
    XidMeaning{143, "GPU did not initialise", "reset the GPU", kCritical},
    XidMeaning{154, "recovery action changed", "see the message for the action", kWarn},
    XidMeaning{155, "NVLink error defined by software", "reset the GPU", kWarn},
    XidMeaning{156, "resource retired", "reset the GPU when idle", kWarn},
    XidMeaning{157, "resource retirement failed", "ask support", kCritical},
    XidMeaning{158, "GPU timed out for good", "reset the GPU", kCritical},
};

}  // namespace

XidMeaning xidMeaning(int code) {
    for (const XidMeaning& xid : kXids)
        if (xid.code == code)
            return xid;
    if (code >= 144 && code <= 150)
        return {code, "NVLink error", "follow NVIDIA's NVLink workflow", kCritical};
    return {code, "error the driver reported", "look the code up in NVIDIA's catalogue", kWarn};
}

}  // namespace nj::analyze

// Names of machines and devices as different producers write them, in one form. Pure functions on untrusted text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nj {

// "PCI:0000:cb:00", "cb:00.0", "00000000:CB:00.0" → "00000000:CB:00.0". Nothing where it is no PCI address.
std::optional<std::string> normalizePciAddress(std::string_view text);
// "gpu-node-07:9100" → "gpu-node-07", "[::1]:80" → "::1", "http://a:1/metrics" → "a".
std::string hostOfTarget(std::string_view target);
// An IPv4 or IPv6 literal: an address, not a name.
bool isIpAddress(std::string_view host);

}  // namespace nj

#include "model/device_names.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

namespace nj {
namespace {

std::optional<uint32_t> hexNumber(std::string_view text, size_t maxDigits) {
    if (text.empty() || text.size() > maxDigits)
        return std::nullopt;
    uint32_t value = 0;
    for (const char c : text) {
        if (!std::isxdigit(static_cast<unsigned char>(c)))
            return std::nullopt;
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value << 4 | static_cast<uint32_t>(digit);
    }
    return value;
}

}  // namespace

std::optional<std::string> normalizePciAddress(std::string_view text) {
    if (text.starts_with("PCI:") || text.starts_with("pci:"))
        text.remove_prefix(4);
    uint32_t function = 0;
    if (const size_t dot = text.rfind('.'); dot != std::string_view::npos) {
        const auto parsed = hexNumber(text.substr(dot + 1), 1);
        if (!parsed)
            return std::nullopt;
        function = *parsed;
        text = text.substr(0, dot);
    }
    std::vector<std::string_view> parts;
    while (parts.size() < 4) {
        const size_t colon = text.find(':');
        parts.push_back(text.substr(0, colon));
        if (colon == std::string_view::npos)
            break;
        text.remove_prefix(colon + 1);
    }
    if (parts.size() < 2 || parts.size() > 3)
        return std::nullopt;
    const auto domain = parts.size() == 3 ? hexNumber(parts[0], 8) : std::optional<uint32_t>(0);
    const auto bus = hexNumber(parts[parts.size() - 2], 2);
    const auto device = hexNumber(parts[parts.size() - 1], 2);
    if (!domain || !bus || !device || *device > 0x1f || function > 7)
        return std::nullopt;
    return fmt::format("{:08X}:{:02X}:{:02X}.{}", *domain, *bus, *device, function);
}

std::string hostOfTarget(std::string_view target) {
    if (const size_t scheme = target.find("://"); scheme != std::string_view::npos)
        target.remove_prefix(scheme + 3);
    target = target.substr(0, target.find('/'));
    if (target.starts_with('['))
        return std::string(target.substr(1, target.find(']') == std::string_view::npos ? std::string_view::npos : target.find(']') - 1));
    const size_t colon = target.find(':');
    if (colon != std::string_view::npos && target.find(':', colon + 1) != std::string_view::npos)
        return std::string(target);
    return std::string(target.substr(0, colon));
}

bool isIpAddress(std::string_view host) {
    if (host.find(':') != std::string_view::npos)
        return std::all_of(host.begin(), host.end(), [](unsigned char c) { return std::isxdigit(c) || c == ':' || c == '.' || c == '%'; });
    return std::count(host.begin(), host.end(), '.') == 3 && std::all_of(host.begin(), host.end(), [](unsigned char c) { return std::isdigit(c) || c == '.'; });
}

}  // namespace nj

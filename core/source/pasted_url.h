// A URL taken apart as browsers write them. A plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nj::source {

struct PastedUrl {
    std::string origin;                    // "https://host:3000", without user and password
    std::string user, password;
    std::string path;                      // as it stands, with its first slash
    std::vector<std::pair<std::string, std::string>> query;      // decoded
    std::string fragmentPath;              // "/alerts" of "#/alerts?filter=…"
    std::vector<std::pair<std::string, std::string>> fragment;   // decoded

    // Nothing for what is no http or https URL with a host.
    static std::optional<PastedUrl> parse(std::string_view text);
    // First value of that name in the query, else in the fragment; "" without one.
    [[nodiscard]] std::string value(std::string_view name) const;
    // The server's address where the path is `prefix` + tail.
    [[nodiscard]] std::string serverBefore(size_t tail) const;
};

// %XX and '+'.
std::string urlDecoded(std::string_view text);

}  // namespace nj::source

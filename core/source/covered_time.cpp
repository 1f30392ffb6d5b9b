#include "source/covered_time.h"

#include <fmt/format.h>

#include <charconv>

namespace nj::source {

std::string CoveredTime::text() const { return fmt::format("{} {} {}", from, to, goal); }

std::optional<CoveredTime> CoveredTime::parse(std::string_view text) {
    CoveredTime covered;
    for (TimeNs* part : {&covered.from, &covered.to, &covered.goal}) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
        if (error != std::errc())
            return std::nullopt;
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        if (text.starts_with(' '))
            text.remove_prefix(1);
    }
    return covered;
}

}  // namespace nj::source

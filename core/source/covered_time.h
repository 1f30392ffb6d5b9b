// What of a server's time is in the capsule without a hole, and how far back it is wanted: the cursor of sources that fetch the newest first.
// A plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace nj::source {

struct CoveredTime {
    TimeNs from = 0, to = 0, goal = 0;
    // As a LiveCursor keeps it; parse() reads it back.
    [[nodiscard]] std::string text() const;
    static std::optional<CoveredTime> parse(std::string_view text);
};

}  // namespace nj::source

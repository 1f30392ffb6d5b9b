// Time zones as log lines write them: offsets and abbreviations. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nj::format {

// Reads a zone at the start of the text: "Z", "+01:00", "-0700", "+02", "UTC", "CEST". Returns the characters taken, 0 when there is none.
// An abbreviation must end at a character that is no letter; ambiguous ones mean what most servers mean (IST: India, CST: Chicago).
size_t parseZone(std::string_view text, int32_t& minutesEastOfUtc);

}  // namespace nj::format

// UTF-8 checks on untrusted bytes. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace nj {

[[nodiscard]] bool isValidUtf8(std::string_view bytes);
// Every byte that is no part of a valid sequence becomes U+FFFD.
std::string repairUtf8(std::string_view bytes);
// The longest prefix of at most maxBytes that does not cut a sequence.
std::string_view utf8Prefix(std::string_view text, size_t maxBytes);

}  // namespace nj

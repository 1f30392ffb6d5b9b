// What similar log lines have in common: numbers, ids, hex, addresses and paths masked, so that lines of one kind get one text.
// "took 31.2s for req 9f3a-…" → "took <n>s for req <id>". Linear in the text, at most kFingerprintInput bytes of it are read. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace nj::analyze {

inline constexpr size_t kFingerprintInput = 512;

// Appends nothing but what it masks; runs of white space become one blank. Output at most 3 × kFingerprintInput bytes.
std::string fingerprint(std::string_view line);

}  // namespace nj::analyze

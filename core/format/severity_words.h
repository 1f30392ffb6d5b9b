// Severity words and numbers of the logging libraries, as OpenTelemetry severity numbers. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace nj::format {

// "INFO", "warn", "W", "E", "critical" … of any case; 0 when the word is no severity. Single letters only when allowed.
uint8_t severityFromWord(std::string_view word, bool singleLetters = false);
// syslog 0 (emergency) … 7 (debug).
uint8_t severityFromSyslog(int64_t level);
// pino, bunyan, Python: 10 … 60, told apart by `python` (50 is CRITICAL there, ERROR in bunyan).
uint8_t severityFromTens(int64_t level, bool python);
// Status of an HTTP response: our choice, 4xx warn, 5xx error.
uint8_t severityFromHttpStatus(int64_t status);

}  // namespace nj::format

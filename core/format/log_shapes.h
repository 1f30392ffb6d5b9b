// The shapes of log lines: each function reads one line of its shape into a LogLine, whose texts stay views into the line.
// False: the line is not of that shape (the LogLine may then hold leftovers; the caller clears it). Pure, any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "format/log_line.h"

namespace nj::format {

enum class LogShape : uint8_t {
    kNone,
    kJson,          // {"time":…,"level":…,"msg":…}
    kSyslog,        // [<PRI>]Mar 17 10:58:12 host tag[pid]: msg, RFC 5424, rsyslog's ISO form
    kKlog,          // I0317 10:58:12.123456 1234 file.go:12] msg
    kLevelFirst,    // INFO 03-17 10:58:12 [loggers.py:259] msg (vLLM, gunicorn …)
    kUvicorn,       // INFO:     10.0.0.1:5678 - "GET / HTTP/1.1" 200 OK
    kPython,        // WARNING:root:msg
    kAccess,        // combined access log of nginx, Apache
    kEnvoy,         // [2026-03-17T10:58:12.123Z] "GET / HTTP/1.1" 504 UT …
    kLogfmt,        // ts=… level=info msg="…"
    kDmesg,         // [ 1234.567890] msg
    kIpmi,          // 1 | 03/16/2026 | 21:41:07 | Fan FAN3 | Lower Critical going low | Asserted
    kTimed,         // anything that starts with a time
    kEmbedded,      // a time further inside
};

bool parseSyslogLine(std::string_view line, LogLine& out);
// rsyslog's and RFC 5424's rest of a line whose ISO time is read: "host tag[pid]: msg", "host app pid msgid [sd] msg".
bool parseSyslogAfterIsoTime(std::string_view line, size_t at, LogLine& out);
bool parseKlogLine(std::string_view line, LogLine& out);
bool parseLevelFirstLine(std::string_view line, LogLine& out);
bool parseUvicornLine(std::string_view line, LogLine& out);
bool parsePythonLine(std::string_view line, LogLine& out);
bool parseAccessLine(std::string_view line, LogLine& out);
bool parseEnvoyLine(std::string_view line, LogLine& out);
bool parseLogfmtLine(std::string_view line, LogLine& out);
bool parseDmesgLine(std::string_view line, LogLine& out);
bool parseIpmiLine(std::string_view line, LogLine& out);
bool parseTimedLine(std::string_view line, LogLine& out);
// logcli's default output behind its time: " {app="gateway", level="error"} text". False where no labels follow.
bool parseLabelledLine(std::string_view line, size_t at, LogLine& out);
bool parseEmbeddedTimeLine(std::string_view line, LogLine& out);

// What stands between the time and the message: level, pid, thread, logger, file:line in the orders programs write them.
// Reads from `at`, sets the body to what is left.
void parseLineHeader(std::string_view line, size_t at, LogLine& out);
// "file.py:259", "path/file.go:12" → code.file.path and code.line.number.
bool parseSourcePlace(std::string_view text, LogLine& out);
// "GET /x?y HTTP/1.1" (without quotes) → http.request.method, url.path, url.query, network.protocol.version.
bool parseRequestLine(std::string_view request, LogLine& out);
// One key=value of a structured text, under its OpenTelemetry name: trace_id, span_id, level, caller … and everything else as it is.
void addNamedField(std::string_view key, std::string_view value, LogLine& out);
// "2026-03-17T10:58:12Z", "1773745092.123", … standing alone as a field's value.
bool parseTimeValue(std::string_view value, ParsedTime& out);
// Numbers out of the periodic lines of inference engines (vLLM, SGLang), taken from the body.
void addEngineStatistics(LogLine& out);

}  // namespace nj::format

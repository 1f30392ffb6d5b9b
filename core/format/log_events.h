// Which log lines are incidents for the event lane: out of memory, XID, throttling, rollouts, restarts. A small table, searched with one
// pass over a line. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "format/log_line.h"

namespace nj::format {

struct LogEvent {
    std::string_view kind;      // empty: none
    std::string title;
    std::string entity;
    uint8_t severity = 0;       // 0: the line's own
};

// Looks at the first 512 bytes of the body. May add attributes to the record (PCI id and code of an XID).
LogEvent findLogEvent(LogLine& record);

// The same for a record that is no line being read (OTLP): kind, severity and title of its body, nothing else.
LogEvent findLogEvent(std::string_view body, uint8_t severity);

}  // namespace nj::format

// Reads one JSON object as a log record: finds time, severity, message and the rest by the names of log_field_names.h, whatever
// library or store wrote it. One thread; strings it hands out live until the next parse unless they were copied.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "format/log_line.h"

namespace nj::format {

class JsonLogParser {
public:
    enum class Outcome : uint8_t {
        kRecord,      // an object with something of a log record in it
        kObject,      // an object without time, message or level: its fields are attributes
        kMalformed,   // no JSON object
    };

    JsonLogParser();
    ~JsonLogParser();
    JsonLogParser(const JsonLogParser&) = delete;
    JsonLogParser& operator=(const JsonLogParser&) = delete;

    // The body is a view into the text where its bytes stand there unescaped, else an owned one.
    // copyTexts: all texts are copied into the LogLine, so that they survive the next parse.
    Outcome parse(std::string_view text, LogLine& out, bool copyTexts = false);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace nj::format

// Reads one line of any shape into a LogLine. What a file's first lines taught it (container wrappers, times further inside, columns
// of a #Fields header) is set by learn(); otherwise each line is judged alone, because files are mixed. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/log_columns.h"
#include "format/log_json.h"
#include "format/log_line.h"
#include "format/log_shapes.h"

namespace nj::format {

// What a container runtime puts around each line of the program.
enum class LogWrapper : uint8_t {
    kNone,
    kCri,          // 2026-03-17T10:58:12.1Z stdout F …
    kDocker,       // {"log":"…\n","stream":"stdout","time":"…"}
    kCompose,      // web-1  | …
};

struct UnwrappedLine {
    LogWrapper wrapper = LogWrapper::kNone;
    std::string_view inner;    // the program's text; still escaped for kDocker
    std::string_view stream;
    bool partial = false;      // the program's line goes on in the next one
};

// The program's line or its stack trace goes on in the next wrapped line.
bool continuesWrapped(const UnwrappedLine& before, const UnwrappedLine& line);

class LogLineParser {
public:
    struct Findings {
        size_t lines = 0;      // not blank, not indented
        size_t timed = 0;
        size_t heads = 0;      // of any shape
        bool firstTimed = false;
        size_t columns = 0;    // lines of a #Fields header's table
        size_t shapes[static_cast<size_t>(LogShape::kEmbedded) + 1] = {};
    };
    // Looks at the first lines of a file and sets what later lines are read by.
    Findings learn(std::string_view head);

    // False: nothing recognised the line as the start of a record; the LogLine then holds the line as its body (and the wrapper's
    // time and stream, if any). `shape` says what it was.
    bool parse(std::string_view line, LogLine& out, LogShape& shape);
    // Takes a container's wrapper off; wrapper kNone when the file has none or the line is without.
    [[nodiscard]] UnwrappedLine unwrap(std::string_view line) const;
    // The record of several wrapped lines: wrapper's facts from the first, message from all of them joined.
    void parseJoined(std::string_view record, LogLine& out, LogShape& shape);

    [[nodiscard]] LogWrapper wrapper() const { return wrapper_; }
    [[nodiscard]] bool sawMalformedJson() const { return malformedJson_; }
    LogColumnsHeader& columns() { return columns_; }

private:
    bool parseBare(std::string_view line, LogLine& out, LogShape& shape, bool inner);
    bool tryShape(LogShape candidate, bool (*parser)(std::string_view, LogLine&), std::string_view line, LogLine& out, LogShape& shape);
    bool parseProcessPrefix(std::string_view line, LogLine& out, LogShape& shape, bool inner);
    bool parseInner(const UnwrappedLine& unwrapped, LogLine& out, LogShape& shape);
    void applyWrapper(std::string_view line, const UnwrappedLine& unwrapped, LogLine& out);
    void addJsonTail(LogLine& out);

    JsonLogParser json_;
    LogColumnsHeader columns_;
    LogWrapper wrapper_ = LogWrapper::kNone;
    bool embedded_ = false;
    bool malformedJson_ = false;
};

}  // namespace nj::format

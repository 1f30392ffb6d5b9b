// Logs whose columns are named by a header: W3C extended ("#Fields: date time cs-method …", IIS and CDNs) and Zeek ("#fields\tts\tuid …").
// Remembers the header and reads the lines after it. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/log_line.h"

namespace nj::format {

class LogColumnsHeader {
public:
    // Takes a line that starts with '#'; true when it was one of such a header.
    bool takeDirective(std::string_view line);
    [[nodiscard]] bool active() const { return !names_.empty(); }
    // Reads a line by the header's columns.
    bool parse(std::string_view line, LogLine& out) const;
    // "#Date:" and "#GMT-Offset:" of the last header, once.
    std::optional<TimeNs> takeDate();
    std::optional<int32_t> takeOffset();

private:
    bool addColumn(std::string_view name, std::string_view value, LogLine& out, std::string_view& date, std::string_view& time) const;

    std::vector<std::string> names_;
    char separator_ = ' ';
    std::optional<TimeNs> date_;
    std::optional<int32_t> offset_;
};

}  // namespace nj::format

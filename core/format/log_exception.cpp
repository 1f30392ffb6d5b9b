// Exceptions in records of several lines.
#include "format/log_reader.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

// "pkg.Type: message" or "Type" → attributes; false when the line does not look like one.
bool addTypeAndMessage(std::string_view line, LogLine& out) {
    line = text::trim(line);
    size_t end = 0;
    while (end < line.size() && (text::isWord(line[end]) || line[end] == '.' || line[end] == '$'))
        ++end;
    const std::string_view type = line.substr(0, end);
    if (type.size() < 3 || type.size() > 200 || text::isDigit(type[0]) || (end < line.size() && line[end] != ':'))
        return false;
    const size_t dot = type.rfind('.');
    const std::string_view simple = dot == std::string_view::npos ? type : type.substr(dot + 1);
    if (simple.empty() || !text::isUpper(simple[0]))
        return false;
    out.addString("exception.type", type);
    if (end + 1 < line.size())
        out.addString("exception.message", text::trim(line.substr(end + 1)));
    return true;
}

bool addPython(std::string_view text, LogLine& out) {
    const size_t found = text.rfind("Traceback (most recent call last)");
    if (found == std::string_view::npos)
        return false;
    // The exception's line is the first after the trace that is not indented deeper than the trace's own.
    size_t lineStart = text.rfind('\n', found);
    lineStart = lineStart == std::string_view::npos ? 0 : lineStart + 1;
    size_t at = text.find('\n', found);
    while (at != std::string_view::npos && at + 1 < text.size()) {
        const size_t end = text.find('\n', at + 1);
        const std::string_view line = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
        if (!line.empty() && !text::isBlank(line[0]) && line.substr(0, 5) != "File " && addTypeAndMessage(line, out))
            return true;
        at = end;
    }
    return false;
}

bool addJava(std::string_view text, LogLine& out) {
    const size_t at = text.find("\n\tat ");
    const size_t frames = at == std::string_view::npos ? text.find("\n    at ") : at;
    if (frames == std::string_view::npos)
        return false;
    const size_t lineStart = frames == 0 ? std::string_view::npos : text.rfind('\n', frames - 1);
    const std::string_view line = text.substr(lineStart == std::string_view::npos ? 0 : lineStart + 1, frames - (lineStart == std::string_view::npos ? 0 : lineStart + 1));
    if (addTypeAndMessage(line, out))
        return true;
    // "… msg: java.lang.X: message" on the head line
    for (const std::string_view word : {"Exception", "Error"}) {
        const size_t found = line.find(word);
        if (found == std::string_view::npos)
            continue;
        const size_t blank = line.rfind(' ', found);
        return addTypeAndMessage(line.substr(blank == std::string_view::npos ? 0 : blank + 1), out);
    }
    return false;
}

}  // namespace

void addException(std::string_view text, LogLine& out) {
    for (const LogField& field : out.fields)
        if (field.key == "exception.type")
            return;
    const std::string_view bounded = text.substr(0, 256U << 10);
    if (!addPython(bounded, out))
        addJava(bounded, out);
}

}  // namespace nj::format

#include "format/log_line_parser.h"

#include <cstring>

#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

using text::isBlank;
using text::isDigit;
using text::isLetter;
using text::isUpper;
using text::isWord;

constexpr size_t kLearnLines = 400;

UnwrappedLine unwrapCri(std::string_view line, ParsedTime* time) {
    UnwrappedLine result;
    if (line.size() < 30 || !isDigit(line[0]))
        return result;
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos || blank < 20 || blank > 36)
        return result;
    const std::string_view rest = line.substr(blank);
    const bool out = rest.compare(0, 8, " stdout ") == 0;
    if ((!out && rest.compare(0, 8, " stderr ") != 0) || rest.size() < 9 || (rest[8] != 'F' && rest[8] != 'P') || (rest.size() > 9 && rest[9] != ' ' && rest[9] != ':'))
        return result;
    ParsedTime parsed;
    if (parseTimestamp(line.substr(0, blank), parsed) != blank)
        return result;
    if (time != nullptr)
        *time = parsed;
    result.wrapper = LogWrapper::kCri;
    result.stream = rest.substr(1, 6);
    result.partial = rest[8] == 'P';
    // Tags may follow the first, as in "F:tag".
    const size_t text = rest.size() > 9 ? rest.find(' ', 9) : std::string_view::npos;
    result.inner = text == std::string_view::npos ? std::string_view() : rest.substr(text + 1);
    return result;
}

UnwrappedLine unwrapDocker(std::string_view line) {
    UnwrappedLine result;
    constexpr std::string_view kStart = "{\"log\":\"";
    bool escaped = false;
    size_t end = 0;
    if (line.compare(0, kStart.size(), kStart) != 0 || !text::quoted(line, kStart.size() - 1, result.inner, end, escaped))
        return result;
    result.wrapper = LogWrapper::kDocker;
    result.partial = result.inner.size() < 2 || result.inner.substr(result.inner.size() - 2) != "\\n";
    result.stream = line.substr(end).find("\"stderr\"") != std::string_view::npos ? "stderr" : "stdout";
    return result;
}

UnwrappedLine unwrapCompose(std::string_view line) {
    UnwrappedLine result;
    size_t end = 0;
    while (end < line.size() && end < 80 && (isWord(line[end]) || line[end] == '-' || line[end] == '.'))
        ++end;
    const size_t name = end;
    while (end < line.size() && line[end] == ' ')
        ++end;
    if (name == 0 || end == name || end >= line.size() || line[end] != '|' || (end + 1 < line.size() && line[end + 1] != ' '))
        return result;
    result.wrapper = LogWrapper::kCompose;
    result.stream = line.substr(0, name);
    result.inner = line.substr(end + 2 <= line.size() ? end + 2 : line.size());
    return result;
}

// "web-1" → "web"
std::string_view composeService(std::string_view name) {
    size_t end = name.size();
    while (end > 0 && isDigit(name[end - 1]))
        --end;
    return end > 1 && end < name.size() && name[end - 1] == '-' ? name.substr(0, end - 1) : name;
}

// "ERROR something happened": a text that says no more than its level.
void takeLeadingLevel(LogLine& out) {
    size_t end = 0;
    while (end < out.body.size() && end < 12 && isUpper(out.body[end]))
        ++end;
    if (end < 4 || (end < out.body.size() && out.body[end] != ' ' && out.body[end] != ':' && out.body[end] != ']' && out.body[end] != '\t'))
        return;
    out.severity = severityFromWord(out.body.substr(0, end));
    if (out.severity != 0)
        out.severityText = out.body.substr(0, end);
}

bool continues(std::string_view inner) {
    return inner.empty() || inner[0] == '\t' || inner.compare(0, 2, "  ") == 0 || inner.compare(0, 10, "Caused by:") == 0 || inner.compare(0, 9, "Traceback") == 0 || inner.compare(0, 2, "\\t") == 0;
}

}  // namespace

LogLineParser::Findings LogLineParser::learn(std::string_view head) {
    Findings best;
    size_t cri = 0, docker = 0, compose = 0, lines = 0;
    const auto forEachLine = [&](auto&& visit) {
        size_t at = 0;
        for (size_t n = 0; at < head.size() && n < kLearnLines; ++n) {
            size_t end = head.find('\n', at);
            if (end == std::string_view::npos)
                end = head.size();
            std::string_view line = head.substr(at, end - at);
            if (!line.empty() && line.back() == '\r')
                line.remove_suffix(1);
            at = end + 1;
            // Indented lines continue others, except the rows of `ipmitool sel list`.
            if (!line.empty() && (!isBlank(line[0]) || line.substr(0, 12).find(" | ") != std::string_view::npos))
                visit(line);
        }
    };
    std::string plain;
    forEachLine([&](std::string_view line) {
        ++lines;
        plain.clear();
        text::appendWithoutAnsi(plain, line.substr(0, 4096));
        cri += unwrapCri(plain, nullptr).wrapper != LogWrapper::kNone;
        docker += unwrapDocker(plain).wrapper != LogWrapper::kNone;
        compose += unwrapCompose(plain).wrapper != LogWrapper::kNone;
    });
    if (cri * 2 > lines)
        wrapper_ = LogWrapper::kCri;
    else if (docker * 2 > lines)
        wrapper_ = LogWrapper::kDocker;
    else if (compose * 2 > lines)
        wrapper_ = LogWrapper::kCompose;
    LogLine scratch;
    for (const bool embedded : {false, true}) {
        if (embedded && best.heads * 2 >= best.lines)
            break;
        embedded_ = embedded;
        Findings found;
        forEachLine([&](std::string_view line) {
            ++found.lines;
            LogShape shape = LogShape::kNone;
            scratch.clear();
            const bool isHead = parse(line, scratch, shape);
            found.heads += isHead;
            found.timed += static_cast<bool>(scratch.time);
            found.firstTimed |= found.lines == 1 && scratch.time;
            found.columns += columns_.active();
            found.shapes[static_cast<size_t>(shape)] += isHead;
        });
        if (!embedded || found.timed > best.timed * 2)
            best = found;
        else
            embedded_ = false;
    }
    columns_ = LogColumnsHeader();
    malformedJson_ = false;
    return best;
}

UnwrappedLine LogLineParser::unwrap(std::string_view line) const {
    switch (wrapper_) {
    case LogWrapper::kCri: return unwrapCri(line, nullptr);
    case LogWrapper::kDocker: return unwrapDocker(line);
    case LogWrapper::kCompose: return unwrapCompose(line);
    case LogWrapper::kNone: break;
    }
    return {};
}

bool LogLineParser::tryShape(LogShape candidate, bool (*parser)(std::string_view, LogLine&), std::string_view line, LogLine& out, LogShape& shape) {
    const size_t fields = out.fields.size();
    const size_t resource = out.resource.size();
    if (parser(line, out)) {
        shape = candidate;
        return true;
    }
    out.fields.resize(fields);
    out.resource.resize(resource);
    out.time = ParsedTime();
    out.severity = 0;
    out.severityText = out.service = out.host = out.logger = {};
    out.bodyToEnd = true;
    return false;
}

// "(APIServer pid=1) ", "(task pid=12, ip=10.0.0.1) ", also several of them.
bool LogLineParser::parseProcessPrefix(std::string_view line, LogLine& out, LogShape& shape, bool inner) {
    const size_t close = line.substr(0, 160).find(')');
    if (close == std::string_view::npos || close + 1 >= line.size() || line[close + 1] != ' ')
        return false;
    const std::string_view prefix = line.substr(1, close - 1);
    const size_t pidAt = prefix.find("pid=");
    int64_t pid = 0;
    if (pidAt == std::string_view::npos || text::leadingDigits(prefix.substr(pidAt + 4), pid) == 0)
        return false;
    const std::string_view rest = line.substr(close + 2);
    const bool known = !rest.empty() && parseBare(rest, out, shape, inner);
    if (!known) {
        out.body = rest;
        shape = LogShape::kLevelFirst;
    }
    out.addString("process.title", text::trim(prefix.substr(0, pidAt)));
    out.addInt("process.pid", pid);
    if (const size_t ip = prefix.find("ip="); ip != std::string_view::npos)
        out.addString("host.ip", prefix.substr(ip + 3));
    return true;
}

bool LogLineParser::parseBare(std::string_view line, LogLine& out, LogShape& shape, bool inner) {
    if (line.empty())
        return false;
    const char c = line[0];
    if (c == '{') {
        const auto outcome = json_.parse(line, out, inner);
        if (outcome == JsonLogParser::Outcome::kMalformed) {
            malformedJson_ |= line.size() > 1 && line[1] == '"';
            return false;
        }
        shape = LogShape::kJson;
        return true;
    }
    if (c == '#' && columns_.takeDirective(line)) {
        shape = LogShape::kTimed;
        out.body = line;
        return true;
    }
    if (columns_.active()) {
        if (columns_.parse(line, out)) {
            shape = LogShape::kTimed;
            return true;
        }
        out.fields.clear();
        out.time = ParsedTime();
        out.severity = 0;
    }
    const auto attempt = [&](LogShape candidate, bool (*parser)(std::string_view, LogLine&)) { return tryShape(candidate, parser, line, out, shape); };
    if (c == '(')
        return parseProcessPrefix(line, out, shape, inner);
    if (c == '<')
        return attempt(LogShape::kSyslog, parseSyslogLine) || attempt(LogShape::kDmesg, parseDmesgLine) || attempt(LogShape::kTimed, parseTimedLine);
    if (c == '[') {
        if (attempt(LogShape::kDmesg, parseDmesgLine) || attempt(LogShape::kEnvoy, parseEnvoyLine) || attempt(LogShape::kTimed, parseTimedLine) || attempt(LogShape::kLevelFirst, parseLevelFirstLine))
            return true;
    } else if (isDigit(c)) {
        if (attempt(LogShape::kTimed, parseTimedLine) || attempt(LogShape::kAccess, parseAccessLine) || attempt(LogShape::kIpmi, parseIpmiLine))
            return true;
    } else if (isLetter(c)) {
        if (line.size() > 1 && isDigit(line[1]) && attempt(LogShape::kKlog, parseKlogLine))
            return true;
        if (attempt(LogShape::kSyslog, parseSyslogLine) || attempt(LogShape::kTimed, parseTimedLine) || attempt(LogShape::kLevelFirst, parseLevelFirstLine) ||
            attempt(LogShape::kUvicorn, parseUvicornLine) || attempt(LogShape::kLogfmt, parseLogfmtLine) || attempt(LogShape::kPython, parsePythonLine) ||
            attempt(LogShape::kAccess, parseAccessLine) || attempt(LogShape::kDmesg, parseDmesgLine) || attempt(LogShape::kIpmi, parseIpmiLine))
            return true;
    } else if (isBlank(c)) {
        if (attempt(LogShape::kIpmi, parseIpmiLine))
            return true;
    } else if (attempt(LogShape::kTimed, parseTimedLine) || attempt(LogShape::kAccess, parseAccessLine)) {
        return true;
    }
    return embedded_ && !isBlank(c) && attempt(LogShape::kEmbedded, parseEmbeddedTimeLine);
}

void LogLineParser::applyWrapper(std::string_view line, const UnwrappedLine& unwrapped, LogLine& out) {
    switch (unwrapped.wrapper) {
    case LogWrapper::kCri:
        unwrapCri(line, &out.time);
        out.addString("log.iostream", unwrapped.stream);
        break;
    case LogWrapper::kDocker: {
        out.addString("log.iostream", unwrapped.stream);
        const size_t at = line.rfind("\"time\":\"");
        if (at != std::string_view::npos)
            parseTimestamp(line.substr(at + 8), out.time);
        break;
    }
    case LogWrapper::kCompose:
        if (out.service.empty())
            out.service = composeService(unwrapped.stream);
        out.addString("container.name", unwrapped.stream);
        break;
    case LogWrapper::kNone: break;
    }
}

bool LogLineParser::parseInner(const UnwrappedLine& unwrapped, LogLine& out, LogShape& shape) {
    std::string_view inner = unwrapped.inner;
    if (unwrapped.wrapper == LogWrapper::kDocker && inner.find('\\') != std::string_view::npos) {
        if (inner.size() >= 2 && inner.substr(inner.size() - 2) == "\\n" && inner.substr(0, inner.size() - 2).find('\\') == std::string_view::npos) {
            inner.remove_suffix(2);
        } else {
            std::string& buffer = out.ownBuffer();
            text::appendUnescaped(buffer, inner);
            inner = text::trimRight(buffer);
        }
    }
    const size_t newline = inner.find('\n');
    const std::string_view head = inner.substr(0, newline);
    if (!parseBare(head, out, shape, true)) {
        out.body = inner;
        takeLeadingLevel(out);
        return false;
    }
    if (newline != std::string_view::npos && out.bodyToEnd && out.body.data() >= inner.data() && out.body.data() <= inner.data() + newline)
        out.body = inner.substr(static_cast<size_t>(out.body.data() - inner.data()));
    return true;
}

bool LogLineParser::parse(std::string_view line, LogLine& out, LogShape& shape) {
    if (std::memchr(line.data(), 0x1b, line.size()) != nullptr) {
        std::string& plain = out.ownBuffer();
        text::appendWithoutAnsi(plain, line);
        line = plain;
    }
    if (wrapper_ != LogWrapper::kNone) {
        const UnwrappedLine unwrapped = unwrap(line);
        if (unwrapped.wrapper != LogWrapper::kNone) {
            parseInner(unwrapped, out, shape);
            applyWrapper(line, unwrapped, out);
            out.bodyToEnd = false;
            addEngineStatistics(out);
            return true;
        }
    }
    if (!parseBare(line, out, shape, false)) {
        out.body = line;
        takeLeadingLevel(out);
        return false;
    }
    if (!out.body.empty() && out.body.back() == '}')
        addJsonTail(out);
    addEngineStatistics(out);
    return true;
}

// zap's console and others append the fields as one JSON object: message<TAB>{…}.
void LogLineParser::addJsonTail(LogLine& out) {
    const size_t tab = out.body.find("\t{\"");
    if (tab == std::string_view::npos)
        return;
    LogLine tail;
    if (json_.parse(out.body.substr(tab + 1), tail, true) == JsonLogParser::Outcome::kMalformed)
        return;
    out.body = out.body.substr(0, tab);
    out.bodyToEnd = false;
    for (const LogField& field : tail.fields)
        out.fields.push_back({out.own(field.key), field.type, out.own(field.text), field.integer, field.number});
    if (out.traceId.empty())
        out.traceId = tail.traceId;
    if (out.spanId.empty())
        out.spanId = tail.spanId;
}

void LogLineParser::parseJoined(std::string_view record, LogLine& out, LogShape& shape) {
    std::string& joined = out.ownBuffer();
    UnwrappedLine first;
    std::string_view firstLine;
    bool open = false;   // the program's line is not ended yet
    for (size_t at = 0; at < record.size();) {
        size_t end = record.find('\n', at);
        if (end == std::string_view::npos)
            end = record.size();
        std::string_view line = record.substr(at, end - at);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        const UnwrappedLine unwrapped = unwrap(line);
        if (at == 0) {
            first = unwrapped;
            firstLine = line;
        } else if (!open) {
            joined += '\n';
        }
        if (unwrapped.wrapper == LogWrapper::kDocker) {
            text::appendUnescaped(joined, unwrapped.inner);
            if (!joined.empty() && joined.back() == '\n')
                joined.pop_back();
        } else {
            joined.append(unwrapped.wrapper == LogWrapper::kNone ? line : unwrapped.inner);
        }
        open = unwrapped.partial;
        at = end + 1;
    }
    first.inner = joined;
    const LogWrapper wrapper = first.wrapper;
    if (wrapper == LogWrapper::kDocker)
        first.wrapper = LogWrapper::kCri;   // its text is unescaped now
    parseInner(first, out, shape);
    first.wrapper = wrapper;
    applyWrapper(firstLine, first, out);
    out.bodyToEnd = false;
    addEngineStatistics(out);
}

bool continuesWrapped(const UnwrappedLine& before, const UnwrappedLine& line) {
    return before.wrapper == line.wrapper && before.stream == line.stream && (before.partial || continues(line.inner));
}

}  // namespace nj::format

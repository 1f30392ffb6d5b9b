// Lines that start with a level or a time: klog, vLLM, Python, log4j, Ray, SGLang and everything else with a readable time.
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

using text::isBlank;
using text::isDigit;
using text::isLetter;
using text::isUpper;
using text::isWord;

size_t levelWord(std::string_view line, uint8_t& level) {
    size_t end = 0;
    while (end < line.size() && end < 14 && isLetter(line[end]))
        ++end;
    level = end >= 3 && end < 14 ? severityFromWord(line.substr(0, end)) : 0;
    return level == 0 ? 0 : end;
}

// What stands in one pair of brackets with the time: "[2026-03-17 10:58:12 TP0]", "[…Z INFO crate::module]", "[…,123 I 123 456]".
// Returns the position of the closing bracket, or npos.
size_t wordsUpToBracket(std::string_view line, size_t at, LogLine& out) {
    const size_t close = line.substr(0, at + 160).find(']', at);
    if (close == std::string_view::npos)
        return close;
    bool hasPid = false;
    size_t i = at;
    while (i < close) {
        while (i < close && (isBlank(line[i]) || line[i] == ',' || line[i] == '-'))
            ++i;
        size_t end = i;
        while (end < close && !isBlank(line[end]))
            ++end;
        const std::string_view word = line.substr(i, end - i);
        i = end;
        if (word.empty())
            continue;
        int64_t number = 0;
        const uint8_t level = severityFromWord(word, isUpper(word[0]));
        if (level != 0 && out.severity == 0) {
            out.severity = level;
            out.severityText = word;
        } else if (text::parseInt(word, number)) {
            out.addInt(hasPid ? "thread.id" : "process.pid", number);
            hasPid = true;
        } else if (parseSourcePlace(word, out)) {
        } else if (out.logger.empty() && (word.find("::") != std::string_view::npos || word.find('.') != std::string_view::npos)) {
            out.logger = word;
        } else if (word.substr(0, 2) == "TP" || word.substr(0, 2) == "DP" || word.substr(0, 2) == "PP" || word.substr(0, 2) == "EP") {
            out.addString("sglang.rank", word);
        }
    }
    return close;
}

// zap's console: level, [logger,] caller, message and JSON, separated by tabs.
bool parseTabs(std::string_view line, size_t at, LogLine& out) {
    const size_t levelEnd = line.find('\t', at);
    if (levelEnd == std::string_view::npos)
        return false;
    const std::string_view level = text::trim(line.substr(at, levelEnd - at));
    out.severity = severityFromWord(level, true);
    if (out.severity == 0)
        return false;
    out.severityText = level;
    size_t from = levelEnd + 1;
    for (int i = 0; i < 2; ++i) {
        const size_t end = line.find('\t', from);
        if (end == std::string_view::npos)
            break;
        const std::string_view cell = line.substr(from, end - from);
        if (!parseSourcePlace(cell, out)) {
            if (cell.empty() || cell.find(' ') != std::string_view::npos || (end + 1 < line.size() && line[end + 1] == '{'))
                break;
            out.logger = cell;
        }
        from = end + 1;
    }
    out.body = line.substr(from);
    return true;
}

// "FAN5 Tach | 2240.000 | RPM | lcr | …": a reading of `ipmitool sensor` with a time in front.
bool parseSensorReading(std::string_view line, size_t at, LogLine& out) {
    const std::string_view head = line.substr(0, at + 64);
    if (head.find('|', at) == std::string_view::npos || head.find(" | ", at) == std::string_view::npos)
        return false;
    std::string_view cells[4];
    size_t from = at;
    size_t n = 0;
    while (n < 4) {
        const size_t bar = line.find('|', from);
        cells[n++] = text::trim(line.substr(from, bar == std::string_view::npos ? bar : bar - from));
        if (bar == std::string_view::npos)
            break;
        from = bar + 1;
    }
    double value = 0;
    if (n < 4 || !text::parseDouble(cells[1], value))
        return false;
    const std::string_view state = cells[3];
    if (state == "ok" || state == "ns")
        out.severity = 9;
    else if (state == "nc" || state == "lnc" || state == "unc")
        out.severity = 13;
    else if (state == "cr" || state == "lcr" || state == "ucr")
        out.severity = 17;
    else if (state == "nr" || state == "lnr" || state == "unr")
        out.severity = 21;
    else
        return false;
    out.severityText = state;
    out.service = "bmc";
    out.addString("ipmi.sensor", cells[0]);
    out.addDouble("ipmi.value", value);
    out.addString("ipmi.unit", cells[2]);
    out.body = text::trimLeft(line.substr(at));
    return true;
}

size_t uint64Digits(std::string_view s) {
    size_t n = 0;
    while (n < s.size() && isDigit(s[n]))
        ++n;
    return n;
}

}  // namespace

bool parseKlogLine(std::string_view line, LogLine& out) {
    if (line.size() < 20 || !isDigit(line[1]) || !isUpper(line[0]))
        return false;
    const char letter = line[0];
    if (letter != 'I' && letter != 'W' && letter != 'E' && letter != 'F' && letter != 'C' && letter != 'D')
        return false;
    const size_t length = parseKlogTimestamp(line.substr(1), out.time);
    if (length == 0)
        return false;
    out.severity = severityFromWord(line.substr(0, 1), true);
    out.severityText = line.substr(0, 1);
    size_t at = 1 + length;
    while (at < line.size() && line[at] == ' ')
        ++at;
    const size_t digits = uint64Digits(line.substr(at));
    int64_t thread = 0;
    if (digits > 0 && digits < 19 && at + digits < line.size() && line[at + digits] == ' ') {
        text::parseInt(line.substr(at, digits), thread);
        out.addInt("thread.id", thread);
        at += digits + 1;
    }
    const size_t close = line.substr(0, at + 200).find(']', at);
    if (close == std::string_view::npos || !parseSourcePlace(line.substr(at, close - at), out)) {
        out.body = line.substr(at < line.size() ? at : line.size());
        return true;
    }
    out.body = text::trimLeft(line.substr(close + 1));
    return true;
}

bool parseLevelFirstLine(std::string_view line, LogLine& out) {
    uint8_t level = 0;
    size_t at = 0;
    std::string_view word;
    if (!line.empty() && line[0] == '[') {   // "[INFO] 2026-03-17 …", "[I 2026-03-17 …"
        const size_t n = line.size() > 2 && line[2] == ' ' && isUpper(line[1]) ? 1 : levelWord(line.substr(1), level);
        if (n == 1)
            level = severityFromWord(line.substr(1, 1), true);
        if (n == 0 || level == 0 || (n > 1 && (1 + n >= line.size() || line[1 + n] != ']')))
            return false;
        word = line.substr(1, n);
        at = n + 1;
    } else {
        const size_t n = levelWord(line, level);
        if (n == 0)
            return false;
        word = line.substr(0, n);
        at = n;
    }
    while (at < line.size() && (isBlank(line[at]) || line[at] == ':' || line[at] == '[' || line[at] == ']' || line[at] == '|' || line[at] == '-'))
        ++at;
    if (at >= line.size() || (!isDigit(line[at]) && !isLetter(line[at])))
        return false;
    const size_t length = parseTimestamp(line.substr(at), out.time);
    if (length == 0)
        return false;
    out.severity = level;
    out.severityText = word;
    at += length;
    if (line[0] == '[' && word.size() == 1) {
        const size_t close = wordsUpToBracket(line, at, out);
        if (close != std::string_view::npos)
            at = close + 1;
    }
    parseLineHeader(line, at, out);
    return true;
}

bool parsePythonLine(std::string_view line, LogLine& out) {
    uint8_t level = 0;
    const size_t n = levelWord(line, level);
    if (n == 0 || n >= line.size() || line[n] != ':' || !isUpper(line[0]) || !isUpper(line[1]))
        return false;
    out.severity = level;
    out.severityText = line.substr(0, n);
    size_t end = n + 1;
    while (end < line.size() && (isWord(line[end]) || line[end] == '.' || line[end] == '-'))
        ++end;
    if (end < line.size() && line[end] == ':' && end > n + 1) {
        out.logger = line.substr(n + 1, end - n - 1);
        out.body = line.substr(end + 1);
        return true;
    }
    out.body = text::trimLeft(line.substr(n + 1));
    return true;
}

bool parseTimedLine(std::string_view line, LogLine& out) {
    size_t at = 0;
    char open = 0;
    if (!line.empty() && (line[0] == '[' || line[0] == '(' || line[0] == '"' || line[0] == '<')) {
        open = line[0];
        at = 1;
    } else if (line.substr(0, 8) == "# Time: " || line.substr(0, 2) == "#+") {   // MySQL's slow log, shell histories
        at = line[1] == '+' ? 2 : 8;
    }
    const size_t length = parseTimestamp(line.substr(at), out.time);
    if (length == 0)
        return false;
    at += length;
    const char next = at < line.size() ? line[at] : '\0';
    if (isWord(next) && !(out.time.hasZone && at > 0 && line[at - 1] == 'Z') && out.time.kind != ParsedTime::Kind::kCivil)
        return false;
    if (open == 0 && next == '\t' && parseTabs(line, at + 1, out))
        return true;
    if (open == 0 && next == ' ' && parseLabelledLine(line, at, out))
        return true;
    if (open == 0 && next == ' ' && out.time.hasZone && parseSyslogAfterIsoTime(line, at, out))
        return true;
    if (open == 0 && next == ' ' && parseSensorReading(line, at, out))
        return true;
    if (open == '[') {
        const size_t close = next == ']' ? at : wordsUpToBracket(line, at, out);
        if (close == std::string_view::npos)
            return false;
        at = close + 1;
    } else if (open != 0 && at < line.size()) {
        ++at;
    }
    parseLineHeader(line, at, out);
    return true;
}

bool parseEmbeddedTimeLine(std::string_view line, LogLine& out) {
    const size_t limit = line.size() < 160 ? line.size() : 160;
    for (size_t i = 1; i + 8 < limit; ++i) {
        const char before = line[i - 1];
        if (isWord(before) || before == '.' || before == '-' || before == '/' || (!isDigit(line[i]) && !isUpper(line[i])))
            continue;
        const size_t length = parseTimestamp(line.substr(i), out.time);
        if (length == 0)
            continue;
        // Further inside only what is surely a time counts: a number behind one word, or a date.
        const bool secondWord = before == ' ' && line.find(' ') == i - 1;
        if (out.time.kind != ParsedTime::Kind::kCivil && !secondWord)
            continue;
        size_t at = i + length;
        parseLineHeader(line, at, out);
        bool words = false;
        for (const char c : out.body.substr(0, 64))
            words |= isLetter(c);
        if (!words)
            out.body = line;
        if (out.severity == 0 && i > 3) {
            uint8_t level = 0;
            for (size_t w = 0; w < i;) {
                size_t end = w;
                while (end < i && isWord(line[end]))
                    ++end;
                if (end > w && isUpper(line[w]) && (level = severityFromWord(line.substr(w, end - w))) != 0) {
                    out.severity = level;
                    out.severityText = line.substr(w, end - w);
                    break;
                }
                w = end + 1;
            }
        }
        int64_t pid = 0;
        if (secondWord && text::parseInt(line.substr(0, i - 1), pid))
            out.addInt("process.pid", pid);
        return true;
    }
    return false;
}

}  // namespace nj::format

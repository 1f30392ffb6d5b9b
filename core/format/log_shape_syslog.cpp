// syslog in its three dresses, kernel messages and the BMC's event log.
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

using text::isBlank;
using text::isDigit;
using text::isWord;

constexpr std::string_view kFacilities[] = {"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"};

void setPriority(int64_t priority, LogLine& out) {
    out.severity = severityFromSyslog(priority % 8);
    const auto facility = static_cast<size_t>(priority / 8);
    if (facility < std::size(kFacilities))
        out.addString("syslog.facility.name", kFacilities[facility]);
}

// "<134>" at the start.
size_t parsePriority(std::string_view line, int64_t& priority) {
    if (line.empty() || line[0] != '<')
        return 0;
    const size_t n = text::leadingDigits(line.substr(1, 3), priority);
    return n > 0 && n + 1 < line.size() && line[n + 1] == '>' && priority <= 191 ? n + 2 : 0;
}

// "[12345.678901] NVRM: …" of the kernel in front of the message.
std::string_view withoutUptime(std::string_view body, LogLine& out) {
    if (body.empty() || body[0] != '[')
        return body;
    const size_t close = body.find(']');
    double uptime = 0;
    if (close == std::string_view::npos || close > 20 || !text::parseDouble(text::trim(body.substr(1, close - 1)), uptime) || body.find('.') > close)
        return body;
    out.addDouble("kernel.uptime", uptime);
    return text::trimLeft(body.substr(close + 1));
}

size_t tokenEnd(std::string_view line, size_t at) {
    while (at < line.size() && line[at] != ' ')
        ++at;
    return at;
}

// "tag[pid]: message", "tag: message"; false when there is no such tag.
bool parseTag(std::string_view line, size_t at, LogLine& out) {
    size_t end = at;
    int depth = 0;
    size_t blanks = 0;
    while (end < line.size() && end - at < 96) {
        const char c = line[end];
        if (c == '[' && depth == 0)
            break;
        if (c == '(')
            ++depth;
        if (c == ')')
            --depth;
        if (c == ':' && depth <= 0 && (end + 1 == line.size() || isBlank(line[end + 1])))
            break;
        // "syslogd 1.4.1: restart." has one blank inside its tag.
        if (c == ' ' && depth <= 0 && (++blanks > 1 || end + 1 >= line.size() || !isDigit(line[end + 1])))
            return false;
        ++end;
    }
    if (end >= line.size() || end == at || (line[end] != '[' && line[end] != ':'))
        return false;
    size_t nameEnd = end;
    size_t next = end;
    if (line[end] == '[') {
        const size_t close = line.find(']', end);
        if (close == std::string_view::npos || close - end > 40)
            return false;
        int64_t pid = 0;
        if (text::parseInt(line.substr(end + 1, close - end - 1), pid))
            out.addInt("process.pid", pid);
        next = close + 1;
        if (next < line.size() && line[next] != ':' && line[next] != ' ')
            return false;
    }
    std::string_view name = line.substr(at, nameEnd - at);
    if (const size_t blank = name.find(' '); blank != std::string_view::npos)
        name = name.substr(0, blank);
    out.service = name;
    if (next < line.size() && line[next] == ':')
        ++next;
    out.body = text::trimLeft(line.substr(next));
    if (name == "kernel") {
        out.kernel = true;
        out.body = withoutUptime(out.body, out);
    }
    return true;
}

// One or more [id k="v" …] groups or "-"; returns the position behind them.
size_t parseStructuredData(std::string_view line, size_t at, LogLine& out) {
    if (at < line.size() && line[at] == '-')
        return at + 1;
    while (at < line.size() && line[at] == '[') {
        size_t i = at + 1;
        while (i < line.size() && line[i] != ' ' && line[i] != ']')
            ++i;
        while (i < line.size() && line[i] == ' ') {
            while (i < line.size() && line[i] == ' ')
                ++i;
            const size_t eq = line.find('=', i);
            if (eq == std::string_view::npos || eq + 1 >= line.size() || line[eq + 1] != '"')
                return std::string_view::npos;
            std::string_view value;
            size_t end = 0;
            bool escaped = false;
            if (!text::quoted(line, eq + 1, value, end, escaped))
                return std::string_view::npos;
            addNamedField(line.substr(i, eq - i), value, out);
            i = end;
        }
        if (i >= line.size() || line[i] != ']')
            return std::string_view::npos;
        at = i + 1;
    }
    return at;
}

bool isHostToken(std::string_view token) {
    if (token.empty() || token.size() > 128)
        return false;
    for (const char c : token)
        if (!isWord(c) && c != '.' && c != '-' && c != ':' && c != '%' && c != '/')
            return false;
    return token.back() != ':' && severityFromWord(token) == 0;
}

// host app procid msgid structured-data message
bool parse5424(std::string_view line, size_t at, LogLine& out) {
    std::string_view tokens[4];
    for (std::string_view& token : tokens) {
        const size_t end = tokenEnd(line, at);
        token = line.substr(at, end - at);
        if (token.empty() || end >= line.size())
            return false;
        at = end + 1;
    }
    if ((tokens[0] != "-" && !isHostToken(tokens[0])) || tokens[1].find('[') != std::string_view::npos || tokens[3].find('[') != std::string_view::npos)
        return false;
    if (at >= line.size() || (line[at] != '[' && line[at] != '-'))
        return false;
    const uint8_t severity = out.severity;
    const size_t end = parseStructuredData(line, at, out);
    if (end == std::string_view::npos || (end < line.size() && line[end] != ' '))
        return false;
    if (severity != 0)
        out.severity = severity;
    if (tokens[0] != "-")
        out.host = tokens[0];
    if (tokens[1] != "-")
        out.service = tokens[1];
    int64_t pid = 0;
    if (text::parseInt(tokens[2], pid))
        out.addInt("process.pid", pid);
    if (tokens[3] != "-")
        out.addString("syslog.msg.id", tokens[3]);
    std::string_view body = line.substr(end < line.size() ? end + 1 : end);
    if (body.substr(0, 3) == "\xEF\xBB\xBF")
        body = body.substr(3);
    out.body = text::trimLeft(body);
    return true;
}

}  // namespace

bool parseSyslogAfterIsoTime(std::string_view line, size_t at, LogLine& out) {
    if (at >= line.size() || line[at] != ' ')
        return false;
    const size_t mark = out.mark();
    if (parse5424(line, at + 1, out))
        return true;
    out.fields.resize(mark);
    out.severity = 0;
    out.severityText = out.service = out.host = {};
    const size_t hostEnd = tokenEnd(line, at + 1);
    const std::string_view host = line.substr(at + 1, hostEnd - at - 1);
    if (!isHostToken(host) || !parseTag(line, hostEnd + 1 < line.size() ? hostEnd + 1 : line.size(), out)) {
        out.fields.resize(mark);
        return false;
    }
    out.host = host;
    return true;
}

bool parseSyslogLine(std::string_view line, LogLine& out) {
    int64_t priority = -1;
    size_t at = parsePriority(line, priority);
    if (at == 0 && (line.size() < 16 || line.substr(3, 3).find(' ') == std::string_view::npos))
        return false;
    if (at > 0) {
        setPriority(priority, out);
        if (line.substr(at, 2) == "1 ") {
            const size_t from = at + 2;
            const size_t length = line.substr(from, 2) == "- " ? 1 : parseTimestamp(line.substr(from), out.time);
            return length > 0 && from + length < line.size() && parse5424(line, from + length + 1, out);
        }
    }
    const size_t length = parseTimestamp(line.substr(at), out.time);
    if (length == 0 || (at == 0 && out.time.hasYear))
        return false;
    at += length;
    while (at < line.size() && line[at] == ' ')
        ++at;
    const size_t hostEnd = tokenEnd(line, at);
    const std::string_view host = line.substr(at, hostEnd - at);
    if (isHostToken(host)) {
        out.host = host;
        at = hostEnd < line.size() ? hostEnd + 1 : hostEnd;
    }
    const size_t mark = out.mark();
    if (!parseTag(line, at, out)) {
        out.fields.resize(mark);
        out.service = {};
        if (priority < 0 && (out.host.empty() || out.time.value % kSecond != 0))
            return false;
        out.body = text::trimLeft(line.substr(at < line.size() ? at : line.size()));
    }
    return true;
}

bool parseDmesgLine(std::string_view line, LogLine& out) {
    int64_t priority = 0;
    size_t at = parsePriority(line, priority);
    if (at > 0) {
        out.severity = severityFromSyslog(priority % 8);
    } else if (line.size() > 16 && line.substr(0, 12).find(":") != std::string_view::npos && line[0] != '[') {
        // "kern  :info  : [    0.000000] msg" of dmesg -x
        const size_t first = line.find(':');
        const size_t second = line.find(':', first + 1);
        if (second == std::string_view::npos || second > 24)
            return false;
        out.severity = severityFromWord(text::trim(line.substr(first + 1, second - first - 1)));
        if (out.severity == 0)
            return false;
        at = second + 1;
        while (at < line.size() && line[at] == ' ')
            ++at;
    }
    if (at >= line.size() || line[at] != '[')
        return false;
    const size_t close = line.find(']', at);
    if (close == std::string_view::npos || close - at > 40)
        return false;
    const std::string_view inner = text::trim(line.substr(at + 1, close - at - 1));
    const size_t dot = inner.find('.');
    int64_t seconds = 0, fraction = 0;
    if (dot == std::string_view::npos || inner.size() - dot != 7 || !text::parseInt(inner.substr(0, dot), seconds) || !text::parseInt(inner.substr(dot + 1), fraction) || seconds < 0)
        return false;
    if (seconds > 1'000'000'000)
        return false;
    out.time.kind = ParsedTime::Kind::kUptime;
    out.time.value = seconds * kSecond + fraction * kMicrosecond;
    out.kernel = true;
    out.service = "kernel";
    out.body = text::trimLeft(line.substr(close + 1));
    return true;
}

bool parseIpmiLine(std::string_view line, LogLine& out) {
    std::string_view cells[6];
    size_t n = 0;
    size_t from = 0;
    while (n < 6) {
        const size_t bar = n < 5 ? line.find('|', from) : std::string_view::npos;
        cells[n++] = text::trim(line.substr(from, bar == std::string_view::npos ? bar : bar - from));
        if (bar == std::string_view::npos)
            break;
        from = bar + 1;
    }
    if (n < 5 || cells[0].empty() || cells[0].size() > 5 || cells[1].size() < 8 || cells[2].size() < 8)
        return false;
    for (const char c : cells[0])
        if (!text::isHex(c))
            return false;
    std::string& stamp = out.ownBuffer();
    stamp.append(cells[1]).append(" ").append(cells[2]);
    if (parseTimestamp(stamp, out.time) == 0)
        return false;
    out.service = "bmc";
    out.addString("ipmi.sel.id", cells[0]);
    out.addString("ipmi.sensor", cells[3]);
    out.addString("ipmi.event", cells[4]);
    if (n == 6)
        out.addString("ipmi.direction", cells[5]);
    const size_t bodyAt = static_cast<size_t>(cells[3].data() - line.data());
    out.body = line.substr(bodyAt);
    const auto has = [&](std::string_view word) { return cells[4].find(word) != std::string_view::npos; };
    const bool over = cells[5].substr(0, 5) == "Deass";
    out.severity = over ? 9 : (has("ritical") || has("Non-recoverable") || has("Uncorrectable") ? 17 : (has("going") || has("Correctable") || has("Throttl") || has("Fail") ? 13 : 9));
    return true;
}

}  // namespace nj::format

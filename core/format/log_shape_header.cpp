// The part between the time and the message.
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

using text::isBlank;
using text::isDigit;
using text::isUpper;
using text::isWord;

// What a byte of a logger's name is.
struct LoggerBytes {
    enum : uint8_t { kNone, kPlain, kDot };
    uint8_t is[256] = {};
    constexpr LoggerBytes() {
        for (int c = 0; c < 256; ++c)
            is[c] = c == '.' || c == '$' ? kDot : isWord(static_cast<char>(c)) || c == '/' || c == '-' || c == '@' || c == '#' ? kPlain : kNone;
    }
};
constexpr LoggerBytes kLoggerBytes;
uint8_t loggerByte(char c) { return kLoggerBytes.is[static_cast<unsigned char>(c)]; }

// Which of the marks stand in a bracket that tell what it is: a name without any needs no further look.
struct BracketMarks {
    enum : uint8_t { kEquals = 1, kColon = 2, kAt = 4, kDot = 8, kBlank = 16 };
    uint8_t is[256] = {};
    constexpr BracketMarks() {
        is['='] = kEquals;
        is[':'] = kColon;
        is['@'] = kAt;
        is['.'] = kDot;
        is[' '] = kBlank;
    }
};
constexpr BracketMarks kBracketMarks;
uint8_t marksOf(std::string_view inner) {
    uint8_t marks = 0;
    for (const char c : inner)
        marks |= kBracketMarks.is[static_cast<unsigned char>(c)];
    return marks;
}

bool allUpper(std::string_view s) {
    for (const char c : s)
        if (!isUpper(c) && !isDigit(c))
            return false;
    return !s.empty();
}

// Level words that are also everyday words count only in capitals.
bool isLevel(std::string_view word, uint8_t& number) {
    number = severityFromWord(word);
    if (number != 0 && word.size() > 2 && isUpper(word[0]))
        return true;
    if (number == 0 || word == "ok" || word == "OK" || word == "log" || word == "stats" || word == "success" || word == "config" || word == "fine" || word == "note" || word == "verbose")
        return false;
    return true;
}

void setLevel(LogLine& out, uint8_t number, std::string_view word) {
    if (out.severity != 0)
        return;
    out.severity = number;
    out.severityText = word;
}

void addId(LogLine& out, int64_t id, bool& hasPid, bool& hasThread) {
    if (!hasPid) {
        out.addInt("process.pid", id);
        hasPid = true;
    } else if (!hasThread) {
        out.addInt("thread.id", id);
        hasThread = true;
    }
}

// The end of a balanced bracket group that opens at `at`, or npos.
size_t closing(std::string_view line, size_t at, size_t limit) {
    const char open = line[at];
    const char close = open == '[' ? ']' : (open == '(' ? ')' : '>');
    int depth = 0;
    for (size_t i = at; i < line.size() && i - at < limit; ++i) {
        if (line[i] == open)
            ++depth;
        else if (line[i] == close && --depth == 0)
            return i;
    }
    return std::string_view::npos;
}

class HeaderReader {
public:
    HeaderReader(std::string_view line, size_t at, LogLine& out) : line_(line), at_(at), out_(out) {}

    void read() {
        for (int i = 0; i < 9; ++i) {
            const size_t before = at_;
            skipSeparators();
            if (at_ >= line_.size() || !element()) {
                if (out_.severity == 0 && i == 0)
                    at_ = at_ < line_.size() ? at_ : before;
                break;
            }
        }
        skipSeparators();
        if (out_.severity == 0)
            findCapitalLevel();
        out_.body = line_.substr(at_ < line_.size() ? at_ : line_.size());
    }

private:
    void skipSeparators() {
        while (at_ < line_.size()) {
            const char c = line_[at_];
            if (isBlank(c) || c == '|' || c == ':' || c == ']' || c == ',' || c == ';') {
                ++at_;
                continue;
            }
            // Dashes separate only when a blank follows: "- msg", "--- [main]", "-- msg".
            size_t end = at_;
            while (end < line_.size() && line_[end] == '-' && end - at_ < 3)
                ++end;
            if (end == at_ || (end < line_.size() && !isBlank(line_[end])))
                return;
            at_ = end;
        }
    }

    bool element() {
        const char c = line_[at_];
        if (c == '[')
            return bracket();
        if (c == '<' || c == '(')
            return levelInBrackets();
        if (isDigit(c))
            return number();
        if (isWord(c))
            return word();
        return false;
    }

    bool bracket() {
        const size_t end = closing(line_, at_, 300);
        if (end == std::string_view::npos)
            return false;
        const std::string_view inner = text::trim(line_.substr(at_ + 1, end - at_ - 1));
        const uint8_t marks = marksOf(inner);
        const auto has = [marks](uint8_t mark) { return (marks & mark) != 0; };
        uint8_t level = 0;
        int64_t id = 0;
        if (isLevel(inner, level)) {
            if (out_.severity != 0)
                return false;
            setLevel(out_, level, inner);
        } else if (inner.substr(0, 3) == "pid" && text::parseInt(text::trim(inner.substr(inner.find_first_of(" :=") == std::string_view::npos ? 3 : inner.find_first_of(" :=") + 1)), id)) {
            addId(out_, id, hasPid_, hasThread_);
        } else if (text::parseInt(inner, id)) {
            addId(out_, id, hasPid_, hasThread_);
        } else if (has(BracketMarks::kEquals) && inner.find("myid") == std::string_view::npos) {
            if (!pairs(inner))
                return false;
        } else if (has(BracketMarks::kColon) && parseSourcePlace(inner, out_)) {
        } else if ((has(BracketMarks::kAt) && classAtLine(inner)) || (has(BracketMarks::kColon) && moduleLevel(inner))) {
        } else if (inner.substr(0, 4) == "req-") {
            out_.addString("request.id", inner.substr(0, inner.find(' ')));
        } else if (inner.size() > (groups_ == 0 ? 240 : 64) || groups_ >= 3 || (groups_ > 0 && has(BracketMarks::kColon) && inner.find(": ") != std::string_view::npos)) {
            return false;
        } else if (out_.severity == 0 && out_.logger.empty() && !has(BracketMarks::kBlank) && levelFollows(end + 1)) {
            out_.logger = inner;   // spdlog: [logger] [level]
        } else {
            named(inner, has(BracketMarks::kDot | BracketMarks::kColon) && !has(BracketMarks::kBlank));
        }
        ++groups_;
        at_ = end + 1;
        return true;
    }

    [[nodiscard]] bool levelFollows(size_t at) const {
        if (line_.substr(at, 2) != " [")
            return false;
        const size_t close = line_.substr(0, at + 20).find(']', at);
        uint8_t level = 0;
        return close != std::string_view::npos && isLevel(line_.substr(at + 2, close - at - 2), level);
    }

    // "[trace_id=… span_id=… resource.service.name=…]"
    bool pairs(std::string_view inner) {
        size_t i = 0;
        bool any = false;
        while (i < inner.size()) {
            size_t end = inner.find_first_of(" ,", i);
            if (end == std::string_view::npos)
                end = inner.size();
            const std::string_view pair = inner.substr(i, end - i);
            const size_t eq = pair.find('=');
            if (eq != std::string_view::npos && eq > 0) {
                addNamedField(pair.substr(0, eq), pair.substr(eq + 1), out_);
                any = true;
            } else if (!pair.empty() && (i > 0 || pair.find('@') == std::string_view::npos)) {
                return any;   // "Originator@6876 sub=…" names the group first
            }
            i = end + 1;
        }
        return any;
    }

    // ZooKeeper's "[thread:Class@774]".
    bool classAtLine(std::string_view inner) {
        const size_t at = inner.rfind('@');
        int64_t number = 0;
        if (at == std::string_view::npos || !text::parseInt(inner.substr(at + 1), number))
            return false;
        const size_t colon = inner.rfind(':', at);
        out_.logger = inner.substr(colon == std::string_view::npos ? 0 : colon + 1, at - (colon == std::string_view::npos ? 0 : colon + 1));
        if (colon != std::string_view::npos && colon > 0)
            out_.addString("thread.name", inner.substr(0, colon));
        out_.addInt("code.line.number", number);
        return true;
    }

    // Apache's "[core:error]".
    bool moduleLevel(std::string_view inner) {
        const size_t colon = inner.find(':');
        uint8_t level = 0;
        if (colon == std::string_view::npos || out_.severity != 0 || !isLevel(inner.substr(colon + 1), level))
            return false;
        setLevel(out_, level, inner.substr(colon + 1));
        out_.logger = inner.substr(0, colon);
        return true;
    }

    void named(std::string_view inner, bool mayBeLogger) {
        if (inner.empty() || inner == "-")
            return;
        if (inner.substr(0, 3) == "MY-") {   // MySQL: [code] [subsystem]
            out_.addString("mysql.error_code", inner);
            hasThreadName_ = true;
            return;
        }
        if (hasThreadName_ && out_.logger.empty()) {
            out_.logger = inner;
            return;
        }
        if (inner.substr(0, 7) == "client ") {
            std::string_view host;
            int64_t port = 0;
            text::splitHostPort(inner.substr(7), host, port);
            out_.addString("client.address", host);
            if (port > 0)
                out_.addInt("client.port", port);
        } else if (out_.logger.empty() && mayBeLogger && (inner.find('.') != std::string_view::npos || inner.find("::") != std::string_view::npos)) {
            out_.logger = inner;
        } else if (!hasThreadName_) {
            out_.addString("thread.name", inner);
            hasThreadName_ = true;
        }
    }

    bool levelInBrackets() {
        const size_t end = closing(line_, at_, 20);
        uint8_t level = 0;
        if (end == std::string_view::npos)
            return false;
        const std::string_view behind = line_.substr(end + 1, 64);
        if (line_[at_] == '(' && behind.find(".cc:") < behind.find(": ")) {   // Ray's "(raylet) node_manager.cc:12: "
            out_.addString("process.title", line_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
            return true;
        }
        if (out_.severity != 0 || !isLevel(line_.substr(at_ + 1, end - at_ - 1), level))
            return false;
        setLevel(out_, level, line_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return true;
    }

    // A number is a pid or thread id only when a level, a bracket or another such number follows.
    bool number() {
        int64_t id = 0;
        const size_t n = text::leadingDigits(line_.substr(at_), id);
        size_t next = at_ + n;
        if (next >= line_.size() || (!isBlank(line_[next]) && line_[next] != ']' && line_[next] != '#'))
            return false;
        if (line_[next] == '#') {   // nginx: "pid#tid: *cid"
            int64_t thread = 0;
            const size_t m = text::leadingDigits(line_.substr(next + 1), thread);
            if (m == 0)
                return false;
            addId(out_, id, hasPid_, hasThread_);
            addId(out_, thread, hasPid_, hasThread_);
            at_ = next + 1 + m;
            return true;
        }
        const bool closed = line_[next] == ']';
        while (next < line_.size() && (isBlank(line_[next]) || line_[next] == ']'))
            ++next;
        if (!closed && !startsHeaderElement(next))
            return false;
        addId(out_, id, hasPid_, hasThread_);
        at_ = next;
        return true;
    }

    [[nodiscard]] bool startsHeaderElement(size_t at) const {
        if (at >= line_.size())
            return false;
        const char c = line_[at];
        if (c == '[' || c == '<' || line_.compare(at, 3, "---") == 0)
            return true;
        size_t end = at;
        while (end < line_.size() && isWord(line_[end]))
            ++end;
        if (end == at || end - at > 13)
            return false;
        uint8_t level = 0;
        if (isDigit(c)) {
            int64_t ignored = 0;
            return text::parseInt(line_.substr(at, end - at), ignored) && end < line_.size() && isBlank(line_[end]) && end + 1 < line_.size() && (isUpper(line_[end + 1]) || line_[end + 1] == '[');
        }
        return out_.severity == 0 && isLevel(line_.substr(at, end - at), level);
    }

    bool word() {
        size_t end = at_;
        while (end < line_.size() && isWord(line_[end]))
            ++end;
        const std::string_view first = line_.substr(at_, end - at_);
        uint8_t level = 0;
        const char after = end < line_.size() ? line_[end] : ' ';
        if (out_.severity == 0 && (isLevel(first, level) || (after == ':' && first == "LOG" && (level = 9))) && after != '.' && after != '=' && after != '/' && after != '-') {
            // A capital word, or the very next thing behind the time or a separator.
            if (allUpper(first) || after == ':' || after == ']' || after == '|' || isBlank(after)) {
                setLevel(out_, level, first);
                at_ = end;
                tightLogger_ = after == ':' && end + 1 < line_.size() && !isBlank(line_[end + 1]);
                return true;
            }
        }
        if (out_.severity == 0 && first.size() == 1 && isBlank(after) && singleLetterLevel(first))
            return true;
        return sourceOrLogger();
    }

    // "I 1234 5678", Android's and Ray's letter: only in front of a number or a logger.
    bool singleLetterLevel(std::string_view letter) {
        const uint8_t level = severityFromWord(letter, true);
        if (level == 0 || !isUpper(letter[0]) || letter == "A" || letter == "N" || letter == "C")
            return false;
        setLevel(out_, level, letter);
        ++at_;
        return true;
    }

    bool sourceOrLogger() {
        size_t end = at_;
        bool dotted = false;
        while (end < line_.size()) {
            while (end < line_.size() && loggerByte(line_[end]) == LoggerBytes::kPlain)
                ++end;
            if (end >= line_.size())
                break;
            if (line_[end] == ':' && end + 1 < line_.size() && line_[end + 1] == ':' && end + 2 < line_.size() && isWord(line_[end + 2])) {
                dotted = true;
                end += 2;
                continue;
            }
            const uint8_t byte = loggerByte(line_[end]);
            if (byte == LoggerBytes::kNone)
                break;
            dotted |= byte == LoggerBytes::kDot && end + 1 < line_.size() && isWord(line_[end + 1]);
            ++end;
        }
        const std::string_view token = line_.substr(at_, end - at_);
        if (token.empty() || token.size() > 120 || end >= line_.size())
            return false;
        if (line_[end] == ':' && end + 1 < line_.size() && isDigit(line_[end + 1]))
            return sourcePlace(token, end);
        if (line_[end] == '[')
            return processName(token, end);
        size_t colon = end;
        while (colon < line_.size() && line_[colon] == ' ')
            ++colon;
        const bool padded = colon > end && colon + 1 < line_.size() && line_[colon] == ':' && line_[colon + 1] == ' ';
        const bool direct = line_[end] == ':' && (end + 1 == line_.size() || isBlank(line_[end + 1]));
        if (direct && suffixLevel(token)) {
            at_ = end + 1;
            return true;
        }
        if ((direct && dotted) || padded) {
            if (!out_.logger.empty())
                return false;
            out_.logger = token;
            at_ = (padded ? colon : end) + 1;
            stopped_ = true;
            return true;
        }
        if (tightLogger_ && line_[end] == ':' && end + 1 < line_.size()) {
            tightLogger_ = false;
            out_.logger = token;
            at_ = end + 1;
            return true;
        }
        return dashedLogger(token, end, dotted);
    }

    // Laravel's "local.ERROR:".
    bool suffixLevel(std::string_view token) {
        const size_t dot = token.rfind('.');
        uint8_t level = 0;
        if (dot == std::string_view::npos || out_.severity != 0 || !isLevel(token.substr(dot + 1), level) || !allUpper(token.substr(dot + 1)))
            return false;
        setLevel(out_, level, token.substr(dot + 1));
        out_.logger = token.substr(0, dot);
        return true;
    }

    // "file.py:259]", "file.cc:12: msg", "file.py:1749 -- msg", "file.py:5 - msg".
    bool sourcePlace(std::string_view token, size_t end) {
        int64_t number = 0;
        const size_t n = text::leadingDigits(line_.substr(end + 1), number);
        const size_t behind = end + 1 + n;
        if (token.find('.') == std::string_view::npos || behind >= line_.size())
            return false;
        const std::string_view rest = line_.substr(behind, 4);
        if (rest[0] != ']' && rest[0] != ':' && rest != " -- " && rest.substr(0, 3) != " - " && rest[0] != '\t' && rest.substr(0, 2) != " |")
            return false;
        out_.addString("code.file.path", token);
        out_.addInt("code.line.number", number);
        at_ = behind;
        return true;
    }

    // "vpxd[45715]", "app[12]:"
    bool processName(std::string_view token, size_t end) {
        const size_t close = line_.find(']', end);
        int64_t pid = 0;
        if (close == std::string_view::npos || hasPid_ || !text::parseInt(line_.substr(end + 1, close - end - 1), pid))
            return false;
        out_.service = token;
        addId(out_, pid, hasPid_, hasThread_);
        at_ = close + 1;
        return true;
    }

    // "name - LEVEL - msg", "dotted.logger [req-…]", "dotted.logger - msg".
    bool dashedLogger(std::string_view token, size_t end, bool dotted) {
        if (!out_.logger.empty() || stopped_)
            return false;
        const std::string_view rest = line_.substr(end);
        if (rest.substr(0, 3) == " - " && (dotted || (out_.severity == 0 && startsHeaderElement(end + 3)))) {
            out_.logger = token;
            at_ = end + 3;
            return true;
        }
        if (dotted && out_.severity != 0 && rest.substr(0, 2) == " [" && token.find('/') == std::string_view::npos) {
            out_.logger = token;
            at_ = end + 1;
            return true;
        }
        return false;
    }

    void findCapitalLevel() {
        const std::string_view head = line_.substr(0, at_ + 96);
        int words = 0;
        for (size_t i = at_; i < head.size() && words < 16;) {
            if (!isWord(head[i])) {
                ++i;
                continue;
            }
            size_t end = i;
            while (end < head.size() && isWord(head[end]))
                ++end;
            ++words;
            uint8_t level = 0;
            const std::string_view word = head.substr(i, end - i);
            if (word.size() >= 3 && isUpper(word[0]) && allUpper(word) && isLevel(word, level) && (end >= head.size() || (head[end] != '=' && head[end] != '/'))) {
                setLevel(out_, level, word);
                return;
            }
            i = end;
        }
    }

    std::string_view line_;
    size_t at_;
    LogLine& out_;
    bool hasPid_ = false, hasThread_ = false, hasThreadName_ = false, stopped_ = false, tightLogger_ = false;
    int groups_ = 0;
};

}  // namespace

void parseLineHeader(std::string_view line, size_t at, LogLine& out) { HeaderReader(line, at, out).read(); }

bool parseSourcePlace(std::string_view place, LogLine& out) {
    const size_t colon = place.rfind(':');
    int64_t number = 0;
    if (colon == std::string_view::npos || colon == 0 || place.find('.') > colon || place.find(' ') != std::string_view::npos || !text::parseInt(place.substr(colon + 1), number))
        return false;
    out.addString("code.file.path", place.substr(0, colon));
    out.addInt("code.line.number", number);
    return true;
}

}  // namespace nj::format

#include "format/log_text.h"

#include <charconv>

namespace nj::format::text {
namespace {

void appendUtf8(std::string& out, uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        if (c >= 0xD800 && c < 0xE000)
            c = 0xFFFD;
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

}  // namespace

bool parseInt(std::string_view s, int64_t& value) {
    if (s.empty() || s.size() > 20)
        return false;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    return error == std::errc() && end == s.data() + s.size();
}

bool parseDouble(std::string_view s, double& value) {
    if (s.empty() || s.size() > 64 || (!isDigit(s[0]) && s[0] != '-' && s[0] != '.'))
        return false;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    return error == std::errc() && end == s.data() + s.size();
}

size_t leadingDigits(std::string_view s, int64_t& value) {
    size_t n = 0;
    int64_t v = 0;
    while (n < s.size() && n < 18 && isDigit(s[n]))
        v = v * 10 + (s[n++] - '0');
    value = v;
    return n;
}

bool looksLikeIp(std::string_view s) {
    if (s.size() < 2 || s.size() > 45)
        return false;
    int dots = 0, colons = 0;
    for (const char c : s) {
        if (c == '.')
            ++dots;
        else if (c == ':')
            ++colons;
        else if (!isHex(c))
            return false;
        if (colons == 0 && isLetter(c))
            if (s.find(':') == std::string_view::npos)
                return false;
    }
    return (dots == 3 && colons == 0) || colons >= 2;
}

void splitHostPort(std::string_view s, std::string_view& host, int64_t& port) {
    port = 0;
    host = s;
    const size_t colon = s.rfind(':');
    if (!s.empty() && s[0] == '[') {
        const size_t close = s.find(']');
        if (close == std::string_view::npos)
            return;
        host = s.substr(1, close - 1);
        if (colon == close + 1)
            parseInt(s.substr(colon + 1), port);
        return;
    }
    if (colon == std::string_view::npos || s.find(':') != colon || !parseInt(s.substr(colon + 1), port)) {
        port = 0;
        return;
    }
    host = s.substr(0, colon);
}

void appendWithoutAnsi(std::string& out, std::string_view s) {
    for (size_t i = 0; i < s.size();) {
        const auto c = static_cast<unsigned char>(s[i]);
        if (c != 0x1b) {
            if (c >= 0x20 || c == '\t' || c == '\n')
                out += s[i];
            ++i;
            continue;
        }
        ++i;
        if (i >= s.size())
            break;
        if (s[i] == '[') {
            ++i;
            while (i < s.size() && (static_cast<unsigned char>(s[i]) < 0x40 || static_cast<unsigned char>(s[i]) > 0x7e))
                ++i;
            if (i < s.size())
                ++i;
        } else if (s[i] == ']') {
            while (i < s.size() && s[i] != '\a' && s[i] != 0x1b)
                ++i;
            if (i < s.size() && s[i] == '\a')
                ++i;
        } else {
            ++i;
        }
    }
}

size_t findQuoted(std::string_view json, std::string_view value) {
    for (size_t at = json.find('"'); at != std::string_view::npos && at + value.size() + 1 < json.size(); at = json.find('"', at + 1))
        if (json[at + 1 + value.size()] == '"' && json.compare(at + 1, value.size(), value) == 0)
            return at + 1;
    return std::string_view::npos;
}

bool startsWithWord(std::string_view s, std::string_view word) {
    return s.substr(0, word.size()) == word && (s.size() == word.size() || !isWord(s[word.size()]));
}

bool quoted(std::string_view s, size_t at, std::string_view& inner, size_t& end, bool& escaped) {
    escaped = false;
    if (at >= s.size())
        return false;
    const char quote = s[at];
    for (size_t i = at + 1; i < s.size(); ++i) {
        if (s[i] == '\\') {
            escaped = true;
            ++i;
        } else if (s[i] == quote) {
            inner = s.substr(at + 1, i - at - 1);
            end = i + 1;
            return true;
        }
    }
    return false;
}

void appendUnescaped(std::string& out, std::string_view s) {
    for (size_t i = 0; i < s.size(); ++i) {
        if (s[i] != '\\' || i + 1 >= s.size()) {
            out += s[i];
            continue;
        }
        const char c = s[++i];
        switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case '"':
        case '\\':
        case '/': out += c; break;
        case 'u': {
            uint32_t code = 0;
            const char* from = s.data() + i + 1;
            if (i + 4 < s.size() && std::from_chars(from, from + 4, code, 16).ptr == from + 4) {
                appendUtf8(out, code);
                i += 4;
                break;
            }
            [[fallthrough]];
        }
        default:
            out += '\\';
            out += c;
        }
    }
}

}  // namespace nj::format::text

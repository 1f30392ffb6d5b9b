#include "promql/text/quote.h"

#include <cstdint>
#include <fmt/format.h>

#include "base/utf8.h"

namespace nj::promql {

namespace {

size_t sequenceLength(char c) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x80)
        return 1;
    if (byte >= 0xf0)
        return 4;
    return byte >= 0xe0 ? 3 : 2;
}

void appendUtf8(std::string& out, uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

int digitValue(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

Error badEscape() { return makeError(ErrorCode::kInvalidArgument, "unknown escape sequence in a string"); }

// Digits of a numeric escape at position at; false when they are not all of the base.
bool readDigits(std::string_view text, size_t at, size_t count, int base, uint32_t& value) {
    if (at + count > text.size())
        return false;
    value = 0;
    for (size_t i = 0; i < count; ++i) {
        const int digit = digitValue(text[at + i]);
        if (digit >= base)
            return false;
        value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
    }
    return true;
}

// One escape whose backslash is at at; moves at behind it.
Status appendEscape(std::string& out, std::string_view text, size_t& at, char quote) {
    if (at + 1 >= text.size())
        return badEscape();
    const char c = text[at + 1];
    uint32_t value = 0;
    const auto byteEscape = [&](size_t from, size_t count, int base) -> Status {
        if (!readDigits(text, from, count, base, value) || value > 0xff)
            return badEscape();
        out += static_cast<char>(value);
        at = from + count;
        return {};
    };
    const auto runeEscape = [&](size_t count) -> Status {
        if (!readDigits(text, at + 2, count, 16, value) || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
            return badEscape();
        appendUtf8(out, value);
        at += 2 + count;
        return {};
    };
    switch (c) {
    case 'a': out += '\a'; break;
    case 'b': out += '\b'; break;
    case 'f': out += '\f'; break;
    case 'n': out += '\n'; break;
    case 'r': out += '\r'; break;
    case 't': out += '\t'; break;
    case 'v': out += '\v'; break;
    case '\\': out += '\\'; break;
    case 'x': return byteEscape(at + 2, 2, 16);
    case 'u': return runeEscape(4);
    case 'U': return runeEscape(8);
    default:
        if (c >= '0' && c <= '7')
            return byteEscape(at + 1, 3, 8);
        if (c != quote)
            return badEscape();
        out += c;
    }
    at += 2;
    return {};
}

}  // namespace

std::string quoteText(std::string_view text) {
    std::string out = "\"";
    for (size_t at = 0; at < text.size();) {
        const char c = text[at];
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\a': out += "\\a"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\v': out += "\\v"; break;
        default: {
            const size_t length = sequenceLength(c);
            const bool whole = at + length <= text.size() && isValidUtf8(text.substr(at, length));
            const auto byte = static_cast<uint8_t>(c);
            if (!whole || byte < 0x20 || byte == 0x7f) {
                fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
                break;
            }
            out += text.substr(at, length);
            at += length;
            continue;
        }
        }
        ++at;
    }
    return out + '"';
}

Result<std::string> unquoteText(std::string_view literal) {
    const auto bad = [](const char* why) { return makeError(ErrorCode::kInvalidArgument, why); };
    if (literal.size() < 2 || literal.front() != literal.back() || (literal[0] != '"' && literal[0] != '\'' && literal[0] != '`'))
        return bad("a string must begin and end with the same quote");
    const char quote = literal.front();
    const std::string_view text = literal.substr(1, literal.size() - 2);
    if (quote == '`')
        return text.find('`') == std::string_view::npos ? Result<std::string>(std::string(text))
                                                        : bad("a backquote inside a backquoted string");
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '\\') {
            NJ_RETURN_IF_ERROR(appendEscape(out, text, at, quote));
        } else if (text[at] == quote || text[at] == '\n') {
            return bad("a quote or line break inside a string");
        } else {
            out += text[at++];
        }
    }
    return out;
}

}  // namespace nj::promql

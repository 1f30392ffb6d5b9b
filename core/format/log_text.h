// Small scanning functions the line parsers share. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nj::format::text {

constexpr bool isDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
constexpr bool isUpper(char c) { return static_cast<unsigned char>(c - 'A') < 26; }
constexpr bool isLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }
struct WordBytes {
    bool is[256] = {};
    constexpr WordBytes() {
        for (int c = 0; c < 256; ++c)
            is[c] = isDigit(static_cast<char>(c)) || isLetter(static_cast<char>(c)) || c == '_';
    }
};
inline constexpr WordBytes kWordBytes;
constexpr bool isWord(char c) { return kWordBytes.is[static_cast<unsigned char>(c)]; }
constexpr bool isBlank(char c) { return c == ' ' || c == '\t'; }
constexpr bool isHex(char c) { return isDigit(c) || static_cast<unsigned char>((c | 0x20) - 'a') < 6; }

inline std::string_view trimLeft(std::string_view s) {
    size_t i = 0;
    while (i < s.size() && isBlank(s[i]))
        ++i;
    return s.substr(i);
}
inline std::string_view trimRight(std::string_view s) {
    size_t n = s.size();
    while (n > 0 && (isBlank(s[n - 1]) || s[n - 1] == '\r' || s[n - 1] == '\n'))
        --n;
    return s.substr(0, n);
}
inline std::string_view trim(std::string_view s) { return trimRight(trimLeft(s)); }

// All of the text is a decimal integer that fits.
bool parseInt(std::string_view s, int64_t& value);
// All of the text is a decimal number.
bool parseDouble(std::string_view s, double& value);
// Digits at the start; returns how many (at most 18), and the value.
size_t leadingDigits(std::string_view s, int64_t& value);
// An IPv4 or IPv6 address (no port).
bool looksLikeIp(std::string_view s);
// "10.0.0.1:443", "[::1]:80", "host:80" → host and port; port 0 when there is none.
void splitHostPort(std::string_view s, std::string_view& host, int64_t& port);
// The text without ANSI escape sequences (ESC [ … letter, ESC ] … BEL) and without the other control characters but tab and newline.
void appendWithoutAnsi(std::string& out, std::string_view s);
// Where the value stands between two quotes in JSON text, or npos. Linear: a comparison ends at the quote that ends its string.
size_t findQuoted(std::string_view json, std::string_view value);
bool startsWithWord(std::string_view s, std::string_view word);
// The text between a quote at s[at] and its closing one ('\' escapes), without them; `end` is behind the closing quote.
// False when it is not closed.
bool quoted(std::string_view s, size_t at, std::string_view& inner, size_t& end, bool& escaped);
// Resolves \" \\ \n \t \r \/ \uXXXX; anything else stays as it is.
void appendUnescaped(std::string& out, std::string_view s);

}  // namespace nj::format::text

#include "format/simdjson_value.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "format/json_stream.h"

namespace nj::format {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string_view unquoted(std::string_view token) {
    return token.size() >= 2 && token.front() == '"' ? token.substr(1, token.size() - 2) : token;
}

std::optional<uint32_t> hex4(std::string_view text) {
    uint32_t value = 0;
    if (text.size() < 4)
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
    if (error != std::errc{} || end != text.data() + 4)
        return std::nullopt;
    return value;
}

void appendUtf8(std::string& out, uint32_t c) {
    const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

// \uXXXX at the front of text, with its second half where it is a surrogate pair; returns the bytes used, 0 = invalid.
size_t appendUnicodeEscape(std::string& out, std::string_view text) {
    const auto first = hex4(text.substr(std::min<size_t>(2, text.size())));
    if (!first || (*first >= 0xDC00 && *first < 0xE000))
        return 0;
    if (*first < 0xD800 || *first >= 0xE000) {
        appendUtf8(out, *first);
        return 6;
    }
    const auto second = text.size() >= 12 && text[6] == '\\' && text[7] == 'u' ? hex4(text.substr(8)) : std::nullopt;
    if (!second || *second < 0xDC00 || *second >= 0xE000)
        return 0;
    appendUtf8(out, 0x10000 + ((*first - 0xD800) << 10 | (*second - 0xDC00)));
    return 12;
}

char simpleEscape(char c) {
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\':
    case '/': return c;
    default: return '\0';
    }
}

int base64Digit(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

template <typename T>
std::optional<T> whole(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && !text.empty())
        return value;
    // 1.7e18 and 1700000000000000000.0, as programs write that keep integers in doubles.
    const std::optional<double> real = jsonDouble(text);
    if (!real || !(*real >= static_cast<double>(std::numeric_limits<T>::min()) && *real < static_cast<double>(std::numeric_limits<T>::max())))
        return std::nullopt;
    return static_cast<T>(*real);
}

}  // namespace

std::string_view jsonToken(JsonValue& value) {
    constexpr size_t kMaxToken = 1U << 30;
    std::string_view token = value.raw_json_token();
    if (token.size() > kMaxToken)   // simdjson 3.0 computes a wrong length behind the last token of malformed JSON
        return token.substr(0, 0);
    // At the end of malformed JSON simdjson subtracts its closing sentinel 0: a length no value can have.
    if (token.size() > JsonStreamLimits{}.maxBytes)
        return {};
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
        token.remove_suffix(1);
    return token;
}

std::string unescapedJson(std::string_view body, bool* repaired) {
    std::string out;
    out.reserve(body.size());
    for (size_t i = 0; i < body.size();) {
        const char* next = static_cast<const char*>(std::memchr(body.data() + i, '\\', body.size() - i));
        const size_t plain = next ? static_cast<size_t>(next - body.data()) : body.size();
        out.append(body, i, plain - i);
        i = plain;
        if (i + 1 >= body.size())
            break;
        size_t used = 0;
        if (body[i + 1] == 'u') {
            used = appendUnicodeEscape(out, body.substr(i));
        } else if (const char c = simpleEscape(body[i + 1]); c != '\0') {
            out += c;
            used = 2;
        }
        if (used == 0) {
            out += kReplacement;
            used = body[i + 1] == 'u' && hex4(body.substr(i + 2)) ? 6 : 2;
            if (repaired)
                *repaired = true;
        }
        i += used;
    }
    return out;
}

std::string_view jsonText(std::string_view token, TextStore& store) {
    const std::string_view body = unquoted(token);
    if (std::memchr(body.data(), '\\', body.size()) == nullptr)
        return body;
    store.push_back(unescapedJson(body));
    return store.back();
}

std::optional<uint64_t> jsonUnsigned(std::string_view token) { return whole<uint64_t>(unquoted(token)); }
std::optional<int64_t> jsonSigned(std::string_view token) { return whole<int64_t>(unquoted(token)); }

std::optional<double> jsonDouble(std::string_view token) {
    std::string_view text = unquoted(token);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);   // knows nan, inf, infinity
    if (text.empty() || end != text.data() + text.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        // Too large or too small for a double: from_chars leaves the value alone.
        const bool tiny = text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos || text.starts_with("0.") || text.starts_with("-0.");
        return std::copysign(tiny ? 0.0 : std::numeric_limits<double>::infinity(), text.front() == '-' ? -1.0 : 1.0);
    }
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

bool jsonTrue(std::string_view token) {
    const std::string_view text = unquoted(token);
    return text == "true" || text == "1" || text == "True";
}

std::optional<std::string> fromBase64(std::string_view text) {
    while (text.ends_with('='))
        text.remove_suffix(1);
    std::string out;
    out.reserve(text.size() * 3 / 4);
    uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const int digit = base64Digit(c);
        if (digit < 0)
            return std::nullopt;
        group = group << 6 | static_cast<uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xFF);
        }
    }
    return bits < 6 ? std::optional(std::move(out)) : std::nullopt;
}

std::string toCamelCase(std::string_view snake) {
    std::string out;
    bool upper = false;
    for (const char c : snake) {
        if (c == '_') {
            upper = true;
            continue;
        }
        out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = false;
    }
    return out;
}

}  // namespace nj::format

#include "promql/text/number_text.h"

#include <fmt/format.h>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace nj::promql {

namespace {

std::optional<std::string> specialNumber(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    return std::nullopt;
}

std::string shortest(double value, std::chars_format format) {
    std::array<char, 1100> buffer;  // 5e-324 without exponent needs 326, 1.8e308 needs 309
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
    return {buffer.data(), end.ptr};
}

int decimalExponent(const std::string& scientific) {
    const size_t at = scientific.find('e');
    return at == std::string::npos ? 0 : std::atoi(scientific.c_str() + at + 1);
}

bool equalsFolded(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size())
        return false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        if (c != lower[i])
            return false;
    }
    return true;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Removes _ that stand between two digits; nullopt for any other _.
std::optional<std::string> withoutSeparators(std::string_view text, bool hex) {
    const auto digit = [hex](char c) { return isDigit(c) || (hex && std::isxdigit(static_cast<unsigned char>(c)) != 0); };
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            out += text[i];
            continue;
        }
        const bool before = i > 0 && (digit(text[i - 1]) || (hex && (text[i - 1] == 'x' || text[i - 1] == 'X')));
        if (!before || i + 1 >= text.size() || !digit(text[i + 1]))
            return std::nullopt;
    }
    return out;
}

struct Unit {
    std::string_view name;
    DurationNs length;
};
constexpr std::array<Unit, 7> kUnits = {
    {{"y", 365 * kDay}, {"w", 7 * kDay}, {"d", kDay}, {"h", kHour}, {"m", kMinute}, {"s", kSecond}, {"ms", kMillisecond}}};

}  // namespace

std::string plainNumber(double value) {
    if (const auto special = specialNumber(value))
        return *special;
    return shortest(value, std::chars_format::fixed);
}

std::string compactNumber(double value) {
    if (const auto special = specialNumber(value))
        return *special;
    std::string scientific = shortest(value, std::chars_format::scientific);
    const int exponent = decimalExponent(scientific);
    return exponent < -4 || exponent >= 6 ? scientific : shortest(value, std::chars_format::fixed);
}

void appendApiNumber(std::string& out, double value) {
    // Most are whole, and those need no search for the shortest text.
    if (value > -1e15 && value < 1e15 && value == std::trunc(value) && (value != 0 || !std::signbit(value))) {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<int64_t>(value));
        out.append(digits.data(), end.ptr);
        return;
    }
    if (const auto special = specialNumber(value)) {
        out += *special;
        return;
    }
    const double size = std::fabs(value);
    std::array<char, 1100> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   size != 0 && (size < 1e-6 || size >= 1e21) ? std::chars_format::scientific : std::chars_format::fixed);
    out.append(buffer.data(), end.ptr);
}

std::string apiNumber(double value) {
    std::string text;
    appendApiNumber(text, value);
    return text;
}

std::string roundedNumber(double value, int digits) {
    if (const auto special = specialNumber(value))
        return *special;
    return fmt::format("{:.{}g}", value, digits);
}

std::string openMetricsNumber(double value) {
    if (const auto special = specialNumber(value))
        return *special;
    std::string text = compactNumber(value);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

std::optional<double> parseNumber(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    const bool negative = text[0] == '-';
    const std::string_view body = negative || text[0] == '+' ? text.substr(1) : text;
    double value = 0;
    if (equalsFolded(body, "inf") || equalsFolded(body, "infinity")) {
        value = std::numeric_limits<double>::infinity();
    } else if (equalsFolded(body, "nan")) {
        value = std::numeric_limits<double>::quiet_NaN();
    } else {
        const bool hex = body.size() > 2 && body[0] == '0' && (body[1] == 'x' || body[1] == 'X');
        const auto clean = withoutSeparators(body, hex);
        if (!clean || clean->empty() || (!isDigit((*clean)[0]) && (*clean)[0] != '.'))
            return std::nullopt;
        const char* begin = clean->data() + (hex ? 2 : 0);
        const char* end = clean->data() + clean->size();
        const auto parsed = std::from_chars(begin, end, value, hex ? std::chars_format::hex : std::chars_format::general);
        if (parsed.ptr != end || parsed.ec == std::errc::invalid_argument)
            return std::nullopt;
        if (parsed.ec == std::errc::result_out_of_range)
            value = std::strtod(clean->c_str(), nullptr);  // +Inf or 0, as the exponent says
    }
    return negative ? -value : value;
}

std::optional<double> parseNumberLiteral(std::string_view text) {
    if (text.size() < 2 || text[0] != '0')
        return parseNumber(text);
    const bool prefixed = !isDigit(text[1]) && text[1] != '_';
    const int base = text[1] == 'b' || text[1] == 'B' ? 2 : 8;
    if (prefixed && base == 8 && text[1] != 'o' && text[1] != 'O')
        return parseNumber(text);
    const auto digits = withoutSeparators(prefixed ? text.substr(2) : text, false);
    if (!digits || digits->empty())
        return parseNumber(text);
    int64_t value = 0;
    const auto parsed = std::from_chars(digits->data(), digits->data() + digits->size(), value, base);
    if (parsed.ec != std::errc() || parsed.ptr != digits->data() + digits->size())
        return parseNumber(text);  // 08 and 0.5 are decimal
    return static_cast<double>(value);
}

std::optional<DurationNs> parsePromDuration(std::string_view text) {
    if (text == "0")
        return 0;
    if (text.empty())
        return std::nullopt;
    DurationNs total = 0;
    size_t nextUnit = 0;
    for (size_t at = 0; at < text.size();) {
        uint64_t count = 0;
        const auto number = std::from_chars(text.data() + at, text.data() + text.size(), count);
        if (number.ec != std::errc() || number.ptr == text.data() + at)
            return std::nullopt;
        at = static_cast<size_t>(number.ptr - text.data());
        size_t unitEnd = at;
        while (unitEnd < text.size() && !isDigit(text[unitEnd])) ++unitEnd;
        const std::string_view unit = text.substr(at, unitEnd - at);
        size_t found = nextUnit;
        while (found < kUnits.size() && kUnits[found].name != unit) ++found;
        if (found == kUnits.size())
            return std::nullopt;
        nextUnit = found + 1;
        DurationNs part = 0;
        if (count > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
            __builtin_mul_overflow(static_cast<int64_t>(count), kUnits[found].length, &part) || __builtin_add_overflow(total, part, &total))
            return std::nullopt;
        at = unitEnd;
    }
    return total;
}

std::string promDurationText(DurationNs duration) {
    DurationNs ms = duration / kMillisecond;
    if (ms == 0)
        return "0s";
    std::string text = ms < 0 ? "-" : "";
    ms = ms < 0 ? -ms : ms;
    for (const Unit& unit : kUnits) {
        const DurationNs length = unit.length / kMillisecond;
        // Years and weeks only when nothing is left over: "1w" but "8d".
        const bool exactOnly = unit.name == "y" || unit.name == "w";
        if (ms < length || (exactOnly && ms % length != 0))
            continue;
        text += fmt::format("{}{}", ms / length, unit.name);
        ms %= length;
    }
    return text;
}

}  // namespace nj::promql

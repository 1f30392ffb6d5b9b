#include "api/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "promql/text/number_text.h"

namespace nj::api {
namespace {

// Limits that Prometheus takes for "all time"; clients send them as they got them.
constexpr std::string_view kMinTime = "-292273086-05-16T16:47:06Z";
constexpr std::string_view kMaxTime = "+292277025-08-18T07:12:54.999999999Z";
constexpr double kMostSeconds = 9'223'372'036.0;
constexpr TimeNs kFirst = std::numeric_limits<TimeNs>::min();
constexpr TimeNs kLast = std::numeric_limits<TimeNs>::max();

int hexDigit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<double> decimal(std::string_view text) {
    const auto number = promql::parseNumber(text);
    return number && !std::isnan(*number) ? number : std::nullopt;
}

void appendUtf8(std::string& out, uint32_t code) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace

std::string percentDecoded(std::string_view text, bool plusIsBlank) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' && plusIsBlank ? ' ' : text[i];
        }
    }
    return out;
}

Parameters::Parameters(std::string_view query, std::string_view body) {
    parse(body);
    parse(query);
}

void Parameters::parse(std::string_view text) {
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        if (one.empty())
            continue;
        const size_t equals = std::min(one.find('='), one.size());
        pairs_.emplace_back(percentDecoded(one.substr(0, equals), true),
                            percentDecoded(one.substr(std::min(one.size(), equals + 1)), true));
    }
}

std::string_view Parameters::first(std::string_view name) const {
    for (const auto& [key, value] : pairs_)
        if (key == name)
            return value;
    return {};
}

std::vector<std::string> Parameters::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : pairs_)
        if (key == name)
            values.push_back(value);
    return values;
}

Error invalidParameter(std::string_view name, std::string_view why) {
    return makeError(ErrorCode::kInvalidArgument, "invalid parameter \"" + std::string(name) + "\": " + std::string(why));
}

std::optional<TimeNs> apiTime(std::string_view text) {
    if (text == kMinTime)
        return kFirst;
    if (text == kMaxTime)
        return kLast;
    if (const auto seconds = decimal(text)) {
        if (std::fabs(*seconds) >= kMostSeconds)
            return *seconds < 0 ? kFirst : kLast;
        const double whole = std::floor(*seconds);
        // Prometheus counts in milliseconds.
        return static_cast<TimeNs>(whole) * kSecond + std::llround((*seconds - whole) * 1000) * kMillisecond;
    }
    // A date as RFC 3339 has it, with its zone: parseTime also takes what people type.
    const bool dated = text.size() >= 20 && text[4] == '-' && text[10] == 'T' &&
                       (text.back() == 'Z' || text[text.size() - 6] == '+' || text[text.size() - 6] == '-');
    const auto time = dated ? parseTime(text, 0) : Result<TimeNs>(makeError(ErrorCode::kInvalidArgument, ""));
    return time.ok() ? std::optional(*time) : std::nullopt;
}

std::optional<DurationNs> apiDuration(std::string_view text) {
    if (const auto seconds = decimal(text))
        return std::fabs(*seconds) >= kMostSeconds ? std::nullopt : std::optional<DurationNs>(std::llround(*seconds * 1e9));
    return promql::parsePromDuration(text);
}

Result<std::optional<TimeNs>> Parameters::time(std::string_view name) const {
    const std::string_view text = first(name);
    if (text.empty())
        return std::optional<TimeNs>();
    const auto time = apiTime(text);
    if (!time)
        return invalidParameter(name, "cannot parse \"" + std::string(text) + "\" to a valid timestamp");
    return time;
}

Result<std::optional<DurationNs>> Parameters::duration(std::string_view name) const {
    const std::string_view text = first(name);
    if (text.empty())
        return std::optional<DurationNs>();
    const auto duration = apiDuration(text);
    if (!duration)
        return invalidParameter(name, "cannot parse \"" + std::string(text) + "\" to a valid duration");
    return duration;
}

Result<size_t> Parameters::limit(std::string_view name) const {
    const std::string_view text = first(name);
    if (text.empty())
        return size_t(0);
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return invalidParameter(name, "cannot parse \"" + std::string(text) + "\" to a valid limit");
    if (value < 0)
        return invalidParameter(name, "limit must be non-negative");
    return static_cast<size_t>(value);
}

std::string unescapedName(std::string_view name) {
    constexpr std::string_view kPrefix = "U__";
    if (!name.starts_with(kPrefix))
        return std::string(name);
    std::string out;
    for (size_t i = kPrefix.size(); i < name.size(); ++i) {
        if (name[i] != '_') {
            out += name[i];
            continue;
        }
        if (i + 1 < name.size() && name[i + 1] == '_') {
            out += '_';
            ++i;
            continue;
        }
        const size_t end = name.find('_', i + 1);
        uint32_t code = 0;
        const auto [last, error] = std::from_chars(name.data() + i + 1, name.data() + std::min(end, name.size()), code, 16);
        const bool valid = end != std::string_view::npos && end > i + 1 && end - i <= 7 && error == std::errc() &&
                           last == name.data() + end && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        if (!valid)
            return std::string(name);
        appendUtf8(out, code);
        i = end;
    }
    return out;
}

}  // namespace nj::api

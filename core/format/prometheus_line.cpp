#include "format/prometheus_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace nj::format {
namespace {

bool isBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view skipBlanks(std::string_view text) {
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    return text;
}

bool isNameChar(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (c >= '0' && c <= '9'); }

// The word at the front of text, taken off.
std::string_view takeWord(std::string_view& text) {
    text = skipBlanks(text);
    size_t n = 0;
    while (n < text.size() && !isBlank(text[n]))
        ++n;
    const std::string_view word = text.substr(0, n);
    text.remove_prefix(n);
    return word;
}

std::string_view takeName(std::string_view& text) {
    size_t n = 0;
    while (n < text.size() && isNameChar(text[n]))
        ++n;
    const std::string_view name = text.substr(0, n);
    text.remove_prefix(n);
    return name;
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        if (c != 'n' && c != '\\' && c != '"')
            out += '\\';
        out += c == 'n' ? '\n' : c;
    }
    return out;
}

// The quoted text at the front, taken off and unescaped. False when it does not close.
bool takeQuoted(std::string_view& text, std::string& out) {
    size_t n = 1;
    while (n < text.size() && text[n] != '"')
        n += text[n] == '\\' ? 2 : 1;
    if (n >= text.size())
        return false;
    out = unescaped(text.substr(1, n - 1));
    text.remove_prefix(n + 1);
    return true;
}

// What stands between the braces.
bool parseLabels(std::string_view text, std::string& name, AttributeList& labels) {
    text = skipBlanks(text);
    while (!text.empty()) {
        std::string key;
        const bool quoted = text.front() == '"';
        if (quoted) {
            if (!takeQuoted(text, key))
                return false;
        } else {
            key = takeName(text);
        }
        text = skipBlanks(text);
        if (quoted && (text.empty() || text.front() == ',') && name.empty()) {
            name = key;   // {"metric.name", …}
        } else {
            if (key.empty() || text.empty() || text.front() != '=')
                return false;
            text = skipBlanks(text.substr(1));
            std::string value;
            if (text.empty() || text.front() != '"' || !takeQuoted(text, value))
                return false;
            if (key == "__name__")
                name = value;
            else
                labels.push_back({std::move(key), AttributeValue::ofString(value)});
        }
        text = skipBlanks(text);
        if (text.empty())
            break;
        if (text.front() != ',')
            return false;
        text = skipBlanks(text.substr(1));
    }
    return true;
}

bool takeNumber(std::string_view& text, double& value) {
    const size_t n = text.find_first_of(",]):} ");
    const auto number = parsePrometheusNumber(text.substr(0, n));
    if (!number || n == std::string_view::npos)
        return false;
    value = *number;
    text.remove_prefix(n);
    return true;
}

}  // namespace

size_t bracesLength(std::string_view text) {
    for (size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '}')
            return i + 1;
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                i += text[i] == '\\';
        }
    }
    return 0;
}

bool splitPrometheusSample(std::string_view line, PrometheusSample& sample) {
    std::string_view rest = line;
    const bool named = !takeName(rest).empty();
    const std::string_view behind = skipBlanks(rest);
    size_t length = line.size() - rest.size();
    if (behind.starts_with('{')) {
        const size_t braces = bracesLength(behind);
        if (braces == 0)
            return false;
        // After a name and a blank, braces may also be a dumped histogram's value; names without labels are not dumped.
        length = static_cast<size_t>(behind.data() - line.data()) + braces;
    } else if (!named) {
        return false;
    }
    return splitPrometheusSample(line, length, sample);
}

bool splitPrometheusSample(std::string_view line, size_t seriesLength, PrometheusSample& sample) {
    sample.series = line.substr(0, seriesLength);
    std::string_view rest = line.substr(seriesLength);
    if (rest.empty() || (!isBlank(rest.front()) && !sample.series.ends_with('}')))
        return false;
    rest = skipBlanks(rest);
    if (rest.starts_with('{')) {
        const size_t braces = bracesLength(rest);
        sample.value = rest.substr(0, braces);
        rest.remove_prefix(braces);
    } else {
        sample.value = takeWord(rest);
    }
    sample.time = {};
    sample.exemplar = {};
    rest = skipBlanks(rest);
    if (!rest.empty() && rest.front() != '#') {
        sample.time = takeWord(rest);
        rest = skipBlanks(rest);
    }
    if (rest.empty())
        return !sample.value.empty();
    if (rest.front() != '#')
        return false;
    sample.exemplar = skipBlanks(rest.substr(1));
    return !sample.value.empty() && sample.exemplar.starts_with('{');
}

bool parsePrometheusSeries(std::string_view text, std::string& name, AttributeList& labels) {
    name = takeName(text);
    labels.clear();
    text = skipBlanks(text);
    if (!text.empty()) {
        if (!text.starts_with('{') || !text.ends_with('}') || text.size() < 2)
            return false;
        if (!parseLabels(text.substr(1, text.size() - 2), name, labels))
            return false;
    }
    std::sort(labels.begin(), labels.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
    return std::adjacent_find(labels.begin(), labels.end(), [](const KeyValue& a, const KeyValue& b) { return a.key == b.key; }) == labels.end();
}

std::optional<double> parsePrometheusNumber(std::string_view text) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative ? 1 : 0);
    const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
    const std::string_view body = hex ? digits.substr(2) : digits;
    double value = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value, hex ? std::chars_format::hex : std::chars_format::general);
    if (body.empty() || body.front() == '-' || end != body.data() + body.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        value = body.find("e-") != std::string_view::npos || body.find("E-") != std::string_view::npos ? 0.0 : HUGE_VAL;
    else if (error != std::errc{})
        return std::nullopt;
    return negative ? -value : value;
}

std::optional<TimeNs> parsePrometheusTime(std::string_view text, bool surelyMilliseconds) {
    constexpr int64_t kFirstMilliseconds = 100'000'000'000;   // 1973 in milliseconds, the year 5138 in seconds
    int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
    TimeNs time = 0;
    if (error == std::errc{} && rest.empty()) {
        const bool milliseconds = surelyMilliseconds || whole >= kFirstMilliseconds || whole <= -kFirstMilliseconds;
        if (__builtin_mul_overflow(whole, milliseconds ? kMillisecond : kSecond, &time))
            return std::nullopt;
        return time;
    }
    if (error == std::errc{} && rest.front() == '.' && rest.size() <= 10 && std::all_of(rest.begin() + 1, rest.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        int64_t fraction = 0;
        int64_t unit = kSecond;
        for (const char c : rest.substr(1)) {
            unit /= 10;
            fraction += (c - '0') * unit;
        }
        if (__builtin_mul_overflow(whole, kSecond, &time) || __builtin_add_overflow(time, text.front() == '-' ? -fraction : fraction, &time))
            return std::nullopt;
        return time;
    }
    const auto seconds = parsePrometheusNumber(text);
    if (!seconds || !(std::abs(*seconds) < 9.2e9))
        return std::nullopt;
    // A double of seconds carries about microseconds.
    return static_cast<TimeNs>(std::llround(*seconds * 1e6)) * kMicrosecond;
}

std::optional<PrometheusMetadata> parsePrometheusMetadata(std::string_view line) {
    std::string_view rest = line.substr(1);
    const std::string_view word = takeWord(rest);
    PrometheusMetadata out;
    if (word == "HELP")
        out.kind = PrometheusMetadata::Kind::kHelp;
    else if (word == "TYPE")
        out.kind = PrometheusMetadata::Kind::kType;
    else if (word == "UNIT")
        out.kind = PrometheusMetadata::Kind::kUnit;
    else
        return std::nullopt;
    rest = skipBlanks(rest);
    if (rest.starts_with('"')) {
        if (!takeQuoted(rest, out.name))
            return std::nullopt;
    } else {
        out.name = takeWord(rest);
    }
    if (out.name.empty())
        return std::nullopt;
    out.text = unescaped(skipBlanks(rest));
    while (!out.text.empty() && (isBlank(out.text.back()) || out.text.back() == '\r'))
        out.text.pop_back();
    return out;
}

MetricKind metricKindOfType(std::string_view type) {
    static constexpr std::pair<std::string_view, MetricKind> kTypes[] = {
        {"counter", MetricKind::kCounter}, {"gauge", MetricKind::kGauge}, {"histogram", MetricKind::kHistogram},
        {"summary", MetricKind::kSummary}, {"info", MetricKind::kInfo}, {"stateset", MetricKind::kStateSet},
        {"gaugehistogram", MetricKind::kGaugeHistogram}, {"gauge_histogram", MetricKind::kGaugeHistogram}};
    for (const auto& [name, kind] : kTypes)
        if (type == name)
            return kind;
    return MetricKind::kUnknown;
}

bool parseDumpedHistogram(std::string_view text, double& count, double& sum, std::vector<NativeBucket>& buckets) {
    if (!text.starts_with('{') || !text.ends_with('}'))
        return false;
    text.remove_prefix(1);
    bool counted = false;
    while (!text.empty() && text != "}") {
        text = skipBlanks(text);
        if (text.starts_with("count:")) {
            text.remove_prefix(6);
            counted = takeNumber(text, count);
            if (!counted)
                return false;
        } else if (text.starts_with("sum:")) {
            text.remove_prefix(4);
            if (!takeNumber(text, sum))
                return false;
        } else if (text.starts_with('[') || text.starts_with('(')) {
            NativeBucket bucket;
            text.remove_prefix(1);
            if (!takeNumber(text, bucket.lower) || !text.starts_with(','))
                return false;
            text.remove_prefix(1);
            if (!takeNumber(text, bucket.upper) || (!text.starts_with("]:") && !text.starts_with("):")))
                return false;
            text.remove_prefix(2);
            if (!takeNumber(text, bucket.count))
                return false;
            buckets.push_back(bucket);
        } else {
            return false;
        }
        if (text.starts_with(','))
            text.remove_prefix(1);
    }
    return counted;
}

}  // namespace nj::format

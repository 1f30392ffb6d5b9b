#include "dashboard/interpolation.h"

#include <algorithm>
#include <set>

namespace nj::dashboard {
namespace {

// A use of a variable in a text.
struct Use {
    size_t begin = 0, end = 0;
    std::string_view name, format;
};

bool isWord(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

size_t wordEnd(std::string_view text, size_t at) {
    while (at < text.size() && isWord(text[at]))
        ++at;
    return at;
}

// name, name:format, name.field, name.field:format up to `close`; fields are not known here and are left out.
bool bracketed(std::string_view text, size_t at, std::string_view close, Use& use) {
    const size_t end = wordEnd(text, at);
    if (end == at)
        return false;
    use.name = text.substr(at, end - at);
    const size_t closing = text.find(close, end);
    if (closing == std::string_view::npos)
        return false;
    const std::string_view rest = text.substr(end, closing - end);
    if (!rest.empty() && rest[0] != ':')
        return false;
    use.format = rest.empty() ? rest : rest.substr(1);
    use.end = closing + close.size();
    return true;
}

bool nextUse(std::string_view text, size_t from, Use& use) {
    for (size_t at = from; at < text.size(); ++at) {
        use = {at, at, {}, {}};
        if (text[at] == '$' && at + 1 < text.size()) {
            if (text[at + 1] == '{') {
                if (bracketed(text, at + 2, "}", use))
                    return true;
            } else if (const size_t end = wordEnd(text, at + 1); end > at + 1) {
                use.name = text.substr(at + 1, end - at - 1);
                use.end = end;
                return true;
            }
        } else if (text.substr(at).starts_with("[[") && bracketed(text, at + 2, "]]", use)) {
            return true;
        }
    }
    return false;
}

std::string escaped(std::string_view value, std::string_view which, std::string_view before) {
    std::string out;
    for (const char c : value) {
        if (which.find(c) != std::string_view::npos)
            out += before;
        out += c;
    }
    return out;
}

// Inside a double-quoted regular expression of PromQL, where a backslash takes two.
std::string regexPart(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\\')
            out += "\\\\\\\\";
        else if (c == '"')
            out += "\\\"";
        else if (std::string_view("$^*{}[]+?.()|").find(c) != std::string_view::npos)
            out += std::string("\\\\") + c;
        else
            out += c;
    }
    return out;
}

std::string joined(const std::vector<std::string>& values, std::string_view separator, auto&& each) {
    std::string out;
    for (size_t i = 0; i < values.size(); ++i)
        out += (i == 0 ? "" : std::string(separator)) + each(values[i]);
    return out;
}

std::string percentEncoded(std::string_view value) {
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : value) {
        if (isWord(c) || c == '-' || c == '.' || c == '~') {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return out;
}

std::string formatted(const VariableValue& value, std::string_view format, std::string_view name) {
    const std::vector<std::string>& values = value.values;
    const auto plain = [](const std::string& v) { return v; };
    const auto alternation = [&](auto&& each) {
        return values.size() == 1 ? each(values.front()) : "(" + joined(values, "|", each) + ")";
    };
    if (format == "text")
        return joined(value.texts.empty() ? values : value.texts, " + ", plain);
    if (value.literal && format != "percentencode")
        return joined(values, "|", plain);
    if (format.empty()) {
        if (value.regex)
            return alternation([](const std::string& v) { return regexPart(v); });
        return joined(values, "|", [](const std::string& v) { return escaped(v, "\\\"", "\\"); });
    }
    if (format == "regex")
        return alternation([](const std::string& v) { return escaped(v, "\\$^*{}[]+?.()|/", "\\"); });
    if (format == "pipe")
        return joined(values, "|", plain);
    if (format == "csv" || format == "raw")
        return joined(values, ",", plain);
    if (format == "json")
        return "[" + joined(values, ",", [](const std::string& v) { return "\"" + escaped(v, "\\\"", "\\") + "\""; }) + "]";
    if (format == "doublequote")
        return joined(values, ",", [](const std::string& v) { return "\"" + escaped(v, "\"", "\\") + "\""; });
    if (format == "singlequote")
        return joined(values, ",", [](const std::string& v) { return "'" + escaped(v, "'", "\\") + "'"; });
    if (format == "percentencode")
        return percentEncoded(values.size() == 1 ? values.front() : "{" + joined(values, ",", plain) + "}");
    if (format == "queryparam")
        return joined(values, "&", [&](const std::string& v) { return "var-" + std::string(name) + "=" + percentEncoded(v); });
    return values.size() == 1 ? values.front() : "{" + joined(values, ",", plain) + "}";   // glob, and what is not known
}

// A duration as Grafana writes it: the largest unit that divides it.
std::string durationText(DurationNs duration) {
    const int64_t ms = std::max<int64_t>(1, duration / kMillisecond);
    for (const auto& [unit, length] : {std::pair("d", int64_t{86'400'000}), std::pair("h", int64_t{3'600'000}), std::pair("m", int64_t{60'000}), std::pair("s", int64_t{1'000})})
        if (ms % length == 0)
            return std::to_string(ms / length) + unit;
    return std::to_string(ms) + "ms";
}

bool builtIn(std::string_view name, const Scope& scope, std::string& out) {
    const int64_t rangeMs = std::max<int64_t>(1, scope.range.length() / kMillisecond);
    if (name == "__interval" || name == "__auto_interval" || name == "__auto")
        out += durationText(scope.interval);
    else if (name == "__interval_ms")
        out += std::to_string(std::max<int64_t>(1, scope.interval / kMillisecond));
    else if (name == "__rate_interval")
        out += durationText(rateInterval(scope.interval, scope.scrapeInterval));
    else if (name == "__rate_interval_ms")
        out += std::to_string(rateInterval(scope.interval, scope.scrapeInterval) / kMillisecond);
    else if (name == "__range")
        out += std::to_string(std::max<int64_t>(1, (rangeMs + 500) / 1000)) + "s";
    else if (name == "__range_s")
        out += std::to_string(std::max<int64_t>(1, (rangeMs + 500) / 1000));
    else if (name == "__range_ms")
        out += std::to_string(rangeMs);
    else if (name == "__from")
        out += std::to_string(scope.range.from / kMillisecond);
    else if (name == "__to")
        out += std::to_string(scope.range.to / kMillisecond);
    else
        return false;
    return true;
}

}  // namespace

std::string interpolate(std::string_view text, const Scope& scope) {
    std::string out;
    size_t at = 0;
    for (Use use; nextUse(text, at, use); at = use.end) {
        out += text.substr(at, use.begin - at);
        const auto variable = scope.variables.find(use.name);
        if (variable == scope.variables.end()) {
            if (!builtIn(use.name, scope, out))
                out += text.substr(use.begin, use.end - use.begin);
        } else if (variable->second.values.size() == 1 && (variable->second.values.front() == "$__auto" || variable->second.values.front().starts_with("$__auto_interval_"))) {
            out += durationText(scope.interval);
        } else {
            out += formatted(variable->second, use.format, use.name);
        }
    }
    return out += text.substr(at);
}

std::vector<std::string> variablesIn(std::string_view text) {
    std::vector<std::string> names;
    size_t at = 0;
    for (Use use; nextUse(text, at, use); at = use.end)
        if (std::find(names.begin(), names.end(), use.name) == names.end())
            names.emplace_back(use.name);
    return names;
}

DurationNs rateInterval(DurationNs interval, DurationNs scrapeInterval) { return std::max(interval + scrapeInterval, 4 * scrapeInterval); }

DurationNs stepFor(TimeRange range, int points, DurationNs least) {
    // Up to the first, the second: Grafana's steps.
    struct Step {
        int64_t below, step;
    };
    static constexpr Step kSteps[] = {
        {10, 1},                     {15, 10},                    {35, 20},                    {75, 50},
        {150, 100},                  {350, 200},                  {750, 500},                  {1'500, 1'000},
        {3'500, 2'000},              {7'500, 5'000},              {12'500, 10'000},            {17'500, 15'000},
        {25'000, 20'000},            {45'000, 30'000},            {90'000, 60'000},            {210'000, 120'000},
        {450'000, 300'000},          {750'000, 600'000},          {1'050'000, 900'000},        {1'500'000, 1'200'000},
        {2'700'000, 1'800'000},      {5'400'000, 3'600'000},      {9'000'000, 7'200'000},      {16'200'000, 10'800'000},
        {32'400'000, 21'600'000},    {86'400'000, 43'200'000},    {604'800'000, 86'400'000},   {1'814'400'000, 604'800'000},
        {3'628'800'000, 2'592'000'000},
    };
    const int64_t ms = std::max<int64_t>(0, range.length() / kMillisecond) / std::max(1, points);
    int64_t step = 31'536'000'000;
    for (const Step& each : kSteps)
        if (ms < each.below) {
            step = each.step;
            break;
        }
    return std::max(least, step * kMillisecond);
}

}  // namespace nj::dashboard

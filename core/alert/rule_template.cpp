#include "alert/rule_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "promql/text/number_text.h"

namespace nj::alert {
namespace {

constexpr std::string_view kFunctions[] = {
    "query", "first", "label", "value", "strvalue", "sortByLabel", "args", "reReplaceAll", "safeHtml", "match", "title", "toUpper", "toLower", "graphLink",
    "tableLink", "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp", "toTime", "toDuration", "now", "pathPrefix",
    "externalURL", "parseDuration", "stripPort", "stripDomain", "urlQueryEscape", "tmpl", "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "index",
    "slice", "len", "print", "printf", "println", "html", "js", "urlquery", "call", "true", "false", "nil"};
constexpr std::string_view kOpening[] = {"if", "range", "with", "define", "block"};
constexpr std::string_view kInner[] = {"else", "template", "break", "continue"};

bool among(std::string_view word, const auto& list) { return std::find(std::begin(list), std::end(list), word) != std::end(list); }

bool isWord(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// An action between {{ and }}, cut into words, strings and signs; spaces are left out.
std::optional<std::vector<std::string_view>> piecesOf(std::string_view action) {
    std::vector<std::string_view> pieces;
    for (size_t at = 0; at < action.size();) {
        const char c = action[at];
        size_t end = at + 1;
        if (c == '"' || c == '`' || c == '\'') {
            while (end < action.size() && action[end] != c)
                end += action[end] == '\\' && c != '`' ? 2 : 1;
            if (end >= action.size())
                return std::nullopt;
            ++end;
        } else if (isWord(c) || c == '.' || c == '$') {
            while (end < action.size() && (isWord(action[end]) || action[end] == '.'))
                ++end;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            at = end;
            continue;
        }
        pieces.push_back(action.substr(at, end - at));
        at = end;
    }
    return pieces;
}

struct Action {
    size_t begin = 0, end = 0;   // with the braces
    std::string_view inside;     // without them and without the - that trims
};

// The next action; its end is the first }} outside strings. end = 0: it is not closed.
std::optional<Action> nextAction(std::string_view text, size_t from) {
    const size_t begin = text.find("{{", from);
    if (begin == std::string_view::npos)
        return std::nullopt;
    size_t at = begin + 2;
    const bool comment = text.substr(at).starts_with("/*") || text.substr(at).starts_with("- /*");
    for (char quote = 0; at < text.size(); ++at) {
        if (quote != 0) {
            if (text[at] == '\\' && quote != '`')
                ++at;
            else if (text[at] == quote)
                quote = 0;
        } else if (!comment && (text[at] == '"' || text[at] == '`' || text[at] == '\'')) {
            quote = text[at];
        } else if (text.substr(at).starts_with("}}")) {
            std::string_view inside = text.substr(begin + 2, at - begin - 2);
            if (inside.starts_with("- "))
                inside.remove_prefix(1);
            if (inside.ends_with(" -"))
                inside.remove_suffix(1);
            return Action{begin, at + 2, comment ? std::string_view() : inside};
        }
    }
    return Action{begin, 0, {}};
}

// Words that stand where a function must: at the start, behind |, ( or a keyword.
std::string unknownFunction(const std::vector<std::string_view>& pieces) {
    bool start = true;
    for (const std::string_view piece : pieces) {
        const char first = piece.front();
        const bool word = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
        if (start && word && !among(piece, kFunctions) && !among(piece, kOpening) && !among(piece, kInner) && piece != "end")
            return "the function '" + std::string(piece.substr(0, 100)) + "' is not known";
        start = piece == "|" || piece == "(" || (word && (among(piece, kOpening) || among(piece, kInner)));
    }
    return {};
}

std::string humanized(double value, double base, std::string_view names, std::string_view below) {
    if (value == 0 || !std::isfinite(value))
        return promql::roundedNumber(value, 4);
    std::string prefix;
    double rest = value;
    if (std::abs(value) >= 1) {
        for (const char name : names) {
            if (std::abs(rest) < base)
                break;
            rest /= base;
            prefix = name;
        }
    } else {
        size_t at = 0;
        while (at < below.size() && std::abs(rest) < 1) {
            rest *= base;
            prefix = below[at++];
        }
    }
    return promql::roundedNumber(rest, 4) + prefix + (base > 1'000 && !prefix.empty() ? "i" : "");
}

std::string humanizedDuration(double seconds) {
    if (!std::isfinite(seconds))
        return promql::roundedNumber(seconds, 4);
    if (seconds == 0)
        return "0s";
    if (std::abs(seconds) < 1)
        return humanized(seconds, 1'000, "", "mun") + "s";
    if (std::abs(seconds) < 60)
        return promql::roundedNumber(seconds, 4) + "s";
    if (std::abs(seconds) > 9e15)
        return promql::roundedNumber(seconds, 4) + "s";
    const auto whole = static_cast<int64_t>(std::abs(seconds));
    const std::string sign = seconds < 0 ? "-" : "";
    const int64_t days = whole / 86'400, hours = whole / 3'600 % 24, minutes = whole / 60 % 60;
    if (days > 0)
        return fmt::format("{}{}d {}h {}m {}s", sign, days, hours, minutes, whole % 60);
    if (hours > 0)
        return fmt::format("{}{}h {}m {}s", sign, hours, minutes, whole % 60);
    return fmt::format("{}{}m {}s", sign, minutes, whole % 60);
}

// printf "%.2f", "%.0f%%": one number.
std::optional<std::string> printed(std::string_view format, double value) {
    if (format.size() < 2)
        return std::nullopt;
    format = format.substr(1, format.size() - 2);
    std::string out;
    bool used = false;
    for (size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%') {
            out += format[at];
        } else if (format.substr(at).starts_with("%%")) {
            out += format[++at];
        } else {
            size_t end = at + 1;
            int digits = 6;
            if (end + 1 < format.size() && format[end] == '.' && format[end + 1] >= '0' && format[end + 1] <= '9') {
                digits = format[end + 1] - '0';
                end += 2;
            }
            if (end >= format.size() || used || (format[end] != 'f' && format[end] != 'g' && format[end] != 'v'))
                return std::nullopt;
            out += format[end] == 'f' ? fmt::format("{:.{}f}", value, digits) : promql::compactNumber(value);
            used = true;
            at = end;
        }
    }
    return out;
}

std::optional<std::string> labelsAsMap(const NamedTexts& labels) {
    NamedTexts sorted = labels;
    std::sort(sorted.begin(), sorted.end());
    std::string out = "map[";
    for (const auto& [name, value] : sorted)
        out += (out.size() == 4 ? "" : " ") + name + ":" + value;
    return out + "]";
}

std::optional<std::string> evaluated(const std::vector<std::string_view>& pieces, const NamedTexts& labels, double value) {
    if (pieces.empty())
        return std::nullopt;
    const auto isValue = [](std::string_view piece) { return piece == "$value" || piece == ".Value"; };
    if (pieces.size() == 3 && pieces[0] == "printf" && isValue(pieces[2]))
        return printed(pieces[1], value);
    if (pieces.size() == 1 && (pieces[0] == "$labels" || pieces[0] == ".Labels"))
        return labelsAsMap(labels);
    for (const std::string_view prefix : {"$labels.", ".Labels."})
        if (pieces.size() == 1 && pieces[0].starts_with(prefix)) {
            for (const auto& [name, text] : labels)
                if (name == pieces[0].substr(prefix.size()))
                    return text;
            return "<no value>";
        }
    const bool piped = pieces.size() == 3 && isValue(pieces[0]) && pieces[1] == "|";
    const bool called = pieces.size() == 2 && isValue(pieces[1]);
    if (pieces.size() == 1 && isValue(pieces[0]))
        return promql::compactNumber(value);
    if (pieces.size() == 4 && isValue(pieces[0]) && pieces[1] == "|" && pieces[2] == "printf")
        return printed(pieces[3], value);
    if (!piped && !called)
        return std::nullopt;
    const std::string_view function = piped ? pieces[2] : pieces[0];
    if (function == "humanize")
        return humanized(value, 1'000, "kMGTPEZY", "munpfazy");
    if (function == "humanize1024")
        return std::abs(value) <= 1 ? promql::roundedNumber(value, 4) : humanized(value, 1'024, "kMGTPEZY", "");
    if (function == "humanizeDuration")
        return humanizedDuration(value);
    if (function == "humanizePercentage")
        return promql::roundedNumber(value * 100, 4) + "%";
    return std::nullopt;
}

}  // namespace

std::string templateProblem(std::string_view text) {
    size_t at = 0;
    int open = 0;
    while (const auto action = nextAction(text, at)) {
        if (action->end == 0)
            return "a template '{{' is not closed";
        const auto pieces = piecesOf(action->inside);
        if (!pieces)
            return "a string inside '{{ }}' is not closed";
        if (pieces->empty() && text.substr(action->begin, 4).find("/*") == std::string_view::npos)
            return "a template '{{ }}' is empty";
        if (!pieces->empty()) {
            if (std::string problem = unknownFunction(*pieces); !problem.empty())
                return problem;
            open += among(pieces->front(), kOpening) ? 1 : 0;
            if (pieces->front() == "end" && --open < 0)
                return "an {{ end }} ends nothing";
        }
        at = action->end;
    }
    return open > 0 ? "a block lacks its {{ end }}" : "";
}

std::string expandTemplate(std::string_view text, const NamedTexts& labels, double value) {
    std::string out;
    size_t at = 0;
    while (const auto action = nextAction(text, at)) {
        if (action->end == 0)
            break;
        out += text.substr(at, action->begin - at);
        const auto pieces = piecesOf(action->inside);
        const auto result = pieces ? evaluated(*pieces, labels, value) : std::nullopt;
        out += result ? *result : text.substr(action->begin, action->end - action->begin);
        at = action->end;
    }
    return out += text.substr(at);
}

}  // namespace nj::alert

#include "dashboard/variable.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

bool isLabel(std::string_view text) {
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '{' || c == '}';
    });
}

// The argument of name(…), if that is all there is.
bool callOf(std::string_view text, std::string_view name, std::string_view* argument) {
    if (!text.starts_with(name) || !text.ends_with(')'))
        return false;
    text.remove_prefix(name.size());
    if (!text.starts_with('('))
        return false;
    *argument = trimmed(text.substr(1, text.size() - 2));
    return true;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return out;
}

// The first number in a text, as "gpu-12" is sorted by 12.
double numberIn(std::string_view text) {
    const size_t begin = text.find_first_of("0123456789");
    if (begin == std::string_view::npos)
        return -1;
    const size_t end = text.find_first_not_of("0123456789.", begin);
    return promql::parseNumber(text.substr(begin, end == std::string_view::npos ? end : end - begin)).value_or(-1);
}

void sortOptions(std::vector<VariableOption>& options, VariableSort sort) {
    using enum VariableSort;
    const auto by = [&](auto key, bool descending) {
        std::stable_sort(options.begin(), options.end(), [&](const VariableOption& a, const VariableOption& b) {
            return descending ? key(b) < key(a) : key(a) < key(b);
        });
    };
    switch (sort) {
    case kNone: break;
    case kText:
    case kTextDescending: by([](const VariableOption& o) { return std::string_view(o.text); }, sort == kTextDescending); break;
    case kNumber:
    case kNumberDescending: by([](const VariableOption& o) { return numberIn(o.text); }, sort == kNumberDescending); break;
    case kCaseless:
    case kCaselessDescending: by([](const VariableOption& o) { return lowered(o.text); }, sort == kCaselessDescending); break;
    }
}

// "/pattern/flags" or "pattern" → what RE2 reads; JavaScript writes (?<name>…), RE2 of this age (?P<name>…).
std::string patternOf(std::string_view written) {
    std::string flags;
    if (written.starts_with('/')) {
        const size_t end = written.rfind('/');
        if (end > 0) {
            for (const char flag : written.substr(end + 1))
                if (flag == 'i' || flag == 's' || flag == 'm')
                    flags += flag;
            written = written.substr(1, end - 1);
        }
    }
    std::string out = flags.empty() ? "" : "(?" + flags + ")";
    for (size_t i = 0; i < written.size(); ++i) {
        if (written[i] == '\\' && i + 1 < written.size()) {
            if (written[i + 1] != '/')
                out += '\\';
            out += written[++i];
        } else if (written.substr(i).starts_with("(?<") && i + 3 < written.size() && written[i + 3] != '=' && written[i + 3] != '!') {
            out += "(?P<";
            i += 2;
        } else {
            out += written[i];
        }
    }
    return out;
}

}  // namespace

VariableQuery parseVariableQuery(std::string_view text) {
    text = trimmed(text);
    std::string_view argument;
    if (callOf(text, "label_names", &argument))
        return {VariableQuestion::kLabelNames, "", std::string(argument)};
    if (callOf(text, "label_values", &argument)) {
        // The label stands behind the last comma: a selector has commas of its own.
        const size_t comma = argument.rfind(',');
        const std::string_view label = comma == std::string_view::npos ? argument : trimmed(argument.substr(comma + 1));
        if (isLabel(label))
            return {VariableQuestion::kLabelValues, std::string(label), comma == std::string_view::npos ? "" : std::string(trimmed(argument.substr(0, comma)))};
    }
    if (callOf(text, "metrics", &argument))
        return {VariableQuestion::kMetrics, "", std::string(argument)};
    if (callOf(text, "query_result", &argument))
        return {VariableQuestion::kQueryResult, "", std::string(argument)};
    return {VariableQuestion::kSeries, "", std::string(text)};
}

std::vector<VariableOption> parseOptionList(std::string_view text, bool labelled) {
    std::vector<VariableOption> options;
    std::string item;
    const auto add = [&] {
        const std::string_view entry = trimmed(item);
        if (!entry.empty()) {
            const size_t colon = labelled ? entry.find(" : ") : std::string_view::npos;
            options.push_back(colon == std::string_view::npos
                                  ? VariableOption{std::string(entry), std::string(entry)}
                                  : VariableOption{std::string(trimmed(entry.substr(0, colon))), std::string(trimmed(entry.substr(colon + 3)))});
        }
        item.clear();
    };
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',')
            item += text[++i];
        else if (text[i] == ',')
            add();
        else
            item += text[i];
    }
    add();
    return options;
}

std::vector<VariableOption> optionsFrom(const Variable& variable, const std::vector<std::string>& answers) {
    std::vector<VariableOption> options;
    std::set<std::string> seen;
    const auto add = [&](std::string text, std::string value) {
        if (seen.insert(value).second)
            options.push_back({std::move(text), std::move(value)});
    };
    re2::RE2::Options how(re2::RE2::Quiet);
    how.set_max_mem(1 << 20);
    const re2::RE2 regex(patternOf(variable.regex), how);
    const int groups = variable.regex.empty() || !regex.ok() ? -1 : regex.NumberOfCapturingGroups();
    const auto& names = regex.ok() ? regex.NamedCapturingGroups() : std::map<std::string, int>();
    for (const std::string& answer : answers) {
        if (groups < 0) {
            add(answer, answer);
            continue;
        }
        std::vector<re2::StringPiece> found(static_cast<size_t>(groups) + 1);
        if (!regex.Match(answer, 0, answer.size(), re2::RE2::UNANCHORED, found.data(), groups + 1))
            continue;
        const auto group = [&](const char* name, int otherwise) {
            const auto at = names.find(name);
            const auto index = static_cast<size_t>(at == names.end() ? otherwise : at->second);
            return std::string(found[index].data() == nullptr ? "" : found[index].as_string());
        };
        if (groups == 0) {   // it only chooses
            add(answer, answer);
            continue;
        }
        const int first = names.empty() ? 1 : 0;
        std::string value = names.contains("value") || !names.contains("text") ? group("value", first) : group("text", first);
        std::string text = names.contains("text") ? group("text", first) : value;
        add(std::move(text), std::move(value));
    }
    sortOptions(options, variable.sort);
    return options;
}

}  // namespace nj::dashboard

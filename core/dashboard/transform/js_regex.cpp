#include "dashboard/transform/js_regex.h"

#include <re2/re2.h>

#include <vector>

namespace nj::dashboard {
namespace {

constexpr size_t kMostLength = 64U << 10;   // of a replaced text

bool isDigit(char c) { return c >= '0' && c <= '9'; }

void appendReplacement(std::string& out, std::string_view replacement, const std::vector<re2::StringPiece>& groups) {
    for (size_t i = 0; i < replacement.size(); ++i) {
        const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
        if (replacement[i] != '$' || (next != '$' && next != '&' && !isDigit(next))) {
            out += replacement[i];
            continue;
        }
        ++i;
        if (next == '$') {
            out += '$';
        } else if (next == '&') {
            out.append(groups[0].data(), groups[0].size());
        } else {
            auto group = static_cast<size_t>(next - '0');
            if (i + 1 < replacement.size() && isDigit(replacement[i + 1]) && group * 10 + static_cast<size_t>(replacement[i + 1] - '0') < groups.size())
                group = group * 10 + static_cast<size_t>(replacement[++i] - '0');
            if (group == 0 || group >= groups.size())
                out += std::string("$") + next;
            else if (groups[group].data() != nullptr)
                out.append(groups[group].data(), groups[group].size());
        }
    }
}

}  // namespace

Result<JsRegex> JsRegex::compile(std::string_view pattern) {
    JsRegex out;
    std::string body = "^(?:" + std::string(pattern) + ")$";
    if (const size_t end = pattern.rfind('/'); pattern.size() > 1 && pattern[0] == '/' && end > 0) {
        std::string flags;
        for (const char flag : pattern.substr(end + 1)) {
            out.global_ = out.global_ || flag == 'g';
            if (flag == 'i' || flag == 'm' || flag == 's')
                flags += flag;
        }
        body = (flags.empty() ? "" : "(?" + flags + ")") + std::string(pattern.substr(1, end - 1));
    }
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(1 << 20);
    auto regex = std::make_shared<const re2::RE2>(body, options);
    if (!regex->ok())
        return makeError(ErrorCode::kInvalidArgument, regex->error());
    out.regex_ = std::move(regex);
    return out;
}

bool JsRegex::matches(std::string_view text) const { return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_); }

std::string JsRegex::replace(std::string_view text, std::string_view replacement) const {
    std::vector<re2::StringPiece> groups(static_cast<size_t>(regex_->NumberOfCapturingGroups()) + 1);
    const re2::StringPiece all(text.data(), text.size());
    std::string out;
    size_t at = 0;
    while (at <= text.size() && out.size() < kMostLength && regex_->Match(all, at, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
        const auto begin = static_cast<size_t>(groups[0].data() - text.data());
        out += text.substr(at, begin - at);
        appendReplacement(out, replacement, groups);
        at = begin + groups[0].size();
        if (!global_)
            break;
        if (groups[0].empty()) {
            out += text.substr(at, 1);
            ++at;
        }
    }
    return out += text.substr(std::min(at, text.size()));
}

}  // namespace nj::dashboard

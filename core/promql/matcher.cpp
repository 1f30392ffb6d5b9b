#include "promql/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace nj::promql {

std::string_view matcherOperator(Matcher::Type type) {
    switch (type) {
    case Matcher::Type::kEqual: return "=";
    case Matcher::Type::kNotEqual: return "!=";
    case Matcher::Type::kRegex: return "=~";
    case Matcher::Type::kNotRegex: return "!~";
    }
    return "";
}

Result<std::shared_ptr<const re2::RE2>> compileRegex(std::string_view pattern) {
    if (pattern.size() > kMaxRegexLength)
        return makeError(ErrorCode::kLimit, fmt::format("the regular expression has {} characters, more than the {} that are allowed",
                                                        pattern.size(), kMaxRegexLength));
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(16 << 20);
    auto regex = std::make_shared<re2::RE2>("^(?s:" + std::string(pattern) + ")$", options);
    if (!regex->ok()) {
        // The pattern alone, so that the message shows nothing that was not written.
        const re2::RE2 alone(re2::StringPiece(pattern.data(), pattern.size()), options);
        return makeError(ErrorCode::kInvalidArgument,
                         fmt::format("bad regular expression: {}", alone.ok() ? regex->error() : alone.error()));
    }
    return std::shared_ptr<const re2::RE2>(std::move(regex));
}

Result<CompiledMatcher> CompiledMatcher::compile(const Matcher& matcher) {
    CompiledMatcher compiled;
    compiled.matcher_ = matcher;
    if (matcher.type == Matcher::Type::kRegex || matcher.type == Matcher::Type::kNotRegex) {
        NJ_ASSIGN(compiled.regex_, compileRegex(matcher.value));
    }
    return compiled;
}

bool CompiledMatcher::matches(std::string_view value) const {
    switch (matcher_.type) {
    case Matcher::Type::kEqual: return value == matcher_.value;
    case Matcher::Type::kNotEqual: return value != matcher_.value;
    case Matcher::Type::kRegex: return re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *regex_);
    case Matcher::Type::kNotRegex: return !re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *regex_);
    }
    return false;
}

}  // namespace nj::promql

// A label matcher as written, and compiled to be applied. Matcher is a plain value; a CompiledMatcher is immutable after compile and
// may be used by any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "promql/labels.h"

namespace re2 {
class RE2;
}

namespace nj::promql {

struct Matcher {
    enum class Type : unsigned char {
        kEqual,
        kNotEqual,
        kRegex,
        kNotRegex
    } type = Type::kEqual;  // regexes are RE2, anchored, dot matches newline
    std::string name;
    std::string value;
    bool operator==(const Matcher&) const = default;
};
std::string_view matcherOperator(Matcher::Type type);   // "=", "!=", "=~", "!~"

// Longer patterns are refused: what people write stays below, and compiling costs memory.
inline constexpr size_t kMaxRegexLength = 8192;
// ^(?s:pattern)$ with bounded memory. The error names the pattern's fault.
Result<std::shared_ptr<const re2::RE2>> compileRegex(std::string_view pattern);

class CompiledMatcher {
public:
    static Result<CompiledMatcher> compile(const Matcher& matcher);
    [[nodiscard]] bool matches(std::string_view value) const;
    [[nodiscard]] bool matches(const Labels& labels) const { return matches(labelValue(labels, matcher_.name)); }
    [[nodiscard]] const Matcher& matcher() const { return matcher_; }

private:
    Matcher matcher_;
    std::shared_ptr<const re2::RE2> regex_;   // null: compare
};

}  // namespace nj::promql

// The selectors of an expression, and from when to when each looks for samples. Pure function, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "promql/syntax/ast.h"

namespace nj::dashboard {

struct SelectorUse {
    std::string name;                          // of the metric; "" if no matcher says it
    std::vector<promql::Matcher> matchers;     // without that of the name
    std::optional<DurationNs> back, offset;    // looks from `back` + `offset` before a step up to `offset` before it; none: not known here
    [[nodiscard]] std::vector<promql::Matcher> all() const;
    [[nodiscard]] std::string text() const;    // up{job="node"}
};
std::vector<SelectorUse> selectorsOf(const promql::Expr& expr);
std::string matcherText(const promql::Matcher& matcher);

}  // namespace nj::dashboard

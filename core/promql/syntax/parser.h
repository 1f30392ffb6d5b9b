// Text → typed tree. Pure functions, any thread.
#pragma once

#include <string_view>

#include "promql/syntax/ast.h"

namespace nj::promql {

inline constexpr size_t kMaxExpressionLength = 100'000;
inline constexpr int kMaxNesting = 256;      // parentheses, calls and the like inside each other
inline constexpr int kMaxTreeDepth = 1'000;  // also counts operators in a chain

// The message of an error is "line:column: parse error: what", the column in bytes from 1.
Result<ExprPtr> parseExpression(std::string_view text);
// name{label="value",…}: the labels of one series, as the API and tests write them. rest: what stands behind it.
Result<Labels> parseSeriesLabels(std::string_view text, std::string_view* rest = nullptr);
// The matchers of a selector such as those of match[].
Result<std::vector<Matcher>> parseSelector(std::string_view text);

}  // namespace nj::promql

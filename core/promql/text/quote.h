// String literals as PromQL (and Go) writes them. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace nj::promql {

// "text" in double quotes with Go's escapes; valid UTF-8 stays, other bytes become \xNN.
std::string quoteText(std::string_view text);
// The text of a literal whose first and last characters are the same one of " ' `. Backquoted text is taken as it is.
Result<std::string> unquoteText(std::string_view literal);

}  // namespace nj::promql

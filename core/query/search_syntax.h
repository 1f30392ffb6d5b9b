// The search language of the filter bar and the CLI: `service:chat status:error duration>2s gen_ai.request.model:"llama*" -"health check"`.
// Terms AND by default; -x, NOT, OR, (); "phrase"; * and ? outside quotes; field:v, field:(a OR b), field:>100, field>100,
// field:[400 TO 499], field:*, -field:*; /regex/ (RE2); trace:<id>; durations (250ms, 2s) and sizes (4KiB) with units; a leading @ is ignored.
// Upper and lower case matter, except in status, kind and severity names. A backslash takes the next character literally. Quoted free text
// is literal; in a quoted field value * still is a wildcard (`model:"llama*"`), ? is not. `a::b`, `http://x` and `12:30` are plain words.
// Texts in kWildcard nodes are globs in which \*, \? and \\ are literal. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/filter.h"

namespace nj::query {

// Errors name the character position. Depth at most 64, length at most 64 KiB.
Result<Filter> parseSearch(std::string_view text);
// The other way: a chip's text for field and value, quoted where needed.
std::string searchTerm(std::string_view field, std::string_view value, bool exclude);
// Text that parses to an equal tree: for captions, saved views and cache keys.
std::string formatSearch(const FilterNode& node);

}  // namespace nj::query

// The search language of the filter bar and the CLI: `service:chat status:error duration>2s gen_ai.request.model:"llama*" -"health check"`.
// Terms AND by default; -x, NOT, OR, (); "phrase"; * and ? outside quotes; field:v, field:(a OR b), field:>100, field>100,
// field:[400 TO 499], field:*, -field:*; /regex/ (RE2); trace:<id>; durations (250ms, 2s) and sizes (4KiB) with units; a leading @ is ignored.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/filter.h"

namespace nj::query {

// Errors name the character position. Depth at most 64, length at most 64 KiB.
Result<Filter> parseSearch(std::string_view text);
// The other way: a chip's text for field and value, quoted where needed.
std::string searchTerm(std::string_view field, std::string_view value, bool exclude);

}  // namespace nj::query

// The search language, and that a filter's own source parses again.
#include <cstdlib>
#include <string_view>

#include "fuzz_entry.h"
#include "query/search_syntax.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto filter = nj::query::parseSearch(text);
    if (filter.ok() && !nj::query::parseSearch(filter->source).ok())
        std::abort();
    return 0;
}

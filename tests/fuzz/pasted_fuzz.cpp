// Pasted texts.
#include <cstdlib>

#include "fuzz_entry.h"
#include "source/pasted.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto pasted = nj::source::parsePasted({reinterpret_cast<const char*>(data), size}, 1'773'745'092'000'000'000);
    if (!pasted.ok())
        return 0;
    // What it gives must be a source as its kind wants it.
    if (!pasted->source.kind.empty() && nj::source::findSourceKind(pasted->source.kind) != nullptr && pasted->source.value("url").find("://") == std::string::npos)
        std::abort();
    return 0;
}

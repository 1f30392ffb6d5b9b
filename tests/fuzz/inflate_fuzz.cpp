// Compressed bodies; the first byte chooses the encoding.
#include <cstdlib>

#include "fuzz_entry.h"
#include "source/inflater.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr size_t kMost = 1U << 20;
    if (size == 0)
        return 0;
    const auto encoding = static_cast<nj::source::Encoding>(data[0] % 5);
    const auto out = nj::source::inflate(encoding, {reinterpret_cast<const char*>(data + 1), size - 1}, kMost);
    if (out.ok() && out->size() > kMost)
        std::abort();
    return 0;
}

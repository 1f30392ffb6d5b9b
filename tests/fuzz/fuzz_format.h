// Runs a format's sniffer and reader over fuzzed bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "format/format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace nj::fuzz {

inline int readFormat(std::string_view name, const uint8_t* data, size_t size) {
    const format::Format* format = format::findFormat(name);
    if (format == nullptr)
        std::abort();
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (void)format->sniff({bytes.substr(0, 64U << 10), "fuzz", size <= (64U << 10)});
    const auto reader = format->open({});
    const format::BatchConsumer out = [](Batch&&) { return true; };
    const size_t half = size / 2;
    if (reader->feed(bytes.substr(0, half), out).ok() && reader->feed(bytes.substr(half), out).ok())
        (void)reader->finish(out);
    return 0;
}

}  // namespace nj::fuzz

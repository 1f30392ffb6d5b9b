// What most entries do: sniff the bytes, then feed them to the format's reader in chunks whose sizes come from the bytes themselves.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "format/format.h"
#include "fuzz_entry.h"

namespace nj::fuzz {

inline int readAs(std::string_view formatName, const uint8_t* data, size_t size) {
    const format::Format* format = format::findFormat(formatName);
    if (!format)
        std::abort();   // the entry names a format that is not in formats.inc
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static_cast<void>(format->sniff({bytes.substr(0, 64U << 10), "input", true}));
    format::ReaderOptions options;
    options.path = "input";
    options.now = 1'773'745'092'000'000'000;
    const auto reader = format->open(options);
    size_t rows = 0;
    const format::BatchConsumer count = [&](Batch&& batch) {
        rows += batch.rowCount();
        return rows < 1'000'000;
    };
    size_t at = 0;
    bool alive = true;
    while (alive && at < size) {
        const size_t step = std::min<size_t>(size - at, 1 + data[at] * 16U);
        alive = reader->feed(bytes.substr(at, step), count).ok();
        at += step;
    }
    if (alive)
        static_cast<void>(reader->finish(count));
    static_cast<void>(reader->assumptions());
    return 0;
}

}  // namespace nj::fuzz

// NJ_FUZZ_FORMAT("otlp_json") is a whole entry.
#define NJ_FUZZ_FORMAT(name) \
    extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return nj::fuzz::readAs(name, data, size); }

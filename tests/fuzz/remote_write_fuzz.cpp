// Remote write requests; a decoder keeps the metadata of earlier ones.
#include <cstdlib>
#include <string_view>

#include "format/remote_write.h"
#include "fuzz_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static nj::format::RemoteWriteDecoder decoder;
    const auto batch = decoder.decode({reinterpret_cast<const char*>(data), size});
    if (batch.ok())
        for (const uint32_t series : batch->samples.series)
            if (series >= batch->series.size())
                std::abort();
    return 0;
}

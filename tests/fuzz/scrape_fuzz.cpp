// Answers of /metrics endpoints, two scrapes of one target: the first half of the bytes, then the second.
#include <cstdlib>

#include "fuzz_entry.h"
#include "source/scrape_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace nj;
    constexpr uint64_t kMost = 1000;
    if (size == 0)
        return 0;
    const bool openMetrics = data[0] % 2 == 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    source::ScrapeReader reader({{"instance", AttributeValue::ofString("host:9100")}, {"job", AttributeValue::ofString("node")}}, kMost);
    TimeNs start = 1'773'745'092'000'000'000;
    for (const std::string_view body : {bytes.substr(0, bytes.size() / 2), bytes.substr(bytes.size() / 2)}) {
        const auto taken = reader.read(body, openMetrics, start);
        if (taken.ok())
            for (const Batch& batch : taken->batches)
                for (const uint32_t series : batch.samples.series)
                    if (series >= batch.series.size() || taken->samples > kMost)
                        std::abort();
        start += kSecond;
    }
    if (!reader.fail(start).samples.start.empty() && !reader.fail(start).empty())
        std::abort();   // a series goes stale once
    return 0;
}

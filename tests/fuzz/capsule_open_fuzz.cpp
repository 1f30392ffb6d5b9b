// A capsule of a stranger: a good one is made once, the input says where and how its bytes are damaged; opening it and reading
// everything must give answers or errors, never a crash.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz_entry.h"
#include "store/capsule_writer.h"
#include "store/sql_session.h"

namespace {

using namespace nj;

Batch smallBatch() {
    Batch batch;
    Resource resource;
    resource.attributes = {{"service.name", AttributeValue::ofString("chat")}};
    batch.resources.push_back(resource);
    SpanColumns& c = batch.spans;
    for (uint32_t i = 0; i < 200; ++i) {
        TraceId trace;
        trace.bytes[0] = static_cast<unsigned char>(i / 10 + 1);
        SpanId span;
        span.bytes[7] = static_cast<unsigned char>(i + 1);
        c.traceId.push_back(trace);
        c.spanId.push_back(span);
        c.parentSpanId.emplace_back();
        c.start.push_back(1'773'745'092'000'000'000 + i * 1'000'000);
        c.end.push_back(c.start.back() + i * 1'000);
        c.name.push_back(batch.strings.intern("op" + std::to_string(i % 7)));
        c.resource.push_back(0);
        c.scope.push_back(kNoIndex);
        c.kind.push_back(SpanKind::kServer);
        c.status.push_back(SpanStatus::kOk);
        c.statusMessage.push_back(i % 50 ? kNoIndex : batch.strings.intern("failed"));
        c.traceState.push_back(kNoIndex);
        c.flags.push_back(0);
        c.droppedAttributes.push_back(0);
        c.droppedEvents.push_back(0);
        c.droppedLinks.push_back(0);
        c.attributes.addString(i, "route", i % 2 ? "/a" : "/b");
        c.attributes.addInt(i, "tokens", i);
    }
    SeriesKey series;
    series.name = "temperature";
    series.origin = SeriesOrigin::kPrometheus;
    batch.series.push_back(series);
    for (int i = 0; i < 100; ++i) {
        batch.samples.series.push_back(0);
        batch.samples.start.push_back(0);
        batch.samples.time.push_back(1'773'745'092'000'000'000 + i * 15'000'000'000);
        batch.samples.valueBits.push_back(static_cast<uint64_t>(i));
        batch.samples.flags.push_back(kSampleInteger);
    }
    batch.documents.push_back({"a.yaml", "application/yaml", "a: 1\n", 5});
    return batch;
}

std::string goodCapsule() {
    const std::string path = std::filesystem::temp_directory_path() / ("nightjar-fuzz-" + std::to_string(::getpid()) + ".nightjar");
    {
        auto writer = store::CapsuleWriter::open(path, {true, 0});
        if (!writer.ok())
            std::abort();
        const auto id = (*writer)->beginImport({"input", "test", 1, "", 0});
        ImportEnd end;
        end.contentHash[0] = 1;
        if (!id.ok() || !(*writer)->add(*id, smallBatch()).ok() || !(*writer)->endImport(*id, end).ok() || !(*writer)->close().ok())
            std::abort();
    }
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::filesystem::remove(path);
    return bytes;
}

// Each four bytes of input change one byte: three of place, one of value. An odd first byte cuts the file there instead.
std::string damaged(const std::string& good, const uint8_t* data, size_t size) {
    std::string bytes = good;
    for (size_t i = 0; i + 4 <= size && i < 256; i += 4) {
        const size_t place = (data[i] | size_t{data[i + 1]} << 8 | size_t{data[i + 2]} << 16) % bytes.size();
        if (i == 0 && data[0] == 1)
            bytes.resize(place + 1);
        else
            bytes[place] = static_cast<char>(data[i + 3]);
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string good = goodCapsule();
    static const std::string path = std::filesystem::temp_directory_path() / ("nightjar-fuzz-open-" + std::to_string(::getpid()) + ".nightjar");
    static const bool cleaning = [] { return std::atexit([] { std::filesystem::remove(path); }) == 0; }();
    static_cast<void>(cleaning);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged(good, data, size);
    const auto reader = store::CapsuleReader::open(path);
    if (!reader.ok())
        return 0;
    for (const char* query : {"SELECT * FROM spans", "SELECT route, tokens FROM spans WHERE route = '/a'", "SELECT * FROM samples", "SELECT * FROM series", "SELECT * FROM documents",
                              "SELECT * FROM imports", "SELECT * FROM resources", "SELECT * FROM health"})
        static_cast<void>(store::runSql(**reader, query, {}, {}));
    return 0;
}

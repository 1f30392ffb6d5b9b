// OTLP in JSON (requests of OTLP/HTTP, lines of the collector's files, what Tempo, Jaeger and Grafana save) into batches.
// Reads liberally: ids in hex or base64, numbers also as strings, enums also by name, snake_case keys, names from before 0.15
// ("instrumentationLibrarySpans"), Tempo's "batches", and the wrappers "result", "trace" and "data".
// One thread; a decoder may be kept for many documents.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "format/format.h"
#include "format/otlp_builder.h"

namespace nj::format {

class OtlpJsonDecoder {
public:
    enum class Outcome : uint8_t { kRead, kNotOtlp, kMalformed, kStopped };

    // Full batches go to `out`; with an empty function everything stays in the builder.
    OtlpJsonDecoder(OtlpBuilder& builder, BatchConsumer out);
    ~OtlpJsonDecoder();
    OtlpJsonDecoder(const OtlpJsonDecoder&) = delete;
    OtlpJsonDecoder& operator=(const OtlpJsonDecoder&) = delete;

    // One JSON object behind which JsonStream::kPadding bytes may be read. What is wrong in it becomes health records, also when
    // the outcome is kNotOtlp or kMalformed; rows read before stay.
    Outcome document(std::string_view json, OtlpBuilder::Position position);

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

// One request, all rows in one batch. An error when it is no OTLP JSON at all.
Result<Batch> decodeOtlpJson(std::string_view request);

}  // namespace nj::format

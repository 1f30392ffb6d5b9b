#include "source/otlp_request.h"

#include <protozero/pbf_writer.hpp>

#include "base/json_writer.h"
#include "format/json_stream.h"
#include "format/otlp_json_decoder.h"
#include "format/otlp_protobuf_decoder.h"

namespace nj::source {
namespace {

constexpr std::string_view kRejectedKeys[] = {"rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"};
constexpr std::string_view kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";

}  // namespace

Result<Batch> decodeOtlpRequest(OtlpService service, OtlpEncoding encoding, std::string_view body) {
    if (body.empty())
        return Batch();
    if (encoding == OtlpEncoding::kJson)
        return format::decodeOtlpJson(body);
    switch (service) {
    case OtlpService::kTraces: return format::decodeTraces(body);
    case OtlpService::kMetrics: return format::decodeMetrics(body);
    case OtlpService::kLogs: return format::decodeLogs(body);
    }
    return makeError(ErrorCode::kInternal, "an OTLP service without a decoder");
}

Rejected rejectedOf(const Batch& batch) {
    Rejected rejected;
    for (const HealthRecord& record : batch.health)
        if (record.severity >= HealthSeverity::kRejected) {
            rejected.rows += record.count;
            if (rejected.reason.empty())
                rejected.reason = record.reason;
        }
    return rejected;
}

std::string successBody(OtlpEncoding encoding, OtlpService service, const Rejected& rejected) {
    std::string out;
    if (encoding == OtlpEncoding::kJson) {
        JsonWriter json(out);
        json.beginObject();
        if (rejected.rows > 0) {
            json.key("partialSuccess").beginObject();
            json.key(kRejectedKeys[static_cast<size_t>(service)]).string(std::to_string(rejected.rows));
            json.key("errorMessage").string(rejected.reason);
            json.endObject();
        }
        json.endObject();
    } else if (rejected.rows > 0) {
        std::string partial;
        protozero::pbf_writer inner(partial);
        inner.add_int64(1, static_cast<int64_t>(rejected.rows));
        inner.add_string(2, rejected.reason);
        protozero::pbf_writer(out).add_message(1, partial);
    }
    return out;
}

std::string statusBody(OtlpEncoding encoding, RpcCode code, std::string_view message, int retrySeconds) {
    std::string out;
    if (encoding == OtlpEncoding::kJson) {
        JsonWriter json(out);
        json.beginObject();
        json.key("code").integer(static_cast<int>(code));
        json.key("message").string(message);
        if (retrySeconds > 0) {
            json.key("details").beginArray().beginObject();
            json.key("@type").string(kRetryInfo);
            json.key("retryDelay").string(std::to_string(retrySeconds) + "s");
            json.endObject().endArray();
        }
        json.endObject();
        return out;
    }
    protozero::pbf_writer status(out);
    status.add_int32(1, static_cast<int32_t>(code));
    status.add_string(2, message.data(), message.size());
    if (retrySeconds > 0) {
        std::string duration, info, any;
        protozero::pbf_writer(duration).add_int64(1, retrySeconds);
        protozero::pbf_writer(info).add_message(1, duration);
        protozero::pbf_writer packed(any);
        packed.add_string(1, kRetryInfo.data(), kRetryInfo.size());
        packed.add_bytes(2, info);
        status.add_message(3, any);
    }
    return out;
}

}  // namespace nj::source

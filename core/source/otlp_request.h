// What OTLP/HTTP and OTLP/gRPC share: a decompressed request into a batch, and the bodies that answer it
// (opentelemetry-proto docs/specification.md). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/batch.h"

namespace nj::source {

enum class OtlpService : uint8_t { kTraces, kMetrics, kLogs };
enum class OtlpEncoding : uint8_t { kProtobuf, kJson };

// google.rpc.Code, as gRPC and the bodies of refusals carry it.
enum class RpcCode : int { kInvalidArgument = 3, kPermissionDenied = 7, kResourceExhausted = 8, kUnimplemented = 12, kUnavailable = 14, kUnauthenticated = 16 };

// kMalformed where nothing of it can be read. An empty request is an empty batch.
Result<Batch> decodeOtlpRequest(OtlpService service, OtlpEncoding encoding, std::string_view body);

// Rows of the request that were not kept, and the first reason: what partial_success says.
struct Rejected {
    uint64_t rows = 0;
    std::string reason;
};
Rejected rejectedOf(const Batch& batch);

// An Export…ServiceResponse; with partial_success where something was rejected.
std::string successBody(OtlpEncoding encoding, OtlpService service, const Rejected& rejected);
// A google.rpc.Status. `retrySeconds` > 0 adds RetryInfo, without which clients drop what was refused.
std::string statusBody(OtlpEncoding encoding, RpcCode code, std::string_view message, int retrySeconds = 0);

}  // namespace nj::source

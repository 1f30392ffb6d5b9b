// The one way a body is decompressed: bounded before a byte is kept. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace nj::source {

enum class Encoding : uint8_t { kIdentity, kGzip, kDeflate, kZstd, kSnappy };

// Of a Content-Encoding; kUnsupported for others. "deflate" is zlib-wrapped, "snappy" the block format.
Result<Encoding> encodingOf(std::string_view name);
// Of a gRPC message that was left as it came: gzip or zlib by its first bytes, else plain. An OTLP request begins with field 1.
Encoding encodingOfMessage(std::string_view message);

// kLimit where more than `maxBytes` would come out, or over 100 times the input beyond 4 MiB; kMalformed for damage and for bytes behind
// the end. Allocates at most what came out so far, doubled.
Result<std::string> inflate(Encoding encoding, std::string_view body, size_t maxBytes);

}  // namespace nj::source

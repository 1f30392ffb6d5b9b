// Fuzz entry of the splitter of JSON streams: whatever the bytes, whole and byte by byte give the same values and rejects.
#include <cstdlib>
#include <string>
#include <string_view>

#include "format/json_stream.h"
#include "fuzz_entry.h"

namespace {

std::string split(std::string_view bytes, size_t chunk) {
    nj::format::JsonStreamLimits limits;
    limits.maxBytes = 1024;
    limits.maxDepth = 16;
    nj::format::JsonStream stream(limits);
    std::string seen;
    const nj::format::JsonStream::OnValue value = [&](const nj::format::JsonStream::Value& v) {
        seen += std::to_string(v.offset) + ':' + std::to_string(v.line) + ':' + std::to_string(v.bytes.size()) + ' ';
        return nj::format::JsonStream::Verdict::kTaken;
    };
    const nj::format::JsonStream::OnReject reject = [&](nj::HealthRecord&& r) { seen += r.reason + std::to_string(r.offset) + ' '; };
    for (size_t i = 0; i < bytes.size(); i += chunk)
        stream.feed(bytes.substr(i, chunk), value, reject);
    stream.finish(value, reject);
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (split(bytes, size + 1) != split(bytes, 1))
        std::abort();
    return 0;
}

// The ways in which files hold OTLP messages in protobuf: the collector's frames (uint32 big-endian length), varint-delimited
// messages, and one bare request, which is read one ResourceSpans/Metrics/Logs at a time. Pure functions on bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nj::format {

inline constexpr size_t kMaxOtlpMessage = 256U << 20;

enum class OtlpFraming : uint8_t { kNone = 0, kLengthFramed, kVarintFramed, kBare };

struct OtlpFrameHeader {
    enum class State : uint8_t { kGood, kNeedsMore, kDamaged };
    State state = State::kDamaged;
    size_t size = 0;       // of the header
    size_t length = 0;     // of the message behind it
};

// What stands at the front of `bytes` in that framing. A header is good when the message's own first bytes agree with it.
OtlpFrameHeader otlpFrameHeader(OtlpFraming framing, std::string_view bytes);

// The framing of a file that starts with these bytes; kNone when it is no OTLP. 32 bytes are enough, `complete` says there are no more.
OtlpFraming otlpFramingOf(std::string_view start, bool complete);

// True when the bytes, the start of a file, have OTLP's structure down to the first attribute or item. For sniffing.
bool looksLikeOtlp(OtlpFraming framing, std::string_view start);

bool isZstdFrame(std::string_view bytes);

}  // namespace nj::format

#include "format/otlp_frames.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "format/otlp_protobuf_decoder.h"
#include "format/otlp_wire.h"

namespace nj::format {
namespace {

using State = OtlpFrameHeader::State;

constexpr char kFieldOne = '\x0a';   // tag of field 1, length-delimited
constexpr size_t kMaxVarint = 10;

bool firstTagOfResource(char c) { return c == '\x0a' || c == '\x12' || c == '\x1a'; }

// Whether a request of `length` bytes may start like this: a field 1 that fits, holding a field 1, 2 or 3.
State requestStart(std::string_view bytes, size_t length) {
    if (length == 0)
        return State::kGood;
    if (bytes.empty())
        return State::kNeedsMore;
    if (bytes.front() != kFieldOne)
        return State::kDamaged;
    std::string_view rest = bytes.substr(1);
    uint64_t inner = 0;
    if (!WireReader::takeVarint(rest, inner))
        return bytes.size() > kMaxVarint ? State::kDamaged : State::kNeedsMore;
    const size_t used = bytes.size() - rest.size();
    if (inner > kMaxOtlpMessage || used + inner > length)
        return State::kDamaged;
    if (inner == 0)
        return State::kGood;
    if (rest.empty())
        return State::kNeedsMore;
    return firstTagOfResource(rest.front()) ? State::kGood : State::kDamaged;
}

OtlpFrameHeader lengthFramed(std::string_view bytes) {
    if (bytes.size() < 4)
        return {State::kNeedsMore, 4, 0};
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[i]);
    if (length > kMaxOtlpMessage)
        return {};
    const std::string_view message = bytes.substr(4);
    OtlpFrameHeader header{State::kGood, 4, length};
    if (message.empty() || length == 0)
        header.state = length == 0 ? State::kGood : State::kNeedsMore;
    else if (message.front() != '{' && message.front() != '\x28')
        header.state = requestStart(message, length);
    else if (message.front() == '\x28' && message.size() < 4)
        header.state = State::kNeedsMore;
    else if (message.front() == '\x28' && !isZstdFrame(message))
        header.state = State::kDamaged;
    return header;
}

OtlpFrameHeader varintFramed(std::string_view bytes) {
    std::string_view rest = bytes;
    uint64_t length = 0;
    if (!WireReader::takeVarint(rest, length))
        return {bytes.size() > kMaxVarint ? State::kDamaged : State::kNeedsMore, 1, 0};
    if (length > kMaxOtlpMessage)
        return {};
    return {requestStart(rest, static_cast<size_t>(length)), bytes.size() - rest.size(), static_cast<size_t>(length)};
}

OtlpFrameHeader bare(std::string_view bytes) {
    const State state = requestStart(bytes, SIZE_MAX);
    if (state != State::kGood)
        return {state, 1, 0};
    std::string_view rest = bytes.substr(1);
    uint64_t length = 0;
    WireReader::takeVarint(rest, length);
    return {State::kGood, bytes.size() - rest.size(), static_cast<size_t>(length)};
}

bool isName(std::string_view text) {
    return !text.empty() && text.size() < 1024 && isValidUtf8(text) &&
           std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= ' '; });
}

// First attribute of a resource or scope: 1 = a KeyValue with a name, 0 = nothing to tell, -1 = something else.
int firstAttribute(std::string_view owner, uint32_t attributeField) {
    for (WireReader r(owner); r.next();) {
        if (r.field() != attributeField)
            continue;
        if (!r.isBytes())
            return -1;
        WireReader entry(r.bytes());
        if (!entry.next())
            return 0;
        return entry.field() == 1 && entry.isBytes() && (isName(entry.bytes()) || entry.cut()) ? 1 : -1;
    }
    return 0;
}

bool resourceLooksLikeOtlp(std::string_view message) {
    int evidence = 0;
    WireReader r(message);
    while (r.next()) {
        if (!r.isBytes() || (r.field() > 3 && r.field() != 1000))
            return false;
        if (r.field() == 1) {
            const int attribute = firstAttribute(r.bytes(), 1);
            if (attribute < 0)
                return false;
            evidence += attribute;
        } else if (r.field() == 2) {
            for (WireReader scope(r.bytes()); scope.next();) {
                if (!scope.isBytes() || scope.field() > 3)
                    return false;
                if (scope.field() == 2 && scope.good() && signalOfItem(scope.bytes()) != OtlpSignal::kUnknown)
                    return true;
            }
        }
    }
    return evidence > 0 && !r.broken();
}

}  // namespace

bool isZstdFrame(std::string_view bytes) { return bytes.starts_with("\x28\xb5\x2f\xfd"); }

OtlpFrameHeader otlpFrameHeader(OtlpFraming framing, std::string_view bytes) {
    switch (framing) {
    case OtlpFraming::kLengthFramed: return lengthFramed(bytes);
    case OtlpFraming::kVarintFramed: return varintFramed(bytes);
    case OtlpFraming::kBare: return bare(bytes);
    case OtlpFraming::kNone: break;
    }
    return {};
}

OtlpFraming otlpFramingOf(std::string_view start, bool complete) {
    for (const OtlpFraming framing : {OtlpFraming::kLengthFramed, OtlpFraming::kVarintFramed, OtlpFraming::kBare}) {
        const OtlpFrameHeader header = otlpFrameHeader(framing, start);
        if (header.state == State::kGood && (header.length > 0 || framing == OtlpFraming::kBare) &&
            (!complete || framing == OtlpFraming::kLengthFramed || header.size + header.length <= start.size() || framing == OtlpFraming::kBare))
            return framing;
    }
    return OtlpFraming::kNone;
}

bool looksLikeOtlp(OtlpFraming framing, std::string_view start) {
    const OtlpFrameHeader header = otlpFrameHeader(framing, start);
    if (header.state != State::kGood)
        return false;
    const std::string_view message = start.substr(header.size, header.length);
    if (framing == OtlpFraming::kBare)
        return resourceLooksLikeOtlp(message);
    if (isZstdFrame(message))
        return true;
    if (message.starts_with('{'))
        return message.find("\"resource") != std::string_view::npos;
    WireReader request(message);
    return request.next() && request.field() == 1 && request.isBytes() && resourceLooksLikeOtlp(request.bytes());
}

}  // namespace nj::format

#include "source/inflater.h"

#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

namespace nj::source {
namespace {

constexpr size_t kPiece = 64U << 10;
constexpr size_t kFloor = 4U << 20, kRatio = 100;
constexpr int kWindowLog = 23;   // 8 MiB: what one request may make us hold before anything comes out

Error tooLarge(size_t most) { return makeError(ErrorCode::kLimit, "the body is larger than " + std::to_string(most) + " bytes when decompressed"); }
Error damaged(const char* what) { return makeError(ErrorCode::kMalformed, std::string("the body is no valid ") + what); }

size_t bound(size_t input, size_t maxBytes) { return std::min(maxBytes, std::max(kFloor, input * kRatio)); }

Result<std::string> inflateZlib(std::string_view body, size_t most, int windowBits, const char* what) {
    z_stream stream{};
    if (inflateInit2(&stream, windowBits) != Z_OK)
        return makeError(ErrorCode::kInternal, "zlib did not start");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));   // zlib reads only
    stream.avail_in = static_cast<uInt>(body.size());
    std::string out;
    while (true) {
        const size_t before = out.size();
        out.resize(before + std::min(std::max(kPiece, before), most - before + 1));
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream.avail_out = static_cast<uInt>(out.size() - before);
        const int state = ::inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
        if (out.size() > most)
            return tooLarge(most);
        if (state == Z_STREAM_END && stream.avail_in == 0)
            return out;
        if (state == Z_STREAM_END) {
            // gzip files may follow each other.
            if (inflateReset(&stream) != Z_OK)
                return damaged(what);
        } else if (state != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) {
            return damaged(what);
        }
    }
}

Result<std::string> inflateZstd(std::string_view body, size_t most) {
    const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLog);
    ZSTD_inBuffer in{body.data(), body.size(), 0};
    std::string out;
    size_t left = 1;
    while (in.pos < in.size || left != 0) {
        const size_t before = out.size(), read = in.pos;
        out.resize(before + std::min(std::max(kPiece, before), most - before + 1));
        ZSTD_outBuffer piece{out.data() + before, out.size() - before, 0};
        left = ZSTD_decompressStream(context.get(), &piece, &in);
        out.resize(before + piece.pos);
        if (ZSTD_isError(left) != 0 || (left != 0 && piece.pos == 0 && in.pos == read))
            return damaged("zstd");
        if (out.size() > most)
            return tooLarge(most);
    }
    return out;
}

Result<std::string> inflateSnappy(std::string_view body, size_t most) {
    size_t length = 0;
    if (!snappy::GetUncompressedLength(body.data(), body.size(), &length))
        return damaged("snappy block");
    if (length > most)
        return tooLarge(most);
    // Only the stated length is known so far: nothing is allocated for a block that does not hold it.
    if (!snappy::IsValidCompressedBuffer(body.data(), body.size()))
        return damaged("snappy block");
    std::string out;
    if (!snappy::Uncompress(body.data(), body.size(), &out))
        return damaged("snappy block");
    return out;
}

}  // namespace

Result<Encoding> encodingOf(std::string_view name) {
    if (name.empty() || name == "identity")
        return Encoding::kIdentity;
    if (name == "gzip" || name == "x-gzip")
        return Encoding::kGzip;
    if (name == "deflate" || name == "zlib")
        return Encoding::kDeflate;
    if (name == "zstd")
        return Encoding::kZstd;
    if (name == "snappy")
        return Encoding::kSnappy;
    return makeError(ErrorCode::kUnsupported, "this content encoding is not read: send identity, gzip, deflate, zstd or snappy");
}

Encoding encodingOfMessage(std::string_view message) {
    if (message.size() >= 2 && message[0] == '\x1f' && message[1] == '\x8b')
        return Encoding::kGzip;
    const auto head = message.size() < 2 ? 0U : static_cast<unsigned>(static_cast<uint8_t>(message[0])) << 8 | static_cast<uint8_t>(message[1]);
    if ((head & 0x0f00U) == 0x0800U && head % 31 == 0 && head != 0)
        return Encoding::kDeflate;
    return Encoding::kIdentity;
}

Result<std::string> inflate(Encoding encoding, std::string_view body, size_t maxBytes) {
    const size_t most = bound(body.size(), maxBytes);
    switch (encoding) {
    case Encoding::kIdentity: return body.size() > maxBytes ? Result<std::string>(tooLarge(maxBytes)) : Result<std::string>(std::string(body));
    case Encoding::kGzip: return inflateZlib(body, most, 15 + 16, "gzip");
    case Encoding::kDeflate: return inflateZlib(body, most, 15, "zlib stream");
    case Encoding::kZstd: return inflateZstd(body, most);
    case Encoding::kSnappy: return inflateSnappy(body, most);
    }
    return makeError(ErrorCode::kInternal, "an encoding without a decoder");
}

}  // namespace nj::source

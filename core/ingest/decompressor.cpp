#include "ingest/decompressor.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <vector>

#include "ingest/archive_handle.h"

namespace nj::ingest {
namespace {

constexpr size_t kInputBytes = 128U << 10;

// The common part: an input buffer over the inner source, the budget, an error that is kept.
class StreamDecoder : public ByteSource {
public:
    StreamDecoder(ByteSource& from, FileBudget& budget) : from_(from), budget_(budget), input_(kInputBytes) {}

    Result<size_t> read(char* buffer, size_t size) final {
        if (error_)
            return *error_;
        size_t produced = 0;
        while (produced == 0 && !ended_ && !error_)
            decode(buffer, size, produced);
        if (produced > 0) {
            if (const Status charged = budget_.chargeDecoded(produced); !charged.ok()) {
                error_ = charged.error();
                return *error_;
            }
            return produced;
        }
        if (error_)
            return *error_;
        return size_t{0};
    }

protected:
    // One step: fills buffer, adds to produced, sets ended_ or error_.
    virtual void decode(char* buffer, size_t size, size_t& produced) = 0;

    // Input left, reading more when there is none (not where `onlyBuffered`). Empty = the end (or error_).
    std::string_view input(bool onlyBuffered) {
        if (position_ < filled_ || onlyBuffered)
            return {input_.data() + position_, filled_ - position_};
        auto n = from_.read(input_.data(), input_.size());
        if (!n.ok()) {
            error_ = n.error();
            return {};
        }
        position_ = 0;
        filled_ = *n;
        return {input_.data(), filled_};
    }
    void consume(size_t n) { position_ += n; }
    void fail(const char* message) { error_ = makeError(ErrorCode::kMalformed, message); }

    bool ended_ = false;
    bool outputFilled_ = false;   // the last step ran out of room: more may come without more input
    std::optional<Error> error_;

private:
    ByteSource& from_;
    FileBudget& budget_;
    std::vector<char> input_;
    size_t position_ = 0, filled_ = 0;
};

class GzipDecoder : public StreamDecoder {
public:
    GzipDecoder(ByteSource& from, FileBudget& budget) : StreamDecoder(from, budget) { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
    ~GzipDecoder() override { inflateEnd(&stream_); }

private:
    void decode(char* buffer, size_t size, size_t& produced) override {
        if (!ready_)
            return fail("gzip: out of memory");
        const std::string_view in = input(outputFilled_);
        if (in.empty() && !outputFilled_) {
            ended_ = betweenMembers_;
            if (!ended_ && !error_)
                fail("gzip stream is truncated");
            return;
        }
        // What follows the last member (padding of a tape, a signature) is no error.
        if (betweenMembers_ && members_ > 0 && !in.empty()) {
            if (static_cast<unsigned char>(in[0]) != 0x1f) {
                ended_ = true;
                return;
            }
            inflateReset(&stream_);
        }
        betweenMembers_ = false;
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(buffer);
        stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, 1U << 30));
        const uInt room = stream_.avail_out;
        const int rc = inflate(&stream_, Z_NO_FLUSH);
        consume(in.size() - stream_.avail_in);
        produced += room - stream_.avail_out;
        outputFilled_ = stream_.avail_out == 0 && rc == Z_OK;
        if (rc == Z_STREAM_END) {
            betweenMembers_ = true;
            ++members_;
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            fail("gzip stream is damaged");
        }
    }

    z_stream stream_{};
    bool ready_ = false;
    bool betweenMembers_ = true;
    uint64_t members_ = 0;
};

class ZstdDecoder : public StreamDecoder {
public:
    ZstdDecoder(ByteSource& from, FileBudget& budget) : StreamDecoder(from, budget), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
        // 128 MiB of history at most (what `zstd --long` uses); a larger window is refused by the library.
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, 27);
    }

private:
    void decode(char* buffer, size_t size, size_t& produced) override {
        const std::string_view in = input(outputFilled_);
        if (in.empty() && !outputFilled_) {
            ended_ = betweenFrames_;
            if (!ended_ && !error_)
                fail("zstd stream is truncated");
            return;
        }
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{buffer, size, 0};
        const size_t rc = ZSTD_decompressStream(context_.get(), &to, &from);
        consume(from.pos);
        produced += to.pos;
        outputFilled_ = to.pos == to.size && rc != 0;
        if (ZSTD_isError(rc)) {
            error_ = makeError(ErrorCode::kMalformed, std::string("zstd stream is damaged: ") + ZSTD_getErrorName(rc));
            return;
        }
        betweenFrames_ = rc == 0;
    }

    std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context_;
    bool betweenFrames_ = true;
};

// xz and bzip2 by libarchive: one filter exactly, so that layers in layers stay counted here.
class ArchiveFilterDecoder : public ByteSource {
public:
    ArchiveFilterDecoder(ByteSource& from, FileBudget& budget) : handle_(from), budget_(budget) {}

    Status open(int filter) {
        archive* a = handle_.get();
        if (archive_read_append_filter(a, filter) != ARCHIVE_OK)
            return handle_.error("compression");
        archive_read_support_format_empty(a);
        archive_read_support_format_raw(a);
        return {};
    }

    Result<size_t> read(char* buffer, size_t size) override {
        if (error_)
            return *error_;
        if (!started_) {
            started_ = true;
            // A stream cut within its first block opens as an empty one, with the filter's complaint left behind.
            if (!handle_.openStream() || archive_errno(handle_.get()) != 0)
                return keep(handle_.error("compressed stream"));
            archive_entry* entry = nullptr;
            const int rc = archive_read_next_header(handle_.get(), &entry);
            if (rc == ARCHIVE_EOF) {
                ended_ = true;
            } else if (rc < ARCHIVE_WARN) {
                return keep(handle_.error("compressed stream"));
            }
        }
        if (ended_)
            return size_t{0};
        const la_ssize_t n = archive_read_data(handle_.get(), buffer, size);
        if (n < 0)
            return keep(handle_.error("compressed stream"));
        ended_ = n == 0;
        if (const Status charged = budget_.chargeDecoded(static_cast<uint64_t>(n)); !charged.ok())
            return keep(charged.error());
        return static_cast<size_t>(n);
    }

private:
    Error keep(Error error) {
        error_ = error;
        return error;
    }

    ArchiveHandle handle_;
    FileBudget& budget_;
    std::optional<Error> error_;
    bool started_ = false;
    bool ended_ = false;
};

Result<std::unique_ptr<ByteSource>> openFilter(int filter, ByteSource& from, FileBudget& budget) {
    auto decoder = std::make_unique<ArchiveFilterDecoder>(from, budget);
    NJ_RETURN_IF_ERROR(decoder->open(filter));
    return std::unique_ptr<ByteSource>(std::move(decoder));
}

}  // namespace

Compression detectCompression(std::string_view start) {
    using namespace std::string_view_literals;
    if (start.starts_with("\x1f\x8b\x08"sv))
        return Compression::kGzip;
    if (start.starts_with("\x28\xb5\x2f\xfd"sv))
        return Compression::kZstd;
    // A skippable frame before the first real one (pzstd, seekable zstd).
    if (start.size() >= 4 && (static_cast<unsigned char>(start[0]) & 0xf0) == 0x50 && start.substr(1, 3) == "\x2a\x4d\x18"sv)
        return Compression::kZstd;
    if (start.starts_with("\xfd\x37\x7a\x58\x5a\x00"sv))
        return Compression::kXz;
    if (start.size() >= 10 && start.starts_with("BZh") && start[3] >= '1' && start[3] <= '9' &&
        (start.substr(4, 6) == "\x31\x41\x59\x26\x53\x59"sv || start.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv))
        return Compression::kBzip2;
    return Compression::kNone;
}

Result<std::unique_ptr<ByteSource>> openDecompressor(Compression kind, ByteSource& from, FileBudget& budget) {
    switch (kind) {
    case Compression::kGzip: return std::unique_ptr<ByteSource>(std::make_unique<GzipDecoder>(from, budget));
    case Compression::kZstd: return std::unique_ptr<ByteSource>(std::make_unique<ZstdDecoder>(from, budget));
    case Compression::kXz: return openFilter(ARCHIVE_FILTER_XZ, from, budget);
    case Compression::kBzip2: return openFilter(ARCHIVE_FILTER_BZIP2, from, budget);
    case Compression::kNone: break;
    }
    return makeError(ErrorCode::kInternal, "no compression");
}

}  // namespace nj::ingest

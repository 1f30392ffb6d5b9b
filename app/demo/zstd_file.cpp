#include "demo/zstd_file.h"

#include <cerrno>
#include <cstring>

#include <zstd.h>

namespace nj::demo {

namespace {
constexpr size_t kFlushBytes = 1U << 20;
}  // namespace

ZstdFile::ZstdFile(std::string path, int level) : path_(std::move(path)), context_(ZSTD_createCCtx()) {
    file_ = std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr)
        fail(std::strerror(errno));
    if (context_ == nullptr)
        fail("out of memory");
    else
        ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
    out_.resize(ZSTD_CStreamOutSize());
}

ZstdFile::~ZstdFile() {
    ZSTD_freeCCtx(context_);
    if (file_ != nullptr)
        std::fclose(file_);
}

void ZstdFile::fail(const std::string& what) {
    if (status_.ok())
        status_ = makeError(ErrorCode::kIo, "Cannot write " + path_ + ": " + what + ".");
}

void ZstdFile::write(std::string_view bytes) {
    pending_ += bytes;
    flushIfLarge();
}

void ZstdFile::flushIfLarge() {
    if (pending_.size() >= kFlushBytes)
        compress(false);
}

void ZstdFile::compress(bool end) {
    ZSTD_inBuffer in{pending_.data(), pending_.size(), 0};
    size_t left = 1;
    while (status_.ok() && (in.pos < in.size || (end && left != 0))) {
        ZSTD_outBuffer out{out_.data(), out_.size(), 0};
        left = ZSTD_compressStream2(context_, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            fail(ZSTD_getErrorName(left));
        else if (std::fwrite(out_.data(), 1, out.pos, file_) != out.pos)
            fail(std::strerror(errno));
    }
    pending_.clear();
}

Status ZstdFile::finish() {
    if (status_.ok())
        compress(true);
    if (file_ != nullptr && std::fclose(file_) != 0)
        fail(std::strerror(errno));
    file_ = nullptr;
    return status_;
}

}  // namespace nj::demo

// A file written through one zstd stream. One thread; owns the file; an error sticks and is returned by finish().
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct ZSTD_CCtx_s;

namespace nj::demo {

class ZstdFile {
public:
    explicit ZstdFile(std::string path, int level = 1);
    ~ZstdFile();
    ZstdFile(const ZstdFile&) = delete;
    ZstdFile& operator=(const ZstdFile&) = delete;

    void write(std::string_view bytes);
    // Appends what the caller builds in place, and compresses once enough has gathered.
    std::string& buffer() { return pending_; }
    void flushIfLarge();
    // Ends the stream and closes the file.
    Status finish();

private:
    void compress(bool end);
    void fail(const std::string& what);

    std::string path_;
    std::FILE* file_ = nullptr;
    ZSTD_CCtx_s* context_ = nullptr;
    std::string pending_;
    std::string out_;
    Status status_;
};

}  // namespace nj::demo

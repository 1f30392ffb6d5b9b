// Single-stream compression: gzip, zstd, xz, bzip2, each with any number of members one after the other. What could be decoded
// before damage is given out first, then the error. Every decoded byte is charged to the file's budget.
#pragma once

#include <memory>
#include <string_view>

#include "ingest/byte_source.h"

namespace nj::ingest {

enum class Compression : uint8_t { kNone, kGzip, kZstd, kXz, kBzip2 };

// By the first bytes.
Compression detectCompression(std::string_view start);
// `from` must outlive the result.
Result<std::unique_ptr<ByteSource>> openDecompressor(Compression kind, ByteSource& from, FileBudget& budget);

}  // namespace nj::ingest

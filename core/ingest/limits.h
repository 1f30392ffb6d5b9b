// Bounds on what untrusted files may cost. Plain values; every bound that is reached is reported, never silent.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nj::ingest {

struct DecodeLimits {
    uint64_t decodedBytes = 8ULL << 30;    // sum of what all decompressors of one import give
    uint64_t ratio = 1'000;                // decoded : read, per file on disk …
    uint64_t ratioFloor = 64ULL << 20;     // … beyond this many decoded bytes
    uint64_t entries = 100'000;            // files and archive entries of one import
    size_t pathBytes = 4'096;
    int depth = 4;                         // archives in archives; a compressed tar is one level
    uint64_t documentBytes = 8ULL << 20;   // text kept of a file without times
    uint64_t spoolBytes = 4ULL << 30;      // a zip that can't be read in order, as a temporary file
};

}  // namespace nj::ingest

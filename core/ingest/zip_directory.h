// A look at a zip's central directory before a library loads it whole: a million entries would cost it hundreds of MB.
#pragma once

#include "ingest/byte_source.h"

namespace nj::ingest {

// True: it has a directory of at most maxEntries. False: none (truncated). Error: more entries, or the file can't be read.
Result<bool> inspectZipDirectory(FileSource& file, uint64_t maxEntries);

}  // namespace nj::ingest

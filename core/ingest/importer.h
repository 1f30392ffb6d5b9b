// Imports files into a capsule: decode threads read members and fill a queue bounded in bytes; the thread that calls import()
// makes every call of the sink and of the progress callback. An Importer serves one import at a time; values cross threads,
// references do not. Errors of one member never end the others.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/import_options.h"
#include "model/batch_sink.h"

namespace nj::ingest {

struct ImportProgress {
    uint64_t bytesRead = 0, bytesTotal = 0;   // on disk; total 0 = unknown
    uint64_t rows = 0;
    double rowsPerSecond = 0;                 // since the start
    double bytesPerSecond = 0;
    size_t membersDone = 0;
    std::string member;                       // the one whose rows arrived last
    bool finished = false;
};

// Called every 100 ms at most, and once at the end.
using ProgressCallback = std::function<void(const ImportProgress&)>;

struct MemberReport {
    std::string path;
    std::string format;             // "document" for a file without times, "" for what could not be opened
    ImportId import = 0;
    uint64_t bytes = 0;             // decompressed
    uint64_t rows = 0;              // handed to the sink
    uint64_t rejected = 0;          // pieces of input counted as rejected or lost
    bool kept = true;               // false: the same content was imported before, as `sameAs`
    std::optional<ImportId> sameAs;
    std::string note;               // what was assumed
    std::string problem;            // what ended it early, "" = nothing
};

struct ImportReport {
    std::vector<MemberReport> members;   // in the order in which they were begun
    uint64_t emptyMembers = 0;           // files of no bytes: not imported
    uint64_t spans = 0, logs = 0, samples = 0, documents = 0, rejected = 0, duplicates = 0, rows = 0;
    uint64_t bytesRead = 0;              // on disk
    DurationNs took = 0;
};

class Importer {
public:
    // Errors: kInvalidArgument (no such format), kCancelled, and what the sink said; the sink then holds nothing of this import.
    Result<ImportReport> import(const std::vector<std::string>& paths, const ImportOptions& options, BatchSink& sink,
                                const ProgressCallback& progress, std::stop_token stop);
};

}  // namespace nj::ingest

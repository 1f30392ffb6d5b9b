// The files that paths of a person name: directories are walked, links that lead out of them are not followed.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/limits.h"

namespace nj::ingest {

struct FileEntry {
    std::string path;      // as given, or below the directory given; "-" is standard input
    uint64_t size = 0;     // 0 = unknown
};

struct RefusedPath {
    std::string path;
    Error error;
};

struct PathList {
    std::vector<FileEntry> files;        // by name within each directory
    std::vector<RefusedPath> refused;    // missing, a device, a link out, too many
};

PathList listFiles(const std::vector<std::string>& paths, const DecodeLimits& limits, std::stop_token stop);

}  // namespace nj::ingest

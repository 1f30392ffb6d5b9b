// One import into a capsule, from opening the writer to closing it. Runs on the calling thread; `stop` may be set from any.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/importer.h"

namespace nj::app {

struct ImportJob {
    std::string capsule;                    // created when it is missing
    std::vector<std::string> paths;
    ingest::ImportOptions options;
    // The capsule exists and can be read from now on. May be empty.
    std::function<void()> opened;
    ingest::ProgressCallback progress;      // may be empty
};

// After an error or a cancel the capsule holds what it held before.
Result<ingest::ImportReport> runImport(const ImportJob& job, std::stop_token stop);

// Takes an import and all its rows out of the capsule.
Status removeImport(const std::string& capsule, int64_t import);

// Writes the demo incident's files to a temporary folder and imports them by the ordinary path.
Result<ingest::ImportReport> runDemoImport(const std::string& capsule, const std::function<void()>& opened, const std::function<void(std::string_view, double)>& writing,
                                           const ingest::ProgressCallback& progress, std::stop_token stop);

}  // namespace nj::app

// Progress and report of an import on a terminal, or the report as JSON. Main thread.
#pragma once

#include <string>

#include "ingest/importer.h"

namespace nj::app {

// A progress line on stderr: rewritten in place on a terminal, one line a second elsewhere; nothing when quiet.
class ImportPrinter {
public:
    explicit ImportPrinter(bool quiet);
    void operator()(const ingest::ImportProgress& progress);

private:
    bool quiet_, terminal_;
    TimeNs last_ = 0;
};

std::string importReportText(const ingest::ImportReport& report);
std::string importReportJson(const ingest::ImportReport& report, const std::string& capsule);

}  // namespace nj::app

// What a person or the command line can say about an import. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "ingest/limits.h"
#include "model/table_mapping.h"

namespace nj::ingest {

// Times without a zone in members whose label contains `pathContains` are in this zone.
struct ZoneRule {
    std::string pathContains;
    int32_t offsetMinutes = 0;
};

struct ImportOptions {
    std::string format;                          // a name of formats.inc for every member; "" = detect
    std::optional<int32_t> zoneOffsetMinutes;    // for times without zone; nothing = UTC
    std::vector<ZoneRule> zones;                 // the first that fits wins over zoneOffsetMinutes
    std::vector<TableMapping> mappings;          // for SQLite files of no known tool
    DecodeLimits limits;
    unsigned decodeThreads = 0;                  // 0 = min(4, cores)
    size_t queueBytes = 96U << 20;
    TimeNs now = 0;                              // 0 = the clock
};

}  // namespace nj::ingest

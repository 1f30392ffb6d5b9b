// By how much the times of each import are corrected while reading: from the capsule's corrections and those of its sidecars. A
// correction by host holds for every import whose rows name that host alone, unless the import has one of its own. What is stored never changes, so a correction is taken back by removing it. A value; loaded by the thread that owns the database.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "model/annotation.h"
#include "model/batch_sink.h"
#include "sqlite/database.h"
#include "store/import_hosts.h"

namespace nj::store {

class TimeShifts {
public:
    static TimeShifts of(const Annotations& annotations, const ImportHosts& hosts = {});
    // Inside the caller's read transaction. `capsule`: its path, `capsuleId` in hex, by which sidecars are found.
    // `hosts` is asked only where a correction by host is there.
    static Result<TimeShifts> load(sqlite::Database& db, const std::string& capsule, const std::string& capsuleId, const std::function<Result<ImportHosts>()>& hosts);

    [[nodiscard]] DurationNs of(ImportId import) const {
        const auto it = byImport_.find(import);
        return it == byImport_.end() ? 0 : it->second;
    }
    [[nodiscard]] bool none() const { return byImport_.empty(); }
    // SQL for the shift of a row, by the name of its import column: "CASE import WHEN 3 THEN -25200000000000 ELSE 0 END", or "0".
    [[nodiscard]] std::string sql(const std::string& column) const;
    [[nodiscard]] TimeRange shifted(TimeRange range, ImportId import) const;
    bool operator==(const TimeShifts&) const = default;

private:
    std::map<ImportId, DurationNs> byImport_;   // without zeros
};

}  // namespace nj::store

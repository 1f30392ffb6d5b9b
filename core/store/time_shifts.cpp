#include "store/time_shifts.h"

#include <algorithm>

#include "store/annotation_file.h"
#include "store/annotation_tables.h"
#include "store/segment_columns.h"

namespace nj::store {

namespace {

bool byHost(const TimeCorrection& correction) { return !correction.deleted && correction.import == 0 && !correction.host.empty() && correction.shift != 0; }

}  // namespace

TimeShifts TimeShifts::of(const Annotations& annotations, const ImportHosts& hosts) {
    TimeShifts shifts;
    for (const TimeCorrection& correction : annotations.corrections)
        if (byHost(correction))
            for (const ImportId import : hosts.importsOf(correction.host))
                shifts.byImport_[import] = correction.shift;
    for (const TimeCorrection& correction : annotations.corrections)
        if (!correction.deleted && correction.import > 0 && correction.shift != 0)
            shifts.byImport_[correction.import] = correction.shift;
    return shifts;
}

Result<TimeShifts> TimeShifts::load(sqlite::Database& db, const std::string& capsule, const std::string& capsuleId, const std::function<Result<ImportHosts>()>& hosts) {
    NJ_ASSIGN(Annotations all, readCorrections(db));
    for (const std::string& sidecar : sidecarsOf(capsule, capsuleId))
        if (const auto more = readSidecar(sidecar, capsuleId); more.ok())
            mergeInto(all, *more);
    if (std::none_of(all.corrections.begin(), all.corrections.end(), byHost))
        return of(all);
    NJ_ASSIGN(const ImportHosts known, hosts());
    return of(all, known);
}

std::string TimeShifts::sql(const std::string& column) const {
    if (byImport_.empty())
        return "0";
    std::string out = "CASE " + column;
    for (const auto& [import, shift] : byImport_)
        out += " WHEN " + std::to_string(import) + " THEN " + std::to_string(shift);
    return out + " ELSE 0 END";
}

TimeRange TimeShifts::shifted(TimeRange range, ImportId import) const {
    return range.empty() ? range : TimeRange{wrapPlus(range.from, of(import)), wrapPlus(range.to, of(import))};
}

}  // namespace nj::store

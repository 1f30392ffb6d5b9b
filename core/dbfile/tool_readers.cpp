#include <algorithm>
#include <array>

#include "dbfile/tool_reader.h"

namespace nj::dbfile {

extern const ToolReader kSqliteOtel;
extern const ToolReader kPhoenix;
extern const ToolReader kMlflow;
extern const ToolReader kNsightSystems;
extern const ToolReader kTrackio;
extern const ToolReader kLlmLog;

std::span<const ToolReader* const> toolReaders() {
    static const std::array<const ToolReader*, 6> kAll = {&kSqliteOtel, &kPhoenix, &kMlflow, &kNsightSystems, &kTrackio, &kLlmLog};
    return kAll;
}

const ToolReader* toolOf(const sqlite::UntrustedDatabase& db) {
    const auto all = toolReaders();
    const auto at = std::find_if(all.begin(), all.end(), [&](const ToolReader* tool) { return tool->knows(db); });
    return at == all.end() ? nullptr : *at;
}

bool hasColumns(const sqlite::UntrustedDatabase& db, std::string_view table, std::initializer_list<std::string_view> columns) {
    const sqlite::TableShape* shape = db.table(table);
    return shape != nullptr && std::all_of(columns.begin(), columns.end(), [&](std::string_view column) { return shape->has(column); });
}

}  // namespace nj::dbfile

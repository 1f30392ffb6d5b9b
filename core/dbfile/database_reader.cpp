#include "dbfile/database_reader.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "dbfile/mapped_table.h"
#include "dbfile/mapping_guess.h"
#include "dbfile/tool_reader.h"

namespace nj::dbfile {
namespace {

constexpr size_t kApplicationIdAt = 68;
constexpr size_t kTablesNamed = 12, kNameBytes = 60;

MappableTable shapeOf(const sqlite::TableShape& shape) {
    MappableTable table{shape.name, {}, {}};
    for (const sqlite::TableColumn& column : shape.columns)
        table.columns.push_back({column.name, column.type});
    return table;
}

// Those that can be used here; else why none can.
std::vector<const TableMapping*> fitting(const sqlite::UntrustedDatabase& db, const std::vector<TableMapping>& mappings, std::string& reason) {
    std::vector<const TableMapping*> fit;
    for (const TableMapping& mapping : mappings) {
        const sqlite::TableShape* shape = db.table(mapping.table);
        const auto problems = shape == nullptr ? std::vector<std::string>{"there is no table '" + mapping.table + "'"} : problemsOf(mapping, shapeOf(*shape));
        if (problems.empty())
            fit.push_back(&mapping);
        else if (reason.empty())
            reason = problems.front();
    }
    return fit;
}

void join(std::string& text, const std::string& more) {
    if (!more.empty())
        text += (text.empty() ? "" : "; ") + more;
}

}  // namespace

bool looksLikeDatabase(std::string_view start) { return start.starts_with(sqlite::kDatabaseMagic); }

// The ids are those of store/FORMAT.md.
bool looksLikeCapsule(std::string_view start) {
    return looksLikeDatabase(start) && start.size() >= kApplicationIdAt + 4 && (start.substr(kApplicationIdAt, 4) == "NJAR" || start.substr(kApplicationIdAt, 4) == "NJNT");
}

std::string unknownTablesText(const std::vector<sqlite::TableShape>& tables) {
    if (tables.empty())
        return "a SQLite file without tables";
    std::string names;
    for (size_t i = 0; i < std::min(tables.size(), kTablesNamed); ++i)
        names += (names.empty() ? "" : ", ") + std::string(utf8Prefix(tables[i].name, kNameBytes));
    if (tables.size() > kTablesNamed)
        names += fmt::format(" and {} more", tables.size() - kTablesNamed);
    return fmt::format("a SQLite file of no known tool: table{} {}; map it with --mapping or in the window", tables.size() == 1 ? "" : "s", names);
}

Result<DatabaseReport> readDatabase(int fd, const DatabaseOptions& options, const format::BatchConsumer& out) {
    NJ_ASSIGN(sqlite::UntrustedDatabase db, sqlite::UntrustedDatabase::open(fd, options.stop));
    DatabaseReport report;
    const uint64_t before = db.bytesRead();   // what looking for damage read is no progress
    ReadContext context(db, out, options.zoneOffsetMinutes, [&](uint64_t bytes) {
        if (options.progress)
            options.progress(bytes - std::min(bytes, before));
    });
    if (!db.damage().empty()) {
        context.rows().health(HealthSeverity::kLost, "the database is damaged", db.damage());
        report.problem = "the database is damaged (" + db.damage() + "): what can be read of it was read";
    }
    if (const ToolReader* tool = toolOf(db)) {
        report.format = tool->name;
        NJ_RETURN_IF_ERROR(tool->read(context));
    } else {
        std::string reason;
        const auto mappings = fitting(db, options.mappings, reason);
        for (const TableMapping* mapping : mappings)
            NJ_RETURN_IF_ERROR(readMapped(context, *mapping));
        if (!mappings.empty())
            report.format = "sqlite_mapped";
        else
            join(report.problem, unknownTablesText(db.tables()) + (reason.empty() ? "" : " (the mapping does not fit: " + reason + ")"));
    }
    NJ_RETURN_IF_ERROR(context.flush());
    report.note = context.assumptions();
    return report;
}

Result<MappableFile> MappableFile::open(const std::string& path, std::function<bool()> stop) {
    sqlite::DatabaseSnapshot::Options options;
    options.stop = stop;
    sqlite::UntrustedDatabase::Limits limits;
    limits.check = std::chrono::milliseconds(0);   // the import looks for damage; a preview meets it
    NJ_ASSIGN(sqlite::DatabaseSnapshot snapshot, sqlite::DatabaseSnapshot::take(path, options));
    std::array<char, 100> header{};
    const ssize_t have = ::pread(snapshot.descriptor(), header.data(), header.size(), 0);
    if (looksLikeCapsule({header.data(), static_cast<size_t>(std::max<ssize_t>(0, have))}))
        return makeError(ErrorCode::kUnsupported, "a Nightjar capsule is opened, not imported");
    NJ_ASSIGN(sqlite::UntrustedDatabase db, sqlite::UntrustedDatabase::open(snapshot.descriptor(), std::move(stop), limits));
    MappableFile file(std::move(snapshot), std::move(db));
    if (const ToolReader* tool = toolOf(file.db_))
        file.tool_ = tool->title;
    NJ_ASSIGN(file.tables_, mappableTables(file.db_));
    return file;
}

const MappableTable* MappableFile::table(std::string_view name) const {
    const auto at = std::find_if(tables_.begin(), tables_.end(), [&](const MappableTable& t) { return t.name == name; });
    return at == tables_.end() ? nullptr : &*at;
}

}  // namespace nj::dbfile

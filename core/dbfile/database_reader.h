// A SQLite file as input: which tool wrote it, its rows as batches, and for files of no known tool the tables with a guess of how to read
// them and a preview. One thread per object; `stop` is asked on it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "format/format.h"
#include "model/table_mapping.h"
#include "sqlite/database_snapshot.h"
#include "sqlite/untrusted_database.h"

namespace nj::dbfile {

struct DatabaseOptions {
    std::vector<TableMapping> mappings;          // for files of no known tool: those that fit are used
    std::optional<int32_t> zoneOffsetMinutes;    // of times without zone; nothing = UTC
    std::function<bool()> stop;
    std::function<void(uint64_t)> progress;      // bytes read so far
};

struct DatabaseReport {
    std::string format;            // "mlflow", "sqlite_mapped"; "" = no known tool and no mapping that fits
    std::string note;              // what was assumed
    std::string problem;           // why nothing, or not all, was read
};

// The first bytes of a SQLite file.
bool looksLikeDatabase(std::string_view start);
// … of a capsule, or of the notes beside one: it is opened, not imported.
bool looksLikeCapsule(std::string_view start);

// Errors: kCancelled; kMalformed, kLimit and what else kept it from being opened.
Result<DatabaseReport> readDatabase(int fd, const DatabaseOptions& options, const format::BatchConsumer& out);

// "a SQLite file of no known tool: tables a, b (…); map it with --mapping or in the window".
std::string unknownTablesText(const std::vector<sqlite::TableShape>& tables);

// A file on disk that may need a mapping, kept open for previews.
class MappableFile {
public:
    static Result<MappableFile> open(const std::string& path, std::function<bool()> stop);
    // The tool's title; "" = it needs a mapping.
    [[nodiscard]] const std::string& tool() const { return tool_; }
    [[nodiscard]] const std::vector<MappableTable>& tables() const { return tables_; }
    [[nodiscard]] const MappableTable* table(std::string_view name) const;
    // The first rows as they will be read; what is wrong with the mapping or with the rows are its problems. Error: kCancelled.
    Result<MappingPreview> preview(const TableMapping& mapping, size_t rows);

private:
    MappableFile(sqlite::DatabaseSnapshot snapshot, sqlite::UntrustedDatabase db) : snapshot_(std::move(snapshot)), db_(std::move(db)) {}
    sqlite::DatabaseSnapshot snapshot_;
    sqlite::UntrustedDatabase db_;
    std::string tool_;
    std::vector<MappableTable> tables_;
};

}  // namespace nj::dbfile

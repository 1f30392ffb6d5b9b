// A tool that keeps its telemetry in SQLite files: how its file is recognised by its tables, and how they are read. One .cpp per tool, one line
// in tool_readers.cpp. Readers take what columns there are (older and newer schemas lack some and bring others), never trust a value, count
// rows that make no sense as rejected, and go on. One thread per file.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/otlp_builder.h"
#include "sqlite/table_scan.h"

namespace nj::dbfile {

class ReadContext {
public:
    ReadContext(sqlite::UntrustedDatabase& db, const format::BatchConsumer& out, std::optional<int32_t> zoneOffsetMinutes, std::function<void(uint64_t)> progress)
        : db_(db), out_(out), zone_(zoneOffsetMinutes.value_or(0)), zoneGiven_(zoneOffsetMinutes.has_value()), progress_(std::move(progress)) {}

    [[nodiscard]] sqlite::UntrustedDatabase& db() { return db_; }
    [[nodiscard]] format::OtlpBuilder& rows() { return rows_; }
    [[nodiscard]] const format::BatchConsumer& out() const { return out_; }

    using OnRow = std::function<void(sqlite::TableScan&)>;
    // Calls `row` for each row of the table; nothing where there is no such table. What can't be read becomes a health record and ends the
    // table, not the file. Hands full batches out. Error: kCancelled only. `limit`: at most so many rows, 0 = all.
    Status eachRow(std::string_view table, const std::vector<std::string_view>& columns, const OnRow& row, uint64_t limit = 0);
    Status flush();

    void reject(std::string_view reason, std::string_view example) { rows_.health(HealthSeverity::kRejected, reason, example); }
    // A sentence for a person, once.
    void assume(std::string sentence);
    [[nodiscard]] std::string assumptions() const;

    // Of text without a zone.
    [[nodiscard]] int32_t zoneMinutes() const { return zone_; }
    // A time without a zone was met.
    void zoneAssumed();

private:
    void damaged(std::string_view table, const Error& error);

    sqlite::UntrustedDatabase& db_;
    const format::BatchConsumer& out_;
    const int32_t zone_;
    const bool zoneGiven_;
    const std::function<void(uint64_t)> progress_;
    format::OtlpBuilder rows_;
    std::vector<std::string> assumptions_;
    bool zoneAssumed_ = false;
    uint64_t counted_ = 0;
};

struct ToolReader {
    std::string_view name;     // stable id: "mlflow"
    std::string_view title;    // for people: "MLflow"
    bool (*knows)(const sqlite::UntrustedDatabase& db);
    Status (*read)(ReadContext& context);
};

std::span<const ToolReader* const> toolReaders();
// The tool whose tables the file has, or nullptr.
const ToolReader* toolOf(const sqlite::UntrustedDatabase& db);
// The table is there and has all these columns.
bool hasColumns(const sqlite::UntrustedDatabase& db, std::string_view table, std::initializer_list<std::string_view> columns);

}  // namespace nj::dbfile

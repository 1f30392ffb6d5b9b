// Tables of log records: CSV and TSV exports of Kibana, Splunk, Datadog, Grafana and New Relic, and any table with a header and a column of
// times. Columns get their meaning from log_field_names; a table without a message keeps its row as the body.
#include <memory>
#include <vector>

#include "format/csv_reader.h"
#include "format/log_batch.h"
#include "format/log_export_rows.h"

namespace nj::format {
namespace {

class CsvLogReader final : public CsvReader {
public:
    explicit CsvLogReader(const ReaderOptions& options) : rows_(options, resourceFromPath(options.path)), records_(rows_) {}
    [[nodiscard]] std::string assumptions() const override { return rows_.assumptions(); }

protected:
    void takeHeader(const CsvLayout& layout) override {
        apart_.assign(layout.names.size(), false);
        for (const size_t column : layout.time)
            if (column < apart_.size())
                apart_[column] = true;
    }
    void takeRow(const CsvLayout& layout, const CsvRecord& record) override {
        ParsedTime time;
        if (!parseCsvTime(layout, record.cells, time))
            rows_.countHealth(HealthSeverity::kRepaired, "CSV row without a readable time, placed at the row before it", record.original.substr(0, 200), 0, record.line);
        records_.addCells(layout.names, record.cells, apart_, time, record.original, record.line);
    }
    void reject(std::string_view reason, std::string_view example, uint64_t line) override { rows_.countHealth(HealthSeverity::kRejected, reason, example.substr(0, 200), 0, line); }
    bool flushIfFull(const BatchConsumer& out) override { return rows_.flushIfFull(out); }
    bool flushSome(const BatchConsumer& out) override { return rows_.flush(out); }
    bool flushAll(const BatchConsumer& out) override { return rows_.finish(out); }

private:
    LogBatch rows_;
    ExportRecords records_;
    std::vector<bool> apart_;
};

Confidence sniff(const Sample& sample) {
    const auto layout = sniffCsvLayout(sample);
    return !layout || layout->series ? 0 : layout->namesKnown ? 84 : 74;
}

}  // namespace

extern const Format kCsvLog;
const Format kCsvLog = {"log_csv", "Log table (CSV, TSV)", sniff, [](const ReaderOptions& options) -> std::unique_ptr<FormatReader> { return std::make_unique<CsvLogReader>(options); }};

}  // namespace nj::format

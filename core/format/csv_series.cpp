// Tables of samples: a column of times and columns of numbers, as Grafana's panels and spreadsheets write them. Each column is a series; a
// header such as up{job="x"} gives it labels.
#include <algorithm>
#include <memory>
#include <vector>

#include "base/utf8.h"
#include "format/csv_reader.h"
#include "format/log_batch.h"
#include "format/log_field_names.h"
#include "format/log_text.h"
#include "format/prometheus_builder.h"

namespace nj::format {
namespace {

class CsvSeriesReader final : public CsvReader {
public:
    explicit CsvSeriesReader(const ReaderOptions& options) : clock_(options), stem_(Resource(resourceFromPath(options.path)).service()) {}
    [[nodiscard]] std::string assumptions() const override { return clock_.assumptions(); }

protected:
    void takeHeader(const CsvLayout& layout) override {
        columns_.assign(layout.names.size(), Column());
        for (size_t i = 0; i < columns_.size(); ++i) {
            const FieldName* known = findFieldName(layout.names[i]);
            const auto is = [i](const std::vector<size_t>& list) { return std::find(list.begin(), list.end(), i) != list.end(); };
            columns_[i].skipped = is(layout.time) || is(layout.labels) || (known != nullptr && known->role == FieldRole::kTime);
            nameColumn(layout.names[i], i, columns_[i]);
        }
        labelNames_.clear();
        for (const size_t column : layout.labels)
            labelNames_.push_back(labelName(layout.names[column]));
    }
    void takeRow(const CsvLayout& layout, const CsvRecord& record) override {
        ParsedTime parsed;
        if (!parseCsvTime(layout, record.cells, parsed)) {
            reject("CSV row without a readable time", record.original, record.line);
            return;
        }
        uint8_t flags = 0;
        const TimeNs time = clock_.resolve(parsed, flags);
        labels_.clear();
        for (size_t i = 0; i < layout.labels.size(); ++i)
            if (layout.labels[i] < record.cells.size() && !record.cells[layout.labels[i]].empty())
                labels_.push_back({labelNames_[i], AttributeValue::ofString(repairUtf8(record.cells[layout.labels[i]]))});
        for (size_t i = 0; i < std::min(record.cells.size(), columns_.size()); ++i)
            if (!columns_[i].skipped)
                addSample(columns_[i], time, record.cells[i], record);
    }
    void reject(std::string_view reason, std::string_view example, uint64_t line) override {
        for (HealthRecord& known : health_)
            if (known.reason == reason) {
                ++known.count;
                return;
            }
        HealthRecord record;
        record.severity = HealthSeverity::kRejected;
        record.reason = reason;
        record.example = example.substr(0, 200);
        record.line = line;
        health_.push_back(std::move(record));
    }
    bool flushIfFull(const BatchConsumer& out) override { return builder_.flushWhenFull(out); }
    bool flushSome(const BatchConsumer& out) override { return builder_.flush(out); }
    bool flushAll(const BatchConsumer& out) override {
        auto& health = builder_.rows().batch().health;
        health.insert(health.end(), health_.begin(), health_.end());
        health_.clear();
        return builder_.flush(out);
    }

private:
    struct Column {
        std::string name, unit;
        std::string valueUnit;   // what stands behind each number
        AttributeList labels;
        bool skipped = false, hasUnit = false;
    };

    // "up{job="x"}", "CpuUsage(m)" with its unit, "value" under the file's name.
    void nameColumn(const std::string& name, size_t number, Column& column) const {
        if (name.find('{') != std::string::npos && parsePrometheusSeries(name, column.name, column.labels))
            return;
        column.labels.clear();
        column.name = name.empty() ? "column " + std::to_string(number + 1) : repairUtf8(name);
        const size_t open = name.rfind('(');
        if (open != std::string::npos && open > 0 && name.ends_with(')') && name.size() - open < 16) {
            column.name = repairUtf8(text::trimRight(std::string_view(name).substr(0, open)));
            column.unit = repairUtf8(std::string_view(name).substr(open + 1, name.size() - open - 2));
        }
        if ((name == "value" || name == "Value" || name == "values") && !stem_.empty())
            column.name = stem_;
    }
    static std::string labelName(const std::string& name) {
        const FieldName* known = findFieldName(name);
        if (known != nullptr && known->role == FieldRole::kService)
            return "service.name";
        if (known != nullptr && known->role == FieldRole::kHost)
            return "host.name";
        return known != nullptr && !known->attribute.empty() ? std::string(known->attribute) : repairUtf8(name);
    }

    void addSample(Column& column, TimeNs time, std::string_view cell, const CsvRecord& record) {
        double number = 0;
        std::string_view unit;
        if (cell.empty() || cell == "null" || cell == "undefined" || cell == "NaN")
            return;
        if (!parseCsvNumber(cell, number, unit)) {
            reject("CSV cell that is no number", record.original, record.line);
            return;
        }
        if (!column.hasUnit) {
            column.hasUnit = true;
            column.valueUnit = unit;
            if (!unit.empty())
                column.unit = unit;
        } else if (unit != column.valueUnit) {
            // Formatted values ("980 ms", "1.2 s") name a unit each: their numbers do not compare.
            reject("CSV column whose values change their unit", record.original, record.line);
            return;
        }
        AttributeList labels = column.labels;
        labels.insert(labels.end(), labels_.begin(), labels_.end());
        std::sort(labels.begin(), labels.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
        const uint32_t series = builder_.intern(column.name, std::move(labels));
        SeriesKey& key = builder_.rows().batch().series[series];
        if (key.kind == MetricKind::kUnknown)
            key.kind = MetricKind::kGauge;
        key.unit = column.unit;
        builder_.addSample(series, time, number);
    }

    LogClock clock_;
    const std::string stem_;             // of the file's name
    PrometheusBuilder builder_;
    std::vector<Column> columns_;
    std::vector<std::string> labelNames_;
    AttributeList labels_;               // of the row
    std::vector<HealthRecord> health_;
};

Confidence sniff(const Sample& sample) {
    const auto layout = sniffCsvLayout(sample);
    return layout && layout->series ? 84 : 0;
}

}  // namespace

extern const Format kCsvSeries;
const Format kCsvSeries = {"series_csv", "Table of series (CSV, TSV)", sniff, [](const ReaderOptions& options) -> std::unique_ptr<FormatReader> { return std::make_unique<CsvSeriesReader>(options); }};

}  // namespace nj::format

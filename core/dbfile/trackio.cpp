// Trackio: what a run logged as JSON with a time, as samples; its alerts as logs.
#include <bit>

#include "dbfile/cell_value.h"

namespace nj::dbfile {
namespace {

uint8_t severityOf(std::string_view level) { return level == "error" ? 17 : level == "warn" || level == "warning" ? 13 : 9; }

class TrackioReader {
public:
    explicit TrackioReader(ReadContext& context) : context_(context) {}

    Status read() {
        context_.assume("service.name is the Trackio run.");
        for (const char* table : {"metrics", "system_metrics"})
            NJ_RETURN_IF_ERROR(context_.eachRow(table, {"run_name", "timestamp", "metrics"}, [this](auto& row) { values(row); }));
        NJ_RETURN_IF_ERROR(context_.eachRow("alerts", {"run_name", "timestamp", "title", "text", "level"}, [this](auto& row) { alert(row); }));
        return context_.flush();
    }

private:
    void use(const std::string& run) {
        if (run == current_)
            return;
        current_ = run;
        Resource resource;
        resource.attributes = {{"service.name", AttributeValue::ofString(run)}};
        context_.rows().setResource(std::move(resource));
    }

    void values(sqlite::TableScan& row) {
        const auto time = timeCell(row, 1, TimeUnit::kText, context_);
        const auto list = parseJson(row.text(2));
        if (!time || !list || !list->is_object())
            return context_.reject(time ? "metrics that are no JSON object" : "metrics without a time", row.text(time ? 2 : 1));
        use(textCell(row, 0));
        size_t left = format::kMaxRowAttributes;
        for (const auto& [name, value] : list->items()) {
            if ((!value.is_number() && !value.is_boolean()) || left-- == 0)
                continue;
            context_.rows().setMetric({name, {}, {}, MetricKind::kGauge, Temporality::kUnspecified, false});
            const double number = value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>();
            context_.rows().addSample(context_.rows().series(AttributeList{}), 0, *time, std::bit_cast<uint64_t>(number), 0);
            if (left == 0)
                break;
        }
    }

    void alert(sqlite::TableScan& row) {
        use(textCell(row, 0));
        const std::string title = textCell(row, 2), text = textCell(row, 3), level = textCell(row, 4);
        const std::string body = text.empty() ? title : title + ": " + text;
        format::LogFields log;
        log.time = timeCell(row, 1, TimeUnit::kText, context_).value_or(0);
        log.severityNumber = severityOf(level);
        log.severityText = level;
        log.body = body;
        context_.rows().commitLog(log);
    }

    ReadContext& context_;
    std::string current_ = "\n";
};

bool knows(const sqlite::UntrustedDatabase& db) {
    return hasColumns(db, "metrics", {"timestamp", "run_name", "metrics"}) || hasColumns(db, "system_metrics", {"timestamp", "run_name", "metrics"});
}

Status read(ReadContext& context) { return TrackioReader(context).read(); }

}  // namespace

extern const ToolReader kTrackio;
const ToolReader kTrackio{"trackio", "Trackio", knows, read};

}  // namespace nj::dbfile

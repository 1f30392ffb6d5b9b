// The first rows of a mapped table as texts, from the batches they become.
#include <fmt/format.h>

#include <bit>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "dbfile/database_reader.h"
#include "dbfile/mapped_table.h"

namespace nj::dbfile {
namespace {

constexpr size_t kCellBytes = 200;

std::string cell(std::string_view text) {
    std::string out(utf8Prefix(text, kCellBytes));
    return out.size() < text.size() ? out + "…" : out;
}

std::string serviceOf(const Batch& batch, uint32_t resource) { return resource < batch.resources.size() ? cell(batch.resources[resource].service()) : std::string(); }

std::string attributesText(const AttributeList& attributes) {
    std::string out;
    for (const KeyValue& entry : attributes) {
        if (out.size() > kCellBytes)
            break;
        out += (out.empty() ? "" : "  ") + entry.key + "=" + cell(entry.value.display());
    }
    return cell(out);
}

const char* statusText(SpanStatus status) { return status == SpanStatus::kError ? "error" : status == SpanStatus::kOk ? "ok" : ""; }

const char* severityText(uint8_t number) {
    static constexpr const char* kWords[] = {"", "trace", "debug", "info", "warn", "error", "fatal"};
    return number == 0 || number > 24 ? "" : kWords[(number + 3) / 4];
}

void addRows(const Batch& batch, MappingPreview& preview) {
    const SpanColumns& s = batch.spans;
    for (uint32_t i = 0; i < s.size(); ++i)
        preview.rows.push_back({formatRfc3339(s.start[i], 6), formatDuration(s.end[i] - s.start[i]), serviceOf(batch, s.resource[i]), cell(batch.strings.view(s.name[i])), statusText(s.status[i]),
                                s.traceId[i].hex().substr(0, 8), attributesText(s.attributes.row(i))});
    const LogColumns& l = batch.logs;
    for (uint32_t i = 0; i < l.size(); ++i)
        preview.rows.push_back({formatRfc3339(l.time[i], 6), severityText(l.severityNumber[i]), serviceOf(batch, l.resource[i]), cell(l.bodyText(i)), attributesText(l.attributes.row(i))});
    const SampleColumns& v = batch.samples;
    for (uint32_t i = 0; i < v.size(); ++i) {
        const SeriesKey& series = batch.series[v.series[i]];
        std::string number;
        appendJsonNumber(number, std::bit_cast<double>(v.valueBits[i]));
        preview.rows.push_back({formatRfc3339(v.time[i], 6), cell(series.name), number, cell(series.unit), attributesText(series.attributes)});
    }
    for (const HealthRecord& record : batch.health)
        if (record.severity != HealthSeverity::kInfo)
            preview.problems.push_back(fmt::format("{} of the first rows: {}{}", record.count, record.reason, record.example.empty() ? "" : " (" + cell(record.example) + ")"));
}

}  // namespace

Result<MappingPreview> MappableFile::preview(const TableMapping& mapping, size_t rows) {
    MappingPreview preview;
    switch (mapping.signal) {
    case MappedSignal::kSpans: preview.titles = {"start", "duration", "service", "name", "status", "trace", "attributes"}; break;
    case MappedSignal::kLogs: preview.titles = {"time", "severity", "service", "body", "attributes"}; break;
    case MappedSignal::kSamples: preview.titles = {"time", "name", "value", "unit", "labels"}; break;
    }
    const MappableTable* shape = table(mapping.table);
    preview.problems = shape == nullptr ? std::vector<std::string>{"there is no table '" + mapping.table + "'"} : problemsOf(mapping, *shape);
    if (!preview.problems.empty())
        return preview;
    const format::BatchConsumer take = [&](Batch&& batch) {
        addRows(batch, preview);
        return true;
    };
    ReadContext context(db_, take, std::nullopt, {});
    NJ_RETURN_IF_ERROR(readMapped(context, mapping, rows));
    NJ_RETURN_IF_ERROR(context.flush());
    return preview;
}

}  // namespace nj::dbfile

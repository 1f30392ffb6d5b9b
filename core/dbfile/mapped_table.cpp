#include "dbfile/mapped_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "dbfile/cell_value.h"
#include "format/severity_words.h"

namespace nj::dbfile {
namespace {

constexpr size_t kEnumBytes = 32;

std::string lowerCase(std::string_view text) {
    std::string out(text.substr(0, kEnumBytes));
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool among(std::string_view word, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); }

class MappedTable {
public:
    MappedTable(ReadContext& context, const TableMapping& mapping) : context_(context), mapping_(mapping) {
        for (const MappedField& field : mapping.fields)
            columns_.push_back(field.column);
        for (const std::string& column : mapping.attributes)
            columns_.push_back(column);
    }

    Status read(uint64_t limit) {
        const std::vector<std::string_view> columns(columns_.begin(), columns_.end());
        return context_.eachRow(mapping_.table, columns, [this](sqlite::TableScan& row) {
            switch (mapping_.signal) {
            case MappedSignal::kSpans: return span(row);
            case MappedSignal::kLogs: return log(row);
            case MappedSignal::kSamples: return sample(row);
            }
        }, limit);
    }

private:
    using Row = sqlite::TableScan;

    // Where the field's column lies in the row, or -1.
    [[nodiscard]] int at(std::string_view field) const {
        for (size_t i = 0; i < mapping_.fields.size(); ++i)
            if (mapping_.fields[i].field == field)
                return static_cast<int>(i);
        return -1;
    }
    [[nodiscard]] std::string text(const Row& row, std::string_view field) const {
        const int column = at(field);
        return column < 0 ? std::string() : textCell(row, column);
    }
    [[nodiscard]] std::optional<TimeNs> time(const Row& row, std::string_view field) {
        const int column = at(field);
        return column < 0 ? std::nullopt : timeCell(row, column, mapping_.fields[static_cast<size_t>(column)].unit, context_);
    }
    // False, and the row counted, without it.
    bool timeOrReject(const Row& row, std::string_view field, TimeNs& out) {
        const auto found = time(row, field);
        if (!found)
            context_.reject(fmt::format("row whose {} is no time", mapping_.field(field)->column), text(row, field));
        out = found.value_or(0);
        return found.has_value();
    }

    void use(const std::string& service) {
        if (used_ && service == service_)
            return;
        used_ = true;
        service_ = service;
        Resource resource;
        if (!service.empty())
            resource.attributes = {{"service.name", AttributeValue::ofString(service)}};
        context_.rows().setResource(std::move(resource));
    }

    void addAttributes(const Row& row, AttributeColumns& columns, uint32_t to) {
        for (size_t i = 0; i < mapping_.attributes.size(); ++i)
            if (const int column = static_cast<int>(mapping_.fields.size() + i); row.has(column))
                columns.add(to, mapping_.attributes[i], valueCell(row, column));
    }

    // The id, and where the text is none, the text as an attribute, so that it can be searched for.
    TraceId traceId(const Row& row, AttributeColumns& columns, uint32_t to) {
        const std::string id = text(row, "trace_id");
        const TraceId trace = traceIdOf(id);
        if (!id.empty() && trace == derivedTraceId(id))
            columns.addString(to, "trace_id", id);
        return trace;
    }

    static SpanStatus statusOf(const std::string& said) {
        const std::string word = lowerCase(said);
        if (among(word, {"error", "err", "failed", "failure", "fail", "exception", "2", "status_code_error", "timeout"}) || (word.size() == 3 && word[0] == '5'))
            return SpanStatus::kError;
        return among(word, {"ok", "success", "succeeded", "1", "status_code_ok"}) || (word.size() == 3 && word[0] == '2') ? SpanStatus::kOk : SpanStatus::kUnset;
    }

    void span(const Row& row) {
        TimeNs start = 0;
        if (!timeOrReject(row, "start", start))
            return;
        TimeNs end = time(row, "end").value_or(start);
        if (const int column = at("duration"); column >= 0) {
            const auto took = durationCell(row, column, mapping_.fields[static_cast<size_t>(column)].unit);
            if (!took || __builtin_add_overflow(start, *took, &end)) {
                context_.rows().health(HealthSeverity::kRepaired, fmt::format("row whose {} is no duration", mapping_.field("duration")->column), textCell(row, column));
                end = start;
            }
        }
        format::OtlpBuilder& rows = context_.rows();
        const std::string name = text(row, "name"), message = text(row, "status_message"), id = text(row, "span_id");
        const std::string seed = fmt::format("{} {} {} {}", mapping_.table, row.rowid(), start, name);
        use(text(row, "service"));
        addAttributes(row, rows.spanAttributes(), rows.spanRow());
        format::SpanFields fields;
        fields.traceId = traceId(row, rows.spanAttributes(), rows.spanRow());
        if (fields.traceId.empty())
            fields.traceId = derivedTraceId(seed);
        fields.spanId = id.empty() ? derivedSpanId(seed) : spanIdOf(id);
        fields.parentSpanId = spanIdOf(text(row, "parent_span_id"));
        fields.start = start;
        fields.end = end;
        fields.name = name;
        fields.status = statusOf(text(row, "status"));
        fields.statusMessage = message;
        rows.commitSpan(fields);
    }

    void log(const Row& row) {
        format::LogFields fields;
        if (!timeOrReject(row, "time", fields.time))
            return;
        format::OtlpBuilder& rows = context_.rows();
        const std::string body = text(row, "body"), severity = text(row, "severity");
        use(text(row, "service"));
        addAttributes(row, rows.logAttributes(), rows.logRow());
        fields.body = body;
        fields.severityText = severity;
        fields.severityNumber = severityOf(row, severity);
        fields.traceId = traceId(row, rows.logAttributes(), rows.logRow());
        fields.spanId = spanIdOf(text(row, "span_id"));
        rows.commitLog(fields);
    }

    // A word; a number of Python's (10 … 50) or OpenTelemetry's (1 … 24).
    [[nodiscard]] uint8_t severityOf(const Row& row, const std::string& word) const {
        const int column = at("severity");
        if (column < 0 || word.empty())
            return 0;
        const auto number = numberCell(row, column);
        if (!number)
            return format::severityFromWord(word, true);
        if (*number >= 30 || *number == 10 || *number == 20)
            return *number <= 60 ? format::severityFromTens(static_cast<int64_t>(*number), true) : 0;
        return *number >= 1 && *number <= 24 ? static_cast<uint8_t>(*number) : 0;
    }

    void sample(const Row& row) {
        TimeNs when = 0;
        if (!timeOrReject(row, "time", when))
            return;
        const int column = at("value");
        const auto value = numberCell(row, column);
        if (!value)
            return context_.reject(fmt::format("row whose {} is no number", mapping_.field("value")->column), textCell(row, column));
        format::OtlpBuilder& rows = context_.rows();
        use(text(row, "service"));
        std::string name = text(row, "name");
        if (name.empty())
            name = mapping_.field("value")->column;
        rows.setMetric({std::move(name), text(row, "unit"), {}, MetricKind::kGauge, Temporality::kUnspecified, false});
        AttributeList labels;
        for (size_t i = 0; i < mapping_.attributes.size(); ++i)
            if (const int label = static_cast<int>(mapping_.fields.size() + i); row.has(label))
                labels.push_back({mapping_.attributes[i], AttributeValue::ofString(textCell(row, label))});
        rows.addSample(rows.series(std::move(labels)), 0, when, std::bit_cast<uint64_t>(*value), 0);
    }

    ReadContext& context_;
    const TableMapping& mapping_;
    std::vector<std::string> columns_;
    std::string service_;
    bool used_ = false;
};

}  // namespace

Status readMapped(ReadContext& context, const TableMapping& mapping, uint64_t limit) { return MappedTable(context, mapping).read(limit); }

}  // namespace nj::dbfile

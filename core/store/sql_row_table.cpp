#include "store/sql_row_table.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

namespace nj::store {
namespace {

using sqlite::Bound;
using sqlite::Compare;
using sqlite::SqlValue;
using sqlite::VirtualColumn;
using Type = sqlite::Statement::Type;

SqlValue null() { return {}; }
SqlValue integer(int64_t value) { return {Type::kInteger, value, static_cast<double>(value), {}}; }
SqlValue number(double value) { return {Type::kFloat, 0, value, {}}; }
SqlValue text(std::string_view value) { return {Type::kText, 0, 0, std::string(value)}; }
SqlValue textOrNull(std::string_view value) { return value.empty() ? null() : text(value); }
SqlValue timeOrNull(TimeNs value) { return value == 0 ? null() : integer(value); }
template <size_t N>
SqlValue idOrNull(const Id<N>& id) { return id.empty() ? null() : text(id.hex()); }

SqlValue attributeValue(const AttributeValue& value) {
    switch (value.type) {
    case ValueType::kEmpty: return null();
    case ValueType::kInt:
    case ValueType::kBool: return integer(value.integer);
    case ValueType::kDouble: return number(value.number);
    case ValueType::kBytes: return {Type::kBlob, 0, 0, value.text};
    default: return text(value.text);
    }
}

using Row = std::vector<SqlValue>;
using Rows = std::vector<Row>;

struct RowTableSpec {
    std::string name;
    std::vector<VirtualColumn> columns;
    std::function<Result<Rows>(SqlContext&)> load;
    // Cells beyond a row's length: hidden attribute columns and long texts.
    std::function<Result<SqlValue>(SqlContext&, const Row&, size_t column)> late;
};

// Rows and their place by the number in the first column.
struct LoadedRows {
    Rows rows;
    std::map<int64_t, size_t> byKey;
};

class RowCursor : public sqlite::TableCursor {
public:
    RowCursor(SqlContext& context, const RowTableSpec& spec, const LoadedRows& loaded) : context_(context), spec_(spec), loaded_(loaded) {}

    Status start(const std::vector<Bound>& bounds, const std::vector<sqlite::SortTerm>&) override {
        picked_.clear();
        position_ = 0;
        all_ = true;
        for (const Bound& bound : bounds) {
            const bool integers = std::all_of(bound.values.begin(), bound.values.end(), [](const SqlValue& v) { return v.type == Type::kInteger; });
            if (bound.column != 0 || bound.compare != Compare::kEqual || !integers || !all_)
                continue;
            all_ = false;
            std::set<size_t> rows;
            for (const SqlValue& value : bound.values)
                if (const auto it = loaded_.byKey.find(value.integer); it != loaded_.byKey.end())
                    rows.insert(it->second);
            picked_.assign(rows.begin(), rows.end());
        }
        return context_.checkStop();
    }
    [[nodiscard]] bool atEnd() const override { return position_ >= (all_ ? loaded_.rows.size() : picked_.size()); }
    Status next() override {
        ++position_;
        return {};
    }
    Status column(int column, sqlite::Cell& cell) override {
        const Row& row = loaded_.rows[index()];
        const auto at = static_cast<size_t>(column);
        if (at < row.size()) {
            if (row[at].type == Type::kText)
                cell.lastingText(row[at].text);
            else
                cell.set(row[at]);
            return {};
        }
        if (!spec_.late)
            return {};
        NJ_ASSIGN(const SqlValue value, spec_.late(context_, row, at));
        cell.set(value);
        return {};
    }
    int64_t rowid() override { return static_cast<int64_t>(index()) + 1; }

private:
    [[nodiscard]] size_t index() const { return all_ ? position_ : picked_[position_]; }

    SqlContext& context_;
    const RowTableSpec& spec_;
    const LoadedRows& loaded_;
    std::vector<size_t> picked_;
    bool all_ = true;
    size_t position_ = 0;
};

class RowTable : public sqlite::VirtualTable {
public:
    RowTable(SqlContext& context, RowTableSpec spec) : context_(context), spec_(std::move(spec)), keyed_(std::string_view(spec_.columns[0].type) == "INTEGER") {}
    [[nodiscard]] const std::vector<VirtualColumn>& columns() const override { return spec_.columns; }
    [[nodiscard]] double rowEstimate() const override { return 1'000; }
    [[nodiscard]] double selectivity(int column, Compare compare) const override { return column == 0 && keyed_ && compare == Compare::kEqual ? 0.001 : 1; }
    Result<std::unique_ptr<sqlite::TableCursor>> open() override {
        if (!loaded_) {
            NJ_ASSIGN(Rows rows, spec_.load(context_));
            loaded_.emplace();
            loaded_->rows = std::move(rows);
            for (size_t i = 0; keyed_ && i < loaded_->rows.size(); ++i)
                loaded_->byKey.emplace(loaded_->rows[i][0].integer, i);
        }
        return std::unique_ptr<sqlite::TableCursor>(std::make_unique<RowCursor>(context_, spec_, *loaded_));
    }

private:
    SqlContext& context_;
    const RowTableSpec spec_;
    const bool keyed_;
    std::optional<LoadedRows> loaded_;
};

const char* metricKindText(MetricKind kind) {
    switch (kind) {
    case MetricKind::kUnknown: return "unknown";
    case MetricKind::kGauge: return "gauge";
    case MetricKind::kCounter: return "counter";
    case MetricKind::kHistogram: return "histogram";
    case MetricKind::kExponentialHistogram: return "exponential_histogram";
    case MetricKind::kSummary: return "summary";
    case MetricKind::kInfo: return "info";
    case MetricKind::kStateSet: return "stateset";
    case MetricKind::kGaugeHistogram: return "gaugehistogram";
    }
    return "unknown";
}

const char* temporalityText(Temporality temporality) {
    switch (temporality) {
    case Temporality::kDelta: return "delta";
    case Temporality::kCumulative: return "cumulative";
    case Temporality::kUnspecified: break;
    }
    return "unspecified";
}

const char* healthText(HealthSeverity severity) {
    switch (severity) {
    case HealthSeverity::kInfo: return "info";
    case HealthSeverity::kRepaired: return "repaired";
    case HealthSeverity::kRejected: return "rejected";
    case HealthSeverity::kLost: return "lost";
    }
    return "info";
}

const char* signalText(Signal signal) {
    switch (signal) {
    case Signal::kSpan: return "span";
    case Signal::kSpanEvent: return "span_event";
    case Signal::kSpanLink: return "span_link";
    case Signal::kLog: return "log";
    case Signal::kExemplar: return "exemplar";
    case Signal::kMetric: return "metric";
    }
    return "span";
}

// Hidden columns for attribute keys, after the stored ones; returns the keys in column order.
std::vector<std::string> addKeys(std::vector<VirtualColumn>& columns, const std::set<std::string>& keys) {
    constexpr size_t kMaxColumns = 1'900;
    std::vector<std::string> added;
    std::set<std::string> taken;
    const auto fold = [](std::string name) {
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
        return name;
    };
    for (const VirtualColumn& column : columns)
        taken.insert(column.name);
    for (const std::string& key : keys) {
        if (key.empty() || key.find('\0') != std::string::npos || columns.size() >= kMaxColumns || !taken.insert(fold(key)).second)
            continue;
        columns.push_back({key, "", true});
        added.push_back(key);
    }
    return added;
}

RowTableSpec seriesTable(SqlContext& context) {
    RowTableSpec spec{"series", {{"id", "INTEGER"}, {"name", "TEXT"}, {"type", "TEXT"}, {"unit", "TEXT"}, {"temporality", "TEXT"}, {"labels", "TEXT"}}, {}, {}};
    std::set<std::string> keys;
    for (const SeriesRow& row : context.snapshot->series())
        for (const KeyValue& attribute : row.attributes)
            keys.insert(attribute.key);
    const auto columns = addKeys(spec.columns, keys);
    spec.load = [](SqlContext& c) -> Result<Rows> {
        Rows rows;
        for (const SeriesRow& row : c.snapshot->series())
            rows.push_back({integer(row.id), text(row.name), text(metricKindText(row.kind)), textOrNull(row.unit), text(temporalityText(row.temporality)), text(attributesToJson(row.attributes))});
        return rows;
    };
    spec.late = [columns, byId = std::map<int64_t, const SeriesRow*>()](SqlContext& c, const Row& row, size_t column) mutable -> Result<SqlValue> {
        if (byId.empty())
            for (const SeriesRow& series : c.snapshot->series())
                byId.emplace(series.id, &series);
        const auto series = byId.find(row[0].integer);
        const AttributeValue* value = series == byId.end() ? nullptr : findAttribute(series->second->attributes, columns[column - 6]);
        return value ? attributeValue(*value) : null();
    };
    return spec;
}

RowTableSpec resourceTable(SqlContext& context) {
    RowTableSpec spec{"resources", {{"id", "INTEGER"}, {"attributes", "TEXT"}}, {}, {}};
    std::set<std::string> keys;
    for (uint32_t id = 0; id < context.snapshot->resourceCount(); ++id)
        for (const KeyValue& attribute : context.snapshot->resource(id).attributes)
            keys.insert(attribute.key);
    const auto columns = addKeys(spec.columns, keys);
    spec.load = [](SqlContext& c) -> Result<Rows> {
        Rows rows;
        for (uint32_t id = 0; id < c.snapshot->resourceCount(); ++id)
            rows.push_back({integer(id), text(attributesToJson(c.snapshot->resource(id).attributes))});
        return rows;
    };
    spec.late = [columns](SqlContext& c, const Row& row, size_t column) -> Result<SqlValue> {
        const AttributeValue* value = findAttribute(c.snapshot->resource(static_cast<uint32_t>(row[0].integer)).attributes, columns[column - 2]);
        return value ? attributeValue(*value) : null();
    };
    return spec;
}

RowTableSpec evaluationTable() {
    RowTableSpec spec{"evaluations",
                      {{"time_unix_nano", ""}, {"name", "TEXT"}, {"score", "REAL"}, {"label", "TEXT"}, {"explanation", "TEXT"}, {"response_id", "TEXT"}, {"trace_id", "TEXT"},
                       {"span_id", "TEXT"}, {"origin", "TEXT"}, {"origin_rowid", ""}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const auto all, c.reader.evaluations());
        Rows rows;
        for (const auto& [id, e, originSeq] : all)
            rows.push_back({timeOrNull(e.time), text(e.name), e.hasScore ? number(e.score) : null(), textOrNull(e.label), textOrNull(e.explanation), textOrNull(e.responseId),
                            idOrNull(e.traceId), idOrNull(e.spanId), text(signalText(e.origin)), originSeq < 0 ? null() : integer(originSeq)});
        return rows;
    };
    return spec;
}

RowTableSpec entityTable() {
    RowTableSpec spec{"entities", {{"kind", "TEXT"}, {"key", "TEXT"}, {"name", "TEXT"}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const EntityGraph graph, c.reader.entities());
        Rows rows;
        for (const Entity& e : graph.entities)
            rows.push_back({text(entityKindName(e.kind)), text(e.key), text(e.name)});
        return rows;
    };
    return spec;
}

RowTableSpec entityEdgeTable() {
    RowTableSpec spec{"entity_edges", {{"from_kind", "TEXT"}, {"from_key", "TEXT"}, {"relation", "TEXT"}, {"to_kind", "TEXT"}, {"to_key", "TEXT"}, {"evidence", "TEXT"}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const EntityGraph graph, c.reader.entities());
        Rows rows;
        for (const EntityEdge& e : graph.edges)
            rows.push_back({text(entityKindName(e.fromKind)), text(e.from), text(e.relation), text(entityKindName(e.toKind)), text(e.to), text(e.evidence)});
        return rows;
    };
    return spec;
}

RowTableSpec documentTable() {
    RowTableSpec spec{"documents", {{"id", "INTEGER"}, {"import_id", "INTEGER"}, {"path", "TEXT"}, {"media_type", "TEXT"}, {"size", "INTEGER"}, {"text", "TEXT"}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const auto all, c.reader.documents());
        Rows rows;
        for (const DocumentRow& d : all)
            rows.push_back({integer(d.id), integer(d.import), text(d.path), text(d.mediaType), integer(static_cast<int64_t>(d.size))});
        return rows;
    };
    spec.late = [](SqlContext& c, const Row& row, size_t) -> Result<SqlValue> {
        NJ_ASSIGN(const std::string body, c.reader.documentText(row[0].integer));
        return textOrNull(body);
    };
    return spec;
}

RowTableSpec importTable() {
    RowTableSpec spec{"imports",
                      {{"id", "INTEGER"}, {"path", "TEXT"}, {"format", "TEXT"}, {"state", "TEXT"}, {"assumed_zone", "TEXT"}, {"note", "TEXT"}, {"content_hash", "TEXT"},
                       {"started_at_unix_nano", "INTEGER"}, {"finished_at_unix_nano", "INTEGER"}, {"bytes", "INTEGER"}, {"spans", "INTEGER"}, {"logs", "INTEGER"},
                       {"samples", "INTEGER"}, {"series", "INTEGER"}, {"documents", "INTEGER"}, {"rejected", "INTEGER"}, {"duplicates", "INTEGER"},
                       {"from_unix_nano", "INTEGER"}, {"to_unix_nano", "INTEGER"}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const auto all, c.reader.imports());
        const auto count = [](uint64_t n) { return integer(static_cast<int64_t>(n)); };
        Rows rows;
        for (const ImportRow& i : all)
            rows.push_back({integer(i.id), text(i.path), textOrNull(i.format), text(i.state), textOrNull(i.assumedZone), textOrNull(i.note), textOrNull(i.contentHash),
                            timeOrNull(i.startedAt), timeOrNull(i.finishedAt), count(i.bytes), count(i.spans), count(i.logs), count(i.samples), count(i.series),
                            count(i.documents), count(i.rejected), count(i.duplicates), i.range.empty() ? null() : integer(i.range.from), i.range.empty() ? null() : integer(i.range.to)});
        return rows;
    };
    return spec;
}

RowTableSpec eventTable() {
    RowTableSpec spec{"events", {{"time_unix_nano", ""}, {"end_time_unix_nano", ""}, {"kind", "TEXT"}, {"title", "TEXT"}, {"entity", "TEXT"}, {"severity_number", ""}, {"log_rowid", ""}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const auto all, c.reader.events());
        Rows rows;
        for (const EventRow& e : all)
            rows.push_back({timeOrNull(e.time), timeOrNull(e.end), text(e.kind), text(e.title), textOrNull(e.entity), integer(e.severity), e.logSeq < 0 ? null() : integer(e.logSeq)});
        return rows;
    };
    return spec;
}

RowTableSpec healthTable() {
    RowTableSpec spec{"health", {{"import_id", ""}, {"severity", "TEXT"}, {"reason", "TEXT"}, {"example", "TEXT"}, {"line", ""}, {"offset", ""}, {"count", ""}}, {}, {}};
    spec.load = [](SqlContext& c) -> Result<Rows> {
        NJ_ASSIGN(const auto all, c.reader.health());
        Rows rows;
        for (const HealthRow& h : all)
            rows.push_back({integer(h.import), text(healthText(h.record.severity)), text(h.record.reason), textOrNull(h.record.example),
                            h.record.line == 0 ? null() : integer(static_cast<int64_t>(h.record.line)), integer(static_cast<int64_t>(h.record.offset)), integer(static_cast<int64_t>(h.record.count))});
        return rows;
    };
    return spec;
}

}  // namespace

std::vector<std::pair<std::string, std::unique_ptr<sqlite::VirtualTable>>> makeRowTables(SqlContext& context) {
    std::vector<RowTableSpec> specs = {seriesTable(context), resourceTable(context), evaluationTable(), entityTable(), entityEdgeTable(), documentTable(), importTable(), eventTable(), healthTable()};
    std::vector<std::pair<std::string, std::unique_ptr<sqlite::VirtualTable>>> tables;
    for (RowTableSpec& spec : specs) {
        std::string name = spec.name;
        tables.emplace_back(std::move(name), std::make_unique<RowTable>(context, std::move(spec)));
    }
    return tables;
}

}  // namespace nj::store

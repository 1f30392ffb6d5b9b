#include "dbfile/mapping_guess.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "sqlite/table_scan.h"

namespace nj::dbfile {
namespace {

using Words = std::initializer_list<std::string_view>;
using Type = sqlite::Statement::Type;

constexpr uint64_t kLookedAt = 20;
constexpr size_t kMaxGuessed = 200;   // tables whose rows are looked at

std::string lowerCase(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// What the first rows of a column hold.
struct Content {
    bool number = false, text = false, blob = false;
    double largest = 0;
};

class Guess {
public:
    Guess(const MappableTable& table, std::vector<Content> contents) : table_(table), contents_(std::move(contents)) {}

    TableMapping make() {
        TableMapping mapping;
        mapping.table = table_.name;
        const std::string time = find({"timestamp", "time", "ts", "datetime", "date_time", "time_unix_nano", "timestamp_ns", "timestamp_us", "timestamp_ms", "ts_ns", "ts_us", "ts_ms", "time_ns", "time_us", "time_ms", "epoch", "unix_time", "event_time", "logged_at", "created_at", "created", "at", "date"},
                                      {"timestamp", "_at", "_time", "_ts", "datetime"});
        const std::string start = find({"start_time", "start", "started_at", "start_time_unix_nano", "started", "begin", "begin_time", "start_ts", "start_ns", "start_us", "start_ms"}, {});
        const std::string end = find({"end_time", "end", "ended_at", "finished_at", "end_time_unix_nano", "ended", "stop", "stop_time", "completed_at", "end_ts", "end_ns", "end_us", "end_ms"}, {});
        const std::string duration = find({"duration", "duration_ms", "duration_ns", "duration_us", "duration_s", "elapsed", "elapsed_ms", "latency", "latency_ms", "took", "took_ms", "response_time_ms"},
                                          {"duration", "latency", "elapsed"});
        const std::string message = find({"message", "msg", "body", "log", "text", "content", "line", "event", "description"}, {"message"});
        const std::string level = find({"level", "severity", "loglevel", "log_level", "levelname", "lvl", "priority", "severity_text"}, {});
        const std::string value = find({"value", "val", "metric_value", "reading", "measurement", "value_double"}, {"value"});
        const bool spans = (!start.empty() && (!end.empty() || !duration.empty())) || (message.empty() && !duration.empty() && (!start.empty() || !time.empty())) || !find({"span_id", "spanid"}, {}).empty();
        if (spans && message.empty())
            fillSpans(mapping, start.empty() ? time : start, end, duration);
        else if (!message.empty() && level.empty() && !value.empty() && numeric(value) && message != "text")
            fillSamples(mapping, time, value);
        else if (!message.empty())
            fillLogs(mapping, time.empty() ? start : time, message, level);
        else
            fillSamples(mapping, time.empty() ? start : time, value.empty() ? firstNumber(time) : value);
        return mapping;
    }

private:
    // The first column called like one of the words, else one that contains a part. Columns taken are not found again.
    std::string find(Words names, Words parts) const {
        for (const std::string_view name : names)
            for (const MappableColumn& column : table_.columns)
                if (lowerCase(column.name) == name)
                    return column.name;
        for (const std::string_view part : parts)
            for (const MappableColumn& column : table_.columns)
                if (lowerCase(column.name).find(part) != std::string::npos)
                    return column.name;
        return {};
    }
    [[nodiscard]] const Content& content(const std::string& column) const {
        for (size_t i = 0; i < table_.columns.size(); ++i)
            if (table_.columns[i].name == column)
                return contents_[i];
        static const Content kNone;
        return kNone;
    }
    [[nodiscard]] bool numeric(const std::string& column) const { return content(column).number && !content(column).text; }
    [[nodiscard]] std::string firstNumber(const std::string& time) const {
        for (const MappableColumn& column : table_.columns)
            if (column.name != time && numeric(column.name) && !identifies(column.name))
                return column.name;
        return {};
    }
    static bool identifies(const std::string& column) {
        const std::string name = lowerCase(column);
        return name == "id" || name == "rowid" || name == "uuid" || name == "guid" || name.ends_with("_id") || name.ends_with("_uuid");
    }

    [[nodiscard]] TimeUnit unitOf(const std::string& column, bool duration) const {
        const std::string name = lowerCase(column);
        static constexpr std::array<std::pair<std::string_view, TimeUnit>, 15> kEndings = {
            {{"_ns", TimeUnit::kNanoseconds}, {"_nano", TimeUnit::kNanoseconds}, {"_nanos", TimeUnit::kNanoseconds}, {"nanoseconds", TimeUnit::kNanoseconds}, {"_us", TimeUnit::kMicroseconds},
             {"_micros", TimeUnit::kMicroseconds}, {"microseconds", TimeUnit::kMicroseconds}, {"_ms", TimeUnit::kMilliseconds}, {"_millis", TimeUnit::kMilliseconds}, {"milliseconds", TimeUnit::kMilliseconds},
             {"_s", TimeUnit::kSeconds}, {"_sec", TimeUnit::kSeconds}, {"_secs", TimeUnit::kSeconds}, {"_seconds", TimeUnit::kSeconds}, {"_nsec", TimeUnit::kNanoseconds}}};
        for (const auto& [ending, unit] : kEndings)
            if (name.ends_with(ending) && content(column).number)
                return unit;
        if (duration)
            return TimeUnit::kMilliseconds;
        const Content& c = content(column);
        if (c.text || !c.number)
            return TimeUnit::kText;
        return c.largest >= 1e17 ? TimeUnit::kNanoseconds : c.largest >= 1e14 ? TimeUnit::kMicroseconds : c.largest >= 1e11 ? TimeUnit::kMilliseconds : TimeUnit::kSeconds;
    }

    void put(TableMapping& mapping, std::string_view field, const std::string& column) {
        if (column.empty() || taken_.count(column) > 0)
            return;
        taken_.insert(column);
        TimeUnit unit = TimeUnit::kNanoseconds;
        for (const MappableField& known : fieldsOf(mapping.signal))
            if (known.name == field && (known.kind == FieldKind::kTime || known.kind == FieldKind::kDuration))
                unit = unitOf(column, known.kind == FieldKind::kDuration);
        mapping.fields.push_back({std::string(field), column, unit});
    }

    void shared(TableMapping& mapping) {
        put(mapping, "service", find({"service", "service_name", "app", "application", "component", "program", "logger", "source", "host"}, {}));
        if (mapping.signal == MappedSignal::kSamples)
            return;
        put(mapping, "trace_id", find({"trace_id", "traceid", "trace", "request_id", "correlation_id"}, {"trace_id"}));
        put(mapping, "span_id", find({"span_id", "spanid"}, {}));
    }

    void fillSpans(TableMapping& mapping, const std::string& start, const std::string& end, const std::string& duration) {
        mapping.signal = MappedSignal::kSpans;
        put(mapping, "start", start);
        if (end.empty())
            put(mapping, "duration", duration);
        else
            put(mapping, "end", end);
        put(mapping, "name", find({"name", "span_name", "operation", "operation_name", "op", "endpoint", "route", "path", "url", "method", "action", "task", "function", "query", "type", "kind"}, {"name"}));
        shared(mapping);
        put(mapping, "parent_span_id", find({"parent_span_id", "parent_id", "parentid", "parent"}, {}));
        put(mapping, "status", find({"status", "status_code", "state", "outcome", "result"}, {}));
        put(mapping, "status_message", find({"status_message", "error", "error_message", "exception"}, {}));
        rest(mapping);
    }
    void fillLogs(TableMapping& mapping, const std::string& time, const std::string& message, const std::string& level) {
        mapping.signal = MappedSignal::kLogs;
        put(mapping, "time", time);
        put(mapping, "body", message);
        put(mapping, "severity", level);
        shared(mapping);
        rest(mapping);
    }
    void fillSamples(TableMapping& mapping, const std::string& time, const std::string& value) {
        mapping.signal = MappedSignal::kSamples;
        put(mapping, "time", time);
        put(mapping, "value", value);
        put(mapping, "name", find({"name", "metric", "metric_name", "key", "sensor", "measurement", "counter"}, {"metric"}));
        put(mapping, "unit", find({"unit", "units"}, {}));
        shared(mapping);
        rest(mapping);
    }

    // Everything else becomes an attribute; of samples only what tells series apart.
    void rest(TableMapping& mapping) const {
        for (size_t i = 0; i < table_.columns.size(); ++i) {
            const std::string& name = table_.columns[i].name;
            const bool samples = mapping.signal == MappedSignal::kSamples;
            if (taken_.count(name) > 0 || lowerCase(name) == "id" || (contents_[i].blob && !contents_[i].text) || (samples && (identifies(name) || !contents_[i].text)))
                continue;
            mapping.attributes.push_back(name);
        }
    }

    const MappableTable& table_;
    const std::vector<Content> contents_;
    std::set<std::string> taken_;
};

Result<std::vector<Content>> contentsOf(sqlite::UntrustedDatabase& db, const MappableTable& table) {
    std::vector<Content> contents(table.columns.size());
    std::vector<std::string_view> columns;
    for (const MappableColumn& column : table.columns)
        columns.push_back(column.name);
    auto scan = sqlite::TableScan::open(db, table.name, columns);
    for (uint64_t i = 0; scan.ok() && i < kLookedAt; ++i) {
        const auto row = scan->next();
        if (!row.ok() && db.stopped())
            return row.error();
        if (!row.ok() || !*row)
            break;
        for (size_t c = 0; c < contents.size(); ++c) {
            const int column = static_cast<int>(c);
            const Type type = scan->type(column);
            contents[c].number = contents[c].number || type == Type::kInteger || type == Type::kFloat;
            contents[c].text = contents[c].text || type == Type::kText;
            contents[c].blob = contents[c].blob || type == Type::kBlob;
            if (type == Type::kInteger || type == Type::kFloat)
                contents[c].largest = std::max(contents[c].largest, std::abs(scan->number(column)));
        }
    }
    return contents;
}

}  // namespace

Result<std::vector<MappableTable>> mappableTables(sqlite::UntrustedDatabase& db) {
    std::vector<MappableTable> tables;
    for (const sqlite::TableShape& shape : db.tables()) {
        MappableTable table{shape.name, {}, {}};
        for (const sqlite::TableColumn& column : shape.columns)
            table.columns.push_back({column.name, column.type});
        if (tables.size() < kMaxGuessed) {
            NJ_ASSIGN(std::vector<Content> contents, contentsOf(db, table));
            table.guess = Guess(table, std::move(contents)).make();
        }
        table.guess.table = table.name;
        tables.push_back(std::move(table));
    }
    std::stable_sort(tables.begin(), tables.end(), [](const MappableTable& a, const MappableTable& b) { return problemsOf(a.guess, a).empty() > problemsOf(b.guess, b).empty(); });
    return tables;
}

}  // namespace nj::dbfile

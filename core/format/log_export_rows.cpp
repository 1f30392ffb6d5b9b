#include "format/log_export_rows.h"

#include <algorithm>

#include "format/log_field_names.h"
#include "format/log_reader.h"
#include "format/log_shapes.h"
#include "format/log_text.h"

namespace nj::format {

using simdjson::dom::element;

namespace {

constexpr size_t kMaxObjectCell = 64U << 10;

bool hasField(const LogLine& line, std::string_view key) {
    for (const LogField& field : line.fields)
        if (field.key == key)
            return true;
    return false;
}

// Sentry: [{"type":"ValueError","value":"bad","stacktrace":…}] under "exception.values".
void addSentryException(element record, LogLine& out) {
    element first;
    if (record.at_pointer("/exception/values/0").get(first) != simdjson::SUCCESS)
        return;
    std::string_view type, value;
    if (first["type"].get(type) == simdjson::SUCCESS)
        out.addString("exception.type", out.own(type));
    if (first["value"].get(value) == simdjson::SUCCESS)
        out.addString("exception.message", out.own(value));
    if (out.body.empty() || out.body.front() == '{') {
        std::string& body = out.ownBuffer();
        body.append(type).append(type.empty() || value.empty() ? "" : ": ").append(value);
        out.body = body;
    }
}

// Actions of Elasticsearch's bulk format and headers of Sentry's envelopes are no records.
bool isBookkeeping(element record) {
    simdjson::dom::object object;
    if (record.get(object) != simdjson::SUCCESS)
        return true;
    element ignored;
    if (object.size() == 1)
        for (const char* action : {"index", "create", "update", "delete"})
            if (record[action].get(ignored) == simdjson::SUCCESS && ignored.is_object())
                return true;
    std::string_view text;
    const bool envelope = record["sent_at"].get(text) == simdjson::SUCCESS && record["message"].error() != simdjson::SUCCESS;
    const bool item = record["type"].get(text) == simdjson::SUCCESS && object.size() <= 4 && record["timestamp"].error() != simdjson::SUCCESS && record["attributes"].error() != simdjson::SUCCESS;
    bool preview = false;
    return envelope || item || (record["preview"].get(preview) == simdjson::SUCCESS && preview);
}

}  // namespace

void ExportRecords::readMessage(LogLine& record) {
    if (record.body.empty() || record.body.front() == '\x1b')
        return;
    inner_.clear();
    LogShape shape = LogShape::kNone;
    const std::string_view head = record.body.substr(0, record.body.find('\n'));
    const bool known = lines_.parse(head, inner_, shape);
    if (!known && inner_.severity == 0)
        return;
    if (record.severity == 0) {
        record.severity = inner_.severity;
        record.severityText = record.own(inner_.severityText);
    }
    if (!record.time)
        record.time = inner_.time;
    if (record.traceId.empty())
        record.traceId = inner_.traceId;
    if (record.spanId.empty())
        record.spanId = inner_.spanId;
    if (record.logger.empty())
        record.logger = record.own(inner_.logger);
    if (record.service.empty())
        record.service = record.own(inner_.service);
    for (const LogField& field : inner_.fields)
        if (!hasField(record, field.key))
            record.fields.push_back({record.own(field.key), field.type, record.own(field.text), field.integer, field.number});
    if (head.size() == record.body.size() || (inner_.bodyToEnd && !inner_.body.empty())) {
        const bool inside = inner_.body.data() >= record.body.data() && inner_.body.data() <= record.body.data() + record.body.size();
        record.body = inside ? record.body.substr(static_cast<size_t>(inner_.body.data() - record.body.data()), inner_.bodyToEnd ? std::string_view::npos : inner_.body.size())
                             : record.own(inner_.body);
        record.bodyToEnd = record.bodyToEnd && inner_.bodyToEnd;
    }
}

void ExportRecords::addObject(std::string_view original, uint64_t line, bool messageIsLine) {
    record_.clear();
    if (json_.parse(original, record_, true) == JsonLogParser::Outcome::kMalformed) {
        rows_.countHealth(HealthSeverity::kRejected, "export record that is no JSON object", original.substr(0, 200), 0, line);
        return;
    }
    if (messageIsLine || hasField(record_, "_raw"))
        readMessage(record_);
}

bool ExportRecords::add(ExportRecord kind, element record, std::string_view original, uint64_t line, const std::function<bool()>& between) {
    if (kind == ExportRecord::kLokiStream)
        return addLokiStream(record, line, between);
    if (kind == ExportRecord::kFieldList) {
        addFieldList(record, original, line);
        return true;
    }
    if (isBookkeeping(record))
        return true;
    const bool splunk = record["_raw"].error() == simdjson::SUCCESS || record["result"]["_raw"].error() == simdjson::SUCCESS;
    const bool cloudWatch = record["logStreamName"].error() == simdjson::SUCCESS;
    addObject(original, line, kind == ExportRecord::kMessage || splunk || cloudWatch);
    addSentryException(record, record_);
    rows_.add(record_, {original, line, 0, false, true});
    return true;
}

void ExportRecords::addLabels(element labels, LogLine& out) {
    if (!labels.is_object())
        return;
    const simdjson::dom::object object = labels.get_object().value_unsafe();
    for (const auto& label : object) {
        std::string_view value;
        if (label.value.get(value) == simdjson::SUCCESS)
            addNamedField(out.own(label.key), out.own(value), out);
    }
}

bool ExportRecords::addLokiStream(element stream, uint64_t line, const std::function<bool()>& between) {
    simdjson::dom::array values;
    if (stream["values"].get(values) != simdjson::SUCCESS)
        return true;
    element labels;
    const bool hasLabels = stream["stream"].get(labels) == simdjson::SUCCESS;
    for (const element value : values) {
        simdjson::dom::array cells;
        std::string_view stamp, text;
        int64_t nanoseconds = 0;
        if (value.get(cells) != simdjson::SUCCESS || cells.at(0).get(stamp) != simdjson::SUCCESS || cells.at(1).get(text) != simdjson::SUCCESS || !text::parseInt(stamp, nanoseconds)) {
            rows_.countHealth(HealthSeverity::kRejected, "Loki entry that is no pair of time and line", simdjson::minify(value).substr(0, 200), 0, line);
            continue;
        }
        record_.clear();
        record_.body = text;
        record_.time.kind = ParsedTime::Kind::kInstant;
        record_.time.value = nanoseconds;
        element metadata;
        if (cells.at(2).get(metadata) == simdjson::SUCCESS) {
            element structured;
            addLabels(metadata["structuredMetadata"].get(structured) == simdjson::SUCCESS ? structured : metadata, record_);
        }
        if (hasLabels)
            addLabels(labels, record_);
        readMessage(record_);
        rows_.add(record_, {text, line, 0, false, true});
        if (between && !between())
            return false;
    }
    return true;
}

void ExportRecords::addFieldList(element fields, std::string_view original, uint64_t line) {
    record_.clear();
    if (!fields.is_array())
        return;
    const simdjson::dom::array list = fields.get_array().value_unsafe();
    for (const element item : list) {
        std::string_view name, value;
        if (item["field"].get(name) != simdjson::SUCCESS || item["value"].get(value) != simdjson::SUCCESS || name == "@ptr")
            continue;
        if (name == "@message")
            record_.body = record_.own(value);
        else
            addNamedField(record_.own(name), record_.own(value), record_);
    }
    readMessage(record_);
    const size_t found = text::findQuoted(original, record_.body);
    if (found != std::string_view::npos && !record_.body.empty())
        record_.body = original.substr(found, record_.body.size());
    record_.bodyToEnd = false;
    rows_.add(record_, {original, line, 0, false, true});
}

bool ExportRecords::addObjectCell(std::string_view cell) {
    simdjson::dom::object object;
    if (cell.size() < 2 || cell.front() != '{' || cell.back() != '}' || cell.size() > kMaxObjectCell || objects_.parse(simdjson::padded_string(cell)).get(object) != simdjson::SUCCESS)
        return false;
    for (const auto& field : object) {
        std::string_view text;
        if (field.value.get(text) == simdjson::SUCCESS)
            addNamedField(record_.own(field.key), record_.own(text), record_);
        else if (!field.value.is_null())
            addNamedField(record_.own(field.key), record_.own(simdjson::minify(field.value)), record_);
    }
    return true;
}

void ExportRecords::addCells(std::span<const std::string> names, std::span<const std::string_view> cells, const std::vector<bool>& apart, const ParsedTime& time,
                             std::string_view original, uint64_t line) {
    record_.clear();
    record_.time = time;
    const size_t n = std::min(names.size(), cells.size());
    size_t body = n;
    int bodyRank = 0;
    for (size_t i = 0; i < n; ++i) {
        const FieldName* known = findFieldName(names[i]);
        if (known != nullptr && known->role == FieldRole::kBody && !cells[i].empty() && (body == n || known->rank < bodyRank)) {
            body = i;
            bodyRank = known->rank;
        }
    }
    for (size_t i = 0; i < n; ++i) {
        const FieldName* known = findFieldName(names[i]);
        if (i == body || apart[i] || names[i].empty() || (known != nullptr && known->role == FieldRole::kIgnored))
            continue;
        if (known != nullptr && known->role == FieldRole::kTime && record_.time)
            continue;
        if (!addObjectCell(cells[i]))
            addNamedField(names[i], cells[i], record_);
    }
    if (body < n) {
        record_.body = cells[body];
        readMessage(record_);
        if (record_.body.find('\n') != std::string_view::npos)
            addException(record_.body, record_);
    } else {
        record_.body = original;
    }
    record_.bodyToEnd = false;
    rows_.add(record_, {original, line, 0, body == n, true});
}

}  // namespace nj::format

#include "models/log_export.h"

#include <QSaveFile>
#include <functional>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "state/masking.h"

namespace nj::ui {
namespace {

constexpr size_t kPage = 2'000, kMostCopied = 64U << 20;

const char* severityWord(uint8_t severity) {
    if (severity >= 21)
        return "FATAL";
    if (severity >= 17)
        return "ERROR";
    if (severity >= 13)
        return "WARN";
    if (severity >= 9)
        return "INFO";
    return severity > 0 ? "DEBUG" : "-";
}

std::string csvCell(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    // A spreadsheet would run a cell that begins like a formula.
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        out.insert(1, "'");
    return out + '"';
}

void writeValue(JsonWriter& json, const AttributeValue& value) {
    switch (value.type) {
    case ValueType::kBool: json.boolean(value.integer != 0); break;
    case ValueType::kInt: json.integer(value.integer); break;
    case ValueType::kDouble: json.number(value.number); break;
    case ValueType::kEmpty: json.null(); break;
    default: json.string(value.display()); break;
    }
}

std::string jsonRecord(const query::DetailedLogRow& row, bool contents) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("time").string(formatRfc3339(row.time, 9)).key("severity").string(severityWord(row.severity)).key("severity_number").integer(row.severity);
    json.key("service").string(row.service);
    if (!row.eventName.empty())
        json.key("event_name").string(row.eventName);
    json.key("body").string(row.body);
    if (!row.traceId.empty())
        json.key("trace_id").string(row.traceId.hex());
    if (!row.spanId.empty())
        json.key("span_id").string(row.spanId.hex());
    json.key("attributes").beginObject();
    for (const KeyValue& attribute : row.attributes) {
        json.key(attribute.key);
        if (!contents && isMessageContent(attribute.key))
            json.string(maskText().toStdString());
        else
            writeValue(json, attribute.value);
    }
    json.endObject().endObject();
    return out + '\n';
}

std::string csvRecord(const query::DetailedLogRow& row, const LogExportQuestion& question) {
    std::string out = formatRfc3339(row.time, 9) + ',' + severityWord(row.severity) + ',' + csvCell(row.service) + ',';
    for (size_t i = 0; i < question.columns.size(); ++i) {
        const bool secret = !question.contents && isMessageContent(question.columns[i]);
        out += csvCell(secret ? maskText().toStdString() : i < row.cells.size() ? row.cells[i] : std::string()) + ',';
    }
    return out + csvCell(row.body) + ',' + (row.traceId.empty() ? "" : row.traceId.hex()) + ',' + (row.spanId.empty() ? "" : row.spanId.hex()) + '\n';
}

// Calls take(text of a page) until all matches are through or it says no more.
Result<uint64_t> forEachPage(query::Backend& backend, const LogExportQuestion& question, std::atomic<uint64_t>& written, std::stop_token stop,
                             const std::function<Result<bool>(const std::string&)>& take) {
    uint64_t offset = 0;
    NJ_ASSIGN(bool more, take(logHeader(question)));
    while (more) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "Saving was cancelled; no file was left.");
        NJ_ASSIGN(const query::LogRowsAnswer page, query::askLogRows(backend, {{question.range, question.filter, offset, kPage}, question.columns, true}, stop));
        if (page.rows.empty())
            break;
        std::string text;
        for (const query::DetailedLogRow& row : page.rows)
            text += logRecord(row, question);
        NJ_ASSIGN(more, take(text));
        offset += page.rows.size();
        written.store(offset);
        more = more && offset < page.total;
    }
    return offset;
}

}  // namespace

std::string logLine(const query::LogRow& row) {
    std::string body;
    for (const char c : row.body)
        body += c == '\n' ? std::string("\\n") : c == '\r' ? std::string("\\r") : std::string(1, c);
    return formatRfc3339(row.time, 9) + ' ' + severityWord(row.severity) + ' ' + (row.service.empty() ? "-" : row.service) + ' ' + body;
}

std::string logHeader(const LogExportQuestion& question) {
    if (question.format != LogFormat::kCsv)
        return {};
    std::string out = "time,severity,service,";
    for (const std::string& key : question.columns)
        out += csvCell(key) + ',';
    return out + "body,trace_id,span_id\n";
}

std::string logRecord(const query::DetailedLogRow& row, const LogExportQuestion& question) {
    query::DetailedLogRow shown = row;
    if (!question.contents && isMessageEvent(row.eventName))
        shown.body = maskText().toStdString();
    switch (question.format) {
    case LogFormat::kJsonLines: return jsonRecord(shown, question.contents);
    case LogFormat::kCsv: return csvRecord(shown, question);
    case LogFormat::kText: break;
    }
    return logLine(shown) + '\n';
}

Result<uint64_t> saveLogs(query::Backend& backend, const LogExportQuestion& question, const std::string& path,
                          const std::shared_ptr<std::atomic<uint64_t>>& written, std::stop_token stop) {
    QSaveFile file(QString::fromStdString(path));
    const auto failure = [&] { return makeError(ErrorCode::kIo, "Cannot write " + path + ": " + file.errorString().toStdString()); };
    if (!file.open(QIODevice::WriteOnly))
        return failure();
    NJ_ASSIGN(const uint64_t rows, forEachPage(backend, question, *written, stop, [&](const std::string& text) -> Result<bool> {
        if (file.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size()))
            return failure();
        return true;
    }));
    if (!file.commit())
        return failure();
    return rows;
}

Result<LogText> copyLogs(query::Backend& backend, const LogExportQuestion& question, const std::shared_ptr<std::atomic<uint64_t>>& written, std::stop_token stop) {
    LogText copy;
    NJ_ASSIGN(copy.rows, forEachPage(backend, question, *written, stop, [&](const std::string& text) -> Result<bool> {
        copy.cut = copy.text.size() + text.size() > kMostCopied;
        copy.text += copy.cut ? std::string(utf8Prefix(text, kMostCopied - copy.text.size())) : text;
        return !copy.cut;
    }));
    return copy;
}

}  // namespace nj::ui

#include "support/nezha.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <functional>
#include <map>
#include <vector>

#include "base/ids.h"
#include "base/json_writer.h"
#include "ingest/byte_source.h"
#include "ingest/decompressor.h"
#include "ingest/limits.h"

namespace nj::test {
namespace {

using Row = std::vector<std::string>;

// Fields of CSV text with quotes; calls row(fields) for each line after the first, which names them.
void forEachRow(const std::string& text, const std::function<void(const Row& names, const Row& row)>& visit) {
    Row names, row;
    std::string field;
    bool quoted = false;
    const auto endRow = [&] {
        row.push_back(std::move(field));
        field.clear();
        if (names.empty())
            names = row;
        else if (row.size() == names.size())
            visit(names, row);
        row.clear();
    };
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
                field += text[++i];
            else if (c == '"')
                quoted = false;
            else
                field += c;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            row.push_back(std::move(field));
            field.clear();
        } else if (c == '\n') {
            endRow();
        } else if (c != '\r') {
            field += c;
        }
    }
    if (!field.empty())
        endRow();
}

std::string unzipped(const QString& path, QString& error) {
    ingest::DecodeBudget budget{ingest::DecodeLimits{}};
    std::string text;
    ingest::FileBudget file(budget, {});
    auto raw = ingest::FileSource::open(path.toStdString(), file);
    if (!raw.ok()) {
        error = QString::fromStdString(raw.error().message);
        return text;
    }
    auto plain = ingest::openDecompressor(ingest::Compression::kGzip, **raw, file);
    if (!plain.ok()) {
        error = QString::fromStdString(plain.error().message);
        return text;
    }
    std::vector<char> buffer(1U << 20);
    for (;;) {
        const auto n = (*plain)->read(buffer.data(), buffer.size());
        if (!n.ok())
            error = QString::fromStdString(n.error().message);
        if (!n.ok() || *n == 0)
            return text;
        text.append(buffer.data(), *n);
    }
}

// "ts-travel-service-64469b5b48-25zj6" → "ts-travel-service".
std::string serviceOf(const std::string& pod) {
    size_t end = pod.rfind('-');
    end = end == std::string::npos || end == 0 ? end : pod.rfind('-', end - 1);
    return end == std::string::npos ? pod : pod.substr(0, end);
}

bool write(const QString& path, const std::string& text, NezhaFiles& files) {
    if (text.empty())
        return true;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size())) {
        files.error = file.errorString();
        return false;
    }
    files.paths << path;
    return true;
}

void convertSpans(const std::string& csv, const QString& target, NezhaFiles& files) {
    std::map<std::string, std::string> byPod;
    forEachRow(csv, [&](const Row&, const Row& row) {
        if (row.size() < 7)
            return;
        std::string& out = byPod[row[3]];
        JsonWriter json(out);
        if (!out.empty())
            out += ',';
        const bool server = row[2] == "root" || row[4].find("/Recv") != std::string::npos;
        json.beginObject().key("traceId").string(row[0]).key("spanId").string(row[1]);
        if (row[2] != "root")
            json.key("parentSpanId").string(row[2]);
        json.key("name").string(row[4]).key("kind").integer(server ? 2 : 1).key("startTimeUnixNano").string(row[5]).key("endTimeUnixNano").string(row[6]).endObject();
        ++files.spans;
    });
    std::string text;
    for (const auto& [pod, spans] : byPod)
        text += R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":")" + serviceOf(pod) + R"("}},{"key":"k8s.pod.name","value":{"stringValue":")" + pod +
                R"("}}]},"scopeSpans":[{"spans":[)" + spans + "]}]}]}\n";
    write(target + QStringLiteral("/traces.jsonl"), text, files);
}

void convertLogs(const std::string& csv, const QString& target, NezhaFiles& files) {
    std::string text;
    forEachRow(csv, [&](const Row&, const Row& row) {
        if (row.size() < 8)
            return;
        // {"log":"… INFO …\n","stream":"stdout","time":…} as docker writes it; the line inside is the record.
        const QString wrapped = QString::fromStdString(row[7]);
        const qsizetype from = wrapped.indexOf(QStringLiteral("{\"log\":\"")), to = wrapped.lastIndexOf(QStringLiteral("\",\"stream\""));
        QString line = from == 0 && to > 8 ? wrapped.mid(8, to - 8) : wrapped;
        line.replace(QStringLiteral("\\n"), QStringLiteral("\n")).replace(QStringLiteral("\\t"), QStringLiteral("\t")).replace(QStringLiteral("\\\""), QStringLiteral("\""));
        const char* level = line.contains(QStringLiteral(" ERROR ")) ? "ERROR" : line.contains(QStringLiteral(" WARN ")) ? "WARN" : line.contains(QStringLiteral(" DEBUG ")) ? "DEBUG" : "INFO";
        JsonWriter json(text);
        json.beginObject().key("time").string(row[0]).key("level").string(level).key("message").string(line.trimmed().toStdString()).key("service.name").string(serviceOf(row[3]));
        json.key("k8s.pod.name").string(row[3]).key("k8s.node.name").string(row[2]).key("container").string(row[4]);
        if (TraceId::fromHex(row[5]))
            json.key("trace_id").string(row[5]).key("span_id").string(row[6]);
        json.endObject();
        text += '\n';
        ++files.logs;
    });
    write(target + QStringLiteral("/logs.jsonl"), text, files);
}

// "CpuUsageRate(%)" → "nezha_cpu_usage_rate".
std::string metricName(const std::string& column) {
    std::string name = "nezha";
    for (const char c : column.substr(0, column.find('('))) {
        if (c >= 'A' && c <= 'Z' && (name.back() < '0' || name.back() > '9'))
            name += '_';
        name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return name;
}

void convertMetrics(const QString& folder, const QString& target, NezhaFiles& files) {
    std::map<std::string, std::string> families;
    QDirIterator it(folder + QStringLiteral("/metric"), {QStringLiteral("*.csv.gz")}, QDir::Files);
    while (it.hasNext()) {
        const std::string csv = unzipped(it.next(), files.error);
        forEachRow(csv, [&](const Row& names, const Row& row) {
            if (row.size() < 4 || names[1] != "TimeStamp")
                return;
            const std::string label = names[2] == "PodName" ? "pod" : "service";
            for (size_t i = 3; i < row.size(); ++i) {
                const std::string name = metricName(names[i]);
                families[name] += name + '{' + label + "=\"" + row[2] + "\"} " + row[i] + ' ' + row[1] + '\n';
                ++files.samples;
            }
        });
    }
    std::string text;
    for (const auto& [name, samples] : families)
        text += "# TYPE " + name + " gauge\n" + samples;
    if (!text.empty())
        write(target + QStringLiteral("/metrics.prom"), text + "# EOF\n", files);
}

}  // namespace

NezhaFiles convertNezha(const QString& folder, const QString& target) {
    NezhaFiles files;
    QDir().mkpath(target);
    QDirIterator it(folder, {QStringLiteral("*_trace.csv.gz"), QStringLiteral("*_log.csv.gz")}, QDir::Files);
    while (it.hasNext()) {
        const QString path = it.next();
        const std::string csv = unzipped(path, files.error);
        if (path.contains(QStringLiteral("_trace")))
            convertSpans(csv, target, files);
        else
            convertLogs(csv, target, files);
    }
    convertMetrics(folder, target, files);
    return files;
}

}  // namespace nj::test

// nightjar logs CAPSULE [FILTER]: matching log records in time order, streamed page by page.
#include <fmt/format.h>

#include "base/json_writer.h"
#include "commands/command.h"
#include "query/search_syntax.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, filter, from, to, format = "text";
    uint64_t limit = 0;
};

constexpr size_t kPage = 2000;

const char* severityName(uint8_t number) {
    static constexpr const char* kNames[] = {"-", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
    return number == 0 || number > 24 ? kNames[0] : kNames[1 + (number - 1) / 4];
}

std::string textLine(const query::LogRow& row) {
    return fmt::format("{} {:<5} {:<14} {}{}\n", row.time ? formatRfc3339(row.time, 3) : std::string(24, '-'), severityName(row.severity),
                       printable(row.service), printable(row.body), row.bodyCut ? "…" : "");
}

Result<std::string> jsonLine(query::Backend& backend, const query::LogRow& row) {
    NJ_ASSIGN(const query::LogDetail detail, backend.logDetail(row.seq, {}));
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("seq").integer(row.seq).key("time").string(formatRfc3339(row.time)).key("time_unix_nano").integer(row.time);
    json.key("severity_number").integer(row.severity).key("severity_text").string(detail.severityText).key("service").string(row.service);
    json.key("body").string(detail.body);
    if (!row.eventName.empty())
        json.key("event_name").string(row.eventName);
    if (!row.traceId.empty())
        json.key("trace_id").string(row.traceId.hex());
    if (!row.spanId.empty())
        json.key("span_id").string(row.spanId.hex());
    json.key("attributes").raw(attributesToJson(detail.attributes)).key("resource").raw(attributesToJson(detail.resource.attributes));
    json.key("file").string(detail.import.path).key("line").unsignedInteger(detail.line).endObject();
    out += '\n';
    return out;
}

Status stream(const Options& options, query::Backend& backend) {
    query::LogPageQuestion question;
    NJ_ASSIGN(question.filter, query::parseSearch(options.filter));
    NJ_ASSIGN(question.range, rangeFromOptions(options.from, options.to, backend));
    uint64_t left = options.limit == 0 ? UINT64_MAX : options.limit;
    while (left > 0) {
        question.limit = static_cast<size_t>(std::min<uint64_t>(left, kPage));
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage(question, {}));
        for (const auto& row : page.rows) {
            std::string line = textLine(row);
            if (options.format == "jsonl") {
                NJ_ASSIGN(line, jsonLine(backend, row));
            }
            if (!print(line))
                return {};
        }
        if (page.rows.size() < question.limit)
            break;
        question.offset += page.rows.size();
        left -= page.rows.size();
    }
    return {};
}

}  // namespace

void addLogsCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "logs", "Log records that match a filter, in time order");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("FILTER", options->filter, "search: service:chat severity:error \"deadline exceeded\"");
    command.option("--from", options->from, "first instant (RFC 3339, unix, now-15m)");
    command.option("--to", options->to, "end of the range");
    command.option("--limit", options->limit, "at most that many (0 = all)");
    command.option("--format", options->format, "text or jsonl").oneOf({"text", "jsonl"});
    command.callback([options, &exitCode] {
        auto backend = query::openCapsuleBackend(options->capsule);
        const Status status = backend.ok() ? stream(*options, **backend) : Status(backend.error());
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

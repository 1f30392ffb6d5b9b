// nightjar traces CAPSULE [FILTER]: the traces with a span that matches.
#include <fmt/format.h>

#include <map>

#include "base/json_writer.h"
#include "commands/command.h"
#include "query/search_syntax.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, filter, from, to, format = "text", sort = "slowest";
    size_t limit = 50;
};

using Sort = query::TraceListQuestion::Sort;
const std::map<std::string, Sort> kSorts = {{"slowest", Sort::kSlowest}, {"fastest", Sort::kFastest},       {"newest", Sort::kNewest},
                                            {"oldest", Sort::kOldest},   {"most-errors", Sort::kMostErrors}, {"most-spans", Sort::kMostSpans}};

std::string textLine(const query::TraceRow& row) {
    return fmt::format("{}  {}  {:>10}  {:>6} spans  {:>4} errors  {}  {}{}\n", row.id.hex(), formatRfc3339(row.start, 3), formatDuration(row.duration), row.spans,
                       row.errors, printable(row.rootService), printable(row.rootName), row.rootMissing ? "  (root missing)" : "");
}

std::string jsonLine(const query::TraceRow& row) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("trace_id").string(row.id.hex()).key("start").string(formatRfc3339(row.start)).key("start_time_unix_nano").integer(row.start);
    json.key("duration_nano").integer(row.duration).key("root_service").string(row.rootService).key("root_name").string(row.rootName);
    json.key("spans").unsignedInteger(row.spans).key("errors").unsignedInteger(row.errors).key("services").unsignedInteger(row.services);
    json.key("root_missing").boolean(row.rootMissing).endObject();
    out += '\n';
    return out;
}

Status list(const Options& options, query::Backend& backend) {
    query::TraceListQuestion question;
    NJ_ASSIGN(question.filter, query::parseSearch(options.filter));
    NJ_ASSIGN(question.range, rangeFromOptions(options.from, options.to, backend));
    question.limit = options.limit == 0 ? SIZE_MAX : options.limit;
    question.sort = kSorts.at(options.sort);
    NJ_ASSIGN(const query::TraceListAnswer answer, backend.traceList(question, {}));
    for (const auto& row : answer.rows)
        if (!print(options.format == "jsonl" ? jsonLine(row) : textLine(row)))
            return {};
    if (answer.rows.size() < answer.total)
        fmt::print(stderr, "{} of {} traces; --limit 0 shows all\n", answer.rows.size(), answer.total);
    return {};
}

}  // namespace

void addTracesCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "traces", "Traces with a span that matches a filter");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("FILTER", options->filter, "search: service:chat status:error duration>2s");
    command.option("--from", options->from, "first instant (RFC 3339, unix, now-15m)");
    command.option("--to", options->to, "end of the range");
    command.option("--limit", options->limit, "at most that many (0 = all)");
    std::vector<std::string> sorts;
    for (const auto& [name, sort] : kSorts)
        sorts.push_back(name);
    command.option("--sort", options->sort, "slowest, fastest, newest, oldest, most-errors, most-spans").oneOf(sorts);
    command.option("--format", options->format, "text or jsonl").oneOf({"text", "jsonl"});
    command.callback([options, &exitCode] {
        auto backend = query::openCapsuleBackend(options->capsule);
        const Status status = backend.ok() ? list(*options, **backend) : Status(backend.error());
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

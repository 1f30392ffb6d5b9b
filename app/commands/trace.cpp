// nightjar trace CAPSULE TRACE_ID: one trace as an indented tree, as JSON, or as OTLP JSON that other tools open.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "commands/command.h"
#include "query/trace_json.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, id, format = "text";
};

void writeText(const query::TraceTree& tree) {
    fmt::print("trace {}  {}  {} spans  {} services  {} errors  {} logs\n", tree.id.hex(), formatDuration(tree.to - tree.from), tree.spans.size(), tree.services,
               tree.errors, tree.logs.size());
    for (const auto& warning : tree.warnings)
        fmt::print("! {}\n", printable(warning));
    for (const auto& span : tree.spans) {
        // Deep traces keep their depth as a number once indenting would push the text off the screen.
        const int indent = std::min(span.depth, 40);
        fmt::print("{:>10}  {:>10}  {:{}}{}{}{} [{}]{}{}\n", "+" + formatDuration(span.start - tree.from), formatDuration(span.end - span.start), "", indent * 2,
                   span.depth > 40 ? fmt::format("({}) ", span.depth) : "", span.status == SpanStatus::kError ? "▲ " : "", printable(span.name),
                   printable(span.service), span.onCriticalPath ? " *" : "", span.statusMessage.empty() ? "" : "  " + printable(span.statusMessage));
        for (const auto& stage : span.stages)
            fmt::print("{:>10}  {:>10}  {:{}}· {}\n", "+" + formatDuration(stage.from - tree.from), formatDuration(stage.to - stage.from), "", indent * 2 + 2, stage.name);
    }
    fmt::print("(* on the critical path)\n");
}

Status show(const Options& options, query::Backend& backend) {
    const auto id = TraceId::fromHex(options.id);
    if (!id)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a trace id: use its hex digits", options.id));
    NJ_ASSIGN(const query::TraceTree tree, backend.traceTree(*id, {}));
    if (tree.spans.empty() && tree.logs.empty())
        return makeError(ErrorCode::kNotFound, fmt::format("no span and no log record of trace {} is in this capsule", id->hex()));
    if (options.format == "text") {
        writeText(tree);
    } else if (options.format == "json") {
        print(query::traceJson(tree));
    } else {
        NJ_ASSIGN(const auto details, query::spanDetails(backend, tree, std::numeric_limits<size_t>::max(), {}));
        print(query::traceOtlpJson(tree, details));
    }
    return {};
}

}  // namespace

void addTraceCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "trace", "One trace: its spans as a tree");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("TRACE_ID", options->id, "hex trace id").required();
    command.option("--format", options->format, "text, json or otlp (OTLP JSON)").oneOf({"text", "json", "otlp"});
    command.callback([options, &exitCode] {
        auto backend = query::openCapsuleBackend(options->capsule);
        const Status status = backend.ok() ? show(*options, **backend) : Status(backend.error());
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

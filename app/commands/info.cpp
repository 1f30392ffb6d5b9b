// nightjar info CAPSULE [--json]: signals, rows, ranges, imports, what is missing or was dropped.
#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "commands/command.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule;
    bool json = false;
};

const char* severityName(HealthSeverity severity) {
    switch (severity) {
    case HealthSeverity::kInfo: return "info";
    case HealthSeverity::kRepaired: return "repaired";
    case HealthSeverity::kRejected: return "rejected";
    case HealthSeverity::kLost: return "lost";
    }
    return "";
}

std::string rangeText(const TimeRange& range) {
    if (range.empty())
        return "no times";
    return fmt::format("{} .. {} ({})", formatRfc3339(range.from, 3), formatRfc3339(range.to, 3), formatDuration(range.length()));
}

void writeRange(JsonWriter& json, std::string_view key, const TimeRange& range) {
    json.key(key);
    if (range.empty()) {
        json.null();
        return;
    }
    json.beginObject().key("from").string(formatRfc3339(range.from)).key("to").string(formatRfc3339(range.to)).endObject();
}

std::string toJson(const query::CapsuleInfo& info, const EntityGraph& entities) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("capsule").string(info.path).key("bytes").unsignedInteger(info.fileBytes);
    json.key("rows").beginObject();
    const std::pair<const char*, uint64_t> rows[] = {{"spans", info.spans},           {"traces", info.traces},       {"span_events", info.spanEvents},
                                                     {"span_links", info.spanLinks},  {"logs", info.logs},           {"series", info.series},
                                                     {"samples", info.samples},       {"histograms", info.histograms}, {"exemplars", info.exemplars},
                                                     {"evaluations", info.evaluations}, {"events", info.events},     {"documents", info.documents}};
    for (const auto& [name, count] : rows)
        json.key(name).unsignedInteger(count);
    json.endObject().key("ranges").beginObject();
    writeRange(json, "spans", info.spanRange);
    writeRange(json, "logs", info.logRange);
    writeRange(json, "samples", info.sampleRange);
    json.endObject().key("services").beginArray();
    for (const auto& service : info.services)
        json.string(service);
    json.endArray().key("sampled_share");
    if (info.sampledShare > 0)
        json.number(info.sampledShare);
    else
        json.null();
    json.key("imports").beginArray();
    for (const auto& import : info.imports) {
        json.beginObject().key("id").integer(import.id).key("path").string(import.path).key("format").string(import.format);
        json.key("state").string(import.state).key("bytes").unsignedInteger(import.bytes).key("spans").unsignedInteger(import.spans);
        json.key("logs").unsignedInteger(import.logs).key("samples").unsignedInteger(import.samples).key("series").unsignedInteger(import.series);
        json.key("documents").unsignedInteger(import.documents).key("rejected").unsignedInteger(import.rejected);
        json.key("duplicates").unsignedInteger(import.duplicates).key("assumed_zone").string(import.assumedZone).key("note").string(import.note);
        writeRange(json, "range", import.range);
        json.endObject();
    }
    json.endArray().key("health").beginArray();
    for (const auto& health : info.health) {
        json.beginObject().key("import").integer(health.import).key("severity").string(severityName(health.severity)).key("reason").string(health.reason);
        json.key("count").unsignedInteger(health.count).key("example").string(health.example);
        json.key("line").unsignedInteger(health.line).key("offset").unsignedInteger(health.offset).endObject();
    }
    json.endArray().key("missing").beginArray();
    for (const auto& sentence : info.missing)
        json.string(sentence);
    json.endArray().key("unresolved").beginArray();
    for (const UnresolvedEntity& text : entities.unresolved)
        json.beginObject().key("kind").string(entityKindName(text.kind)).key("text").string(text.text).key("reason").string(text.reason).key("count").unsignedInteger(text.count).endObject();
    json.endArray().endObject();
    out += '\n';
    return out;
}

std::string unresolvedText(const std::vector<UnresolvedEntity>& unresolved) {
    constexpr size_t kShown = 8;
    std::string out;
    if (!unresolved.empty())
        out += "\nnot resolved (nightjar entities lists all, --map says what one is)\n";
    for (size_t i = 0; i < std::min(kShown, unresolved.size()); ++i)
        out += fmt::format("  {:>8} {}:{}  {}\n", unresolved[i].count, entityKindName(unresolved[i].kind), printable(utf8Prefix(unresolved[i].text, 100)), printable(unresolved[i].reason));
    if (unresolved.size() > kShown)
        out += fmt::format("  and {} more\n", unresolved.size() - kShown);
    return out;
}

std::string toText(const query::CapsuleInfo& info, const EntityGraph& entities) {
    std::string out = fmt::format("{}  {:.1f} MiB\n\n", printable(info.path), static_cast<double>(info.fileBytes) / 1048576.0);
    out += fmt::format("spans    {:>12}  {}\n", info.spans, rangeText(info.spanRange));
    out += fmt::format("         {:>12}  traces, {} events, {} links\n", info.traces, info.spanEvents, info.spanLinks);
    out += fmt::format("logs     {:>12}  {}\n", info.logs, rangeText(info.logRange));
    out += fmt::format("samples  {:>12}  {}\n", info.samples + info.histograms, rangeText(info.sampleRange));
    out += fmt::format("         {:>12}  series, {} exemplars\n", info.series, info.exemplars);
    out += fmt::format("other    {:>12}  events, {} evaluations, {} documents\n", info.events, info.evaluations, info.documents);
    if (info.sampledShare > 0)
        out += fmt::format("traces are sampled: {:.3g} % kept\n", info.sampledShare * 100);
    if (!info.services.empty())
        out += fmt::format("\nservices: {}\n", printable(fmt::format("{}", fmt::join(info.services, ", "))));
    out += "\nimports\n";
    for (const auto& import : info.imports) {
        out += fmt::format("  {:>3}  {:<18} {:>9} spans {:>9} logs {:>10} samples  {}{}\n", import.id, import.format.empty() ? "-" : import.format,
                           import.spans, import.logs, import.samples, printable(import.path),
                           import.rejected ? fmt::format("  ({} rejected)", import.rejected) : "");
        if (!import.note.empty())
            out += fmt::format("       {}\n", printable(import.note));
    }
    if (!info.health.empty()) {
        out += "\nrejected, repaired or lost\n";
        for (const auto& health : info.health) {
            out += fmt::format("  {:>8} {:<9} {}{}", health.count, severityName(health.severity), printable(health.reason),
                               health.line ? fmt::format(" (first at line {})", health.line) : fmt::format(" (first at byte {})", health.offset));
            out += health.example.empty() ? "\n" : fmt::format(": {}\n", printable(utf8Prefix(health.example, 100)));
        }
    }
    if (!info.missing.empty()) {
        out += "\nmissing\n";
        for (const auto& sentence : info.missing)
            out += fmt::format("  {}\n", printable(sentence));
    }
    out += unresolvedText(entities.unresolved);
    return out;
}

int run(const Options& options) {
    auto backend = query::openCapsuleBackend(options.capsule);
    if (!backend.ok())
        return fail(backend.error());
    auto info = (*backend)->info({});
    if (!info.ok())
        return fail(info.error());
    auto entities = (*backend)->entities({});
    if (!entities.ok())
        return fail(entities.error());
    print(options.json ? toJson(*info, *entities) : toText(*info, *entities));
    return 0;
}

}  // namespace

void addInfoCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "info", "What a capsule holds: signals, rows, ranges, imports, what is missing or was dropped");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.flag("--json", options->json, "as JSON");
    command.callback([options, &exitCode] { exitCode = run(*options); });
}

}  // namespace nj::app

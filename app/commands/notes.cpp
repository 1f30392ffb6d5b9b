// nightjar notes CAPSULE: the notes of people as a Markdown timeline or as JSON lines; --merge takes a colleague's sidecar over.
#include <algorithm>

#include "analyze/incident_timeline.h"
#include "base/json_writer.h"
#include "commands/command.h"
#include "query/annotations.h"
#include "query/sources.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, merge, format = "markdown";
};

Status printJson(const Annotations& all) {
    for (const Note& note : all.notes) {
        if (note.deleted)
            continue;
        std::string out;
        JsonWriter json(out);
        json.beginObject().key("id").string(note.id).key("kind").string(noteKindName(note.kind)).key("time_unix_nano").integer(note.time).key("time").string(formatRfc3339(note.time));
        if (note.end > note.time)
            json.key("end_time_unix_nano").integer(note.end);
        json.key("text").string(note.text).key("entity").string(note.entity).key("author").string(note.author).endObject();
        if (!print(out + "\n"))
            break;
    }
    return {};
}

// Notes between the events of the data.
Status printMarkdown(const std::string& capsule, const Annotations& all) {
    NJ_ASSIGN(const auto backend, query::openCapsuleBackend(capsule));
    NJ_ASSIGN(const auto events, backend->events({INT64_MIN, INT64_MAX}, {}));
    std::vector<analyze::TimelineEntry> entries;
    for (const query::EventMark& event : events)
        entries.push_back({event.time, event.end, event.kind, event.title, event.entity, ""});
    for (const Note& note : all.notes)
        if (!note.deleted)
            entries.push_back({note.time, note.end, std::string(noteKindName(note.kind)), note.text, note.entity, note.author});
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    TimeNs start = 0;
    if (auto* questions = query::SourceQuestions::of(*backend)) {
        NJ_ASSIGN(const auto departure, questions->departure({}));
        start = departure ? departure->from : 0;
    }
    print(analyze::timelineMarkdown("Incident timeline", entries, analyze::incidentTimes(all.notes, start)));
    return {};
}

Status run(const Options& options) {
    NJ_ASSIGN(const auto store, query::openAnnotations(options.capsule));
    if (!options.merge.empty())
        NJ_RETURN_IF_ERROR(store->merge(options.merge));
    NJ_ASSIGN(const Annotations all, store->load());
    return options.format == "jsonl" ? printJson(all) : printMarkdown(options.capsule, all);
}

}  // namespace

void addNotesCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "notes", "Events and notes as a timeline");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("--format", options->format, "markdown or jsonl (notes alone)").oneOf({"markdown", "jsonl"});
    command.option("--merge", options->merge, "take over the notes of this sidecar file first");
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

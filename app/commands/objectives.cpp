// nightjar objectives CAPSULE: what was promised and how much of its error budget a range used. --add and --remove change what the
// capsule (or the file of notes beside it) keeps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json_writer.h"
#include "commands/command.h"
#include "query/annotations.h"
#include "query/search_syntax.h"
#include "query/sources.h"

namespace nj::app {
namespace {

constexpr int kColumns = 1000;

struct Options {
    std::string capsule, from, to;
    std::string add, measure = "duration", threshold, target = "99%", window = "30d", filter;
    std::vector<std::string> remove;
    bool json = false;
};

struct Row {
    Objective objective;
    query::ObjectiveAnswer answer;
    std::string problem;
};

// "errors", "duration", or a measure by key or title, letters of either case.
Status setMeasureNamed(Objective& objective, const std::string& name, query::Backend& backend) {
    if (name == "errors") {
        objective.kind = ObjectiveKind::kErrors;
        return {};
    }
    NJ_ASSIGN(const std::vector<query::Measure> measures, backend.measures({}));
    const auto lower = [](std::string text) {
        std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        return text;
    };
    for (const query::Measure& measure : measures) {
        const bool duration = measure.kind == query::Measure::Kind::kSpanDuration;
        if (duration ? name == "duration" : measure.key == name || lower(measure.title) == lower(name)) {
            query::setMeasure(objective, measure);
            return {};
        }
    }
    std::string known = "errors";
    for (const query::Measure& measure : measures)
        known += ", " + (measure.kind == query::Measure::Kind::kSpanDuration ? "duration" : printable(measure.key));
    return makeError(ErrorCode::kInvalidArgument, fmt::format("there is no measure '{}'; there are: {}", name, known));
}

Result<Objective> objectiveOf(const Options& options, query::Backend& backend) {
    Objective objective;
    objective.name = options.add;
    NJ_RETURN_IF_ERROR(setMeasureNamed(objective, options.measure, backend));
    if (objective.kind != ObjectiveKind::kErrors) {
        NJ_ASSIGN(objective.threshold, query::parseThreshold(options.threshold, objective));
    }
    NJ_ASSIGN(objective.target, query::parseTarget(options.target));
    NJ_ASSIGN(objective.window, parseDuration(options.window));
    if (objective.window <= 0)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no window", options.window));
    if (const auto parsed = query::parseSearch(options.filter); !parsed.ok())
        return parsed.error();
    objective.filter = options.filter;
    objective.id = newAnnotationId();
    objective.created = objective.modified = nowNs();
    return objective;
}

Status removeNamed(const std::string& name, const Annotations& all, query::AnnotationStore& store) {
    const Objective* found = nullptr;
    for (const Objective& one : all.objectives)
        if (!one.deleted && (one.name == name || (name.size() >= 6 && one.id.starts_with(name)))) {
            if (found)
                return makeError(ErrorCode::kInvalidArgument, fmt::format("more than one objective is called '{}': name it by its id", name));
            found = &one;
        }
    if (!found)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("no objective is called '{}'", name));
    Objective gone = *found;
    gone.deleted = true;
    gone.modified = std::max(nowNs(), gone.modified + 1);
    return store.put(gone);
}

std::string toText(const Row& row) {
    const Objective& o = row.objective;
    std::string out = fmt::format("{}  {}: {}{}\n", o.id.substr(0, 8), printable(o.name), query::objectiveSentence(o), o.filter.empty() ? "" : "  [" + printable(o.filter) + "]");
    if (!row.problem.empty())
        return out + "          " + printable(row.problem) + "\n";
    const DurationNs length = query::observedLength(row.answer);
    const query::ObjectiveStanding standing = query::standingOf(o, row.answer.total, length);
    using Level = query::ObjectiveStanding::Level;
    if (standing.level == Level::kNoData)
        return out + "          no observation in the range\n";
    const char* mark = standing.level == Level::kFast ? "burns fast" : standing.level == Level::kBurning ? "burns" : "kept";
    out += fmt::format("          {}: burn rate {:.3g}, {:.3g} % of the budget used in {}; {} of {} bad{}\n", mark, standing.burnRate, standing.consumed * 100, formatDuration(length), row.answer.total.bad(),
                       row.answer.total.total, standing.consumed >= 1 ? ", nothing is left" : standing.exhaustedIn && standing.level != Level::kKept ? ", gone in " + formatDuration(*standing.exhaustedIn) : "");
    return out;
}

void toJson(JsonWriter& json, const Row& row, TimeRange range) {
    const Objective& o = row.objective;
    json.beginObject().key("id").string(o.id).key("name").string(o.name).key("kind").string(objectiveKindName(o.kind)).key("key").string(o.key).key("unit").string(o.unit);
    json.key("filter").string(o.filter).key("threshold").number(o.threshold).key("target").number(o.target).key("window_nano").integer(o.window);
    json.key("from").string(formatRfc3339(range.from)).key("to").string(formatRfc3339(range.to));
    if (!row.problem.empty()) {
        json.key("problem").string(row.problem).endObject();
        return;
    }
    const query::ObjectiveStanding standing = query::standingOf(o, row.answer.total, query::observedLength(row.answer));
    json.key("good").unsignedInteger(row.answer.total.good).key("total").unsignedInteger(row.answer.total.total);
    if (row.answer.total.total > 0)
        json.key("burn_rate").number(standing.burnRate).key("budget_used").number(standing.consumed);
    else
        json.key("burn_rate").null().key("budget_used").null();
    json.endObject();
}

Status run(const Options& options) {
    NJ_ASSIGN(const auto backend, query::openCapsuleBackend(options.capsule));
    NJ_ASSIGN(const auto store, query::openAnnotations(options.capsule));
    NJ_ASSIGN(Annotations all, store->load());
    for (const std::string& name : options.remove)
        NJ_RETURN_IF_ERROR(removeNamed(name, all, *store));
    if (!options.add.empty()) {
        NJ_ASSIGN(const Objective objective, objectiveOf(options, *backend));
        NJ_RETURN_IF_ERROR(store->put(objective));
    }
    NJ_ASSIGN(all, store->load());
    NJ_ASSIGN(const TimeRange range, rangeFromOptions(options.from, options.to, *backend));
    std::string text, document;
    JsonWriter json(document);
    json.beginArray();
    for (const Objective& objective : all.objectives) {
        if (objective.deleted)
            continue;
        Row row{objective, {}, {}};
        auto answer = query::SourceQuestions::of(*backend)->objective({objective, range, kColumns}, {});
        if (answer.ok())
            row.answer = std::move(*answer);
        else
            row.problem = answer.error().message;
        text += toText(row);
        toJson(json, row, range);
    }
    json.endArray();
    print(options.json ? document + "\n" : text.empty() ? "no objective is set; --add sets one\n" : text);
    return {};
}

}  // namespace

void addObjectivesCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "objectives", "Objectives, their burn rate and error budget");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.flag("--json", options->json, "as JSON");
    command.option("--from", options->from, "first instant (RFC 3339, unix, now-15m)");
    command.option("--to", options->to, "end of the range");
    command.option("--add", options->add, "set an objective of that name").typeName("NAME");
    command.option("--measure", options->measure, "errors, duration, or a histogram or attribute by key or title (default duration)");
    command.option("--threshold", options->threshold, "good is at or below it: 2.5s");
    command.option("--target", options->target, "share that is good (default 99%)");
    command.option("--window", options->window, "over which it holds (default 30d)");
    command.option("--filter", options->filter, "search text: which rows count");
    command.option("--remove", options->remove, "remove the objective of that name or id").typeName("NAME").oneEach();
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

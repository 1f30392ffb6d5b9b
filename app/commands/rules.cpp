// nightjar rules CAPSULE: the rule files a capsule keeps and the rules of the server it was filled from; --replay says what their alerts
// would have done. nightjar rules check FILE… says what is wrong with rule files, as promtool does.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "alert/alert_replay.h"
#include "alert/capsule/capsule_rules.h"
#include "alert/rule_file.h"
#include "base/json_writer.h"
#include "commands/command.h"
#include "commands/interrupt.h"
#include "promql/capsule/capsule_querier.h"
#include "promql/engine.h"
#include "promql/text/number_text.h"
#include "query/annotations.h"
#include "query/definitions.h"

namespace nj::app {
namespace {

struct Options {
    std::vector<std::string> what, add, remove;
    std::string from, to, rule;
    bool replay = false, json = false;
};

Result<std::string> contentOf(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return makeError(ErrorCode::kIo, path + " is a folder");
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return makeError(ErrorCode::kNotFound, "cannot read " + path);
    std::string text(alert::kMaxRuleFileBytes + 1, '\0');   // one more than may be: the reader says that it is too large
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(in.gcount()));
    return text;
}

struct Count {
    size_t alerts = 0, records = 0;
};
Count countOf(const alert::RuleSet& rules) {
    Count count;
    for (const alert::RuleGroup& group : rules.groups)
        for (const alert::Rule& rule : group.rules)
            ++(rule.recording ? count.records : count.alerts);
    return count;
}

std::string counted(size_t count, const char* one) { return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s"); }

std::string headline(const std::string& name, const alert::RuleSet& rules) {
    const Count count = countOf(rules);
    return fmt::format("{}: {}, {}, {}\n", printable(name), counted(rules.groups.size(), "group"), counted(count.alerts, "alert"), counted(count.records, "recording rule"));
}

std::string problemLines(const alert::RuleSet& rules) {
    std::string out;
    for (const alert::RuleProblem& problem : rules.problems)
        out += problem.what.starts_with(problem.where) ? fmt::format("  {}\n", printable(problem.what)) : fmt::format("  {}: {}\n", printable(problem.where), printable(problem.what));
    return out;
}

void writeProblems(JsonWriter& json, const alert::RuleSet& rules) {
    json.key("problems").beginArray();
    for (const alert::RuleProblem& problem : rules.problems)
        json.beginObject().key("where").string(problem.where).key("what").string(problem.what).endObject();
    json.endArray();
}

void writeTexts(JsonWriter& json, const char* key, const alert::NamedTexts& texts) {
    json.key(key).beginObject();
    for (const auto& [name, text] : texts)
        json.key(name).string(text);
    json.endObject();
}

void writeGroups(JsonWriter& json, const alert::RuleSet& rules) {
    json.key("groups").beginArray();
    for (const alert::RuleGroup& group : rules.groups) {
        json.beginObject().key("name").string(group.name).key("line").integer(group.line);
        json.key("interval_nano").integer(group.interval > 0 ? group.interval : alert::kDefaultInterval).key("rules").beginArray();
        for (const alert::Rule& rule : group.rules) {
            json.beginObject().key("kind").string(rule.recording ? "recording" : "alerting").key("name").string(rule.name).key("expr").string(rule.expr).key("line").integer(rule.line);
            if (!rule.recording)
                json.key("for_nano").integer(rule.hold).key("keep_firing_for_nano").integer(rule.keepFiring);
            writeTexts(json, "labels", rule.labels);
            if (!rule.recording)
                writeTexts(json, "annotations", rule.annotations);
            json.endObject();
        }
        json.endArray().endObject();
    }
    json.endArray();
}

std::string groupLines(const alert::RuleSet& rules) {
    std::string out;
    for (const alert::RuleGroup& group : rules.groups) {
        out += fmt::format("  {} every {}\n", printable(group.name), promql::promDurationText(group.interval > 0 ? group.interval : alert::kDefaultInterval));
        for (const alert::Rule& rule : group.rules)
            out += fmt::format("    {:<7} {}{}\n", rule.recording ? "record" : "alert", printable(rule.name), rule.hold > 0 ? ", for " + promql::promDurationText(rule.hold) : "");
    }
    return out;
}

Result<int> check(const Options& options) {
    std::string text, document;
    JsonWriter json(document);
    json.beginArray();
    bool good = true;
    for (size_t i = 1; i < options.what.size(); ++i) {
        const std::string& path = options.what[i];
        alert::RuleSet rules;
        auto content = contentOf(path);
        auto read = content.ok() ? alert::readRuleFile(*content, path) : Result<alert::RuleSet>(content.error());
        if (read.ok())
            rules = std::move(*read);
        else
            rules.problems.push_back({path, read.error().message});
        good = good && rules.problems.empty();
        text += headline(path, rules) + problemLines(rules);
        json.beginObject().key("file").string(path);
        writeGroups(json, rules);
        writeProblems(json, rules);
        json.endObject();
    }
    json.endArray();
    print(options.json ? document + "\n" : text);
    return good ? 0 : kExitFailed;
}

Status addFile(const std::string& path, const Annotations& all, query::AnnotationStore& store) {
    NJ_ASSIGN(std::string content, contentOf(path));
    Definition saved;
    saved.kind = DefinitionKind::kRules;
    saved.name = saved.source = std::filesystem::path(path).filename().string();
    NJ_ASSIGN(const alert::RuleSet rules, alert::readRuleFile(content, path));
    if (!rules.problems.empty())
        fmt::print(stderr, "nightjar: {} has problems; the rules they are in are left out:\n{}", printable(path), problemLines(rules));
    saved.id = newAnnotationId();
    saved.created = saved.modified = nowNs();
    if (const Definition* other = query::replacedBy(saved, all.definitions)) {
        saved.id = other->id;
        saved.author = other->author;
        saved.created = other->created;
        saved.modified = std::max(saved.modified, other->modified + 1);
    }
    saved.document = std::move(content);
    return store.put(saved);
}

Status removeNamed(const std::string& name, const Annotations& all, query::AnnotationStore& store) {
    bool found = false;
    for (const Definition& one : all.definitions)
        if (!one.deleted && one.kind == DefinitionKind::kRules && one.name == name) {
            found = true;
            Definition gone = one;
            gone.deleted = true;
            gone.modified = std::max(nowNs(), gone.modified + 1);
            NJ_RETURN_IF_ERROR(store.put(gone));
        }
    return found ? Status() : Status(makeError(ErrorCode::kInvalidArgument, fmt::format("no rule file is called '{}'", name)));
}

Status change(const Options& options, const std::string& capsule) {
    NJ_ASSIGN(const auto store, query::openAnnotations(capsule));
    for (const std::string& name : options.remove) {
        NJ_ASSIGN(const Annotations all, store->load());
        NJ_RETURN_IF_ERROR(removeNamed(name, all, *store));
    }
    for (const std::string& path : options.add) {
        NJ_ASSIGN(const Annotations all, store->load());   // again: two paths may end in the same name
        NJ_RETURN_IF_ERROR(addFile(path, all, *store));
    }
    return {};
}

void list(const std::vector<alert::CapsuleRules>& files, bool asJson) {
    std::string text, document;
    JsonWriter json(document);
    json.beginArray();
    for (const alert::CapsuleRules& file : files) {
        text += headline(file.name, file.rules) + groupLines(file.rules) + problemLines(file.rules);
        json.beginObject().key("name").string(file.name).key("id").string(file.id).key("saved").boolean(!file.id.empty());
        writeGroups(json, file.rules);
        writeProblems(json, file.rules);
        json.endObject();
    }
    json.endArray();
    print(asJson ? document + "\n" : text.empty() ? "no rule file is kept; --add keeps one\n" : text);
}

std::string labelsText(const alert::NamedTexts& labels) {
    std::string out;
    for (const auto& [name, value] : labels)
        if (name != "alertname")
            out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ", ", printable(name), printable(value));
    return "{" + out + "}";
}

std::string trackLines(const alert::AlertTrack& track) {
    std::string out = fmt::format("  {}  last value {}\n", labelsText(track.labels), promql::compactNumber(track.value));
    for (const alert::AlertSpan& span : track.spans)
        out += fmt::format("    {:<8}{} to {}  {}\n", alert::alertStateName(span.state), formatRfc3339(span.range.from, 0), formatRfc3339(span.range.to, 0), formatDuration(span.range.to - span.range.from));
    return out;
}

void writeTrack(JsonWriter& json, const alert::AlertTrack& track) {
    json.beginObject();
    writeTexts(json, "labels", track.labels);
    writeTexts(json, "annotations", track.annotations);
    json.key("value").number(track.value).key("spans").beginArray();
    for (const alert::AlertSpan& span : track.spans)
        json.beginObject().key("state").string(alert::alertStateName(span.state)).key("from").string(formatRfc3339(span.range.from)).key("to").string(formatRfc3339(span.range.to)).endObject();
    json.endArray().endObject();
}

class Replaying {
public:
    Replaying(promql::Querier& querier, TimeRange range) : querier_(querier), range_(range) { json_.beginArray(); }

    Status rule(const alert::Rule& rule, const alert::RuleGroup& group, const std::string& file) {
        ++asked_;
        const auto history = alert::replayAlert(rule, group, engine_, querier_, range_, interrupt_.token());
        if (!history.ok() && history.error().code == ErrorCode::kCancelled)
            return history.error();
        json_.beginObject().key("file").string(file).key("group").string(group.name).key("name").string(rule.name).key("expr").string(rule.expr).key("for_nano").integer(rule.hold);
        if (!history.ok()) {
            json_.key("problem").string(history.error().message).endObject();
            text_ += fmt::format("{} ({}, {})\n  could not be evaluated: {}\n", printable(rule.name), printable(file), printable(group.name), printable(history.error().message));
            return {};
        }
        json_.key("evaluations").unsignedInteger(history->evaluations).key("over_limit").unsignedInteger(history->overLimit).key("warnings").beginArray();
        for (const std::string& warning : history->warnings)
            json_.string(warning);
        json_.endArray().key("alerts").beginArray();
        if (history->tracks.empty() && history->overLimit == 0)
            ++quiet_;
        else
            text_ += fmt::format("{} ({}, {})\n", printable(rule.name), printable(file), printable(group.name));
        if (history->overLimit > 0)
            text_ += fmt::format("  {} of {} evaluations gave more alerts than the group's limit\n", history->overLimit, history->evaluations);
        for (const alert::AlertTrack& track : history->tracks) {
            text_ += trackLines(track);
            writeTrack(json_, track);
        }
        json_.endArray().endObject();
        return {};
    }
    [[nodiscard]] size_t asked() const { return asked_; }
    std::string text() { return text_ + (quiet_ == 0 ? "" : fmt::format("{} of {} never active\n", quiet_, counted(asked_, "alert"))); }
    std::string json() {
        json_.endArray();
        return document_ + "\n";
    }

private:
    promql::Querier& querier_;
    const TimeRange range_;
    const promql::Engine engine_{promql::prometheusOptions()};
    const Interrupt interrupt_;
    std::string text_, document_;
    JsonWriter json_{document_};
    size_t asked_ = 0, quiet_ = 0;
};

Status replay(const Options& options, store::CapsuleReader& reader, const std::vector<alert::CapsuleRules>& files) {
    NJ_ASSIGN(const auto querier, promql::CapsuleQuerier::of(reader));
    TimeRange range = querier->range();
    if (!options.from.empty()) {
        NJ_ASSIGN(range.from, parseTime(options.from, nowNs()));
    }
    if (!options.to.empty()) {
        NJ_ASSIGN(range.to, parseTime(options.to, nowNs()));
    }
    if (range.to < range.from)
        return makeError(ErrorCode::kInvalidArgument, "--to is before --from");
    Replaying replaying(*querier, range);
    for (const alert::CapsuleRules& file : files)
        for (const alert::RuleGroup& group : file.rules.groups)
            for (const alert::Rule& rule : group.rules)
                if (!rule.recording && (options.rule.empty() || rule.name == options.rule))
                    NJ_RETURN_IF_ERROR(replaying.rule(rule, group, file.name));
    if (!options.rule.empty() && replaying.asked() == 0)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("no alert is called '{}'", options.rule));
    print(options.json ? replaying.json() : replaying.asked() == 0 ? "no alert is kept; --add keeps a rule file\n" : replaying.text());
    return {};
}

Result<int> run(const Options& options) {
    const bool changes = !options.add.empty() || !options.remove.empty();
    if (options.what.front() == "check") {
        if (options.what.size() == 1 || changes || options.replay)
            return makeError(ErrorCode::kInvalidArgument, "check takes rule files, and no capsule");
        return check(options);
    }
    if (options.what.size() != 1)
        return makeError(ErrorCode::kInvalidArgument, "one capsule, or check and rule files");
    const std::string& capsule = options.what.front();
    if (changes)
        NJ_RETURN_IF_ERROR(change(options, capsule));
    NJ_ASSIGN(const auto reader, store::CapsuleReader::open(capsule));
    NJ_ASSIGN(const std::vector<alert::CapsuleRules> files, alert::rulesOf(*reader));
    if (options.replay)
        NJ_RETURN_IF_ERROR(replay(options, *reader, files));
    else
        list(files, options.json);
    return 0;
}

}  // namespace

void addRulesCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "rules", "The alerting and recording rules kept in a capsule, and what their alerts did; check FILE... checks rule files");
    command.option("CAPSULE", options->what, "capsule file; or: check FILE...").required();
    command.option("--add", options->add, "keep these Prometheus rule files, each in place of one of its name").typeName("FILE");
    command.option("--remove", options->remove, "keep the rule file of that name no longer").typeName("NAME").oneEach();
    command.flag("--replay", options->replay, "the states each alert would have gone through");
    command.option("--from", options->from, "first instant (RFC 3339, unix, now-15m)");
    command.option("--to", options->to, "end of the range");
    command.option("--rule", options->rule, "only the alert of that name");
    command.flag("--json", options->json, "as JSON");
    command.callback([options, &exitCode] {
        const Result<int> code = run(*options);
        exitCode = code.ok() ? *code : fail(code.error());
    });
}

}  // namespace nj::app

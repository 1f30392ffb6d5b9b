// nightjar dashboards CAPSULE: the dashboards of a capsule and those that come with Nightjar and fit it; --import takes Grafana's JSON.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/json_writer.h"
#include "commands/command.h"
#include "dashboard/json/dashboard_json.h"
#include "query/annotations.h"
#include "query/dashboards.h"
#include "query/definitions.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, remove, show;
    std::vector<std::string> files;
    bool json = false;
};

std::string counted(size_t count, const char* one, const char* many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

const Definition* named(const Annotations& all, const std::string& name) {
    for (const Definition& one : all.definitions)
        if (!one.deleted && one.kind == DefinitionKind::kDashboard && (one.name == name || one.id == name))
            return &one;
    return nullptr;
}

Status importFiles(const Options& options, query::AnnotationStore& store, query::DashboardBackend& boards) {
    NJ_ASSIGN(const auto present, boards.metricNamesForDashboards({}));
    for (const std::string& file : options.files) {
        NJ_ASSIGN(query::ReadDefinition read, query::readDefinitionFile(file, present));
        if (read.definition.kind != DefinitionKind::kDashboard)
            return makeError(ErrorCode::kInvalidArgument, file + " is a rule file: `nightjar rules` takes it");
        NJ_ASSIGN(const Annotations all, store.load());
        const Definition* same = query::replacedBy(read.definition, all.definitions);
        read.definition.id = same ? same->id : newAnnotationId();
        read.definition.created = read.definition.modified = nowNs();
        NJ_RETURN_IF_ERROR(store.put(read.definition));
        std::cerr << printable(fmt::format("{}: '{}', {}{}\n", file, read.definition.name, counted(read.count, "panel", "panels"),
                                           read.remarks.empty() ? "" : ", " + counted(read.remarks.size(), "remark", "remarks") + ":"), false);
        for (const dashboard::Remark& remark : read.remarks)
            std::cerr << printable(fmt::format("  {}: {} {}: {}\n", remark.where, remark.what, remark.dropped ? "left out" : "changed", remark.why), false);
    }
    return {};
}

Result<dashboard::Dashboard> found(const std::string& name, const Annotations& all, const std::vector<dashboard::Dashboard>& builtIn) {
    if (const Definition* saved = named(all, name))
        return query::dashboardOf(*saved);
    for (const dashboard::Dashboard& one : builtIn)
        if (one.title == name || one.uid == name)
            return one;
    return makeError(ErrorCode::kNotFound, "there is no dashboard '" + name + "'; `nightjar dashboards CAPSULE` lists them");
}

// One line each; as JSON an array. Rule files too, as they are drawn: `nightjar render` selects them by the same id.
Status list(const Options& options, const Annotations& all, const std::vector<dashboard::Dashboard>& builtIn) {
    std::string out;
    JsonWriter json(out);
    json.beginArray();
    const auto add = [&](const std::string& id, const std::string& name, const std::string& source, const dashboard::Dashboard& board) {
        if (!options.json) {
            print(printable(fmt::format("{}  ({}, {})  {}\n", name, counted(board.panelCount(), "panel", "panels"), source.empty() ? "made here" : source, id), false));
            return;
        }
        json.beginObject().key("id").string(id).key("name").string(name).key("source").string(source).key("panels").integer(static_cast<int64_t>(board.panelCount()));
        json.key("remarks").integer(static_cast<int64_t>(board.remarks.size())).endObject();
    };
    for (const Definition& one : all.definitions)
        if (!one.deleted) {
            const auto board = query::dashboardOf(one);
            add("dashboard:" + one.id, one.name, one.kind == DefinitionKind::kRules ? "rules" : one.source, board.ok() ? *board : dashboard::Dashboard());
        }
    for (const dashboard::Dashboard& one : builtIn)
        add("dashboard:builtin:" + one.uid, one.title, one.uid.starts_with(query::kServerRules) ? "the server's rules" : "built in", one);
    json.endArray();
    if (options.json)
        print(out + "\n");
    return {};
}

Status run(const Options& options) {
    NJ_ASSIGN(const auto backend, query::openCapsuleBackend(options.capsule));
    auto* boards = query::DashboardBackend::of(*backend);
    if (!boards)
        return makeError(ErrorCode::kUnsupported, "this source draws no dashboards");
    NJ_ASSIGN(const auto store, query::openAnnotations(options.capsule));
    if (!options.files.empty())
        return importFiles(options, *store, *boards);
    NJ_ASSIGN(Annotations all, store->load());
    if (!options.remove.empty()) {
        const Definition* gone = named(all, options.remove);
        if (!gone)
            return makeError(ErrorCode::kNotFound, "the capsule holds no dashboard '" + options.remove + "'");
        Definition removed = *gone;
        removed.deleted = true;
        removed.modified = std::max(nowNs(), removed.modified + 1);
        return store->put(removed);
    }
    NJ_ASSIGN(const auto builtIn, boards->builtInDashboards({}));
    if (options.show.empty())
        return list(options, all, builtIn);
    NJ_ASSIGN(const dashboard::Dashboard board, found(options.show, all, builtIn));
    print(dashboard::dashboardToJson(board) + "\n");
    return {};
}

}  // namespace

void addDashboardsCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "dashboards", "The dashboards of a capsule; takes Grafana's");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("--import", options->files, "keep the dashboards of these JSON files in the capsule; what could not be taken is said").typeName("FILE");
    command.option("--remove", options->remove, "take the dashboard of that name out of the capsule").typeName("NAME");
    command.option("--show", options->show, "print the dashboard of that name as JSON, as --import takes it back").typeName("NAME");
    command.flag("--json", options->json, "the list as JSON");
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

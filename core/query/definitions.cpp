#include "query/definitions.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "alert/alert_dashboard.h"
#include "alert/rule_file.h"
#include "dashboard/grafana/grafana_dashboard.h"
#include "dashboard/json/dashboard_json.h"

namespace nj::query {
namespace {

bool endsLike(std::string_view name, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

Result<ReadDefinition> readRules(std::string_view bytes, const std::string& fileName) {
    NJ_ASSIGN(const alert::RuleSet rules, alert::readRuleFile(bytes, fileName));
    ReadDefinition read;
    read.definition.kind = DefinitionKind::kRules;
    read.definition.name = read.definition.source = fileName;
    read.definition.document = bytes;
    read.count = rules.ruleCount();
    for (const alert::RuleProblem& problem : rules.problems)
        read.problems.push_back(problem.where + ": " + problem.what);
    if (read.count == 0)
        return makeError(ErrorCode::kInvalidArgument, fileName + ": no rule in it can be used" + (read.problems.empty() ? "" : ": " + read.problems.front()));
    return read;
}

}  // namespace

Result<ReadDefinition> readDefinition(std::string_view bytes, const std::string& fileName, const std::set<std::string, std::less<>>& present) {
    if (endsLike(fileName, {".yml", ".yaml"}))
        return readRules(bytes, fileName);
    ReadDefinition read;
    dashboard::Dashboard board;
    if (dashboard::isDashboardJson(bytes)) {
        NJ_ASSIGN(board, dashboard::dashboardFromJson(bytes));
    } else {
        auto grafana = dashboard::readGrafanaDashboard(bytes, {present});
        if (!grafana.ok())
            return makeError(grafana.error().code, fileName + ": " + grafana.error().message);
        board = std::move(*grafana);
    }
    if (board.title.empty())
        board.title = std::filesystem::path(fileName).stem().string();
    read.count = board.panelCount();
    read.remarks = board.remarks;
    read.definition = definitionOf(board, {});
    read.definition.source = fileName;
    if (read.definition.document.size() > kMaxDefinitionBytes)
        return makeError(ErrorCode::kInvalidArgument, fileName + ": the dashboard is larger than 8 MiB");
    return read;
}

Result<ReadDefinition> readDefinitionFile(const std::string& path, const std::set<std::string, std::less<>>& present) {
    std::error_code wrong;
    if (!std::filesystem::is_regular_file(path, wrong))
        return makeError(ErrorCode::kNotFound, path + " is no file that can be read.");
    const auto size = std::filesystem::file_size(path, wrong);
    if (wrong || size > kMaxDefinitionBytes)
        return makeError(ErrorCode::kInvalidArgument, path + " is too large to be a dashboard or a rule file (more than 8 MiB).");
    std::ifstream in(path, std::ios::binary);
    std::string bytes(static_cast<size_t>(size), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!in.is_open() || in.bad())
        return makeError(ErrorCode::kIo, path + " cannot be read.");
    bytes.resize(static_cast<size_t>(in.gcount()));
    return readDefinition(bytes, std::filesystem::path(path).filename().string(), present);
}

const Definition* replacedBy(const Definition& definition, const std::vector<Definition>& there) {
    const auto same = std::find_if(there.begin(), there.end(), [&](const Definition& one) {
        return !one.deleted && one.kind == definition.kind && one.name == definition.name && (one.kind == DefinitionKind::kRules || one.source == definition.source);
    });
    return same == there.end() ? nullptr : &*same;
}

bool mayBeDefinition(std::string_view head, std::string_view fileName) {
    const auto says = [&](std::string_view word) { return head.find(word) != std::string_view::npos; };
    if (endsLike(fileName, {".yml", ".yaml"}))
        return says("groups:") && (says("alert:") || says("record:") || says("rules:"));
    if (!endsLike(fileName, {".json"}))
        return false;
    return dashboard::isDashboardJson(head) || says("\"__inputs\"") || (says("\"schemaVersion\"") && (says("\"panels\"") || says("\"rows\"") || says("\"templating\""))) ||
           (says("\"gridPos\"") && says("\"targets\""));
}

Result<dashboard::Dashboard> dashboardOf(const Definition& definition) {
    if (definition.kind == DefinitionKind::kDashboard)
        return dashboard::dashboardFromJson(definition.document);
    NJ_ASSIGN(const alert::RuleSet rules, alert::readRuleFile(definition.document, definition.name));
    dashboard::Dashboard board = alert::alertDashboard(rules, definition.name);
    for (const alert::RuleProblem& problem : rules.problems)
        board.remarks.push_back({problem.where, problem.what, "it cannot be evaluated", true});
    return board;
}

Definition definitionOf(const dashboard::Dashboard& board, const std::string& id) {
    Definition definition;
    definition.id = id;
    definition.name = board.title;
    definition.document = dashboard::dashboardToJson(board);
    return definition;
}

}  // namespace nj::query

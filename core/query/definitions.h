// Files that people bring along, dashboards and rules, as a capsule keeps them. Untrusted input; any thread but the UI's.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dashboard/dashboard.h"
#include "model/annotation.h"

namespace nj::query {

struct ReadDefinition {
    Definition definition;                      // without an id
    size_t count = 0;                           // panels, or rules
    std::vector<dashboard::Remark> remarks;     // of a dashboard: what was not taken, or changed
    std::vector<std::string> problems;          // of rules: "rules.yml:12: …"; those rules are left out when they are used
};

// Grafana's dashboard JSON, Nightjar's own, a Prometheus rule file. Dashboards keep the names of metrics that are `present`.
Result<ReadDefinition> readDefinition(std::string_view bytes, const std::string& fileName, const std::set<std::string, std::less<>>& present);
// Errors: kNotFound, kIo, what is larger than kMaxDefinitionBytes, and readDefinition's.
Result<ReadDefinition> readDefinitionFile(const std::string& path, const std::set<std::string, std::less<>>& present);
// What it takes the place of among those there: the same file read again. nullptr: it is new.
const Definition* replacedBy(const Definition& definition, const std::vector<Definition>& there);
// By name and first bytes, cheaply: a file that is dropped on the window and is no telemetry.
bool mayBeDefinition(std::string_view head, std::string_view fileName);

// As it is drawn: of rules a row per group, a panel per rule.
Result<dashboard::Dashboard> dashboardOf(const Definition& definition);
// A dashboard as it is kept, under the id of what it replaces ("" = new).
Definition definitionOf(const dashboard::Dashboard& dashboard, const std::string& id);

}  // namespace nj::query

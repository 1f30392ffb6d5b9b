// The small SQL tables, whose rows are read as a whole on first use: series, resources, evaluations, entities, documents,
// imports, events, health. Their first column is the key where it is a number.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sqlite/virtual_table.h"
#include "store/sql_context.h"

namespace nj::store {

// Every table of this kind under its name.
std::vector<std::pair<std::string, std::unique_ptr<sqlite::VirtualTable>>> makeRowTables(SqlContext& context);

}  // namespace nj::store

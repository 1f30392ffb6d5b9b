// What a panel says of single fields: what they are called, how they look, which are hidden. Pure functions, any thread.
#pragma once

#include "dashboard/interpolation.h"
#include "dashboard/panel_answer.h"

namespace nj::dashboard {

// Gives each series its name and look, and takes the hidden ones out. The last override that says something counts.
void overrideFields(const Panel& panel, const Scope& scope, std::vector<PanelSeries>& series);
// The same of a table's fields; `looks` has one for each that is left.
void overrideFields(const Panel& panel, const Scope& scope, Frame& table, std::vector<FieldLook>& looks);

}  // namespace nj::dashboard

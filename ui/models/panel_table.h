// The table of a dashboard's panel as cells to be drawn, and what any panel shows as a table to be copied. Pure functions, UI thread (the
// theme's).
#pragma once

#include <vector>

#include "dashboard/panel_answer.h"
#include "state/copy_text.h"
#include "theme/theme.h"
#include "widgets/fact_table.h"

namespace nj::ui {

std::vector<FactColumn> panelColumns(const dashboard::PanelAnswer& answer);
std::vector<std::vector<FactCell>> panelCells(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme, bool utc);
// Without a caption. Numbers as they are, times in UTC.
CopyTable panelCopy(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme);

}  // namespace nj::ui

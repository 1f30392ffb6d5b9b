// The addresses that a dashboard's author put on it or on a panel, as a menu that copies them: nothing here opens one. UI thread only.
#pragma once

#include <QMenu>
#include <vector>

#include "dashboard/dashboard.h"

namespace nj::ui {

// Replaces what the menu has; it is shown in its menu only where there are links.
void fillWithLinks(QMenu& menu, const std::vector<dashboard::Link>& links);

}  // namespace nj::ui

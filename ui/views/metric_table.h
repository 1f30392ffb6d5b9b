// The last values of an expression as a table: a column per label and the value. Plain functions; UI thread for the widget.
#pragma once

#include "dashboard/frame.h"
#include "state/copy_text.h"
#include "theme/theme.h"

class QWidget;

namespace nj::ui {

class FactTable;

// Without the time, which is one for all rows. Owned by its parent.
FactTable* metricTable(const dashboard::Frame& frame, const std::string& unit, const Theme& theme, QWidget* parent);
CopyTable metricCopyTable(const dashboard::Frame& frame);

}  // namespace nj::ui

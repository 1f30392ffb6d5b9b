// Events of the capsule as flags of a chart. Pure; any thread.
#pragma once

#include <vector>

#include "query/backend.h"
#include "widgets/chart_data.h"

namespace nj::ui {

// "09:58 deploy, retriever 2.14.0"; role by severity and kind. A title that comes again has a line without label.
QVector<ChartFlag> chartFlags(const std::vector<query::EventMark>& events, bool utc);

}  // namespace nj::ui

// Events of the capsule as flags of a chart. Pure; any thread.
#pragma once

#include <vector>

#include "query/backend.h"
#include "widgets/chart_data.h"

namespace nj::ui {

// "09:58 retriever: deploy"; role by severity and kind. What comes again, and the scaling a rollout consists of, has a line without label.
QVector<ChartFlag> chartFlags(const std::vector<query::EventMark>& events, bool utc);

}  // namespace nj::ui

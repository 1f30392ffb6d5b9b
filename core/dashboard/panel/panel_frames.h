// The answers of a panel's queries as frames, for transformations and tables, and frames as series. Pure functions, any thread.
#pragma once

#include "dashboard/panel/panel_queries.h"

namespace nj::dashboard {

// One frame per series; one per query of format table in a table, or where transformations follow. Series of buckets (a label le) are
// sorted and no longer cumulative where the query's format, or the panel, is heatmap. No more than `mostSeries` and kMostFrameCells.
std::vector<Frame> framesOf(const Panel& panel, const PanelQueries& queries, size_t mostSeries, std::vector<std::string>& notes);
// The table that a table shows of all frames.
Frame tableOf(std::vector<Frame> frames, std::vector<std::string>& notes);

// The numbers of frames as series of a panel, the first kMostPanelSeries of `inAll`. Where texts stand beside the numbers, rows of
// equal texts are a series. Over time: only what has times.
std::vector<PanelSeries> seriesOf(const std::vector<Frame>& frames, const Panel& panel, const PanelQueries& queries, size_t& inAll);

}  // namespace nj::dashboard

// What heatmaps and histograms draw. Pure functions, any thread.
#pragma once

#include "dashboard/panel/panel_queries.h"

namespace nj::dashboard {

// Per step: native histograms of the answers, else series of buckets that countPerBucket saw, else how many series have a value between
// two bounds.
PanelBuckets heatmapOf(const std::vector<Frame>& frames, const PanelQueries& queries);
// How many values of any series lie between two bounds.
PanelBuckets histogramOf(const std::vector<Frame>& frames);

}  // namespace nj::dashboard

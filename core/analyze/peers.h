// Which of several like things (the GPUs of a cluster, replicas of a model) departs from the others, and when. Robust: the middle of the
// peers at each instant is their median, the usual distance from it the median absolute deviation over the whole window, so neither one
// bad device nor a common swing of load counts. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <vector>

namespace nj::analyze {

struct PeerDeparture {
    double score = 0;                       // sum over the stretch of how far beyond 3 usual distances it lies, per column of the window; 0 = none
    size_t from = 0, to = 0;                // columns of the stretch that departs most, half-open
    double own = 0;                         // its median there
    double peersLow = 0, peersHigh = 0;     // range of the medians of the peers that do not depart there
};

// One entry per row of `values` (row by column, NaN = no value). Fewer than three rows with values in a column say nothing about who departs.
// `floor` and `floorShare` (of the peers' median): the smallest usual distance, so that steady peers do not make noise look like a departure.
std::vector<PeerDeparture> peerDepartures(const std::vector<std::vector<float>>& values, double floor, double floorShare);

}  // namespace nj::analyze

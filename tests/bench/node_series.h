// A day as a node_exporter shows it: mostly series that stand still, counters of seconds in hundredths, of bytes and of events, gauges of
// pages and loads.
#pragma once

#include <string>

namespace nj::bench {

// As OpenMetrics, of so many machines with 100 series each; 0 = written.
int writeNodeSeries(const std::string& path, int machines, int hours);

}  // namespace nj::bench

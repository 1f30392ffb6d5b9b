// Where the time of a trace went: each span's self time and the critical path. Works on the nodes buildTraceShape made; linear but for
// sorting, nothing recurses. Pure functions, any thread.
#pragma once

#include <utility>
#include <vector>

#include "analyze/trace_tree.h"

namespace nj::analyze {

// Per node: its duration less what its children cover (clipped to the span); 0 where it ends before it starts.
std::vector<DurationNs> selfTimes(const TraceShape& shape, const std::vector<TreeSpan>& spans);

struct PathPart {
    uint32_t node = 0;
    TimeNs from = 0, to = 0;
};
// The stretches whose shortening would have shortened the root: backwards from its end through the child that finished last, as Jaeger
// does it. Parts are ascending, do not overlap and cover the root's whole duration. The root is the longest parentless node (ties: the
// first); a child's time outside its parent does not count.
std::vector<PathPart> criticalPath(const TraceShape& shape, const std::vector<TreeSpan>& spans);

}  // namespace nj::analyze

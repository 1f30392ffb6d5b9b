// The shape of one trace from its spans' ids: who is whose parent, in which order rows are drawn, and what is wrong with the ids.
// Every span is kept exactly once, whatever the ids say; nothing recurses. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace nj::analyze {

struct TreeSpan {
    SpanId id, parentId;        // all zero parent = root
    TimeNs start = 0, end = 0;  // end may lie before start
    uint32_t place = 0;         // clocks are compared only between different places (resources)
};

struct TreeNode {
    uint32_t span = 0;          // index in the input
    int32_t parent = -1;        // index in TraceShape::nodes
    int32_t depth = 0;
    uint32_t childCount = 0;
    bool orphan = false;        // names a parent that is not here
    bool inCycle = false;       // its ancestors lead back to it; the cycle is cut at its earliest span
    bool duplicateId = false;   // another span has the same id; hangs under the first of them
    bool endBeforeStart = false;
    bool skewed = false;        // starts before its parent although on another clock
};

struct TraceShape {
    std::vector<TreeNode> nodes;   // depth-first, roots and children by start
    uint32_t roots = 0, orphans = 0, cycles = 0, duplicates = 0, reversed = 0, skewed = 0;
};

TraceShape buildTraceShape(const std::vector<TreeSpan>& spans);

}  // namespace nj::analyze

#include "analyze/trace_time.h"

#include <algorithm>
#include <numeric>

namespace nj::analyze {
namespace {

TimeNs endOf(const TreeSpan& span) { return std::max(span.start, span.end); }
DurationNs durationOf(const TreeSpan& span) { return endOf(span) - span.start; }

// Children of every node in one array, the last to finish first.
class ChildrenByEnd {
public:
    ChildrenByEnd(const TraceShape& shape, const std::vector<TreeSpan>& spans) : offset_(shape.nodes.size() + 1, 0) {
        for (const TreeNode& node : shape.nodes)
            if (node.parent >= 0)
                ++offset_[static_cast<size_t>(node.parent) + 1];
        std::partial_sum(offset_.begin(), offset_.end(), offset_.begin());
        children_.resize(offset_.back());
        std::vector<uint32_t> fill(offset_.begin(), offset_.end() - 1);
        for (uint32_t i = 0; i < shape.nodes.size(); ++i)
            if (shape.nodes[i].parent >= 0)
                children_[fill[static_cast<size_t>(shape.nodes[i].parent)]++] = i;
        for (size_t i = 0; i + 1 < offset_.size(); ++i)
            std::sort(children_.begin() + offset_[i], children_.begin() + offset_[i + 1], [&](uint32_t a, uint32_t b) {
                const TimeNs endA = endOf(spans[shape.nodes[a].span]), endB = endOf(spans[shape.nodes[b].span]);
                return endA != endB ? endA > endB : a < b;
            });
    }
    [[nodiscard]] size_t count(uint32_t node) const { return offset_[node + 1] - offset_[node]; }
    [[nodiscard]] uint32_t at(uint32_t node, size_t k) const { return children_[offset_[node] + k]; }

private:
    std::vector<uint32_t> offset_;
    std::vector<uint32_t> children_;
};

}  // namespace

std::vector<DurationNs> selfTimes(const TraceShape& shape, const std::vector<TreeSpan>& spans) {
    std::vector<DurationNs> self(shape.nodes.size());
    std::vector<TimeNs> coveredTo(shape.nodes.size());
    for (size_t i = 0; i < shape.nodes.size(); ++i) {
        const TreeSpan& span = spans[shape.nodes[i].span];
        self[i] = durationOf(span);
        coveredTo[i] = span.start;
        // Depth-first order visits the children of a parent by start, so one mark per parent merges their intervals.
        if (shape.nodes[i].parent < 0)
            continue;
        const auto parent = static_cast<size_t>(shape.nodes[i].parent);
        const TreeSpan& above = spans[shape.nodes[parent].span];
        const TimeNs from = std::max(span.start, coveredTo[parent]), to = std::min(endOf(span), endOf(above));
        if (to > from) {
            self[parent] -= to - from;
            coveredTo[parent] = to;
        }
    }
    return self;
}

std::vector<PathPart> criticalPath(const TraceShape& shape, const std::vector<TreeSpan>& spans) {
    std::vector<PathPart> parts;
    const auto spanOf = [&](uint32_t node) -> const TreeSpan& { return spans[shape.nodes[node].span]; };
    int64_t root = -1;
    for (uint32_t i = 0; i < shape.nodes.size(); ++i)
        if (shape.nodes[i].parent < 0 && (root < 0 || durationOf(spanOf(i)) > durationOf(spanOf(static_cast<uint32_t>(root)))))
            root = i;
    if (root < 0)
        return parts;
    const ChildrenByEnd children(shape, spans);
    struct Frame {
        uint32_t node;
        TimeNs from, to;    // its own time inside its parent's
        TimeNs at;          // everything after this instant is attributed
        size_t nextChild;
    };
    const auto rootNode = static_cast<uint32_t>(root);
    std::vector<Frame> stack = {{rootNode, spanOf(rootNode).start, endOf(spanOf(rootNode)), endOf(spanOf(rootNode)), 0}};
    while (!stack.empty()) {
        Frame& frame = stack.back();
        int64_t descend = -1;
        TimeNs childFrom = 0, childTo = 0;
        while (frame.nextChild < children.count(frame.node) && descend < 0) {
            const uint32_t child = children.at(frame.node, frame.nextChild++);
            // What still ran when an already chosen child began delayed nothing; an overhang past the parent's end counts up to that end.
            childFrom = std::max(spanOf(child).start, frame.from);
            childTo = std::min(endOf(spanOf(child)), frame.to);
            if (childTo <= frame.at && childFrom < childTo)
                descend = child;
        }
        const TimeNs ownFrom = descend >= 0 ? childTo : frame.from;
        if (frame.at > ownFrom)
            parts.push_back({frame.node, ownFrom, frame.at});
        if (descend < 0) {
            stack.pop_back();
            continue;
        }
        frame.at = childFrom;
        stack.push_back({static_cast<uint32_t>(descend), childFrom, childTo, childTo, 0});
    }
    std::reverse(parts.begin(), parts.end());
    return parts;
}

}  // namespace nj::analyze

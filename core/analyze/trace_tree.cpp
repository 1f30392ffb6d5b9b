#include "analyze/trace_tree.h"

#include <algorithm>
#include <numeric>

namespace nj::analyze {
namespace {

constexpr int32_t kNone = -1;

// Spans by id, those of one id by start.
class IdIndex {
public:
    explicit IdIndex(const std::vector<TreeSpan>& spans) : spans_(spans), order_(spans.size()) {
        std::iota(order_.begin(), order_.end(), 0U);
        std::sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
            if (spans[a].id != spans[b].id)
                return spans[a].id < spans[b].id;
            return spans[a].start != spans[b].start ? spans[a].start < spans[b].start : a < b;
        });
    }
    // Of several spans with that id, the last one that has begun when the child begins (the server half of a shared Zipkin span).
    [[nodiscard]] int32_t find(const SpanId& id, TimeNs childStart) const {
        const auto first = std::lower_bound(order_.begin(), order_.end(), id, [&](uint32_t i, const SpanId& key) { return spans_[i].id < key; });
        if (first == order_.end() || spans_[*first].id != id)
            return kNone;
        const auto last = std::upper_bound(first, order_.end(), id, [&](const SpanId& key, uint32_t i) { return key < spans_[i].id; });
        const auto after = std::upper_bound(first, last, childStart, [&](TimeNs t, uint32_t i) { return t < spans_[i].start; });
        return static_cast<int32_t>(after == first ? *first : *(after - 1));
    }
    // The first span of the same id, or the span itself.
    [[nodiscard]] uint32_t firstOf(uint32_t span) const {
        return *std::lower_bound(order_.begin(), order_.end(), spans_[span].id, [&](uint32_t i, const SpanId& key) { return spans_[i].id < key; });
    }

private:
    const std::vector<TreeSpan>& spans_;
    std::vector<uint32_t> order_;
};

struct Links {
    std::vector<int32_t> parent;
    std::vector<TreeNode> marks;   // by span
};

Links linkParents(const std::vector<TreeSpan>& spans) {
    const IdIndex index(spans);
    Links links{std::vector<int32_t>(spans.size(), kNone), std::vector<TreeNode>(spans.size())};
    for (uint32_t i = 0; i < spans.size(); ++i) {
        TreeNode& mark = links.marks[i];
        mark.span = i;
        mark.endBeforeStart = spans[i].end < spans[i].start;
        if (const uint32_t first = spans[i].id.empty() ? i : index.firstOf(i); first != i) {
            mark.duplicateId = true;
            links.parent[i] = static_cast<int32_t>(first);
            continue;
        }
        if (spans[i].parentId.empty())
            continue;
        links.parent[i] = index.find(spans[i].parentId, spans[i].start);
        mark.orphan = links.parent[i] == kNone;
    }
    return links;
}

// Cuts every cycle at its earliest span and marks its members.
uint32_t cutCycles(const std::vector<TreeSpan>& spans, Links& links) {
    uint32_t cycles = 0;
    std::vector<uint32_t> walkOf(spans.size(), 0);   // 0 = not visited, else the walk that reached it first
    uint32_t walk = 0;
    for (uint32_t from = 0; from < spans.size(); ++from) {
        if (walkOf[from] != 0)
            continue;
        ++walk;
        int32_t at = static_cast<int32_t>(from);
        while (at != kNone && walkOf[static_cast<size_t>(at)] == 0) {
            walkOf[static_cast<size_t>(at)] = walk;
            at = links.parent[static_cast<size_t>(at)];
        }
        if (at == kNone || walkOf[static_cast<size_t>(at)] != walk)
            continue;
        ++cycles;
        auto earliest = static_cast<uint32_t>(at);
        for (auto member = static_cast<uint32_t>(at);;) {
            links.marks[member].inCycle = true;
            if (spans[member].start < spans[earliest].start)
                earliest = member;
            member = static_cast<uint32_t>(links.parent[member]);
            if (member == static_cast<uint32_t>(at))
                break;
        }
        links.parent[earliest] = kNone;
    }
    return cycles;
}

// Depth-first over child lists in one array (children of p stand at offset[p] … offset[p + 1]).
std::vector<TreeNode> flatten(const std::vector<TreeSpan>& spans, Links& links) {
    const size_t n = spans.size();
    std::vector<uint32_t> byStart(n);
    std::iota(byStart.begin(), byStart.end(), 0U);
    std::stable_sort(byStart.begin(), byStart.end(), [&](uint32_t a, uint32_t b) { return spans[a].start < spans[b].start; });
    std::vector<uint32_t> offset(n + 2, 0);
    const auto slot = [&](uint32_t i) { return static_cast<size_t>(links.parent[i] + 1); };   // 0 = the roots
    for (uint32_t i = 0; i < n; ++i)
        ++offset[slot(i) + 1];
    std::partial_sum(offset.begin(), offset.end(), offset.begin());
    std::vector<uint32_t> children(n), fill(offset.begin(), offset.end() - 1);
    for (const uint32_t i : byStart)
        children[fill[slot(i)]++] = i;

    std::vector<TreeNode> nodes;
    nodes.reserve(n);
    struct Pending { uint32_t span; int32_t parentNode; int32_t depth; };
    std::vector<Pending> stack;
    const auto push = [&](size_t list, int32_t parentNode, int32_t depth) {
        for (uint32_t k = offset[list + 1]; k-- > offset[list];)
            stack.push_back({children[k], parentNode, depth});
    };
    push(0, kNone, 0);
    while (!stack.empty()) {
        const Pending next = stack.back();
        stack.pop_back();
        TreeNode node = links.marks[next.span];
        node.parent = next.parentNode;
        node.depth = next.depth;
        node.childCount = offset[next.span + 2] - offset[next.span + 1];
        if (next.parentNode != kNone) {
            const TreeSpan& parent = spans[nodes[static_cast<size_t>(next.parentNode)].span];
            node.skewed = parent.place != spans[next.span].place && spans[next.span].start < parent.start;
        }
        nodes.push_back(node);
        push(next.span + 1, static_cast<int32_t>(nodes.size() - 1), next.depth + 1);
    }
    return nodes;
}

}  // namespace

TraceShape buildTraceShape(const std::vector<TreeSpan>& spans) {
    TraceShape shape;
    Links links = linkParents(spans);
    shape.cycles = cutCycles(spans, links);
    shape.nodes = flatten(spans, links);
    for (const TreeNode& node : shape.nodes) {
        shape.roots += node.parent == kNone && !node.orphan ? 1 : 0;
        shape.orphans += node.orphan ? 1 : 0;
        shape.duplicates += node.duplicateId ? 1 : 0;
        shape.reversed += node.endBeforeStart ? 1 : 0;
        shape.skewed += node.skewed ? 1 : 0;
    }
    return shape;
}

}  // namespace nj::analyze

#include "analyze/trace_tree.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/id_hash.h"

namespace nj::analyze {
namespace {

constexpr int32_t kNone = -1;

// Spans by start, those of one start as they came. Spans out of a store mostly have that order already.
std::vector<uint32_t> orderByStart(const std::vector<TreeSpan>& spans) {
    std::vector<uint32_t> order(spans.size());
    std::iota(order.begin(), order.end(), 0U);
    if (!std::is_sorted(spans.begin(), spans.end(), [](const TreeSpan& a, const TreeSpan& b) { return a.start < b.start; }))
        std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return spans[a].start < spans[b].start; });
    return order;
}

// Spans by id, those of one id by start. Open addressing: a million ids are found faster than sorted.
class IdIndex {
public:
    IdIndex(const std::vector<TreeSpan>& spans, const std::vector<uint32_t>& byStart)
        : spans_(spans), slots_(std::bit_ceil(spans.size() * 2 + 2), 0), groupOf_(spans.size()), members_(spans.size()) {
        for (size_t i = 0; i < spans.size(); ++i) {
            uint32_t& slot = slots_[slotOf(spans[i].id)];
            if (slot == 0) {
                ids_.push_back(spans[i].id);
                slot = static_cast<uint32_t>(ids_.size());
            }
            groupOf_[i] = slot - 1;
        }
        offset_.assign(ids_.size() + 1, 0);
        for (const uint32_t group : groupOf_)
            ++offset_[group + 1];
        std::partial_sum(offset_.begin(), offset_.end(), offset_.begin());
        std::vector<uint32_t> fill(offset_.begin(), offset_.end() - 1);
        for (const uint32_t i : byStart)
            members_[fill[groupOf_[i]]++] = i;
    }
    // Of several spans with that id, the last one that has begun when the child begins (the server half of a shared Zipkin span).
    [[nodiscard]] int32_t find(const SpanId& id, TimeNs childStart) const {
        const uint32_t slot = slots_[slotOf(id)];
        if (slot == 0)
            return kNone;
        const auto first = members_.begin() + offset_[slot - 1], last = members_.begin() + offset_[slot];
        const auto after = std::upper_bound(first, last, childStart, [&](TimeNs t, uint32_t i) { return t < spans_[i].start; });
        return static_cast<int32_t>(after == first ? *first : *(after - 1));
    }
    // The first span of the same id, or the span itself.
    [[nodiscard]] uint32_t firstOf(uint32_t span) const {
        return members_[offset_[groupOf_[span]]];
    }

private:
    // The slot of the id, or the free one where it would stand.
    [[nodiscard]] size_t slotOf(const SpanId& id) const {
        const size_t mask = slots_.size() - 1;
        size_t slot = mixedHash(id) & mask;
        while (slots_[slot] != 0 && ids_[slots_[slot] - 1] != id)
            slot = (slot + 1) & mask;
        return slot;
    }

    const std::vector<TreeSpan>& spans_;
    std::vector<uint32_t> slots_;      // group + 1, 0 = free; size is a power of two
    std::vector<SpanId> ids_;          // of each group
    std::vector<uint32_t> groupOf_;    // by span
    std::vector<uint32_t> offset_, members_;   // spans of group g: members_[offset_[g]] … members_[offset_[g + 1]]
};

struct Links {
    std::vector<int32_t> parent;
    std::vector<TreeNode> marks;   // by span
};

Links linkParents(const std::vector<TreeSpan>& spans, const std::vector<uint32_t>& byStart) {
    const IdIndex index(spans, byStart);
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
std::vector<TreeNode> flatten(const std::vector<TreeSpan>& spans, const std::vector<uint32_t>& byStart, Links& links) {
    const size_t n = spans.size();
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
    const std::vector<uint32_t> byStart = orderByStart(spans);
    Links links = linkParents(spans, byStart);
    shape.cycles = cutCycles(spans, links);
    shape.nodes = flatten(spans, byStart, links);
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

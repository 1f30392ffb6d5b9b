#include "widgets/waterfall_layout.h"

#include <algorithm>

namespace nj::ui {
namespace {

constexpr double kGapShare = 0.005;   // of the trace: shorter gaps between attempts are not worth a row

}  // namespace

void WaterfallLayout::setTree(std::shared_ptr<const query::TraceTree> tree) {
    tree_ = std::move(tree);
    collapsed_.clear();
    unfolded_.clear();
    rebuild();
}

void WaterfallLayout::setExpanded(int32_t span, bool expanded) {
    if (expanded)
        collapsed_.erase(span);
    else
        collapsed_.insert(span);
    rebuild();
}

void WaterfallLayout::collapseAll() {
    for (size_t i = 0; i < tree_->spans.size(); ++i)
        if (tree_->spans[i].childCount > 0)
            collapsed_.insert(static_cast<int32_t>(i));
    unfolded_.clear();
    rebuild();
}

void WaterfallLayout::expandAll() {
    collapsed_.clear();
    rebuild();
}

void WaterfallLayout::setFolding(bool on) {
    folding_ = on;
    unfolded_.clear();
    rebuild();
}

uint32_t WaterfallLayout::runOf(size_t span) const {
    const auto& spans = tree_->spans;
    const auto& first = spans[span];
    size_t end = span;
    // Depth-first order: leaf siblings stand directly after each other.
    while (end < spans.size() && spans[end].parent == first.parent && spans[end].depth == first.depth && spans[end].childCount == 0 &&
           spans[end].stages.empty() && spans[end].name == first.name && spans[end].service == first.service && spans[end].status == first.status)
        ++end;
    return static_cast<uint32_t>(end - span);
}

void WaterfallLayout::rebuild() {
    rows_.clear();
    if (!tree_)
        return;
    const auto& spans = tree_->spans;
    const auto gapFrom = static_cast<DurationNs>(static_cast<double>(tree_->to - tree_->from) * kGapShare);
    std::unordered_map<int32_t, size_t> lastChild;   // parent → its last child so far
    int32_t hiddenBelow = INT32_MAX;                 // depth from which rows are inside a collapsed span
    for (size_t i = 0; i < spans.size(); ++i) {
        const auto& span = spans[i];
        if (span.depth > hiddenBelow)
            continue;
        hiddenBelow = INT32_MAX;
        const auto index = static_cast<int32_t>(i);
        if (const auto before = lastChild.find(span.parent); before != lastChild.end() && span.parent >= 0) {
            const auto& sibling = spans[before->second];
            // A retry: two like siblings with a stretch between them in which the parent waited.
            if (sibling.service == span.service && sibling.kind == span.kind && sibling.kind == SpanKind::kClient && span.start - sibling.end > gapFrom && gapFrom > 0)
                rows_.push_back({WaterfallRow::Kind::kGap, index, span.depth, 1, sibling.end, span.start, false, false});
        }
        lastChild[span.parent] = i;
        const uint32_t run = folding_ && span.childCount == 0 && !unfolded_.contains(index) ? runOf(i) : 1;
        if (run >= kFoldFrom) {
            WaterfallRow row{WaterfallRow::Kind::kFolded, index, span.depth, run, span.start, span.end, true, false};
            for (size_t k = i; k < i + run; ++k) {
                row.from = std::min(row.from, spans[k].start);
                row.to = std::max(row.to, spans[k].end);
            }
            rows_.push_back(row);
            i += run - 1;
            continue;
        }
        if (unfolded_.contains(index)) {
            // An opened fold: its spans one by one, without folding the rest of the run again.
            const uint32_t all = runOf(i);
            for (size_t k = i; k < i + all; ++k)
                rows_.push_back({WaterfallRow::Kind::kSpan, static_cast<int32_t>(k), span.depth, 1, spans[k].start, spans[k].end, false, false});
            i += std::max(all, 1U) - 1;
            continue;
        }
        const bool expandable = span.childCount > 0;
        const bool expanded = expandable && !collapsed_.contains(index);
        rows_.push_back({WaterfallRow::Kind::kSpan, index, span.depth, 1, span.start, span.end, expandable, expanded});
        if (expandable && !expanded)
            hiddenBelow = span.depth;
    }
}

int WaterfallLayout::rowOf(int32_t span) const {
    if (span < 0 || !tree_ || static_cast<size_t>(span) >= tree_->spans.size())
        return -1;
    // Rows ascend by span; gaps carry the span after them.
    auto it = std::upper_bound(rows_.begin(), rows_.end(), span, [](int32_t s, const WaterfallRow& row) { return s < row.span; });
    while (it != rows_.begin()) {
        --it;
        if (it->kind != WaterfallRow::Kind::kGap)
            return static_cast<int>(it - rows_.begin());
    }
    return -1;
}

int WaterfallLayout::reveal(int32_t span) {
    if (span < 0)
        return -1;
    bool changed = false;
    for (int32_t p = tree_->spans[static_cast<size_t>(span)].parent; p >= 0; p = tree_->spans[static_cast<size_t>(p)].parent)
        changed |= collapsed_.erase(p) > 0;
    if (changed)
        rebuild();
    int row = rowOf(span);
    if (row >= 0 && rows_[static_cast<size_t>(row)].kind == WaterfallRow::Kind::kFolded && rows_[static_cast<size_t>(row)].span != span) {
        unfolded_.insert(rows_[static_cast<size_t>(row)].span);
        rebuild();
        row = rowOf(span);
    }
    return row;
}

}  // namespace nj::ui

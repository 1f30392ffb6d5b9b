// Which rows a waterfall shows and where its bars lie: geometry apart from painting, so that tests read it as plain values.
// UI thread; keeps a reference to the trace it was given (shared, immutable).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "query/backend.h"

namespace nj::ui {

// Time to pixels of a strip of bars; shared by ruler, minimap, rows and metric lanes.
struct TraceAxis {
    TimeNs from = 0, to = 1;      // what is visible
    int left = 0, width = 1;      // device-independent pixels
    [[nodiscard]] double x(TimeNs time) const {
        return left + static_cast<double>(time - from) * width / static_cast<double>(to - from > 0 ? to - from : 1);
    }
    [[nodiscard]] TimeNs time(double x) const {
        return from + static_cast<TimeNs>((x - left) * static_cast<double>(to - from) / (width > 0 ? width : 1));
    }
};

struct WaterfallRow {
    enum class Kind : uint8_t {
        kSpan,
        kFolded,      // `count` leaf siblings of one name, drawn on one row
        kGap,         // nothing traced between two like siblings: a back-off, say
        kMissing,     // what the failed call above would have shown: its siblings' callee has a span, this one's has none
    };
    Kind kind = Kind::kSpan;
    int32_t span = -1;            // index in the tree; the first one of a fold; the sibling after a gap; the caller of what is missing
    int32_t depth = 0;
    uint32_t count = 1;           // of a fold; of a collapsed span: the spans inside it
    TimeNs from = 0, to = 0;
    bool expandable = false, expanded = false;
    // Of a gap or what is missing: a short name and a sentence.
    bool backOff = false;         // the gap follows a failed attempt
    int32_t engine = -1;          // kMissing: a span of the kind that is missing
    [[nodiscard]] bool isSpan() const { return kind == Kind::kSpan || kind == Kind::kFolded; }
};

class WaterfallLayout {
public:
    void setTree(std::shared_ptr<const query::TraceTree> tree);
    [[nodiscard]] const query::TraceTree& tree() const { return *tree_; }
    [[nodiscard]] bool empty() const { return !tree_ || tree_->spans.empty(); }
    [[nodiscard]] const std::vector<WaterfallRow>& rows() const { return rows_; }

    void setExpanded(int32_t span, bool expanded);
    [[nodiscard]] bool isExpanded(int32_t span) const { return !collapsed_.contains(span); }
    void collapseAll();
    void expandAll();
    // One level: opens (or closes) the highest level at which something is closed (or the deepest at which something is open).
    void expandLevel();
    void collapseLevel();
    // Steps before the model is asked (guardrail, retrieval, rerank …) are one collapsed row when a trace opens.
    [[nodiscard]] bool isPreparation(int32_t span) const { return preparation_.contains(span); }
    // The span after the last one inside.
    [[nodiscard]] int32_t endOf(int32_t span) const;
    // Folding of runs of at least kFoldFrom like leaf siblings.
    void setFolding(bool on);
    [[nodiscard]] bool folding() const { return folding_; }
    static constexpr uint32_t kFoldFrom = 4;

    // Row that shows the span (its own, its fold's, or the nearest visible ancestor's); -1 = none.
    [[nodiscard]] int rowOf(int32_t span) const;
    // Opens a fold: its spans get rows of their own.
    void unfold(int32_t span) {
        unfolded_.insert(span);
        rebuild();
    }
    // Expands ancestors and folds until the span has a row; returns that row.
    int reveal(int32_t span);
    // Next span after `span` in tree order (wrapping, or before it when backwards) that satisfies the predicate; -1 = none.
    template <typename Predicate>
    [[nodiscard]] int32_t findNext(int32_t span, bool backwards, Predicate matches) const {
        const auto n = static_cast<int32_t>(tree_ ? tree_->spans.size() : 0);
        for (int32_t step = 1; step <= n; ++step) {
            const int32_t i = ((span + (backwards ? -step : step)) % n + n) % n;
            if (matches(tree_->spans[static_cast<size_t>(i)]))
                return i;
        }
        return -1;
    }

private:
    void rebuild();
    void findPreparation();
    void findEngines();
    void addGap(size_t span, size_t sibling);
    void addMissing(size_t span);
    // Number of like leaf siblings from `span` on, in tree order.
    [[nodiscard]] uint32_t runOf(size_t span) const;

    std::shared_ptr<const query::TraceTree> tree_;
    std::vector<WaterfallRow> rows_;
    std::unordered_set<int32_t> collapsed_;
    std::unordered_set<int32_t> preparation_;
    std::unordered_map<std::string, int32_t> engineOf_;   // service of a client whose call an engine's span answers → that span
    std::unordered_set<int32_t> unfolded_;    // first spans of folds the user opened
    bool folding_ = true;
};

}  // namespace nj::ui

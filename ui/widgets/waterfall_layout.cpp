#include "widgets/waterfall_layout.h"

#include <algorithm>

#include "analyze/stage.h"

namespace nj::ui {
namespace {

constexpr double kGapShare = 0.005;           // of the trace: shorter gaps between attempts are not worth a row
constexpr double kPreparationShare = 0.05;    // of the trace: longer preparation is shown step by step
constexpr size_t kMostPreparation = 64;       // spans inside
constexpr size_t kLargeTrace = 20'000;        // spans: nobody reads such a trace step by step

bool isPreparing(analyze::Stage stage) {
    using analyze::Stage;
    return stage == Stage::kIngestion || stage == Stage::kPrompt || stage == Stage::kGuardrail || stage == Stage::kEmbedding || stage == Stage::kRetrieval || stage == Stage::kRerank;
}

analyze::Stage stageOf(const query::TraceSpan& span) {
    analyze::StageEvidence evidence;
    for (const KeyValue& attribute : span.attributes)
        if (attribute.value.type == ValueType::kString)
            analyze::setEvidence(evidence, attribute.key, attribute.value.text);
    return analyze::stageOfSpan(span.name, evidence);
}

// The span of a call of a language model, of which attempts are children.
bool asksModel(const query::TraceSpan& span) {
    const AttributeValue* operation = findAttribute(span.attributes, "gen_ai.operation.name");
    return operation && (operation->text == "chat" || operation->text == "text_completion" || operation->text == "generate_content");
}

}  // namespace

void WaterfallLayout::setTree(std::shared_ptr<const query::TraceTree> tree) {
    tree_ = std::move(tree);
    collapsed_.clear();
    unfolded_.clear();
    findPreparation();
    findEngines();
    collapsed_ = preparation_;
    rebuild();
}

int32_t WaterfallLayout::endOf(int32_t span) const {
    const auto& spans = tree_->spans;
    auto end = static_cast<size_t>(span) + 1;
    while (end < spans.size() && spans[end].depth > spans[static_cast<size_t>(span)].depth)
        ++end;
    return static_cast<int32_t>(end);
}

// A span of short steps of which none failed and at least two prepare the prompt.
void WaterfallLayout::findPreparation() {
    preparation_.clear();
    if (!tree_ || tree_->spans.size() > kLargeTrace)
        return;
    const auto& spans = tree_->spans;
    const double most = kPreparationShare * static_cast<double>(tree_->to - tree_->from);
    for (size_t i = 1; i < spans.size(); ++i) {   // not the whole trace
        if (spans[i].childCount < 2 || spans[i].parent < 0 || static_cast<double>(spans[i].end - spans[i].start) > most)
            continue;
        size_t end = i + 1, steps = 0;
        bool plain = spans[i].status != SpanStatus::kError;
        for (; plain && end < spans.size() && spans[end].depth > spans[i].depth && end - i <= kMostPreparation + 1; ++end) {
            plain = spans[end].status != SpanStatus::kError && spans[end].stages.empty() && !spans[end].inCycle && !spans[end].duplicateId;
            steps += isPreparing(stageOf(spans[end])) ? 1 : 0;
        }
        if (!plain || steps < 2 || end - i > kMostPreparation + 1)
            continue;
        preparation_.insert(static_cast<int32_t>(i));
        i = end - 1;
    }
}

void WaterfallLayout::findEngines() {
    engineOf_.clear();
    if (!tree_)
        return;
    for (size_t i = 0; i < tree_->spans.size(); ++i)
        if (const auto& span = tree_->spans[i]; !span.stages.empty() && span.parent >= 0)
            if (const auto& caller = tree_->spans[static_cast<size_t>(span.parent)]; caller.kind == SpanKind::kClient)
                engineOf_.emplace(caller.service, static_cast<int32_t>(i));
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

void WaterfallLayout::expandLevel() {
    int32_t highest = INT32_MAX;
    for (const WaterfallRow& row : rows_)
        if (row.expandable && !row.expanded)
            highest = std::min(highest, row.depth);
    for (const WaterfallRow& row : rows_)
        if (row.expandable && !row.expanded && row.depth == highest) {
            if (row.kind == WaterfallRow::Kind::kFolded)
                unfolded_.insert(row.span);
            else
                collapsed_.erase(row.span);
        }
    rebuild();
}

void WaterfallLayout::collapseLevel() {
    int32_t deepest = -1;
    for (const WaterfallRow& row : rows_)
        if (row.kind == WaterfallRow::Kind::kSpan && row.expanded)
            deepest = std::max(deepest, row.depth);
    for (const WaterfallRow& row : rows_)
        if (row.kind == WaterfallRow::Kind::kSpan && row.expanded && row.depth == deepest)
            collapsed_.insert(row.span);
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

// A retry: two like siblings with a stretch between them in which the parent waited.
void WaterfallLayout::addGap(size_t span, size_t sibling) {
    const auto& after = tree_->spans[span];
    const auto& before = tree_->spans[sibling];
    const auto gapFrom = static_cast<DurationNs>(static_cast<double>(tree_->to - tree_->from) * kGapShare);
    if (gapFrom <= 0 || before.service != after.service || before.kind != after.kind || after.kind != SpanKind::kClient || after.start <= before.end || after.start - before.end <= gapFrom)
        return;
    WaterfallRow row{WaterfallRow::Kind::kGap, static_cast<int32_t>(span), after.depth, 1, before.end, after.start};
    row.backOff = before.status == SpanStatus::kError;
    rows_.push_back(row);
}

// An engine writes its span when the request ends there: of a call that was given up it has none.
void WaterfallLayout::addMissing(size_t span) {
    const auto& s = tree_->spans[span];
    if (s.status != SpanStatus::kError || s.childCount > 0 || s.kind != SpanKind::kClient || s.end <= s.start)
        return;
    const auto engine = engineOf_.find(s.service);
    const bool answered = engine != engineOf_.end() && s.depth + 1 == tree_->spans[static_cast<size_t>(engine->second)].depth;
    if (!answered && (s.parent < 0 || !asksModel(tree_->spans[static_cast<size_t>(s.parent)])))
        return;
    WaterfallRow row{WaterfallRow::Kind::kMissing, static_cast<int32_t>(span), s.depth + 1, 1, s.start, s.end};
    row.engine = answered ? engine->second : -1;
    rows_.push_back(row);
}

void WaterfallLayout::rebuild() {
    rows_.clear();
    if (!tree_)
        return;
    const auto& spans = tree_->spans;
    std::vector<int32_t> lastChild(spans.size(), -1);   // of each parent, so far
    rows_.reserve(std::min<size_t>(spans.size(), 1U << 20));
    for (size_t i = 0; i < spans.size(); ++i) {
        const auto& span = spans[i];
        const auto index = static_cast<int32_t>(i);
        if (span.parent >= 0) {
            int32_t& before = lastChild[static_cast<size_t>(span.parent)];
            if (before >= 0)
                addGap(i, static_cast<size_t>(before));
            before = index;
        }
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
        if (expandable && !expanded) {
            const int32_t end = endOf(index);
            rows_.back().count = static_cast<uint32_t>(end - index - 1);
            i = static_cast<size_t>(end) - 1;
        } else if (!expandable) {
            addMissing(i);
        }
    }
}

int WaterfallLayout::rowOf(int32_t span) const {
    if (span < 0 || !tree_ || static_cast<size_t>(span) >= tree_->spans.size())
        return -1;
    // Rows ascend by span; gaps carry the span after them, what is missing its caller's.
    auto it = std::upper_bound(rows_.begin(), rows_.end(), span, [](int32_t s, const WaterfallRow& row) { return s < row.span; });
    while (it != rows_.begin()) {
        --it;
        if (it->isSpan())
            return static_cast<int>(it - rows_.begin());
    }
    return -1;
}

int WaterfallLayout::reveal(int32_t span) {
    if (span < 0)
        return -1;
    bool changed = false;
    for (int32_t p = collapsed_.empty() ? -1 : tree_->spans[static_cast<size_t>(span)].parent; p >= 0; p = tree_->spans[static_cast<size_t>(p)].parent)
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

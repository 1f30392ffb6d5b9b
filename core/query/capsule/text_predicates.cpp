// Free text, body: and event:. Text columns are inflated frame by frame, only where candidates are left, and only where the token filter
// does not exclude the segment.
#include <algorithm>

#include "query/capsule/predicate.h"

namespace nj::query {
namespace {

using Op = FilterNode::Op;

// Calls test(text) for the candidates' texts, frame by frame; hits are added to rows.
template <typename Test>
Status scanTexts(QueryContext& context, const store::SegmentView& view, store::TextColumn column, const RowSet& candidates, RowSet& rows, const Test& test) {
    const uint32_t frame = std::max<uint32_t>(view.frameRows(), 1);
    for (uint32_t from = 0; from < candidates.rows(); from += frame) {
        const RowSpan span{from, std::min(candidates.rows(), from + frame)};
        bool wanted = false;
        candidates.forEach(span, [&](uint32_t) { wanted = true; });
        if (!wanted)
            continue;
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_RETURN_IF_ERROR(view.scanText(column, span.from, span.size(), [&](uint32_t row, std::string_view text) {
            if (row < candidates.rows() && candidates.test(row) && test(text))
                rows.add(row);
            return true;
        }));
    }
    return {};
}

Result<bool> mayHoldTokens(const store::SegmentView& view, const std::vector<std::string>& tokens) {
    for (const std::string& token : tokens) {
        NJ_ASSIGN(const bool may, view.mayContainToken(token));
        if (!may)
            return false;
    }
    return true;
}

class TextPredicate : public Predicate {
public:
    TextPredicate(QueryContext& context, TextMatcher matcher, Signal signal) : context_(context), matcher_(std::move(matcher)), signal_(signal) {
        const std::string_view word = matcher_.word();
        if (word.size() == 32)
            trace_ = TraceId::fromHex(word);
        if (word.size() == 16)
            span_ = SpanId::fromHex(word);
        FilterNode equals;
        equals.op = Op::kEquals;
        equals.text = word;
        if (!word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos)
            if (auto number = ValueMatcher::of(equals); number.ok())
                number_ = std::make_unique<ValueMatcher>(std::move(number).value());
    }
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        RowSet rows(candidates.rows());
        NJ_RETURN_IF_ERROR(addDictionaryTexts(view, candidates, rows));
        NJ_RETURN_IF_ERROR(addIds(view, candidates, rows));
        NJ_RETURN_IF_ERROR(addAttributes(view, candidates, rows));
        RowSet left = candidates;
        left -= rows;
        if (left.none())
            return rows;
        const auto test = [&](std::string_view text) { return matcher_.matches(text); };
        if (signal_ == Signal::kLog) {
            NJ_ASSIGN(const bool may, mayHoldTokens(view, matcher_.tokens()));
            if (may)
                NJ_RETURN_IF_ERROR(scanTexts(context_, view, store::TextColumn::kBody, left, rows, test));
        } else {
            NJ_RETURN_IF_ERROR(scanTexts(context_, view, store::TextColumn::kStatusMessage, left, rows, test));
        }
        return rows;
    }
    [[nodiscard]] int cost() const override { return 100; }

private:
    Status addDictionaryTexts(const store::SegmentView& view, const RowSet& candidates, RowSet& rows) {
        const auto add = [&](Result<store::CodeColumn> column) -> Status {
            if (!column.ok())
                return column.error();
            std::vector<uint8_t> wanted(column->table.size());
            for (size_t code = 0; code < wanted.size(); ++code) {
                const auto [it, fresh] = known_.try_emplace(column->table[code], false);
                if (fresh)
                    it->second = matcher_.matches(context_.snapshot().text(column->table[code]));
                wanted[code] = it->second ? 1 : 0;
            }
            rows |= rowsOfCodes(*column, wanted, candidates);
            return {};
        };
        NJ_RETURN_IF_ERROR(add(view.service()));
        return signal_ == Signal::kSpan ? add(view.name()) : Status();
    }
    Status addIds(const store::SegmentView& view, const RowSet& candidates, RowSet& rows) {
        if (trace_) {
            NJ_ASSIGN(const store::TraceIdColumn ids, view.traceIds());
            std::vector<uint8_t> wanted(ids.table.size());
            for (size_t code = 0; code < wanted.size(); ++code)
                wanted[code] = ids.table[code] == *trace_ ? 1 : 0;
            rows |= rowsOfCodes(ids.codes, wanted, candidates);
        }
        if (span_) {
            NJ_ASSIGN(const std::span<const SpanId> ids, view.spanIds());
            candidates.forEach([&](uint32_t row) {
                if (row < ids.size() && ids[row] == *span_)
                    rows.add(row);
            });
        }
        return {};
    }
    Status addAttributes(const store::SegmentView& view, const RowSet& candidates, RowSet& rows) {
        for (const store::AttributeInfo& info : view.info().attributes) {
            const bool textual = info.type == ValueType::kString || info.type == ValueType::kJson || info.type == ValueType::kBytes;
            if (!textual && !(number_ && info.type == ValueType::kInt))
                continue;
            NJ_RETURN_IF_ERROR(context_.checkStop());
            NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
            std::vector<uint8_t> wanted(values.coded ? values.dictionary.size() : 0);
            for (uint32_t code = 0; code < wanted.size(); ++code)
                wanted[code] = matcher_.matches(values.dictionary.view(code)) ? 1 : 0;
            for (size_t entry = 0; entry < values.size(); ++entry) {
                const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
                if (row >= candidates.rows() || !candidates.test(row))
                    continue;
                const bool hit = !textual ? number_->integer(values.integers[entry])
                                          : values.coded ? values.codes[entry] < wanted.size() && wanted[values.codes[entry]] != 0
                                                         : matcher_.matches(values.text(entry));
                if (hit)
                    rows.add(row);
            }
        }
        return {};
    }

    QueryContext& context_;
    TextMatcher matcher_;
    Signal signal_;
    std::optional<TraceId> trace_;
    std::optional<SpanId> span_;
    std::unique_ptr<ValueMatcher> number_;
    std::unordered_map<uint32_t, bool> known_;
};

// body:… on logs.
class BodyPredicate : public Predicate {
public:
    BodyPredicate(QueryContext& context, ValueMatcher matcher, store::TextColumn column) : context_(context), matcher_(std::move(matcher)), column_(column) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        RowSet rows(candidates.rows());
        NJ_RETURN_IF_ERROR(scanTexts(context_, view, column_, candidates, rows, [&](std::string_view text) {
            return matcher_.existsOnly() ? !text.empty() : matcher_.text(text);
        }));
        return rows;
    }
    [[nodiscard]] int cost() const override { return 100; }

private:
    QueryContext& context_;
    ValueMatcher matcher_;
    store::TextColumn column_;
};

// event:… on spans: one of the span's events has that name.
class SpanEventPredicate : public Predicate {
public:
    SpanEventPredicate(QueryContext& context, ValueMatcher matcher) : context_(context), matcher_(std::move(matcher)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        if (!collected_)
            NJ_RETURN_IF_ERROR(collect());
        RowSet rows(candidates.rows());
        const int64_t base = view.info().seqBase, end = base + view.info().rows;
        for (auto it = std::lower_bound(owners_.begin(), owners_.end(), base); it != owners_.end() && *it < end; ++it) {
            NJ_ASSIGN(const uint32_t row, view.rowOf(*it));
            if (row < candidates.rows() && candidates.test(row))
                rows.add(row);
        }
        return rows;
    }
    [[nodiscard]] int cost() const override { return 50; }

private:
    Status collect() {
        for (const auto& info : context_.snapshot().segments(Signal::kSpanEvent)) {
            NJ_RETURN_IF_ERROR(context_.checkStop());
            NJ_ASSIGN(const store::SegmentView* view, context_.view(info->id));
            NJ_ASSIGN(const store::CodeColumn names, view->name());
            std::vector<uint8_t> wanted(names.table.size());
            for (size_t code = 0; code < wanted.size(); ++code)
                wanted[code] = matcher_.text(context_.snapshot().text(names.table[code])) ? 1 : 0;
            const RowSet rows = rowsOfCodes(names, wanted, RowSet(info->rows, {0, info->rows}));
            if (rows.none())
                continue;
            NJ_ASSIGN(const std::vector<int64_t> owners, view->ownerSeq());
            rows.forEach([&](uint32_t row) {
                if (row < owners.size())
                    owners_.push_back(owners[row]);
            });
        }
        std::sort(owners_.begin(), owners_.end());
        owners_.erase(std::unique(owners_.begin(), owners_.end()), owners_.end());
        collected_ = true;
        return {};
    }

    QueryContext& context_;
    ValueMatcher matcher_;
    std::vector<int64_t> owners_;   // seqs, ascending
    bool collected_ = false;
};

class NothingPredicate : public Predicate {
public:
    Result<RowSet> match(const store::SegmentView&, const RowSet& candidates) override { return RowSet(candidates.rows()); }
    [[nodiscard]] int cost() const override { return 0; }
};

}  // namespace

Result<PredicatePtr> makeTextPredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    NJ_ASSIGN(TextMatcher matcher, TextMatcher::of(node));
    return PredicatePtr(std::make_unique<TextPredicate>(context, std::move(matcher), signal));
}

Result<PredicatePtr> makeBodyPredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
    if (signal == Signal::kLog)
        return PredicatePtr(std::make_unique<BodyPredicate>(context, std::move(matcher), node.field == "body" ? store::TextColumn::kBody : store::TextColumn::kEventName));
    if (node.field == "event")
        return PredicatePtr(std::make_unique<SpanEventPredicate>(context, std::move(matcher)));
    return PredicatePtr(std::make_unique<NothingPredicate>());
}

}  // namespace nj::query

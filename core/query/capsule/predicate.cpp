#include "query/capsule/predicate.h"

#include <algorithm>

namespace nj::query {
namespace {

using Op = FilterNode::Op;

class AndPredicate : public Predicate {
public:
    explicit AndPredicate(std::vector<PredicatePtr> children) : children_(std::move(children)) {
        std::stable_sort(children_.begin(), children_.end(), [](const PredicatePtr& a, const PredicatePtr& b) { return a->cost() < b->cost(); });
    }
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        RowSet rows = candidates;
        for (const PredicatePtr& child : children_) {
            if (rows.none())
                break;
            NJ_ASSIGN(rows, child->match(view, rows));
        }
        return rows;
    }
    [[nodiscard]] int cost() const override { return children_.empty() ? 0 : children_.back()->cost(); }

private:
    std::vector<PredicatePtr> children_;
};

class OrPredicate : public Predicate {
public:
    explicit OrPredicate(std::vector<PredicatePtr> children) : children_(std::move(children)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        RowSet rows(candidates.rows());
        RowSet left = candidates;
        for (const PredicatePtr& child : children_) {
            if (left.none())
                break;
            NJ_ASSIGN(const RowSet hits, child->match(view, left));
            rows |= hits;
            left -= hits;
        }
        return rows;
    }
    [[nodiscard]] int cost() const override {
        int most = 0;
        for (const PredicatePtr& child : children_)
            most = std::max(most, child->cost());
        return most;
    }

private:
    std::vector<PredicatePtr> children_;
};

class NotPredicate : public Predicate {
public:
    explicit NotPredicate(PredicatePtr child) : child_(std::move(child)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const RowSet hits, child_->match(view, candidates));
        RowSet rows = candidates;
        rows -= hits;
        return rows;
    }
    [[nodiscard]] int cost() const override { return child_->cost(); }

private:
    PredicatePtr child_;
};

template <typename Code>
void collect(std::span<const Code> codes, const std::vector<uint8_t>& wanted, const RowSet& candidates, RowSet& rows) {
    const std::vector<uint64_t>& in = candidates.words();
    std::vector<uint64_t>& out = rows.words();
    for (size_t w = 0; w < in.size(); ++w) {
        if (in[w] == 0)
            continue;
        const size_t first = w * 64, n = std::min<size_t>(64, codes.size() - std::min(codes.size(), first));
        uint64_t bits = 0;
        for (size_t i = 0; i < n; ++i) {
            const size_t code = codes[first + i];
            bits |= uint64_t{code < wanted.size() ? wanted[code] : uint8_t{0}} << i;
        }
        out[w] = bits & in[w];
    }
}

}  // namespace

RowSet rowsOfCodes(const store::CodeColumn& column, const std::vector<uint8_t>& wanted, const RowSet& candidates) {
    RowSet rows(candidates.rows());
    if (std::find(wanted.begin(), wanted.end(), 1) == wanted.end())
        return rows;
    if (column.narrow.empty())
        collect(column.wide, wanted, candidates, rows);
    else
        collect(column.narrow, wanted, candidates, rows);
    return rows;
}

Result<PredicatePtr> makePredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    if (node.op == Op::kAnd || node.op == Op::kOr || node.op == Op::kNot) {
        std::vector<PredicatePtr> children;
        for (const FilterNode& child : node.children) {
            NJ_ASSIGN(PredicatePtr made, makePredicate(context, child, signal));
            children.push_back(std::move(made));
        }
        if (node.op == Op::kAnd)
            return PredicatePtr(std::make_unique<AndPredicate>(std::move(children)));
        if (node.op == Op::kOr)
            return PredicatePtr(std::make_unique<OrPredicate>(std::move(children)));
        if (children.empty())
            return PredicatePtr(std::make_unique<AndPredicate>(std::move(children)));
        return PredicatePtr(std::make_unique<NotPredicate>(std::move(children.front())));
    }
    if (node.field.empty())
        return makeTextPredicate(context, node, signal);
    NJ_ASSIGN(PredicatePtr hot, makeHotPredicate(context, node, signal));
    if (hot)
        return hot;
    NJ_ASSIGN(PredicatePtr origin, makeOriginPredicate(context, node, signal));
    if (origin)
        return origin;
    if (node.field == "body" || node.field == "event")
        return makeBodyPredicate(context, node, signal);
    return makeAttributePredicate(context, node, signal);
}

}  // namespace nj::query

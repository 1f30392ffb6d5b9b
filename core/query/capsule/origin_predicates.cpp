// pattern:<id or template> (log records of one kind) and file:<path> (rows read from one file, by its path or its name).
#include "query/capsule/log_kinds.h"
#include "query/capsule/predicate.h"

namespace nj::query {
namespace {

class PatternPredicate : public Predicate {
public:
    PatternPredicate(QueryContext& context, ValueMatcher matcher) : context_(context), matcher_(std::move(matcher)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const std::vector<uint32_t>* kinds, fingerprintsOf(context_, view, candidates));
        const StringTable& known = context_.cache().fingerprints;
        for (auto code = static_cast<uint32_t>(wanted_.size()); code < known.size(); ++code)
            wanted_.push_back(matcher_.text(patternId(known.view(code))) || matcher_.text(known.view(code)) ? 1 : 0);
        RowSet rows(candidates.rows());
        candidates.forEach([&](uint32_t row) {
            if (row < kinds->size() && (*kinds)[row] < wanted_.size() && wanted_[(*kinds)[row]] != 0)
                rows.add(row);
        });
        return rows;
    }
    [[nodiscard]] int cost() const override { return 110; }   // reads texts, and all of them the first time

private:
    QueryContext& context_;
    ValueMatcher matcher_;
    std::vector<uint8_t> wanted_;   // by fingerprint code
};

// All rows of a segment were read by one import.
class FilePredicate : public Predicate {
public:
    FilePredicate(QueryContext& context, ValueMatcher matcher) : context_(context), matcher_(std::move(matcher)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const ImportSummary import, context_.import(view.info().import));
        const size_t slash = import.path.find_last_of("/\\");
        const bool hit = matcher_.text(import.path) || (slash != std::string::npos && matcher_.text(std::string_view(import.path).substr(slash + 1)));
        return hit ? candidates : RowSet(candidates.rows());
    }
    [[nodiscard]] int cost() const override { return 1; }

private:
    QueryContext& context_;
    ValueMatcher matcher_;
};

class NothingPredicate : public Predicate {
public:
    Result<RowSet> match(const store::SegmentView&, const RowSet& candidates) override { return RowSet(candidates.rows()); }
    [[nodiscard]] int cost() const override { return 0; }
};

}  // namespace

Result<PredicatePtr> makeOriginPredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    if (node.field == "pattern") {
        if (signal != Signal::kLog)
            return PredicatePtr(std::make_unique<NothingPredicate>());
        NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
        return PredicatePtr(std::make_unique<PatternPredicate>(context, std::move(matcher)));
    }
    if (node.field == "file") {
        NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
        return PredicatePtr(std::make_unique<FilePredicate>(context, std::move(matcher)));
    }
    return PredicatePtr();
}

}  // namespace nj::query

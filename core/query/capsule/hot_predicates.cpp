// Fields that lie in fixed columns: service, name, status, kind, severity, duration, trace, span, scope.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "query/capsule/predicate.h"
#include "query/search_value.h"
#include "sketch/latency_sketch.h"

namespace nj::query {
namespace {

using Op = FilterNode::Op;

class NonePredicate : public Predicate {
public:
    Result<RowSet> match(const store::SegmentView&, const RowSet& candidates) override { return RowSet(candidates.rows()); }
    [[nodiscard]] int cost() const override { return 0; }
};

// service, name: dictionary codes.
class CodePredicate : public Predicate {
public:
    CodePredicate(QueryContext& context, ValueMatcher matcher, bool service) : context_(context), matcher_(std::move(matcher)), service_(service) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        const std::vector<uint32_t>& present = service_ ? view.info().services : view.info().names;
        if (!present.empty() && std::none_of(present.begin(), present.end(), [&](uint32_t id) { return wanted(id); }))
            return RowSet(candidates.rows());
        NJ_ASSIGN(const store::CodeColumn column, service_ ? view.service() : view.name());
        std::vector<uint8_t> codes(column.table.size());
        for (size_t code = 0; code < codes.size(); ++code)
            codes[code] = wanted(column.table[code]) ? 1 : 0;
        return rowsOfCodes(column, codes, candidates);
    }
    [[nodiscard]] int cost() const override { return 1; }

private:
    bool wanted(uint32_t id) {
        const auto [it, fresh] = known_.try_emplace(id, false);
        if (fresh)
            it->second = matcher_.text(context_.snapshot().text(id));
        return it->second;
    }

    QueryContext& context_;
    ValueMatcher matcher_;
    bool service_;
    std::unordered_map<uint32_t, bool> known_;
};

// status, kind, severity: one byte a row, wanted[value].
class BytePredicate : public Predicate {
public:
    enum class Column { kStatus, kKind, kSeverity };
    BytePredicate(Column column, std::vector<uint8_t> wanted) : column_(column), wanted_(std::move(wanted)) {
        for (size_t value = 0; value < std::min<size_t>(wanted_.size(), 32); ++value)
            mask_ |= wanted_[value] != 0 ? 1U << value : 0U;
    }
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        const store::SegmentInfo& info = view.info();
        const uint32_t present = column_ == Column::kStatus ? info.statusMask : column_ == Column::kKind ? info.kindMask : info.severityMask;
        if ((present & mask_) == 0)
            return RowSet(candidates.rows());
        if ((present & ~mask_) == 0)
            return candidates;
        NJ_ASSIGN(const std::span<const uint8_t> bytes, column_ == Column::kStatus ? view.status() : column_ == Column::kKind ? view.kind() : view.severity());
        store::CodeColumn column;
        column.narrow = bytes;
        return rowsOfCodes(column, wanted_, candidates);
    }
    [[nodiscard]] int cost() const override { return 1; }

private:
    Column column_;
    std::vector<uint8_t> wanted_;
    uint32_t mask_ = 0;
};

// Whole bins by their number; the rows of a bin that holds a bound by exact start and end.
class DurationPredicate : public Predicate {
public:
    explicit DurationPredicate(ValueMatcher matcher, double low, double high) : matcher_(std::move(matcher)), low_(low), high_(high) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const store::DurationBins bins, view.durationBin());
        const uint16_t lowBin = binAt(low_), highBin = binAt(high_);
        RowSet rows(candidates.rows());
        std::vector<uint32_t> doubtful;
        candidates.forEach([&](uint32_t row) {
            const uint16_t bin = row < bins.size() ? bins[row] : sketch::kBinInvalid;
            if (bin == lowBin || bin == highBin || bin == sketch::kBinInvalid)
                doubtful.push_back(row);
            else if (bin > lowBin && bin < highBin)
                rows.add(row);
        });
        if (doubtful.empty())
            return rows;
        NJ_ASSIGN(const std::vector<TimeNs> start, view.exactStart());
        NJ_ASSIGN(const std::vector<TimeNs> end, view.exactEnd());
        for (const uint32_t row : doubtful)
            if (row < start.size() && row < end.size() && matcher_.number(static_cast<double>(end[row] - start[row])))
                rows.add(row);
        return rows;
    }
    [[nodiscard]] int cost() const override { return 2; }

private:
    static uint16_t binAt(double duration) {
        return sketch::binOf(static_cast<int64_t>(std::clamp(duration, 0.0, 9.0e18)));
    }

    ValueMatcher matcher_;
    double low_, high_;   // what lies surely between these matches
};

class TracePredicate : public Predicate {
public:
    TracePredicate(TraceId id, bool exists) : id_(id), exists_(exists) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        if (!exists_) {
            NJ_ASSIGN(const bool may, view.mayContainTrace(id_));
            if (!may)
                return RowSet(candidates.rows());
        }
        NJ_ASSIGN(const store::TraceIdColumn ids, view.traceIds());
        std::vector<uint8_t> wanted(ids.table.size(), 0);
        for (size_t code = 0; code < wanted.size(); ++code)
            wanted[code] = (exists_ ? !ids.table[code].empty() : ids.table[code] == id_) ? 1 : 0;
        return rowsOfCodes(ids.codes, wanted, candidates);
    }
    [[nodiscard]] int cost() const override { return 2; }

private:
    TraceId id_;
    bool exists_;
};

class SpanIdPredicate : public Predicate {
public:
    SpanIdPredicate(SpanId id, bool exists) : id_(id), exists_(exists) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const std::span<const SpanId> ids, view.spanIds());
        RowSet rows(candidates.rows());
        candidates.forEach([&](uint32_t row) {
            if (row < ids.size() && (exists_ ? !ids[row].empty() : ids[row] == id_))
                rows.add(row);
        });
        return rows;
    }
    [[nodiscard]] int cost() const override { return 3; }

private:
    SpanId id_;
    bool exists_;
};

class ScopePredicate : public Predicate {
public:
    ScopePredicate(QueryContext& context, ValueMatcher matcher) : context_(context), matcher_(std::move(matcher)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const std::vector<uint32_t> scopes, view.scopes());
        RowSet rows(candidates.rows());
        candidates.forEach([&](uint32_t row) {
            if (row >= scopes.size() || scopes[row] == kNoIndex)
                return;
            const auto [it, fresh] = known_.try_emplace(scopes[row], false);
            if (fresh)
                it->second = matcher_.text(context_.snapshot().scope(scopes[row]).name);
            if (it->second)
                rows.add(row);
        });
        return rows;
    }
    [[nodiscard]] int cost() const override { return 5; }

private:
    QueryContext& context_;
    ValueMatcher matcher_;
    std::unordered_map<uint32_t, bool> known_;
};

std::string lowerCase(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

// Bytes whose name or number the node accepts; names are compared without case.
template <size_t N>
Result<PredicatePtr> namedBytes(BytePredicate::Column column, FilterNode node, const std::array<const char*, N>& names) {
    if (node.op != Op::kMatches)
        node.text = lowerCase(node.text);
    NJ_ASSIGN(const ValueMatcher matcher, ValueMatcher::of(node));
    std::vector<uint8_t> wanted(256, 0);
    for (size_t value = 0; value < N; ++value)
        wanted[value] = matcher.text(names[value]) || (node.numeric && matcher.integer(static_cast<int64_t>(value))) ? 1 : 0;
    return PredicatePtr(std::make_unique<BytePredicate>(column, std::move(wanted)));
}

Result<PredicatePtr> severityPredicate(const FilterNode& node) {
    std::vector<uint8_t> wanted(256, 0);
    NJ_ASSIGN(const ValueMatcher matcher, ValueMatcher::of(node));
    static constexpr std::array<const char*, 7> kNames = {"unknown", "trace", "debug", "info", "warn", "error", "fatal"};
    const bool named = severityNumber(node.text).has_value();
    for (int value = 0; value <= 24; ++value) {
        const int group = (value + 3) / 4;   // 0 unknown, 1 trace … 6 fatal
        const auto base = static_cast<double>(value == 0 ? 0 : (group - 1) * 4 + 1);
        bool hit = false;
        switch (node.op) {
        // A name means its four numbers, "error" 17 to 20; exactly so only for the base numbers.
        case Op::kEquals: hit = node.numeric && (named && std::fmod(node.number, 4) == 1 ? base == node.number : node.number == value); break;
        case Op::kExists: hit = value != 0; break;
        case Op::kWildcard:
        case Op::kMatches: hit = matcher.text(kNames[static_cast<size_t>(group)]); break;
        // > warn means above WARN4, <= warn includes it.
        case Op::kGreater: hit = (named ? base : value) > node.number; break;
        case Op::kLessEqual: hit = (named ? base : value) <= node.number; break;
        default: hit = matcher.number(value); break;
        }
        wanted[static_cast<size_t>(value)] = hit ? 1 : 0;
    }
    return PredicatePtr(std::make_unique<BytePredicate>(BytePredicate::Column::kSeverity, std::move(wanted)));
}

Result<PredicatePtr> durationPredicate(const FilterNode& node) {
    NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
    if (node.op == Op::kExists)
        return PredicatePtr(std::make_unique<DurationPredicate>(std::move(matcher), 0, 9e18));
    if (!node.numeric)
        return makeError(ErrorCode::kInvalidArgument, "duration is compared with a duration: duration>250ms");
    constexpr double kAll = 9.2e18;
    double low = 0, high = kAll;
    switch (node.op) {
    case Op::kLess:
    case Op::kLessEqual: high = node.number; break;
    case Op::kGreater:
    case Op::kGreaterEqual: low = node.number; break;
    case Op::kBetween: low = node.number, high = node.numberHigh; break;
    default: low = high = node.number; break;
    }
    return PredicatePtr(std::make_unique<DurationPredicate>(std::move(matcher), low, high));
}

template <typename IdType, typename Made>
Result<PredicatePtr> idPredicate(const FilterNode& node, const char* what) {
    if (node.op == Op::kExists)
        return PredicatePtr(std::make_unique<Made>(IdType{}, true));
    const auto id = node.op == Op::kEquals ? IdType::fromHex(node.text) : std::nullopt;
    if (!id)
        return makeError(ErrorCode::kInvalidArgument, std::string("'") + node.text + "' is no " + what + " id: ids are hex digits");
    return PredicatePtr(std::make_unique<Made>(*id, false));
}

}  // namespace

Result<PredicatePtr> makeHotPredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    const bool span = signal == Signal::kSpan;
    const auto none = [] { return PredicatePtr(std::make_unique<NonePredicate>()); };
    if (node.field == "service" || node.field == "name") {
        if (node.field == "name" && !span)
            return PredicatePtr();   // logs may have an attribute of that key
        NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
        return PredicatePtr(std::make_unique<CodePredicate>(context, std::move(matcher), node.field == "service"));
    }
    if (node.field == "status" && span)
        return namedBytes<3>(BytePredicate::Column::kStatus, node, {"unset", "ok", "error"});
    if (node.field == "kind" && span)
        return namedBytes<6>(BytePredicate::Column::kKind, node, {"unspecified", "internal", "server", "client", "producer", "consumer"});
    if (node.field == "severity")
        return span ? none() : severityPredicate(node);
    if (node.field == "duration")
        return span ? durationPredicate(node) : none();
    if (node.field == "trace")
        return idPredicate<TraceId, TracePredicate>(node, "trace");
    if (node.field == "span")
        return idPredicate<SpanId, SpanIdPredicate>(node, "span");
    if (node.field == "scope") {
        NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
        return PredicatePtr(std::make_unique<ScopePredicate>(context, std::move(matcher)));
    }
    return PredicatePtr();
}

}  // namespace nj::query

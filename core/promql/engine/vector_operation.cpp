// Arithmetic and comparisons of two vectors, one-to-one and many-to-one.
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <unordered_map>

#include "promql/engine/element_operation.h"
#include "promql/engine/evaluation.h"
#include "promql/engine/signatures.h"

namespace nj::promql {

namespace {

using Cardinality = VectorMatching::Cardinality;
constexpr uint32_t kNobody = std::numeric_limits<uint32_t>::max();

class VectorOperation {
public:
    VectorOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps)
        : evaluator_(evaluator),
          evaluation_(evaluator.evaluation()),
          node_(node),
          steps_(steps),
          many_(sideOf(node, true)),
          one_(sideOf(node, false)),
          held_(evaluation_) {}

    std::vector<Column> run() {
        checkPairs();
        findEmptySteps();
        for (const SignatureGroup& group : groupsOf()) {
            evaluation_.checkStopped();
            runGroup(group.left, group.right);
        }
        return std::move(results_);
    }

private:
    bool swapped() const { return node_.matching.cardinality == Cardinality::kOneToMany; }
    bool oneToOne() const { return node_.matching.cardinality == Cardinality::kOneToOne; }

    // "Many" is the left side, unless group_right makes it the right one. The left side is evaluated first.
    ColumnSet sideOf(const BinaryExpr& node, bool many) {
        const bool left = many != (node.matching.cardinality == Cardinality::kOneToMany);
        const ColumnStreamPtr stream = evaluator_.vector(left ? *node.left : *node.right, steps_);
        return evaluator_.collect(*stream);
    }

    std::vector<SignatureGroup>& groupsOf() {
        if (!grouped_)
            groups_ = groupBySignature(node_.matching, many_.columns, one_.columns);
        grouped_ = true;
        return groups_;
    }

    void checkPairs() {
        size_t pairs = 0;
        for (const SignatureGroup& group : groupsOf())
            pairs += group.left.size() * group.right.size();
        if (pairs > evaluation_.options.maxJoinPairs)
            failEvaluation(fmt::format("the operator \"{}\" would pair {} series, more than the {} that are allowed: match on more labels",
                                       binaryOpText(node_.op), pairs, evaluation_.options.maxJoinPairs),
                           ErrorCode::kLimit);
    }

    // Where a side has nothing at all, nothing is compared and no duplicate matters.
    void findEmptySteps() {
        const auto filled = [this](const ColumnSet& side) {
            std::vector<unsigned char> any(steps_.count, 0);
            for (const Column& column : side.columns)
                for (size_t i = 0; i < steps_.count; ++i)
                    if (column.has(i))
                        any[i] = 1;
            return any;
        };
        manyAt_ = filled(many_);
        oneAt_ = filled(one_);
    }

    const std::optional<double>& fillForOne() const { return swapped() ? node_.matching.fillLeft : node_.matching.fillRight; }
    const std::optional<double>& fillForMany() const { return swapped() ? node_.matching.fillRight : node_.matching.fillLeft; }

    void runGroup(const std::vector<uint32_t>& many, const std::vector<uint32_t>& one) {
        const bool fills = fillForOne() || fillForMany();
        if ((many.empty() && !fillForMany()) || (one.empty() && !fillForOne())) {
            if (one.size() > 1)
                checkUnique(one);
            return;
        }
        for (size_t i = 0; i < steps_.count; ++i) {
            if ((manyAt_[i] == 0 || oneAt_[i] == 0) && !(fills && (manyAt_[i] != 0 || oneAt_[i] != 0)))
                continue;
            runStep(many, one, i);
        }
    }

    void checkUnique(const std::vector<uint32_t>& one) const {
        for (size_t i = 0; i < steps_.count; ++i)
            if (manyAt_[i] != 0)
                static_cast<void>(theOne(one, i));
    }

    // The side that must be unique: the one present, kNobody if none is.
    uint32_t theOne(const std::vector<uint32_t>& one, size_t i) const {
        uint32_t found = kNobody;
        for (const uint32_t candidate : one) {
            if (!one_.columns[candidate].has(i))
                continue;
            if (found != kNobody)
                failDuplicate(*one_.columns[found].labels, *one_.columns[candidate].labels);
            found = candidate;
        }
        return found;
    }

    [[noreturn]] void failDuplicate(const Labels& a, const Labels& b) const {
        const bool inOrder = a <= b;
        failEvaluation(
            fmt::format("found duplicate series for the match group {} on the {} hand-side of the operation: [{}, {}];many-to-many "
                        "matching not allowed: matching labels must be unique on one side",
                        labelsText(matchedLabels(node_.matching, a)), swapped() ? "left" : "right", labelsText(inOrder ? a : b),
                        labelsText(inOrder ? b : a)));
    }

    void runStep(const std::vector<uint32_t>& many, const std::vector<uint32_t>& one, size_t i) {
        const uint32_t partner = theOne(one, i);
        bool matched = false;
        if (partner != kNobody || fillForOne()) {
            for (const uint32_t member : many) {
                if (!many_.columns[member].has(i))
                    continue;
                if (matched && oneToOne())
                    failEvaluation("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
                matched = true;
                combine(member, partner, i);
            }
        }
        if (!matched && partner != kNobody && fillForMany())
            combine(kNobody, partner, i);
    }

    static Operand operand(const ColumnSet& set, uint32_t member, size_t i, double fill) {
        if (member == kNobody)
            return {fill, nullptr};
        return {set.columns[member].values[i], set.columns[member].histogram(i)};
    }

    void combine(uint32_t member, uint32_t partner, size_t i) {
        const Operand many = operand(many_, member, i, fillForMany().value_or(0));
        const Operand one = operand(one_, partner, i, fillForOne().value_or(0));
        OperationResult result =
            elementOperation(node_.op, swapped() ? one : many, swapped() ? many : one, node_.span, evaluation_.annotations);
        if (!result.valid)
            return;
        const size_t target = resultFor(member, partner);
        if (lastStep_[target] == i) {
            const bool sameGroup = lastPartner_[target] == partner && !oneToOne();
            failEvaluation(sameGroup ? "multiple matches for labels: grouping labels must ensure unique matches"
                                     : "vector cannot contain metrics with the same labelset");
        }
        lastStep_[target] = i;
        lastPartner_[target] = partner;
        Column& column = results_[target];
        if (node_.returnBool) {
            column.values[i] = result.keep ? 1 : 0;
        } else if (result.keep) {
            const uint32_t left = swapped() ? partner : member;
            if (result.keepsLeft)
                column.setHistogram(i, (swapped() ? one_ : many_).columns[left].histograms[i]);
            else if (result.histogram)
                column.setHistogram(i, std::move(result.histogram));
            else
                column.values[i] = result.value;
        }
    }

    // The column a pair's results go to; pairs of equal result labels share one.
    size_t resultFor(uint32_t member, uint32_t partner) {
        const uint64_t pair = (static_cast<uint64_t>(member) << 32) | partner;
        if (pair == lastPair_ && havePair_)
            return lastTarget_;
        const auto [at, added] = targets_.try_emplace(pair, 0);
        if (added) {
            Labels labels = resultLabels(member, partner);
            const auto [byLabels, fresh] = byLabels_.try_emplace(labelsKey(labels), results_.size());
            if (fresh) {
                held_.add(steps_.count);
                Column& column = results_.emplace_back();
                column.labels = std::make_shared<const Labels>(std::move(labels));
                column.reset(steps_.count);
                lastStep_.push_back(std::numeric_limits<size_t>::max());
                lastPartner_.push_back(kNobody);
                column.dropName = member != kNobody && many_.columns[member].dropName;
                if (node_.returnBool)
                    evaluator_.dropName(column);
            }
            at->second = byLabels->second;
        }
        havePair_ = true;
        lastPair_ = pair;
        lastTarget_ = at->second;
        return at->second;
    }

    Labels resultLabels(uint32_t member, uint32_t partner) const {
        const VectorMatching& matching = node_.matching;
        Labels one = partner != kNobody ? *one_.columns[partner].labels : Labels();
        Labels labels = member != kNobody ? *many_.columns[member].labels : matchedLabels(matching, one);
        if (partner == kNobody)
            one = matchedLabels(matching, labels);
        if (!isComparison(node_.op))
            labels = withoutMetadata(labels);
        if (oneToOne())
            labels = matching.on ? onlyLabels(labels, matching.labels) : withoutLabels(labels, matching.labels);
        for (const std::string& name : matching.include)
            setLabel(labels, name, labelValue(one, name));
        return labels;
    }

    Evaluator evaluator_;
    Evaluation& evaluation_;
    const BinaryExpr& node_;
    Steps steps_;
    ColumnSet many_, one_;
    HeldSamples held_;
    bool grouped_ = false;
    std::vector<SignatureGroup> groups_;
    std::vector<unsigned char> manyAt_, oneAt_;
    std::vector<Column> results_;
    std::vector<size_t> lastStep_;          // per result: the step it was last given a value at
    std::vector<uint32_t> lastPartner_;
    std::unordered_map<uint64_t, size_t> targets_;
    std::unordered_map<std::string, size_t> byLabels_;
    bool havePair_ = false;
    uint64_t lastPair_ = 0;
    size_t lastTarget_ = 0;
};

}  // namespace

ColumnStreamPtr vectorOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps) {
    return std::make_unique<StoredColumns>(VectorOperation(evaluator, node, steps).run());
}

}  // namespace nj::promql

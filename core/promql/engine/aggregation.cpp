// sum, avg, count, min, max, group, stddev and stdvar: each series is folded into its group's state and forgotten.
#include <cmath>
#include <limits>

#include "promql/engine/compensated_sum.h"
#include "promql/engine/evaluation.h"
#include "promql/engine/grouping.h"

namespace nj::promql {

namespace {

// The state of one group at all steps; what an operator does not need stays empty.
struct GroupState {
    std::vector<CompensatedSum> sums;
    std::vector<CompensatedMean> means;
    std::vector<double> values;                               // min, max, count
    struct Spread {
        double count = 0, mean = 0, squares = 0;
    };
    std::vector<Spread> spreads;
    std::vector<unsigned char> seen;                          // bit 0: a float, bit 1: a histogram
    std::vector<std::unique_ptr<HistogramSum>> histograms;
    bool dropName = false;
};
constexpr unsigned char kFloatSeen = 1, kHistogramSeen = 2;

class Aggregation {
public:
    Aggregation(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps)
        : evaluator_(evaluator),
          annotations_(evaluator.evaluation().annotations),
          node_(node),
          steps_(steps),
          grouping_(node),
          held_(evaluator.evaluation()) {}

    std::vector<Column> run() {
        const ColumnStreamPtr stream = evaluator_.vector(*node_.expr, steps_);
        Column column;
        while (stream->next(column)) {
            evaluator_.evaluation().checkStopped();
            GroupState& group = groupFor(*column.labels);
            group.dropName = group.dropName || column.dropName;
            fold(group, column);
        }
        return results();
    }

private:
    bool keepsSums() const { return node_.op == AggregateOp::kSum || node_.op == AggregateOp::kAvg; }

    GroupState& groupFor(const Labels& labels) {
        const size_t index = grouping_.groupOf(labels);
        if (index < groups_.size())
            return groups_[index];
        held_.add(steps_.count);
        GroupState& group = groups_.emplace_back();
        group.seen.resize(steps_.count);
        using enum AggregateOp;
        switch (node_.op) {
        case kSum: group.sums.resize(steps_.count); break;
        case kAvg: group.means.resize(steps_.count); break;
        case kStddev:
        case kStdvar: group.spreads.resize(steps_.count); break;
        default: group.values.resize(steps_.count); break;
        }
        return group;
    }

    void fold(GroupState& group, const Column& column) {
        using enum AggregateOp;
        const double* values = column.values.data();
        const auto eachFloat = [&](auto apply) {
            for (size_t i = 0; i < steps_.count; ++i) {
                if (isAbsent(values[i]))
                    continue;
                apply(i, values[i]);
                group.seen[i] |= kFloatSeen;
            }
        };
        switch (node_.op) {
        case kSum: eachFloat([&](size_t i, double value) { group.sums[i].add(value); }); break;
        case kAvg: eachFloat([&](size_t i, double value) { group.means[i].add(value); }); break;
        case kCount: eachFloat([&](size_t i, double) { ++group.values[i]; }); break;
        case kGroup: eachFloat([&](size_t i, double) { group.values[i] = 1; }); break;
        case kMax: eachFloat([&](size_t i, double value) {
            if (group.seen[i] == 0 || group.values[i] < value || std::isnan(group.values[i]))
                group.values[i] = value;
        });
            break;
        case kMin: eachFloat([&](size_t i, double value) {
            if (group.seen[i] == 0 || group.values[i] > value || std::isnan(group.values[i]))
                group.values[i] = value;
        });
            break;
        default: eachFloat([&](size_t i, double value) { foldSpread(group.spreads[i], value); }); break;
        }
        for (size_t i = 0; i < column.histograms.size(); ++i)
            if (column.histograms[i])
                foldHistogram(group, i, *column.histograms[i], *column.labels);
    }

    static void foldSpread(GroupState::Spread& spread, double value) {
        ++spread.count;
        if (spread.count == 1) {
            spread.mean = value;
            spread.squares = std::isfinite(value) ? 0 : std::numeric_limits<double>::quiet_NaN();
            return;
        }
        const double delta = value - spread.mean;
        spread.mean += delta / spread.count;
        spread.squares += delta * (value - spread.mean);
    }

    void foldHistogram(GroupState& group, size_t i, const FloatHistogram& histogram, const Labels& labels) {
        if (node_.op == AggregateOp::kCount || node_.op == AggregateOp::kGroup) {
            group.values[i] = node_.op == AggregateOp::kGroup ? 1 : group.values[i] + 1;
            group.seen[i] |= kHistogramSeen;
            return;
        }
        if (!keepsSums()) {
            annotations_.add(AnnotationKind::kHistogramIgnoredInAggregation, node_.expr->span, aggregateName(node_.op));
            return;
        }
        group.seen[i] |= kHistogramSeen;
        if (group.histograms.empty())
            group.histograms.resize(steps_.count);
        if (!group.histograms[i])
            group.histograms[i] = std::make_unique<HistogramSum>();
        HistogramSum& sum = *group.histograms[i];
        const bool before = sum.incompatible();
        sum.add(histogram, node_.op == AggregateOp::kAvg);
        if (sum.incompatible() && !before)
            annotations_.add(AnnotationKind::kMixedExponentialCustom, node_.expr->span, metricName(labels));
    }

    std::vector<Column> results() {
        std::vector<Column> columns(groups_.size());
        for (size_t g = 0; g < groups_.size(); ++g) {
            GroupState& group = groups_[g];
            columns[g].labels = grouping_.labels(g);
            columns[g].dropName = group.dropName;
            columns[g].reset(steps_.count);
            for (size_t i = 0; i < steps_.count; ++i)
                if (group.seen[i] != 0)
                    finish(group, i, columns[g]);
        }
        return columns;
    }

    void finish(const GroupState& group, size_t i, Column& column) {
        using enum AggregateOp;
        if (keepsSums() && (group.seen[i] & kHistogramSeen) != 0)
            return finishHistogram(group, i, column);
        switch (node_.op) {
        case kSum: column.values[i] = group.sums[i].sum + group.sums[i].error; break;
        case kAvg: column.values[i] = group.means[i].mean(); break;
        case kStddev: column.values[i] = std::sqrt(group.spreads[i].squares / group.spreads[i].count); break;
        case kStdvar: column.values[i] = group.spreads[i].squares / group.spreads[i].count; break;
        default: column.values[i] = group.values[i]; break;
        }
    }

    void finishHistogram(const GroupState& group, size_t i, Column& column) {
        if ((group.seen[i] & kFloatSeen) != 0) {
            annotations_.add(AnnotationKind::kMixedFloatsHistogramsAggregation, node_.expr->span);
            return;
        }
        const HistogramSum& sum = *group.histograms[i];
        if (sum.incompatible())
            return;
        if (sum.resetCollision())
            annotations_.add(AnnotationKind::kResetCollision, node_.expr->span, "aggregation");
        if (sum.boundsReconciled())
            annotations_.add(AnnotationKind::kBoundsReconciled, node_.expr->span, "aggregation");
        column.setHistogram(i, node_.op == AggregateOp::kSum ? sum.sum() : sum.mean());
    }

    Evaluator evaluator_;
    Annotations& annotations_;
    const AggregateExpr& node_;
    Steps steps_;
    Grouping grouping_;
    HeldSamples held_;
    std::vector<GroupState> groups_;
};

}  // namespace

ColumnStreamPtr aggregate(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps) {
    return std::make_unique<StoredColumns>(Aggregation(evaluator, node, steps).run());
}

}  // namespace nj::promql

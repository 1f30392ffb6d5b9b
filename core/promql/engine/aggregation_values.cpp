// quantile and count_values, which need the values of a group side by side.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "promql/engine/evaluation.h"
#include "promql/engine/grouping.h"
#include "promql/histogram/histogram_quantile.h"
#include "promql/text/number_text.h"
#include "promql/text/quote.h"

namespace nj::promql {

namespace {

std::vector<Column> quantiles(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps) {
    Annotations& annotations = evaluator.evaluation().annotations;
    const std::vector<double> q = evaluator.scalar(*node.parameter, steps);
    for (const double value : q)
        if (std::isnan(value) || value < 0 || value > 1)
            annotations.addQuantile(value, withoutParens(*node.parameter).span);
    const ColumnStreamPtr stream = evaluator.vector(*node.expr, steps);
    ColumnSet set = evaluator.collect(*stream);
    Grouping grouping(node);
    std::vector<std::vector<const Column*>> groups;
    for (const Column& column : set.columns) {
        const size_t group = grouping.groupOf(*column.labels);
        groups.resize(grouping.size());
        groups[group].push_back(&column);
    }
    std::vector<Column> results(groups.size());
    std::vector<double> values;
    for (size_t g = 0; g < groups.size(); ++g) {
        evaluator.evaluation().checkStopped();
        results[g].labels = grouping.labels(g);
        results[g].reset(steps.count);
        for (const Column* column : groups[g])
            results[g].dropName = results[g].dropName || column->dropName;
        for (size_t i = 0; i < steps.count; ++i) {
            values.clear();
            for (const Column* column : groups[g]) {
                if (column->hasFloat(i))
                    values.push_back(column->values[i]);
                else if (column->histogram(i) != nullptr)
                    annotations.add(AnnotationKind::kHistogramIgnoredInAggregation, node.expr->span, "quantile");
            }
            if (!values.empty())
                results[g].values[i] = quantileOf(q[i], values);
        }
    }
    return results;
}

// One series per group and value, counting how many series have it.
class ValueCounts {
public:
    ValueCounts(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps)
        : evaluator_(evaluator), node_(node), steps_(steps), held_(evaluator.evaluation()) {
        label_ = Evaluator::string(*node.parameter);
        if (!isValidLabelName(label_))
            failEvaluation(fmt::format("invalid label name {}", quoteText(label_)));
        // The counted value is a label to group by.
        std::vector<std::string> names = node.grouping;
        if (!node.without)
            names.push_back(label_);
        grouping_ = std::make_unique<Grouping>(std::move(names), node.without);
    }

    std::vector<Column> run() {
        const ColumnStreamPtr stream = evaluator_.vector(*node_.expr, steps_);
        Column column;
        while (stream->next(column)) {
            evaluator_.evaluation().checkStopped();
            count(column);
        }
        return std::move(results_);
    }

private:
    void count(const Column& column) {
        double lastValue = kNoValue;
        size_t lastGroup = 0;
        bool haveLast = false;
        for (size_t i = 0; i < steps_.count; ++i) {
            if (!column.has(i))
                continue;
            const FloatHistogram* histogram = column.histogram(i);
            if (histogram != nullptr || !haveLast || std::bit_cast<uint64_t>(lastValue) != std::bit_cast<uint64_t>(column.values[i])) {
                lastGroup = groupOf(*column.labels, histogram != nullptr ? histogramText(*histogram) : plainNumber(column.values[i]));
                lastValue = column.values[i];
                haveLast = histogram == nullptr;
            }
            double& counted = results_[lastGroup].values[i];
            counted = isAbsent(counted) ? 1 : counted + 1;
        }
    }

    size_t groupOf(Labels labels, const std::string& value) {
        setLabel(labels, label_, value);
        const size_t group = grouping_->groupOf(labels);
        if (group == results_.size()) {
            held_.add(steps_.count);
            results_.emplace_back().labels = grouping_->labels(group);
            results_.back().reset(steps_.count);
        }
        return group;
    }

    Evaluator evaluator_;
    const AggregateExpr& node_;
    Steps steps_;
    HeldSamples held_;
    std::string label_;
    std::unique_ptr<Grouping> grouping_;
    std::vector<Column> results_;
};

}  // namespace

ColumnStreamPtr valueAggregate(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps) {
    return std::make_unique<StoredColumns>(node.op == AggregateOp::kQuantile ? quantiles(evaluator, node, steps)
                                                                             : ValueCounts(evaluator, node, steps).run());
}

}  // namespace nj::promql

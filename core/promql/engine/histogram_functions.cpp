// histogram_count, _sum, _avg, _stddev, _stdvar of native histograms; _quantile, _quantiles and _fraction of both kinds.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "promql/engine/evaluation.h"
#include "promql/histogram/histogram_quantile.h"
#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

double histogramNumber(FunctionId id, const FloatHistogram& histogram) {
    switch (id) {
    case FunctionId::kHistogramCount: return histogram.count;
    case FunctionId::kHistogramSum: return histogram.sum;
    case FunctionId::kHistogramAvg: return histogram.sum / histogram.count;
    case FunctionId::kHistogramStddev: return std::sqrt(nativeVariance(histogram));
    default: return nativeVariance(histogram);
    }
}

class HistogramNumberStream : public ColumnStream {
public:
    HistogramNumberStream(Evaluator evaluator, ColumnStreamPtr inner, FunctionId id)
        : evaluator_(evaluator), inner_(std::move(inner)), id_(id) {}

    bool next(Column& column) override {
        while (inner_->next(column)) {
            if (column.histograms.empty())
                continue;
            bool any = false;
            for (size_t i = 0; i < column.values.size(); ++i) {
                const FloatHistogram* histogram = column.histogram(i);
                column.values[i] = histogram != nullptr ? histogramNumber(id_, *histogram) : kNoValue;
                any = any || histogram != nullptr;
            }
            column.histograms.clear();
            if (!any)
                continue;
            evaluator_.dropName(column);
            return true;
        }
        return false;
    }

private:
    Evaluator evaluator_;
    ColumnStreamPtr inner_;
    FunctionId id_;
};

// The classic buckets of one histogram, and the native histogram of the same labels if there is one too.
struct HistogramGroup {
    LabelsPtr labels;
    bool dropName = false;
    struct BucketColumn {
        double upperBound = 0;
        Column column;
    };
    std::vector<BucketColumn> buckets;
    Column native;
    bool hasNative = false;
};

// Applies quantiles or a fraction to each histogram at each step.
class HistogramEstimate {
public:
    HistogramEstimate(Evaluator& evaluator, const CallExpr& node, const Steps& steps)
        : evaluator_(evaluator),
          annotations_(evaluator.evaluation().annotations),
          node_(node),
          steps_(steps),
          held_(evaluator.evaluation()) {
        id_ = node.function->id;
        vectorArg_ = id_ == FunctionId::kHistogramQuantiles ? 0 : id_ == FunctionId::kHistogramQuantile ? 1 : 2;
        readParameters();
    }

    std::vector<Column> run() {
        readGroups();
        std::vector<Column> results;
        if (id_ == FunctionId::kHistogramFraction) {
            appendResults(results, 0, "");
            return results;
        }
        for (size_t q = 0; q < parameters_.size(); ++q)
            appendResults(results, q, quantileLabel_);
        return results;
    }

private:
    void readParameters() {
        if (id_ == FunctionId::kHistogramQuantiles)
            quantileLabel_ = Evaluator::string(*node_.args[1]);
        for (size_t i = 0; i < node_.args.size(); ++i) {
            if (i == vectorArg_ || node_.args[i]->type != ValueType::kScalar)
                continue;
            parameters_.push_back(evaluator_.scalar(*node_.args[i], steps_));
            parameterSpans_.push_back(withoutParens(*node_.args[i]).span);
        }
        if (id_ == FunctionId::kHistogramFraction)
            return;
        for (size_t p = 0; p < parameters_.size(); ++p)
            for (const double q : parameters_[p])
                if (std::isnan(q) || q < 0 || q > 1)
                    annotations_.addQuantile(q, parameterSpans_[p]);
    }

    Span vectorSpan() const { return withoutParens(*node_.args[vectorArg_]).span; }
    Span firstSpan() const { return withoutParens(*node_.args[0]).span; }

    void readGroups() {
        const ColumnStreamPtr stream = evaluator_.vector(*node_.args[vectorArg_], steps_);
        Column column;
        while (stream->next(column)) {
            evaluator_.evaluation().checkStopped();
            held_.add(column.points());
            Column native;
            if (!column.histograms.empty()) {
                native = column;
                native.values.assign(steps_.count, kNoValue);
                column.histograms.clear();
                addNative(std::move(native));
            }
            if (!column.empty())
                addBucket(std::move(column));
            column = Column();
        }
    }

    HistogramGroup& groupOf(const Labels& labels, bool dropName) {
        const auto [at, added] = index_.try_emplace(labelsKey(labels), groups_.size());
        if (added) {
            groups_.emplace_back().labels = std::make_shared<const Labels>(labels);
            groups_.back().dropName = dropName;
        }
        return groups_[at->second];
    }

    void addNative(Column column) {
        HistogramGroup& group = groupOf(*column.labels, column.dropName);
        if (!group.hasNative) {
            group.native = std::move(column);
            group.hasNative = true;
            return;
        }
        for (size_t i = 0; i < steps_.count; ++i)
            if (column.histogram(i) != nullptr)
                group.native.setHistogram(i, column.histograms[i]);
    }

    void addBucket(Column column) {
        const std::string_view text = labelValue(*column.labels, kBucketLabel);
        const auto bound = parseNumber(text);
        if (!bound) {
            annotations_.addBadBucket(text, annotationName(column.labels), vectorSpan());
            return;
        }
        HistogramGroup& group = groupOf(withoutLabels(*column.labels, {std::string(kBucketLabel)}), column.dropName);
        group.buckets.push_back({*bound, std::move(column)});
    }

    void appendResults(std::vector<Column>& results, size_t q, const std::string& label) {
        for (HistogramGroup& group : groups_) {
            evaluator_.evaluation().checkStopped();
            Column column;
            column.labels = group.labels;
            column.dropName = group.dropName;
            column.reset(steps_.count);
            for (size_t i = 0; i < steps_.count; ++i)
                column.values[i] = estimate(group, q, i);
            if (column.empty())
                continue;
            if (!label.empty()) {
                Labels labels = *column.labels;
                setLabel(labels, label, openMetricsNumber(parameters_[q][0]));
                column.labels = std::make_shared<const Labels>(std::move(labels));
            }
            evaluator_.dropName(column);
            results.push_back(std::move(column));
        }
    }

    double estimate(HistogramGroup& group, size_t q, size_t i) {
        buckets_.clear();
        for (const auto& bucket : group.buckets)
            if (bucket.column.hasFloat(i))
                buckets_.push_back({bucket.upperBound, bucket.column.values[i]});
        const FloatHistogram* native = group.hasNative ? group.native.histogram(i) : nullptr;
        if (native != nullptr && !buckets_.empty()) {
            annotations_.add(AnnotationKind::kMixedClassicNative, vectorSpan(), annotationName(group.labels));
            return kNoValue;
        }
        if (native != nullptr)
            return ofNative(*native, annotationName(group.labels), q, i);
        return buckets_.empty() ? kNoValue : ofBuckets(annotationName(group.labels), q, i);
    }

    double ofNative(const FloatHistogram& native, std::string_view name, size_t q, size_t i) {
        if (id_ == FunctionId::kHistogramFraction) {
            bool hasNan = false;
            const double fraction = nativeFraction(parameters_[0][i], parameters_[1][i], native, hasNan);
            if (hasNan)
                annotations_.add(AnnotationKind::kFractionNans, firstSpan(), name);
            return fraction;
        }
        const NativeQuantile quantile = nativeQuantile(parameters_[q][i], native);
        if (quantile.nan != NanObservations::kNone)
            annotations_.add(
                quantile.nan == NanObservations::kResultIsNan ? AnnotationKind::kQuantileNanResult : AnnotationKind::kQuantileNanSkew,
                firstSpan(), name);
        return quantile.value;
    }

    double ofBuckets(std::string_view name, size_t q, size_t i) {
        if (id_ == FunctionId::kHistogramFraction)
            return classicFraction(parameters_[0][i], parameters_[1][i], buckets_);
        const ClassicQuantile quantile = classicQuantile(parameters_[q][i], buckets_);
        if (quantile.forcedMonotonic)
            annotations_.addForcedMonotonicity(evaluator_.evaluation().options.delayedNameRemoval ? name : std::string_view(), vectorSpan(),
                                               steps_.at(i), quantile.minBucket, quantile.maxBucket, quantile.maxDifference);
        return quantile.value;
    }

    Evaluator evaluator_;
    Annotations& annotations_;
    const CallExpr& node_;
    Steps steps_;
    HeldSamples held_;
    FunctionId id_;
    size_t vectorArg_ = 1;
    std::string quantileLabel_;
    std::vector<std::vector<double>> parameters_;
    std::vector<Span> parameterSpans_;
    std::vector<HistogramGroup> groups_;
    std::unordered_map<std::string, size_t> index_;
    std::vector<ClassicBucket> buckets_;
};

}  // namespace

ColumnStreamPtr histogramFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    return std::make_unique<HistogramNumberStream>(evaluator, evaluator.vector(*node.args[0], steps), node.function->id);
}

ColumnStreamPtr histogramQuantile(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    return std::make_unique<StoredColumns>(HistogramEstimate(evaluator, node, steps).run());
}

}  // namespace nj::promql

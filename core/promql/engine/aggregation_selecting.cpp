// topk, bottomk, limitk and limit_ratio: the series that stay keep their labels.
#include <algorithm>
#include <cmath>
#include <limits>
#include <xxhash.h>

#include "promql/engine/evaluation.h"
#include "promql/engine/grouping.h"

namespace nj::promql {

namespace {

// What a group holds at one step; as small as can be, since there may be one for every sample.
struct Candidate {
    double value = 0;
    uint32_t series = 0;
    uint32_t histogram = 0;   // 0: a float; else one more than its place among the kept histograms
};
using Candidates = std::vector<Candidate>;

// The root is the worst kept value; NaN is worse than any.
bool worseForTop(const Candidate& a, const Candidate& b) { return std::isnan(a.value) || a.value < b.value; }
bool worseForBottom(const Candidate& a, const Candidate& b) { return std::isnan(a.value) || a.value > b.value; }
using Worse = bool (*)(const Candidate&, const Candidate&);

// A binary heap with Go's tie breaking, so that of equal values the same series stay as in Prometheus.
void siftUp(Candidates& heap, Worse worse) {
    for (size_t at = heap.size() - 1; at > 0;) {
        const size_t parent = (at - 1) / 2;
        if (!worse(heap[at], heap[parent]))
            return;
        std::swap(heap[at], heap[parent]);
        at = parent;
    }
}

void siftDown(Candidates& heap, Worse worse) {
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child >= heap.size())
            return;
        if (child + 1 < heap.size() && worse(heap[child + 1], heap[child]))
            ++child;
        if (!worse(heap[child], heap[at]))
            return;
        std::swap(heap[at], heap[child]);
        at = child;
    }
}

// A number in [0, 1) that depends on the labels only: Prometheus's hash of its packed label string.
double ratioOffset(const Labels& labels) {
    std::string packed;
    const auto append = [&packed](const std::string& text) {
        const size_t size = text.size();
        if (size < 255) {
            packed += static_cast<char>(size);
        } else {
            packed += static_cast<char>(0xff);
            packed += static_cast<char>(size & 0xff);
            packed += static_cast<char>((size >> 8) & 0xff);
            packed += static_cast<char>((size >> 16) & 0xff);
        }
        packed += text;
    };
    for (const Label& label : labels) {
        append(label.name);
        append(label.value);
    }
    return static_cast<double>(XXH64(packed.data(), packed.size(), 0)) / static_cast<double>(std::numeric_limits<uint64_t>::max());
}

class Selection {
public:
    Selection(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps)
        : evaluator_(evaluator),
          node_(node),
          steps_(steps),
          parameter_(evaluator.scalar(*node.parameter, steps)),
          grouping_(node),
          held_(evaluator.evaluation()) {
        worse_ = node.op == AggregateOp::kBottomk ? worseForBottom : worseForTop;
        checkParameter();
    }

    std::vector<Column> run() {
        const bool anyWanted = std::any_of(parameter_.begin(), parameter_.end(),
                                           [this](double value) { return node_.op == AggregateOp::kLimitRatio ? value != 0 : value >= 1; });
        if (!anyWanted)
            return {};
        const ColumnStreamPtr stream = evaluator_.vector(*node_.expr, steps_);
        Column column;
        while (stream->next(column)) {
            evaluator_.evaluation().checkStopped();
            const auto id = static_cast<uint32_t>(series_.size());
            series_.push_back({column.labels, column.dropName});
            const size_t group = grouping_.groupOf(*column.labels);
            if (group == groups_.size())
                groups_.emplace_back(steps_.count);
            offerColumn(groups_[group], column, id);
        }
        return steps_.count == 1 ? ordered() : byStep();
    }

private:
    bool isOrdering() const { return node_.op == AggregateOp::kTopk || node_.op == AggregateOp::kBottomk; }

    void checkParameter() {
        const Span where = withoutParens(*node_.parameter).span;
        double least = 0;
        double most = 0;
        for (double& value : parameter_) {
            if (node_.op != AggregateOp::kLimitRatio) {
                if (std::isnan(value))
                    failEvaluation("Parameter value is NaN");
                if (value >= 9223372036854774784.0)
                    failEvaluation("Scalar value " + std::to_string(value) + " overflows int64");
                if (value <= -9223372036854775808.0)
                    failEvaluation("Scalar value " + std::to_string(value) + " underflows int64");
                continue;
            }
            if (std::isnan(value))
                failEvaluation("Ratio value is NaN");
            least = std::min(least, value);
            most = std::max(most, value);
        }
        if (node_.op != AggregateOp::kLimitRatio)
            return;
        if (most > 1)
            evaluator_.evaluation().annotations.addRatio(most, 1, where);
        if (least < -1)
            evaluator_.evaluation().annotations.addRatio(least, -1, where);
        for (double& value : parameter_)
            value = std::clamp(value, -1.0, 1.0);
    }

    void offerColumn(std::vector<Candidates>& bySteps, const Column& column, uint32_t id) {
        const double offset = node_.op == AggregateOp::kLimitRatio ? ratioOffset(*column.labels) : 0;
        size_t added = 0;
        for (size_t i = 0; i < steps_.count; ++i) {
            if (!column.has(i))
                continue;
            const bool isHistogram = column.histogram(i) != nullptr;
            if (node_.op == AggregateOp::kLimitRatio) {
                const double ratio = parameter_[i];
                if ((ratio >= 0 && offset < ratio) || (ratio < 0 && offset >= 1 + ratio)) {
                    bySteps[i].push_back({column.values[i], id, kept(column, i)});
                    ++added;
                }
                continue;
            }
            const double k = parameter_[i];
            if (k < 1)
                continue;
            if (isOrdering()) {
                if (isHistogram)
                    evaluator_.evaluation().annotations.add(AnnotationKind::kHistogramIgnoredInAggregation, node_.span,
                                                            aggregateName(node_.op));
                else
                    added += offer(bySteps[i], {column.values[i], id, 0}, k) ? 1 : 0;
            } else if (static_cast<double>(bySteps[i].size()) < std::floor(k)) {
                bySteps[i].push_back({column.values[i], id, kept(column, i)});
                ++added;
            }
        }
        held_.add(added);
    }

    uint32_t kept(const Column& column, size_t i) {
        if (column.histogram(i) == nullptr)
            return 0;
        histograms_.push_back(column.histograms[i]);
        return static_cast<uint32_t>(histograms_.size());
    }

    // True if the heap grew.
    bool offer(Candidates& heap, Candidate candidate, double k) const {
        if (static_cast<double>(heap.size()) < std::floor(k)) {
            heap.push_back(candidate);
            siftUp(heap, worse_);
            return true;
        }
        const double root = heap[0].value;
        const bool better = node_.op == AggregateOp::kTopk ? root < candidate.value : root > candidate.value;
        if (better || (std::isnan(root) && !std::isnan(candidate.value))) {
            heap[0] = candidate;
            siftDown(heap, worse_);
        }
        return false;
    }

    Column columnOf(uint32_t series) const {
        Column column;
        column.labels = series_[series].labels;
        column.dropName = series_[series].dropName;
        column.reset(steps_.count);
        return column;
    }

    void place(Column& column, size_t i, const Candidate& candidate) const {
        if (candidate.histogram != 0)
            column.setHistogram(i, histograms_[candidate.histogram - 1]);
        else
            column.values[i] = candidate.value;
    }

    // One step: the best first, group by group.
    std::vector<Column> ordered() {
        std::vector<Column> columns;
        for (std::vector<Candidates>& group : groups_) {
            if (isOrdering())
                std::stable_sort(group[0].begin(), group[0].end(), [this](const Candidate& a, const Candidate& b) {
                    return !std::isnan(a.value) && (std::isnan(b.value) || worse_(b, a));
                });
            for (const Candidate& candidate : group[0]) {
                columns.push_back(columnOf(candidate.series));
                place(columns.back(), 0, candidate);
            }
        }
        return columns;
    }

    std::vector<Column> byStep() {
        constexpr size_t kNone = std::numeric_limits<size_t>::max();
        std::vector<size_t> columnIndex(series_.size(), kNone);
        std::vector<Column> columns;
        for (const std::vector<Candidates>& group : groups_) {
            for (size_t i = 0; i < steps_.count; ++i) {
                for (const Candidate& candidate : group[i]) {
                    size_t& at = columnIndex[candidate.series];
                    if (at == kNone) {
                        at = columns.size();
                        columns.push_back(columnOf(candidate.series));
                    }
                    place(columns[at], i, candidate);
                }
            }
        }
        return columns;
    }

    struct Series {
        LabelsPtr labels;
        bool dropName = false;
    };

    Evaluator evaluator_;
    const AggregateExpr& node_;
    Steps steps_;
    std::vector<double> parameter_;
    Grouping grouping_;
    HeldSamples held_;
    Worse worse_ = nullptr;
    std::vector<Series> series_;
    std::vector<HistogramPtr> histograms_;
    std::vector<std::vector<Candidates>> groups_;
};

}  // namespace

ColumnStreamPtr selectingAggregate(Evaluator& evaluator, const AggregateExpr& node, const Steps& steps) {
    return std::make_unique<StoredColumns>(Selection(evaluator, node, steps).run());
}

}  // namespace nj::promql

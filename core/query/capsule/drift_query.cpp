// How far features drifted between two windows: statistics, verdict, trend, onset, and both distributions for the picture.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analyze/embedding_drift.h"
#include "base/nan.h"
#include "query/capsule/drift_gather.h"
#include "query/capsule/drift_questions.h"
#include "query/capsule/drift_trend.h"

namespace nj::query {
namespace {

using analyze::DriftVerdict;
using Source = DriftFeature::Source;

constexpr size_t kMostCategories = 40, kDiscrete = 20, kMostValues = 2000;

struct Judged {
    DriftResult result;
    std::optional<DriftTable> table;     // none for embeddings
};

// Shares by label, the most frequent of both first; the rest is one entry.
std::vector<DriftCategory> categoriesOf(const std::vector<std::string>& labels, const std::vector<double>& reference, const std::vector<double>& current) {
    const double r = std::accumulate(reference.begin(), reference.end(), 0.0), c = std::accumulate(current.begin(), current.end(), 0.0);
    std::vector<DriftCategory> all;
    for (size_t i = 0; i < labels.size(); ++i)
        if (reference[i] > 0 || current[i] > 0)
            all.push_back({labels[i], r > 0 ? reference[i] / r : 0, c > 0 ? current[i] / c : 0});
    std::stable_sort(all.begin(), all.end(), [](const DriftCategory& a, const DriftCategory& b) { return a.reference + a.current > b.reference + b.current; });
    if (all.size() > kMostCategories) {
        DriftCategory rest{"others", 0, 0};
        for (size_t i = kMostCategories - 1; i < all.size(); ++i) {
            rest.reference += all[i].reference;
            rest.current += all[i].current;
        }
        all.resize(kMostCategories - 1);
        all.push_back(std::move(rest));
    }
    return all;
}

void describeNumbers(const DriftTable& table, size_t bins, DriftResult& out) {
    const analyze::DriftCells cells = table.cells();
    constexpr double kShown[] = {0.05, 0.5, 0.95};
    for (size_t i = 0; i < 3; ++i) {
        out.referenceQuantile[i] = analyze::quantileOfCells(cells, false, kShown[i]);
        out.currentQuantile[i] = analyze::quantileOfCells(cells, true, kShown[i]);
    }
    out.referenceMean = analyze::meanOfCells(cells, false);
    out.currentMean = analyze::meanOfCells(cells, true);
    const bool discrete = cells.size() <= kDiscrete && std::all_of(cells.begin(), cells.end(), [](const analyze::DriftCell& cell) { return cell.lower == cell.upper; });
    if (!discrete) {
        out.picture = analyze::pictureBins(cells, bins);
        return;
    }
    const analyze::CellTotals totals = analyze::totalsOf(cells);
    for (const analyze::DriftCell& cell : cells)   // few values: bars in their order
        out.categories.push_back({fmt::format("{:g}", cell.lower), totals.reference > 0 ? cell.reference / totals.reference : 0, totals.current > 0 ? cell.current / totals.current : 0});
}

// Statistics and verdict of the pair as it stands.
void judgePair(const DriftTable& table, const DriftQuestion& question, DriftResult& out) {
    out.referenceCount = table.referenceCount();
    out.currentCount = table.currentCount();
    out.cosine = out.euclidean = out.discrepancy = kNaN;
    out.statistics = table.categorical() ? analyze::categoricalDrift(table.reference(), table.current()) : analyze::numericDrift(table.cells());
    out.verdict = analyze::verdictOf(out.statistics.psi, out.referenceCount, out.currentCount, question.thresholds);
    const size_t values = table.labels().size();
    out.nearlyUnique = values > kDiscrete && (values >= kMostValues || static_cast<double>(values) > 0.5 * (out.referenceCount + out.currentCount));
    if (out.nearlyUnique)
        out.verdict = DriftVerdict::kNoData;
}

// Since when, until when, and whether two windows running bear the verdict out.
void judgeTrend(const DriftTable& table, const DriftAxis& axis, const DriftQuestion& question, DriftResult& out) {
    out.trend = driftTrend(table, axis, question.thresholds.minimum);
    out.window = out.trend.empty() ? 0 : out.trend.front().to - out.trend.front().from;
    out.since.reset();
    out.until.reset();
    out.onlyOneWindow = false;
    if (out.verdict != DriftVerdict::kDrifted && out.verdict != DriftVerdict::kModerate)
        return;
    const size_t judged = static_cast<size_t>(std::count_if(out.trend.begin(), out.trend.end(), [&](const DriftPoint& p) {
        return p.from >= axis.current.from && p.to <= axis.current.to && !std::isnan(p.psi);
    }));
    const auto lasting = departedStretch(table, axis, out.trend, axis.current, question.thresholds.moderate, 2);
    if (out.verdict == DriftVerdict::kDrifted && judged >= 3 && !lasting) {
        out.verdict = DriftVerdict::kModerate;
        out.onlyOneWindow = true;
    }
    const auto stretch = lasting ? lasting : departedStretch(table, axis, out.trend, axis.current, question.thresholds.moderate, 1);
    if (stretch) {
        out.since = stretch->since;
        out.until = stretch->until;
    }
}

Result<DriftResult> judgeEmbedding(QueryContext& context, const DriftFeature& feature, const DriftAxis& axis, const DriftQuestion& question) {
    DriftResult out;
    out.feature = feature;
    NJ_ASSIGN(const EmbeddingSample sample, gatherEmbeddings(context, feature, question.filter, axis));
    out.referenceCount = sample.referenceCount;
    out.currentCount = sample.currentCount;
    const std::vector<double> reference = analyze::meanVector(sample.reference, sample.dimensions), current = analyze::meanVector(sample.current, sample.dimensions);
    out.cosine = analyze::cosineDistance(reference, current);
    out.euclidean = analyze::euclideanDistance(reference, current);
    out.discrepancy = analyze::meanDiscrepancy(sample.reference, sample.current, sample.dimensions);
    out.statistics = {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, 0, 0};
    analyze::DriftThresholds thresholds = analyze::kEmbeddingThresholds;
    thresholds.minimum = question.thresholds.minimum;
    out.verdict = analyze::verdictOf(out.discrepancy, out.referenceCount, out.currentCount, thresholds);
    std::vector<double> trend;
    for (size_t from = 0; from < axis.columns.count; from += kColumnsPerWindow) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        const size_t to = std::min(from + kColumnsPerWindow, axis.columns.count);
        DriftPoint point{axis.columns.edge(from), axis.columns.edge(to), 0, kNaN, kNaN, kNaN, kNaN};
        std::vector<float> vectors;
        for (size_t c = from; c < to; ++c) {
            vectors.insert(vectors.end(), sample.columns[c].begin(), sample.columns[c].end());
            point.n += sample.columnCounts[c];
        }
        if (point.n >= 20 && sample.referenceCount >= thresholds.minimum) {
            point.psi = analyze::meanDiscrepancy(sample.reference, vectors, sample.dimensions, 100);
            point.ks = analyze::cosineDistance(reference, analyze::meanVector(vectors, sample.dimensions));
        }
        out.trend.push_back(point);
        trend.push_back(axis.current.overlaps({point.from, point.to}) ? point.psi : kNaN);
    }
    out.window = axis.columns.width * static_cast<DurationNs>(kColumnsPerWindow);
    if (out.verdict == DriftVerdict::kDrifted || out.verdict == DriftVerdict::kModerate) {
        if (const auto run = analyze::departedRun(trend, thresholds.moderate, 1)) {
            out.since = out.trend[run->from].from;
            if (run->to < out.trend.size())
                out.until = out.trend[run->to].from;
        }
    }
    return out;
}

// The stretch of the current window in which the best-founded drift lasts; nothing where none does or it fills the window anyway.
std::optional<TimeRange> narrowed(const std::vector<Judged>& all, const DriftAxis& axis, const DriftQuestion& question) {
    std::optional<TimeRange> best;
    double most = 0;
    for (const Judged& judged : all) {
        if (!judged.table || judged.result.trend.empty())
            continue;
        const auto stretch = departedStretch(*judged.table, axis, judged.result.trend, axis.current, question.thresholds.drifted, 2);
        if (!stretch || stretch->peak < 2 * question.thresholds.drifted)
            continue;
        const double weight = std::min(stretch->peak, 3.0) * std::log(1 + judged.result.currentCount);
        if (weight <= most)
            continue;
        // Whole columns inside the stretch: its mixed ends would blur the picture.
        const TimeRange found{std::max(stretch->since, axis.current.from), std::min(stretch->until.value_or(axis.current.to), axis.current.to)};
        if (found.length() < 4 * axis.columns.width)
            continue;
        const auto columns = [&](DurationNs after) { return static_cast<size_t>(after / axis.columns.width); };
        const TimeRange range{axis.columns.edge(columns(found.from - axis.columns.from + axis.columns.width - 1)), axis.columns.edge(columns(found.to - axis.columns.from))};
        most = weight;
        best = range;
    }
    if (best && static_cast<double>(best->length()) > 0.95 * static_cast<double>(axis.current.length()))
        return std::nullopt;
    return best;
}

}  // namespace

Result<DriftAnswer> answerDrift(QueryContext& context, const DriftQuestion& asked) {
    if (asked.reference.empty() || asked.current.empty())
        return makeError(ErrorCode::kInvalidArgument, "a reference and a current window are needed to compare");
    DriftQuestion question = asked;
    question.pictureBins = std::clamp<size_t>(question.pictureBins, 4, 400);
    if (question.features.empty()) {
        NJ_ASSIGN(question.features, answerDriftFeatures(context));
        std::erase_if(question.features, [](const DriftFeature& feature) { return !feature.leading; });
    }
    DriftAxis axis = driftAxis(question);
    std::vector<Judged> all;
    for (const DriftFeature& feature : question.features) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        Judged judged;
        judged.result.feature = feature;
        if (feature.source != Source::kEmbedding) {
            NJ_ASSIGN(DriftTable table, gatherDrift(context, feature, question.filter, axis, judged.result.filterIgnored));
            judgePair(table, question, judged.result);
            if (question.narrow)
                judged.result.trend = driftTrend(table, axis, question.thresholds.minimum);
            judged.table = std::move(table);
        }
        all.push_back(std::move(judged));
    }
    DriftAnswer answer;
    if (question.narrow) {
        if (const auto range = narrowed(all, axis, question)) {
            axis.current = *range;
            answer.narrowed = true;
        }
    }
    for (Judged& judged : all) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        if (!judged.table) {
            NJ_ASSIGN(judged.result, judgeEmbedding(context, judged.result.feature, axis, question));
        } else {
            DriftTable& table = *judged.table;
            if (answer.narrowed) {
                table.narrowTo(axis.columns.at(axis.current.from), axis.columns.at(axis.current.to - 1) + 1);
                judgePair(table, question, judged.result);
            }
            judgeTrend(table, axis, question, judged.result);
            if (table.categorical())
                judged.result.categories = categoriesOf(table.labels(), table.reference(), table.current());
            else
                describeNumbers(table, question.pictureBins, judged.result);
            const bool moved = judged.result.verdict == DriftVerdict::kDrifted || judged.result.verdict == DriftVerdict::kModerate;
            judged.result.scaleChange = judged.result.feature.modelScore && moved && analyze::sameShape(table.cells());
            judged.table.reset();
        }
        answer.results.push_back(std::move(judged.result));
    }
    answer.reference = axis.reference;
    answer.current = axis.current;
    answer.trend = axis.trend;
    return answer;
}

}  // namespace nj::query

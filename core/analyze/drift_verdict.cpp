#include "analyze/drift_verdict.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analyze/drift_statistics.h"

namespace nj::analyze {

DriftVerdict verdictOf(double statistic, double referenceCount, double currentCount, const DriftThresholds& thresholds) {
    if (!(referenceCount > 0) || !(currentCount > 0))
        return DriftVerdict::kNoData;
    if (referenceCount < thresholds.minimum || currentCount < thresholds.minimum || std::isnan(statistic))
        return DriftVerdict::kTooFew;
    return statistic >= thresholds.drifted ? DriftVerdict::kDrifted : statistic >= thresholds.moderate ? DriftVerdict::kModerate : DriftVerdict::kStable;
}

std::optional<WindowRun> departedRun(std::span<const double> trend, double threshold, size_t hold) {
    std::optional<WindowRun> best;
    double bestSum = 0, sum = 0;
    WindowRun run;
    const auto close = [&] {
        if (run.judged >= hold && sum > bestSum) {
            best = run;
            bestSum = sum;
        }
        run = {};
        sum = 0;
    };
    for (size_t i = 0; i < trend.size(); ++i) {
        if (std::isnan(trend[i]))
            continue;
        if (trend[i] < threshold) {
            close();
            continue;
        }
        if (run.judged == 0)
            run.from = i;
        run.to = i + 1;
        run.peak = std::max(run.peak, trend[i]);
        ++run.judged;
        sum += trend[i];
    }
    close();
    return best;
}

namespace {

// Σ count · ln(((1 − share) r + share c) / r).
double mixtureGain(std::span<const double> counts, std::span<const double> reference, std::span<const double> current, double share) {
    const double r = std::accumulate(reference.begin(), reference.end(), 0.0), c = std::accumulate(current.begin(), current.end(), 0.0);
    if (!(r > 0) || !(c > 0))
        return 0;
    double gain = 0;
    for (size_t i = 0; i < std::min({counts.size(), reference.size(), current.size()}); ++i) {
        const double before = std::max(reference[i] / r, kShareFloor), after = std::max(current[i] / c, kShareFloor);
        if (counts[i] > 0)
            gain += counts[i] * std::log((before + share * (after - before)) / before);
    }
    return gain;
}

}  // namespace

double logLikelihoodRatio(std::span<const double> counts, std::span<const double> reference, std::span<const double> current) {
    return mixtureGain(counts, reference, current, 1);
}

double mixtureShare(std::span<const double> counts, std::span<const double> reference, std::span<const double> current) {
    constexpr int kSteps = 64;
    double best = 0, most = 0;
    for (int i = 1; i <= kSteps; ++i) {
        const double share = static_cast<double>(i) / kSteps, gain = mixtureGain(counts, reference, current, share);
        if (gain > most) {
            most = gain;
            best = share;
        }
    }
    return best;
}

size_t changePoint(std::span<const double> ratios) {
    size_t best = 0;
    double sum = 0, least = 0;
    for (size_t i = 0; i < ratios.size(); ++i) {
        sum += ratios[i];
        if (sum < least) {
            least = sum;
            best = i + 1;
        }
    }
    return best;
}

}  // namespace nj::analyze

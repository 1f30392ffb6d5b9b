// Drift statistics against values computed by hand and by other methods (brute force, numeric integration, closed forms of normals).
#include <cmath>
#include <limits>
#include <random>

#include "analyze/drift_cells.h"
#include "analyze/drift_statistics.h"
#include "analyze/drift_verdict.h"
#include "analyze/embedding_drift.h"
#include "qt_test.h"

using namespace nj::analyze;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool near(double a, double b, double tolerance = 1e-9) { return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b)); }

std::vector<double> logNormal(double median, double sigma, size_t n, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(std::log(median), sigma);
    std::vector<double> out;
    for (size_t i = 0; i < n; ++i)
        out.push_back(std::exp(normal(random)));
    return out;
}

}  // namespace

#define NEAR(actual, expected, tolerance) QVERIFY2(near(actual, expected, tolerance), qPrintable(QStringLiteral("%1, expected %2").arg(double(actual), 0, 'g', 12).arg(double(expected), 0, 'g', 12)))

class DriftTest : public QObject {
    Q_OBJECT
private slots:
    // Shares ½ ½ against 0.9 0.1, by hand.
    void sharesByHand() {
        const std::vector<double> reference = {50, 50}, current = {90, 10};
        NEAR(populationStability(reference, current), 0.8788898309344878, 1e-12);   // 0.4 ln 1.8 + 0.4 ln 5
        NEAR(jensenShannonDistance(reference, current), 0.31898154347735663, 1e-12);
        NEAR(hellingerDistance(reference, current), 0.32491969623290634, 1e-12);
        NEAR(kullbackLeibler(reference, current), 0.5108256237659907, 1e-12);
        NEAR(totalVariation(reference, current), 0.4, 1e-12);
        NEAR(populationStability(current, reference), populationStability(reference, current), 1e-12);
    }
    void boundsOfDistances() {
        const std::vector<double> left = {10, 0}, right = {0, 7};
        NEAR(jensenShannonDistance(left, right), std::sqrt(std::log(2)), 1e-12);
        NEAR(hellingerDistance(left, right), 1, 1e-12);
        NEAR(totalVariation(left, right), 1, 1e-12);
        // An empty bin counts as one in ten thousand: (1 − 1e-4) ln(1e4), twice.
        NEAR(populationStability(left, right), 2 * (1 - 1e-4) * std::log(1e4), 1e-12);
        QCOMPARE(populationStability(left, left), 0.0);
        QCOMPARE(jensenShannonDistance(left, left), 0.0);
    }
    void nothingToCompareIsNaN() {
        const std::vector<double> some = {1, 2}, none = {0, 0}, bad = {kNaN, -3};
        for (const auto& [r, c] : {std::pair(some, none), std::pair(none, some), std::pair(bad, some), std::pair(some, std::vector<double>{1}), std::pair(std::vector<double>(), std::vector<double>())}) {
            QVERIFY(std::isnan(populationStability(r, c)));
            QVERIFY(std::isnan(jensenShannonDistance(r, c)));
            QVERIFY(std::isnan(hellingerDistance(r, c)));
            QVERIFY(std::isnan(chiSquareTest(r, c).p));
        }
        QCOMPARE(populationStability(std::vector<double>{1, 1, kNaN}, std::vector<double>{1, 1, kInfinity}), 0.0);
    }
    void tailsAgainstIntegration() {
        NEAR(chiSquareTail(3.841458820694124, 1), 0.05, 1e-10);
        NEAR(chiSquareTail(18.307038053275146, 10), 0.05, 1e-10);
        NEAR(chiSquareTail(7, 3), 0.0718977724964587, 1e-10);
        NEAR(chiSquareTail(2, 9), 0.9914676066286822, 1e-10);
        NEAR(chiSquareTail(60, 20) / 7.1217508628146695e-06, 1, 1e-6);
        QCOMPARE(chiSquareTail(0, 4), 1.0);
        QCOMPARE(chiSquareTail(kInfinity, 4), 0.0);
        NEAR(kolmogorovTail(0.5), 0.9639452436648751, 1e-12);
        NEAR(kolmogorovTail(1), 0.26999967167735456, 1e-12);
        NEAR(kolmogorovTail(1.36), 0.049485876755377876, 1e-12);
        NEAR(kolmogorovTail(2), 0.0006709252557796953, 1e-12);
        QCOMPARE(kolmogorovTail(0), 1.0);
    }
    void chiSquareByHand() {
        const TestResult test = chiSquareTest(std::vector<double>{100, 200, 300}, std::vector<double>{30, 50, 20});
        NEAR(test.statistic, 37, 1e-12);   // expects 16.7, 33.3, 50
        QCOMPARE(test.degrees, 2.0);
        NEAR(test.p / 9.237449661969794e-09, 1, 1e-6);
        // A category the reference never had: half an observation expected, not a division by zero.
        const TestResult fresh = chiSquareTest(std::vector<double>{100, 0}, std::vector<double>{90, 10});
        QVERIFY(std::isfinite(fresh.statistic) && fresh.p < 1e-6);
    }
    // Against max |F − G| over all points and the area between the quantile functions.
    void samplesAgainstBruteForce() {
        const DriftCells cells = cellsOfSamples(std::vector<double>{0.2, 1.1, 1.9, 2.4, 3.3, 3.8, 4.1, 5.0, 6.6, 7.2}, std::vector<double>{1.5, 2.2, 3.9, 4.4, 5.5, 6.1, 6.9, 7.7});
        NEAR(kolmogorovSmirnov(cells), 0.35, 1e-12);
        NEAR(wasserstein1(cells), 1.215, 1e-12);
        QVERIFY(kolmogorovSmirnovP(0.35, 10, 8) > 0.4);
    }
    // A bucket's observations are spread over it: moving a uniform bucket by its width moves W1 by the width.
    void bucketsAreSpread() {
        const DriftCells cells = {{0, 1, 100, 0}, {1, 2, 0, 50}};
        NEAR(wasserstein1(cells), 1, 1e-12);
        NEAR(kolmogorovSmirnov(cells), 1, 1e-12);
        NEAR(quantileOfCells(cells, false, 0.25), 0.25, 1e-12);
        NEAR(quantileOfCells(cells, true, 0.5), 1.5, 1e-12);
        // Crossing inside a bucket: F_r − F_c goes from +½ to −½ over width 1, the area is ¼ twice.
        NEAR(wasserstein1(DriftCells{{0, 0, 50, 0}, {0, 1, 0, 100}, {1, 1, 50, 0}}), 0.25, 1e-12);
        // An open end has no width.
        QVERIFY(std::isfinite(wasserstein1(DriftCells{{-kInfinity, 1, 10, 10}, {1, kInfinity, 5, 20}})));
    }
    // ln N(μ, σ): PSI tends to (Δ/σ)² and KS to 2Φ(Δ/2σ) − 1; the demo's prompt tokens.
    void demoPromptTokensInClosedForm() {
        const DriftCells cells = cellsOfSamples(logNormal(1900, 0.466, 20000, 1), logNormal(4600, 0.466, 20000, 2));
        const DriftStatistics s = numericDrift(cells);
        NEAR(s.psi, 3.6, 0.12);
        NEAR(s.ks, 0.657, 0.03);
        NEAR(s.wasserstein, 3009.7, 0.03);
        QVERIFY(s.ksP < 1e-12 && s.chiSquareP < 1e-12);
        QVERIFY(verdictOf(s.psi, 20000, 20000) == DriftVerdict::kDrifted);
    }
    void noiseIsStable_data() {
        QTest::addColumn<int>("n");
        for (const int n : {200, 400, 1300, 5000})
            QTest::addRow("%d", n) << n;
    }
    // Two samples of one distribution stay under 0.1 whatever their size: bins follow the observations.
    void noiseIsStable() {
        QFETCH(int, n);
        int over = 0;
        for (unsigned seed = 1; seed <= 40; ++seed) {
            const DriftStatistics s = numericDrift(cellsOfSamples(logNormal(500, 1, 3000, seed), logNormal(500, 1, static_cast<size_t>(n), seed + 1000)));
            over += s.psi >= 0.1 ? 1 : 0;
            QVERIFY2(s.psi < 0.25, qPrintable(QString::number(s.psi)));
        }
        QVERIFY2(over <= 2, qPrintable(QString::number(over)));
    }
    void constantAndOddInput() {
        const std::vector<double> same(300, 7.0), other(300, 8.0);
        const DriftStatistics still = numericDrift(cellsOfSamples(same, same));
        QCOMPARE(still.psi, 0.0);
        QCOMPARE(still.ks, 0.0);
        QCOMPARE(still.wasserstein, 0.0);
        const DriftStatistics moved = numericDrift(cellsOfSamples(same, other));
        QVERIFY(moved.psi > 1 && moved.ks == 1);
        NEAR(moved.wasserstein, 1, 1e-12);
        NEAR(moved.normedWasserstein, 1000, 1e-12);   // a constant reference: the floor of 0.001
        std::vector<double> dirty = same;
        dirty.insert(dirty.end(), {kNaN, kInfinity, -kInfinity});
        QCOMPARE(totalsOf(cellsOfSamples(dirty, same)).reference, 300.0);
        QVERIFY(std::isnan(numericDrift({}).psi));
        QVERIFY(std::isnan(kolmogorovSmirnov(cellsOfSamples(same, {}))));
        QVERIFY(pictureBins(cellsOfSamples(same, same), 10).edges.size() == 11);
        QVERIFY(pictureBins({}, 10).edges.empty());
        QVERIFY(!sameShape(cellsOfSamples(same, other)));
        const DriftStatistics one = categoricalDrift(std::vector<double>{500}, std::vector<double>{300});
        QCOMPARE(one.psi, 0.0);
        QCOMPARE(one.chiSquareP, 1.0);
        QVERIFY(std::isnan(one.ks));
    }
    void binsFollowTheObservations() {
        QCOMPARE(binsFor(200, 200), size_t{5});
        QCOMPARE(binsFor(1e6, 1e6), size_t{50});
        QCOMPARE(binsFor(0, 5), size_t{2});
        const DriftCells merged = mergedCells(cellsOfSamples(logNormal(10, 1, 5000, 3), logNormal(10, 1, 5000, 4)), 20);
        QCOMPARE(merged.size(), size_t{20});
        for (const DriftCell& bin : merged)
            QVERIFY(std::abs(bin.reference + bin.current - 500) < 10);
        // Few distinct values stay what they are.
        QCOMPARE(mergedCells(DriftCells{{0, 0, 900, 10}, {1, 1, 1, 500}, {5, 5, 1, 1}}, 20).size(), size_t{3});
    }
    void pictureUsesTheLogarithmWhereItFits() {
        const PictureBins tokens = pictureBins(cellsOfSamples(logNormal(1900, 0.466, 5000, 1), logNormal(4600, 0.466, 5000, 2)), 40);
        QVERIFY(tokens.logarithmic);
        double r = 0, c = 0;
        for (size_t i = 0; i < 40; ++i) {
            r += tokens.reference[i];
            c += tokens.current[i];
        }
        NEAR(r, 1, 1e-9);
        NEAR(c, 1, 1e-9);
        QVERIFY(!pictureBins(cellsOfSamples(std::vector<double>{-1, 2, 3}, std::vector<double>{1, 2, 30}), 10).logarithmic);
    }
    void movedScoreOfOneShape() {
        std::mt19937 random(5);
        std::normal_distribution<double> before(0.71, 0.055), after(0.58, 0.055);
        std::exponential_distribution<double> other(5);
        std::vector<double> a, b, c;
        for (int i = 0; i < 3000; ++i) {
            a.push_back(before(random));
            b.push_back(after(random));
            c.push_back(other(random));
        }
        QVERIFY(sameShape(cellsOfSamples(a, b)));
        QVERIFY(!sameShape(cellsOfSamples(a, c)));
    }
    void verdicts() {
        QVERIFY(verdictOf(9, 199, 5000) == DriftVerdict::kTooFew);
        QVERIFY(verdictOf(9, 5000, 199) == DriftVerdict::kTooFew);
        QVERIFY(verdictOf(9, 0, 199) == DriftVerdict::kNoData);
        QVERIFY(verdictOf(kNaN, 5000, 5000) == DriftVerdict::kTooFew);
        QVERIFY(verdictOf(0.0999, 200, 200) == DriftVerdict::kStable);
        QVERIFY(verdictOf(0.1, 200, 200) == DriftVerdict::kModerate);
        QVERIFY(verdictOf(0.25, 200, 200) == DriftVerdict::kDrifted);
    }
    void runsAndChangePoint() {
        const std::vector<double> trend = {0.01, 0.4, 0.02, kNaN, 0.5, kNaN, 3.0, 2.0, 0.05};
        const auto run = departedRun(trend, 0.25);
        QVERIFY(run.has_value());
        QCOMPARE(run->from, size_t{4});
        QCOMPARE(run->to, size_t{8});
        QCOMPARE(run->judged, size_t{3});
        QCOMPARE(run->peak, 3.0);
        QVERIFY(!departedRun(std::vector<double>{0.1, 0.3, 0.1}, 0.25).has_value());
        QVERIFY(departedRun(std::vector<double>{0.1, 0.3, 0.1}, 0.25, 1).has_value());
        QCOMPARE(changePoint(std::vector<double>{-2, -1, 0.5, -1, 3, 4}), size_t{4});
        QCOMPARE(changePoint(std::vector<double>{1, 2}), size_t{0});
        QVERIFY(logLikelihoodRatio(std::vector<double>{9, 1}, std::vector<double>{50, 50}, std::vector<double>{90, 10}) > 0);
        QVERIFY(logLikelihoodRatio(std::vector<double>{5, 5}, std::vector<double>{50, 50}, std::vector<double>{90, 10}) < 0);
    }
    void shareOfAMixedColumn() {
        const std::vector<double> before = {80, 20}, after = {20, 80};
        NEAR(mixtureShare(std::vector<double>{50, 50}, before, after), 0.5, 0.02);
        NEAR(mixtureShare(std::vector<double>{65, 35}, before, after), 0.25, 0.02);
        QCOMPARE(mixtureShare(std::vector<double>{90, 10}, before, after), 0.0);
        QCOMPARE(mixtureShare(std::vector<double>{0, 0}, before, after), 0.0);
        QCOMPARE(mixtureShare(std::vector<double>{5, 95}, before, after), 1.0);
    }
    void embeddings() {
        const std::vector<float> x = {0, 0, 1, 0, 0, 1}, y = {3, 3, 4, 3, 3, 4, 4, 4};
        NEAR(meanDiscrepancy(x, y, 2), 1.3751554911251611, 1e-9);   // by brute force over all pairs
        const std::vector<double> mx = meanVector(x, 2), my = meanVector(y, 2);
        NEAR(mx[0], 1.0 / 3, 1e-12);
        NEAR(my[1], 3.5, 1e-12);
        NEAR(euclideanDistance(mx, my), std::sqrt(2.0) * (3.5 - 1.0 / 3), 1e-12);
        NEAR(cosineDistance(std::vector<double>{1, 0}, std::vector<double>{0, 2}), 1, 1e-12);
        NEAR(cosineDistance(mx, my) + 1, 1, 1e-12);
        QVERIFY(std::isnan(cosineDistance(std::vector<double>{0, 0}, std::vector<double>{1, 1})));
        QVERIFY(std::isnan(cosineDistance(std::vector<double>{1}, std::vector<double>{1, 1})));
        QVERIFY(std::isnan(meanDiscrepancy(x, {}, 2)));
        QVERIFY(std::isnan(meanDiscrepancy(x, y, 0)));
        const std::vector<float> equal(20, 1.F);
        NEAR(meanDiscrepancy(equal, equal, 2), 0, 1e-12);
    }
};

QTEST_APPLESS_MAIN(DriftTest)
#include "drift_test.moc"

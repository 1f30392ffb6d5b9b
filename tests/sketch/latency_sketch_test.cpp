// Bins of durations: the formula, the edges, the error bound.
#include <cmath>
#include <limits>

#include "qt_test.h"
#include "sketch/latency_sketch.h"

using namespace nj::sketch;

class LatencySketchTest : public QObject {
    Q_OBJECT
private slots:
    void binsFollowTheFormula() {
        QCOMPARE(binOf(-1), kBinInvalid);
        QCOMPARE(binOf(0), uint16_t(0));
        QCOMPARE(binOf(1), uint16_t(0));
        QCOMPARE(binOf(2), uint16_t(65));
        QVERIFY(binOf(std::numeric_limits<int64_t>::max()) <= 4033);
        for (int64_t ns = 2; ns < std::numeric_limits<int64_t>::max() / 3; ns += ns / 20 + 1)
            QCOMPARE(int(binOf(ns)), 1 + int(std::floor(std::log2(static_cast<long double>(ns)) * 64)));
    }
    void firstOfABin() {
        for (int bin = 65; bin < 4030; ++bin) {
            const int64_t first = binFirst(static_cast<uint16_t>(bin));
            QVERIFY(binOf(first) >= bin);
            QVERIFY(binOf(first - 1) < bin);
        }
    }
    void errorIsBelow54Hundredths() {
        for (int64_t ns = 100; ns < 1'000'000'000'000; ns = ns * 13 / 12 + 1)
            QVERIFY(std::abs(binMiddle(binOf(ns)) - static_cast<double>(ns)) / static_cast<double>(ns) <= 0.0055);
    }
    void quantiles() {
        LatencySketch a, b;
        QVERIFY(std::isnan(a.quantile(0.5)));
        for (int i = 1; i <= 1000; ++i)
            (i % 2 == 0 ? a : b).add(binOf(i * 1'000'000));
        a.merge(b);
        a.add(kBinInvalid);
        QCOMPARE(a.count(), uint64_t(1000));
        for (const double q : {0.01, 0.5, 0.9, 0.99, 1.0})
            QVERIFY(std::abs(a.quantile(q) - q * 1e9) / (q * 1e9) < 0.01);
    }
};

QTEST_APPLESS_MAIN(LatencySketchTest)
#include "latency_sketch_test.moc"

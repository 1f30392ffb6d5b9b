// Burn rate and error budget against the worked examples of the SRE workbook, and at the edges.
#include <cmath>

#include "analyze/objective_math.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::analyze;

class ObjectiveMathTest : public QObject {
    Q_OBJECT
private slots:
    void burnRates() {
        // 99.9 % target: 1.44 % bad burns at 14.4, 0.1 % at 1.
        QCOMPARE(burnRate({998'560 - 12'960, 1'000'000}, 0.999), 14.4);
        QCOMPARE(burnRate({999, 1000}, 0.999), 1.0);
        QCOMPARE(burnRate({1000, 1000}, 0.999), 0.0);
        QVERIFY(std::isnan(burnRate({0, 0}, 0.99)));
        QVERIFY(std::isinf(burnRate({9, 10}, 1.0)));
        QCOMPARE(burnRate({10, 10}, 1.0), 0.0);
        QCOMPARE(burnRate({12, 10}, 0.9), 0.0);   // more good than total: a reset, not a negative rate
    }
    void budgets() {
        // One hour at 14.4 uses 2 % of a 30-day budget; at 6 six hours use 5 %.
        QCOMPARE(budgetConsumed(14.4, kHour, 30 * kDay), 0.02);
        QCOMPARE(budgetConsumed(6, 6 * kHour, 30 * kDay), 0.05);
        QCOMPARE(fastBurnRate(30 * kDay), 14.4);
        QCOMPARE(budgetRemaining({995, 1000}, 0.99), 0.5);
        QCOMPARE(budgetRemaining({970, 1000}, 0.99), -2.0);
        QVERIFY(std::isnan(budgetRemaining({0, 0}, 0.99)));
    }
    void exhaustion() {
        QCOMPARE(timeToExhaustion(1, 1, 30 * kDay), std::optional(30 * kDay));
        QCOMPARE(timeToExhaustion(10, 0.5, 30 * kDay), std::optional(36 * kHour));
        QCOMPARE(timeToExhaustion(2, -1, kDay), std::optional(DurationNs{0}));
        QVERIFY(!timeToExhaustion(0, 1, kDay));
        QVERIFY(!timeToExhaustion(std::nan(""), 1, kDay));
    }
};

QTEST_APPLESS_MAIN(ObjectiveMathTest)
#include "objective_math_test.moc"

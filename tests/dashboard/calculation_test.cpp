// Every calculation over plain values, values with gaps, and no values.
#include "dashboard/calculation.h"

#include <cmath>
#include <limits>
#include <vector>

#include "qt_test.h"

using namespace nj::dashboard;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-9; }

}  // namespace

class CalculationTest : public QObject {
    Q_OBJECT

private slots:
    void calculates_data();
    void calculates();
    void knowsNames();
};

void CalculationTest::calculates_data() {
    QTest::addColumn<double>("plain");
    QTest::addColumn<double>("gaps");
    QTest::addColumn<double>("nothing");
    QTest::newRow("") << 3.0 << 6.0 << kNaN;
    QTest::newRow("lastNotNull") << 3.0 << 6.0 << kNaN;
    QTest::newRow("last") << 3.0 << kNaN << kNaN;
    QTest::newRow("firstNotNull") << 4.0 << 8.0 << kNaN;
    QTest::newRow("first") << 4.0 << kNaN << kNaN;
    QTest::newRow("min") << 1.0 << 0.0 << kNaN;
    QTest::newRow("max") << 4.0 << 8.0 << kNaN;
    QTest::newRow("mean") << 2.2 << 14.0 / 3 << kNaN;
    QTest::newRow("median") << 2.0 << 6.0 << kNaN;
    QTest::newRow("sum") << 11.0 << 14.0 << 0.0;
    QTest::newRow("count") << 5.0 << 6.0 << 0.0;
    QTest::newRow("range") << 3.0 << 8.0 << kNaN;
    QTest::newRow("delta") << 3.0 << 6.0 << 0.0;   // a counter that began anew
    QTest::newRow("diff") << -1.0 << -2.0 << kNaN;
    QTest::newRow("diffperc") << -25.0 << -25.0 << kNaN;
    QTest::newRow("step") << -3.0 << -8.0 << kNaN;
    QTest::newRow("stdDev") << std::sqrt(1.36) << std::sqrt(104.0 / 9) << kNaN;
    QTest::newRow("variance") << 1.36 << 104.0 / 9 << kNaN;
    QTest::newRow("distinctCount") << 4.0 << 3.0 << 0.0;
    QTest::newRow("changeCount") << 3.0 << 2.0 << 0.0;
    QTest::newRow("logmin") << 1.0 << 6.0 << kNaN;
    QTest::newRow("allIsNull") << 0.0 << 0.0 << 1.0;
    QTest::newRow("allIsZero") << 0.0 << 0.0 << 0.0;
    QTest::newRow("p50") << 2.0 << 6.0 << kNaN;
    QTest::newRow("p99") << 4.0 << 8.0 << kNaN;
    QTest::newRow("p1") << 1.0 << 0.0 << kNaN;
    QTest::newRow("no such") << kNaN << kNaN << kNaN;
    QTest::newRow("p100") << kNaN << kNaN << kNaN;
}

void CalculationTest::calculates() {
    QFETCH(double, plain);
    QFETCH(double, gaps);
    QFETCH(double, nothing);
    const char* name = QTest::currentDataTag();
    const std::vector<double> values{4, 1, 1, 2, 3}, withGaps{kNaN, 8, 0, kNaN, 6, kNaN};
    const auto check = [&](const std::vector<double>& of, double expected) {
        const double got = calculate(name, of);
        QVERIFY2(same(got, expected), qPrintable(QString("%1 instead of %2").arg(got).arg(expected)));
    };
    check(values, plain);
    check(withGaps, gaps);
    check({}, nothing);
}

void CalculationTest::knowsNames() {
    QCOMPARE(calculate("allIsZero", std::vector<double>{0, kNaN, 0}), 1.0);
    QCOMPARE(calculate("median", std::vector<double>{1, 2, 3, 10}), 2.5);
    for (const char* name : {"lastNotNull", "last", "count", "stdDev", "p5", "p95"})
        QVERIFY2(isCalculation(name), name);
    for (const char* name : {"", "p0", "p", "p100", "pp", "uniqueValues", "Mean"})
        QVERIFY2(!isCalculation(name), name);
    QCOMPARE(calculationTitle("lastNotNull"), std::string_view("Last *"));
    QCOMPARE(calculationTitle("sum"), std::string_view("Total"));
    QCOMPARE(calculationTitle("count"), std::string_view("Count"));
    QCOMPARE(calculationTitle("other"), std::string_view("other"));
}

QTEST_APPLESS_MAIN(CalculationTest)
#include "calculation_test.moc"

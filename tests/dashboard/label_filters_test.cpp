// Filters over labels: what is typed as a matcher, and where it goes in an expression.
#include "dashboard/label_filters.h"

#include "qt_test.h"

using namespace nj::dashboard;

class LabelFiltersTest : public QObject {
    Q_OBJECT

private slots:
    void readsWhatIsTyped_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("matcher");
        QTest::newRow("bare") << "gpu=3" << "gpu=\"3\"";
        QTest::newRow("blanks") << "  gpu =  a b " << "gpu=\"a b\"";
        QTest::newRow("quoted") << "job=\"a\\\"b\"" << "job=\"a\\\"b\"";
        QTest::newRow("regex") << "job=~a|b" << "job=~\"a|b\"";
        QTest::newRow("not") << "job!='x'" << "job!=\"x\"";
        QTest::newRow("not a regex") << "job!~\"x.*\"" << "job!~\"x.*\"";
        QTest::newRow("empty value") << "job=" << "job=\"\"";
        QTest::newRow("a value with an operator") << "q=a=b" << "q=\"a=b\"";
        for (const char* none : {"", "gpu", "=3", "g pu=3", "gpu!3", "gpu=~(", "a=\"b\",c=\"d\"} or {e"})
            QTest::newRow(none) << none << (std::string_view(none).starts_with("a=") ? "a=\"\\\"b\\\",c=\\\"d\\\"} or {e\"" : "");
    }
    void readsWhatIsTyped() {
        QFETCH(QString, typed);
        QTEST(QString::fromStdString(filterOf(typed.toStdString()).value_or("")), "matcher");
    }
    void goesIntoEverySelector_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("with");
        QTest::newRow("a name") << "up" << "up{job=\"api\"}";
        QTest::newRow("matchers") << "sum by (x) (rate(a_total{b=\"c\"}[5m] offset 1h))" << "sum by (x) (rate(a_total{b=\"c\",job=\"api\"}[5m] offset 1h))";
        QTest::newRow("both sides") << "a / on (x) b > 5" << "a{job=\"api\"} / on (x) b{job=\"api\"} > 5";
        QTest::newRow("a subquery") << "max_over_time(up[1h:1m])" << "max_over_time(up{job=\"api\"}[1h:1m])";
        QTest::newRow("there already") << "up{job=\"api\"}" << "up{job=\"api\"}";
        QTest::newRow("another value") << "up{job=\"db\"}" << "up{job=\"db\",job=\"api\"}";
        QTest::newRow("no selector") << "vector(1)" << "vector(1)";
        QTest::newRow("does not parse") << "sum(" << "sum(";
    }
    void goesIntoEverySelector() {
        QFETCH(QString, expression);
        QTEST(QString::fromStdString(filtered(expression.toStdString(), {"job=\"api\"", "no filter"})), "with");
        QCOMPARE(QString::fromStdString(filtered(expression.toStdString(), {})), expression);
    }
};

QTEST_APPLESS_MAIN(LabelFiltersTest)
#include "label_filters_test.moc"

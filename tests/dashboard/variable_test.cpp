// What query variables ask, and the options their answers become; units; renamed metrics.
#include "dashboard/variable.h"

#include "dashboard/renamed_metrics.h"
#include "dashboard/unit.h"
#include "qt_test.h"

using namespace nj::dashboard;

class VariableTest : public QObject {
    Q_OBJECT

private slots:
    void readsQueries_data();
    void readsQueries();
    void readsOptionLists();
    void cutsAndSortsAnswers_data();
    void cutsAndSortsAnswers();
    void knowsUnits();
    void renamesMetrics();
};

void VariableTest::readsQueries_data() {
    using enum VariableQuestion;
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("question");
    QTest::addColumn<QString>("label");
    QTest::addColumn<QString>("argument");
    const auto row = [](const char* text, VariableQuestion question, const char* label, const char* argument) {
        QTest::newRow(text) << text << static_cast<int>(question) << label << argument;
    };
    row("label_values(up, job)", kLabelValues, "job", "up");
    row("label_values(model_name)", kLabelValues, "model_name", "");
    row(" label_values(up{a=\"x,y\", b=~\"$b\"}, instance) ", kLabelValues, "instance", "up{a=\"x,y\", b=~\"$b\"}");
    row("label_values(up, ${label})", kLabelValues, "${label}", "up");
    row("label_names()", kLabelNames, "", "");
    row("metrics(vllm:.*)", kMetrics, "", "vllm:.*");
    row("query_result(topk(5, sum by (job) (up)))", kQueryResult, "", "topk(5, sum by (job) (up))");
    row("up{job=\"a\"}", kSeries, "", "up{job=\"a\"}");
    row("", kSeries, "", "");
    row("label_values(", kSeries, "", "label_values(");
}

void VariableTest::readsQueries() {
    QFETCH(QString, text);
    const VariableQuery query = parseVariableQuery(text.toStdString());
    QTEST(static_cast<int>(query.question), "question");
    QTEST(QString::fromStdString(query.label), "label");
    QTEST(QString::fromStdString(query.argument), "argument");
}

void VariableTest::readsOptionLists() {
    QVERIFY((parseOptionList("1m, 10m,1h", false) == std::vector<VariableOption>{{"1m", "1m"}, {"10m", "10m"}, {"1h", "1h"}}));
    QVERIFY((parseOptionList("fast : 0.5, a\\,b, , slow : 2", true) == std::vector<VariableOption>{{"fast", "0.5"}, {"a,b", "a,b"}, {"slow", "2"}}));
    QVERIFY((parseOptionList("x : y", false) == std::vector<VariableOption>{{"x : y", "x : y"}}));
}

void VariableTest::cutsAndSortsAnswers_data() {
    QTest::addColumn<QString>("regex");
    QTest::addColumn<int>("sort");
    QTest::addColumn<QStringList>("answers");
    QTest::addColumn<QStringList>("expected");
    const auto sort = [](VariableSort s) { return static_cast<int>(s); };
    using enum VariableSort;
    QTest::newRow("as they come, once") << "" << sort(kNone) << QStringList{"b", "a", "b"} << QStringList{"b=b", "a=a"};
    QTest::newRow("text") << "" << sort(kText) << QStringList{"b", "B", "a"} << QStringList{"B=B", "a=a", "b=b"};
    QTest::newRow("caseless") << "" << sort(kCaselessDescending) << QStringList{"b", "C", "a"} << QStringList{"C=C", "b=b", "a=a"};
    QTest::newRow("numbers in texts") << "" << sort(kNumber) << QStringList{"gpu-10", "gpu-2", "gpu-1.5"} << QStringList{"gpu-1.5=gpu-1.5", "gpu-2=gpu-2", "gpu-10=gpu-10"};
    QTest::newRow("filter") << "/^gpu/" << sort(kNone) << QStringList{"gpu1", "cpu"} << QStringList{"gpu1=gpu1"};
    QTest::newRow("first group") << "/.*pod=\"([^\"]+)\".*/" << sort(kNone) << QStringList{"x{pod=\"a\"} 1 2", "x 1 2"} << QStringList{"a=a"};
    QTest::newRow("named groups") << "/(?<text>\\w+)-(?<value>\\w+)/" << sort(kNone) << QStringList{"one-1", "two-2"} << QStringList{"one=1", "two=2"};
    QTest::newRow("flags") << "/GPU/i" << sort(kNone) << QStringList{"gpu1", "cpu"} << QStringList{"gpu1=gpu1"};
    QTest::newRow("an escaped slash") << "/a\\/b/" << sort(kNone) << QStringList{"a/b", "ab"} << QStringList{"a/b=a/b"};
    QTest::newRow("no regex at all") << "/(/" << sort(kNone) << QStringList{"a"} << QStringList{"a=a"};
}

void VariableTest::cutsAndSortsAnswers() {
    QFETCH(QString, regex);
    QFETCH(int, sort);
    QFETCH(QStringList, answers);
    Variable variable;
    variable.regex = regex.toStdString();
    variable.sort = static_cast<VariableSort>(sort);
    std::vector<std::string> texts;
    for (const QString& answer : answers)
        texts.push_back(answer.toStdString());
    QStringList got;
    for (const VariableOption& option : optionsFrom(variable, texts))
        got << QString::fromStdString(option.text + "=" + option.value);
    QTEST(got, "expected");
}

void VariableTest::knowsUnits() {
    QVERIFY((describeUnit("percentunit") == Unit{Quantity::kPercent, 100, "", true}));
    QVERIFY((describeUnit("ms") == Unit{Quantity::kSeconds, 1e-3, "", true}));
    QVERIFY((describeUnit("decmbytes") == Unit{Quantity::kDecimalBytes, 1e6, "", true}));
    QVERIFY((describeUnit("count:tok/s") == Unit{Quantity::kNumber, 1, "tok/s", true}));
    QVERIFY((describeUnit("tokens/s") == Unit{Quantity::kOther, 1, "tokens/s", false}));
    QVERIFY((describeUnit("") == Unit{}));
    for (const char* id : {"percent", "percentunit", "bytes", "decbytes", "decmbytes", "celsius", "short", "none", "s", "ms", "dtdurationms", "watt", "joule", "hertz", "pps", "reqps", "iops", "ops", "bps", "Bps", "binBps", "MBs", "GBs", "decbits", "Mbits", "eps", "rotrpm", "bool", "bool_yes_no"})
        QVERIFY2(describeUnit(id).known, id);
}

void VariableTest::renamesMetrics() {
    const auto renamed = [](const char* expr, const std::set<std::string, std::less<>>& present = {}) { return withCurrentNames(expr, present).expr; };
    QCOMPARE(renamed("rate(vllm:gpu_prefix_cache_hits_total[5m])"), std::string("rate(vllm:prefix_cache_hits_total[5m])"));
    QCOMPARE(renamed("vllm:time_per_output_token_seconds_bucket"), std::string("vllm:inter_token_latency_seconds_bucket"));
    QCOMPARE(renamed("vllm:request_time_per_output_token_seconds_bucket"), std::string("vllm:request_time_per_output_token_seconds_bucket"));
    QCOMPARE(renamed("vllm:gpu_cache_usage_perc_of_mine"), std::string("vllm:gpu_cache_usage_perc_of_mine"));
    QCOMPARE(renamed("up{n=\"vllm:gpu_cache_usage_perc\"}"), std::string("up{n=\"vllm:gpu_cache_usage_perc\"}"));
    QCOMPARE(renamed("vllm:gpu_cache_usage_perc", {"vllm:gpu_cache_usage_perc"}), std::string("vllm:gpu_cache_usage_perc"));
    QCOMPARE(renamed("\"unended \\"), std::string("\"unended \\"));
    const Renaming gone = withCurrentNames("vllm:num_requests_swapped + vllm:num_requests_swapped");
    QCOMPARE(gone.gone, std::vector<std::string>{"vllm:num_requests_swapped"});
    QVERIFY(gone.renamed.empty());
}

QTEST_APPLESS_MAIN(VariableTest)
#include "variable_test.moc"

// What panels of every kind show of series in memory: steps, ranges, legends, tables, buckets, problems.
#include "dashboard/panel_answer.h"

#include <numeric>

#include "dashboard/panel/nice_bounds.h"
#include "panel_fixture.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

Q_DECLARE_METATYPE(nj::dashboard::Panel)

namespace {

using enum PanelKind;

auto changed(auto whole, auto&& change) {
    change(whole);
    return whole;
}

Transformation transformation(TransformationKind kind, const char* pattern = "", const char* replacement = "") {
    Transformation out;
    out.kind = kind;
    out.pattern = pattern;
    out.replacement = replacement;
    return out;
}

promql::HistogramPtr histogram(double low, double high) {
    promql::FloatHistogram out;
    out.count = low + high;
    out.positive.index = {0, 2};   // (0.5, 1] and (2, 4]
    out.positive.count = {low, high};
    return std::make_shared<const promql::FloatHistogram>(out);
}

}  // namespace

class PanelAnswerTest : public QObject {
    Q_OBJECT

private slots:
    void showsSeries_data();
    void showsSeries();
    void choosesRangeAndStep();
    void interpolatesPerTarget();
    void overridesFieldsOfTables();
    void filtersEverySelector();
    void namesSeries_data();
    void namesSeries();
    void showsTables_data();
    void showsTables();
    void showsBuckets_data();
    void showsBuckets();
    void showsNativeHistograms();
    void findsNiceBounds();
    void cutsAndCounts();
    void listsProblems();
    void asksOnce();
    void stops();
};

void PanelAnswerTest::showsSeries_data() {
    QTest::addColumn<Panel>("panel");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("graph") << panelOf(kTimeSeries, {target("up{job=\"api\"}", "{{instance}}")}) << QStringList{"a:1 [A] 1,1,1,1,1 = 1", "b:1 [A] 2,2,2,2,2 = 2"};
    QTest::newRow("graph of two") << panelOf(kTimeSeries, {target("sum(up)", "all"), target("1", "", "B")}) << QStringList{"all [A] 6,6,6,6,6 = 6", "1 [B] 1,1,1,1,1 = 1"};
    QTest::newRow("hidden") << panelOf(kTimeSeries, {target("sum(up)", "all"), changed(target("1"), [](Target& t) { t.hidden = true; })}) << QStringList{"all [A] 6,6,6,6,6 = 6"};
    QTest::newRow("queries without a name") << panelOf(kTimeSeries, {target("sum(up)", "all", ""), instant(target("7", "7", ""))}) << QStringList{"all [A] 6,6,6,6,6 = 6", "7 [B] 7 = 7"};
    QTest::newRow("gaps") << panelOf(kTimeSeries, {target("requests_total > 6015", "r")}) << QStringList{"r [A] nan,nan,6030,6045,6060 = 6060"};
    QTest::newRow("stat of a mean") << changed(panelOf(kStat, {target("requests_total", "r")}), [](Panel& p) { p.calculation = "mean"; }) << QStringList{"r [A] 6000,6015,6030,6045,6060 = 6030"};
    QTest::newRow("instant gauge") << panelOf(kGauge, {instant(target("requests_total", "r"))}) << QStringList{"r [A] 6060 = 6060"};
    QTest::newRow("bars of buckets") << panelOf(kBarGauge, {formatted(target("sum by (le) (latency_bucket)", "{{le}}"), TargetFormat::kHeatmap)})
                                     << QStringList{"0.1 [A] 800,802,804,806,808 = 808", "0.5 [A] 1600,1604,1608,1612,1616 = 1616", "1 [A] 0,0,0,0,0 = 0", "+Inf [A] 800,802,804,806,808 = 808"};
    QTest::newRow("instant bars of buckets") << panelOf(kBarGauge, {formatted(instant(target("latency_bucket{pod=\"x\",le!=\"1\"}", "__auto")), TargetFormat::kHeatmap)})
                                             << QStringList{"0.1 [A] 404 = 404", "0.5 [A] 808 = 808", "+Inf [A] 404 = 404"};
    QTest::newRow("renamed") << changed(panelOf(kTimeSeries, {target("up{job=\"api\"}", "{{instance}}")}), [](Panel& p) { p.transformations = {transformation(TransformationKind::kRenameByRegex, "(.*):1", "$1")}; })
                             << QStringList{"a [A] 1,1,1,1,1 = 1", "b [A] 2,2,2,2,2 = 2"};
    QTest::newRow("a calculated series") << changed(panelOf(kTimeSeries, {target("sum(up)", "a"), target("count(up)", "b", "B")}), [](Panel& p) {
        Transformation calculate = transformation(TransformationKind::kCalculateField);
        calculate.left = "a";
        calculate.op = "/";
        calculate.right = "b";
        calculate.alias = "$what";
        calculate.exclude = true;
        p.transformations = {calculate};
    }) << QStringList{"mean [] 2,2,2,2,2 = 2"};
    QTest::newRow("a reduced table as bars") << changed(panelOf(kBarGauge, {target("up", "{{instance}}")}), [](Panel& p) {
        Transformation reduce = transformation(TransformationKind::kReduce);
        reduce.calculations = {"max"};
        reduce.asRows = true;
        p.transformations = {reduce};
    }) << QStringList{"a:1 [] 1 = 1", "b:1 [] 2 = 2", "c:1 [] 3 = 3"};
    const auto byRow = [](Panel panel, int most) {
        panel.everyRow = true;
        panel.mostRows = most;
        return panel;
    };
    QTest::newRow("each value") << byRow(panelOf(kStat, {target("requests_total > 6015", "r")}), 25) << QStringList{"r [A] 6030 = 6030", "r [A] 6045 = 6045", "r [A] 6060 = 6060"};
    QTest::newRow("the first values") << byRow(panelOf(kStat, {target("up", "{{instance}}")}), 2) << QStringList{"a:1 [A] 1 = 1", "a:1 [A] 1 = 1"};
    QTest::newRow("each row of a table") << byRow(changed(panelOf(kBarGauge, {target("up", "{{instance}}")}), [](Panel& p) {
        p.transformations = {transformation(TransformationKind::kReduce)};
        p.transformations[0].calculations = {"max"};
        p.transformations[0].asRows = true;
    }), 25) << QStringList{"a:1 [] 1 = 1", "b:1 [] 2 = 2", "c:1 [] 3 = 3"};
    const auto overridden = [](Panel panel, std::vector<FieldOverride> overrides) {
        panel.overrides = std::move(overrides);
        return panel;
    };
    const Panel instances = panelOf(kTimeSeries, {target("up", "{{instance}}")});
    QTest::newRow("renamed and hidden by override") << overridden(instances, {{FieldMatch::kName, {"a:1"}, false, "first", false, {}}, {FieldMatch::kRegex, {"b.*"}, false, "", true, {}}}) << QStringList{"c:1 [A] 3,3,3,3,3 = 3", "first [A] 1,1,1,1,1 = 1"};
    QTest::newRow("all but one hidden") << overridden(instances, {{FieldMatch::kName, {"c:1"}, true, "", true, {}}}) << QStringList{"c:1 [A] 3,3,3,3,3 = 3"};
    QTest::newRow("hidden by query") << overridden(panelOf(kTimeSeries, {target("sum(up)", "a"), target("count(up)", "b", "B")}), {{FieldMatch::kQuery, {"A"}, false, "", true, {}}}) << QStringList{"b [B] 3,3,3,3,3 = 3"};
    QTest::newRow("a regex that is none") << overridden(panelOf(kTimeSeries, {target("sum(up)", "a")}), {{FieldMatch::kRegex, {"("}, false, "", true, {}}}) << QStringList{"a [A] 6,6,6,6,6 = 6"};
    QTest::newRow("text") << panelOf(kText, {}) << QStringList{};
}

void PanelAnswerTest::showsSeries() {
    QFETCH(Panel, panel);
    MemoryQuerier querier;
    loadSeries(querier);
    Scope scope = panelScope();
    scope.variables["what"] = {{"mean"}, {}, false, false};
    const PanelAnswer answer = answerOf(panel, querier, scope);
    QTEST(seriesTexts(answer), "expected");
    QCOMPARE(answer.seriesInAll, answer.series.size());
    QVERIFY(answer.problems.empty() && answer.notes.empty());
    QCOMPARE(answer.why, std::string());
}

void PanelAnswerTest::choosesRangeAndStep() {
    MemoryQuerier querier;
    loadSeries(querier);
    Panel panel = panelOf(kTimeSeries, {target("up")});
    Scope scope = panelScope();
    scope.range = {6'007 * kSecond, 6'064 * kSecond};
    const PanelAnswer aligned = answerOf(panel, querier, scope);
    QVERIFY(aligned.range == scope.range);
    QCOMPARE(aligned.step, 15 * kSecond);
    QCOMPARE(aligned.from, 6'000 * kSecond);
    QCOMPARE(aligned.series[0].values.size(), size_t{5});
    panel.targets[0].minStep = "$least";
    scope.variables["least"] = {{"30s"}, {}, false, false};
    QCOMPARE(answerOf(panel, querier, scope).step, 30 * kSecond);
    scope.variables["back"] = {{"5m"}, {}, false, false};
    panel.timeShift = "$back";
    QVERIFY((answerOf(panel, querier, scope).range == TimeRange{5'707 * kSecond, 5'764 * kSecond}));
    panel.timeFrom = "2m";
    QVERIFY((answerOf(panel, querier, scope).range == TimeRange{5'644 * kSecond, 5'764 * kSecond}));
    panel.timeShift = "";
    panel.timeFrom = "now/d";
    const PanelAnswer unknown = answerOf(panel, querier, scope);
    QVERIFY(unknown.range == scope.range);
    QCOMPARE(texts(unknown.notes), QStringList{"The panel's own time range 'now/d' is not understood and was left out."});
    // Never more steps than the engine takes.
    scope.range = {0, 100 * kDay};
    scope.scrapeInterval = kSecond;
    const PanelAnswer wide = answerOf(panelOf(kTimeSeries, {target("vector(1)")}), querier, scope, 1'000'000);
    QVERIFY(wide.problems.empty() && wide.series[0].values.size() <= 10'001);
}

void PanelAnswerTest::interpolatesPerTarget() {
    MemoryQuerier querier;
    loadSeries(querier);
    Panel panel = panelOf(kTimeSeries, {target("rate(requests_total[$__rate_interval])"), target("rate(requests_total[$__rate_interval])", "", "B"), target("up{instance=~\"$instance\"}", "$instance", "C")});
    panel.targets[1].minStep = "1m";
    Scope scope = panelScope();
    scope.variables["instance"] = {{"a:1"}, {}, true, false};
    const PanelAnswer answer = answerOf(panel, querier, scope);
    QCOMPARE(texts(answer.expressions), (QStringList{"rate(requests_total[1m])", "rate(requests_total[4m])", "up{instance=~\"a:1\"}"}));
    QCOMPARE(answer.step, 15 * kSecond);
    QCOMPARE(seriesTexts(answer).last(), QString("a:1 [C] 1,1,1,1,1 = 1"));
}

// Looks stand beside the fields that are left, in their order.
void PanelAnswerTest::overridesFieldsOfTables() {
    Panel panel = panelOf(kTable, {formatted(instant(target("up{job=\"api\"}")), TargetFormat::kTable), formatted(instant(target("2 * up{job=\"api\"}", "", "B")), TargetFormat::kTable)});
    FieldLook seconds, red;
    seconds.unit = "s";
    red.colour = "red";
    panel.overrides = {{FieldMatch::kType, {"time"}, false, "", true, {}}, {FieldMatch::kRegex, {"/^__|job/"}, false, "", true, {}},
                       {FieldMatch::kQuery, {"B"}, false, "Twice", false, seconds},  {FieldMatch::kName, {"Value #A"}, false, "", false, red}, {FieldMatch::kType, {"string"}, false, "Where", false, {}}};
    const PanelAnswer answer = answerOf(panel);
    QStringList names, looks;
    for (size_t i = 0; i < answer.table.fields.size(); ++i) {
        names << QString::fromStdString(answer.table.fields[i].name);
        looks << QString::fromStdString(answer.looks.at(i).unit + answer.looks.at(i).colour);
    }
    QCOMPARE(names, QStringList({"Where", "Value #A", "Twice"}));
    QCOMPARE(looks, QStringList({"", "red", "s"}));
    QCOMPARE(answer.looks.size(), answer.table.fields.size());
}

void PanelAnswerTest::filtersEverySelector() {
    MemoryQuerier querier;
    loadSeries(querier);
    Scope scope = panelScope();
    scope.filters = {"job=\"db\""};
    const PanelAnswer answer = answerOf(panelOf(kTimeSeries, {target("sum(up) / count(up)", "x")}), querier, scope);
    QCOMPARE(answer.expressions, std::vector<std::string>{"sum(up{job=\"db\"}) / count(up{job=\"db\"})"});
    QCOMPARE(answer.series.front().value, 3.0);
}

void PanelAnswerTest::namesSeries_data() {
    QTest::addColumn<Panel>("panel");
    QTest::addColumn<QStringList>("expected");
    const auto graph = [](std::vector<Target> targets) { return panelOf(kTimeSeries, std::move(targets)); };
    QTest::newRow("legend") << graph({target("up", "{{ instance }} of {{job}}")}) << QStringList{"a:1 of api", "b:1 of api", "c:1 of db"};
    QTest::newRow("label that is not there") << graph({target("sum(up)", "x{{job}}y {{pod}}")}) << QStringList{"xy"};
    QTest::newRow("legend that gives nothing") << graph({target("sum(up)", "{{job}}")}) << QStringList{"sum(up)"};
    QTest::newRow("unclosed") << graph({target("sum(up)", "a {{job")}) << QStringList{"a {{job"};
    QTest::newRow("one label differs") << graph({target("up{job=\"api\"}")}) << QStringList{"a:1", "b:1"};
    QTest::newRow("two labels differ, one says all") << graph({target("up", "__auto")}) << QStringList{"a:1", "b:1", "c:1"};
    QTest::newRow("two labels are needed") << graph({target("label_replace(label_replace(up, \"pod\", \"x\", \"instance\", \"a:1|c:1\"), \"instance\", \"$1\", \"instance\", \"[a-z]:(.*)\")")}) << QStringList{"api", "api, x", "db, x"};
    QTest::newRow("two queries, one name") << graph({target("sum by (job) (up)"), target("count by (job) (up)", "", "B")}) << QStringList{"api (A)", "db (A)", "api (B)", "db (B)"};
    QTest::newRow("nothing differs") << graph({target("up{job=\"db\"}")}) << QStringList{"up"};
    QTest::newRow("nothing differs and no name") << graph({target("sum by (job) (up{job=\"db\"})")}) << QStringList{"db"};
    QTest::newRow("no labels") << graph({target("sum(up)"), target("count(up)", "", "B")}) << QStringList{"sum(up)", "count(up)"};
    QTest::newRow("names differ") << graph({target("idle"), target("requests_total", "", "B")}) << QStringList{"idle", "requests_total"};
    const auto limit = [](const char* expr, const char* ref = "B") { return changed(target(expr, "", ref), [](Target& t) { t.limit = true; }); };
    QTest::newRow("a limit") << graph({target("up{job=\"api\"}"), limit("0.5 * scalar(idle)")}) << QStringList{"a:1", "b:1", "limit"};
    QTest::newRow("limits") << graph({target("up{job=\"db\"}"), limit("avg by (job) (up)")}) << QStringList{"up", "limit: api", "limit: db"};
    QTest::newRow("two limits") << graph({target("up{job=\"db\"}"), limit("scalar(idle)"), limit("scalar(requests_total)", "C")}) << QStringList{"up", "limit (idle)", "limit (requests_total)"};
    QTest::newRow("only those without a legend count") << graph({target("idle"), target("up", "u", "B")}) << QStringList{"idle", "u", "u", "u"};
}

void PanelAnswerTest::namesSeries() {
    QFETCH(Panel, panel);
    QStringList names;
    for (const PanelSeries& series : answerOf(panel).series)
        names << QString::fromStdString(series.name);
    QTEST(names, "expected");
}

void PanelAnswerTest::showsTables_data() {
    QTest::addColumn<Panel>("panel");
    QTest::addColumn<QString>("expected");
    const auto asTable = [](const char* expr, const char* refId = "A") { return formatted(target(expr, "", refId), TargetFormat::kTable); };
    QTest::newRow("one query") << panelOf(kTable, {asTable("up")}) << "Time 6060,6060,6060 | __name__ up,up,up | instance a:1,b:1,c:1 | job api,api,db | Value 1,2,3";
    QTest::newRow("two queries") << panelOf(kTable, {asTable("sum by (job) (up)"), asTable("count by (job) (up)", "B")}) << "Time 6060,6060 | job api,db | Value #A 3,3 | Value #B 2,1";
    QTest::newRow("series") << panelOf(kTable, {target("up{job=\"api\"}", "{{instance}}")})
                            << "Time 6000,6015,6030,6045,6060 | a:1{__name__=\"up\", instance=\"a:1\", job=\"api\"} 1,1,1,1,1 | b:1{__name__=\"up\", instance=\"b:1\", job=\"api\"} 2,2,2,2,2";
    QTest::newRow("instant series") << panelOf(kTable, {instant(target("sum(up)", "all"))}) << "Time 6060 | all 6";
    QTest::newRow("scalar") << panelOf(kTable, {asTable("7")}) << "Time 6060 | Value 7";
    QTest::newRow("range vector") << panelOf(kTable, {asTable("requests_total[30s]")}) << "Time 6045,6060 | __name__ requests_total,requests_total | pod x,x | Value 6045,6060";
    QTest::newRow("transformed") << changed(panelOf(kTable, {asTable("up")}), [](Panel& p) {
        Transformation group = transformation(TransformationKind::kGroupBy);
        group.fields.resize(2);
        group.fields[0].name = "job";
        group.fields[0].op = "groupby";
        group.fields[1].name = "Value";
        group.fields[1].op = "aggregate";
        group.fields[1].calculations = {"sum"};
        Transformation organize = transformation(TransformationKind::kOrganize);
        organize.fields.resize(1);
        organize.fields[0].name = "Value (sum)";
        organize.fields[0].rename = "Up";
        p.transformations = {group, organize};
    }) << "job api,db | Up 3,3";
}

void PanelAnswerTest::showsTables() {
    QFETCH(Panel, panel);
    const PanelAnswer answer = answerOf(panel);
    QTEST(frameText(answer.table), "expected");
    QCOMPARE(answer.rowsInAll, answer.table.rows());
    QVERIFY(answer.why.empty() && answer.notes.empty() && answer.series.empty());
}

void PanelAnswerTest::showsBuckets_data() {
    QTest::addColumn<Panel>("panel");
    QTest::addColumn<QStringList>("expected");
    const QStringList twoPods{"0,0.1,0.5,1,+Inf", "8,16,0,8", "8,16,0,8", "8,16,0,8", "8,16,0,8", "8,16,0,8"};
    QTest::newRow("buckets") << panelOf(kHeatmap, {formatted(target("sum by (le) (increase(latency_bucket[1m]))", "{{le}}"), TargetFormat::kHeatmap)}) << twoPods;
    QTest::newRow("buckets of several") << panelOf(kHeatmap, {target("increase(latency_bucket[1m])")}) << twoPods;
    QTest::newRow("bounds below zero") << panelOf(kHeatmap, {target("label_replace(vector(2), \"le\", \"-1\", \"\", \"\") or label_replace(vector(5), \"le\", \"3\", \"\", \"\")")})
                                       << QStringList{"-Inf,-1,3", "2,3", "2,3", "2,3", "2,3", "2,3"};
    QTest::newRow("values") << panelOf(kHeatmap, {target("up")}) << QStringList{"1,1.1,1.2,1.3,1.4,1.5,1.6,1.7,1.8,1.9,2,2.1,2.2,2.3,2.4,2.5,2.6,2.7,2.8,2.9,3,3.1"};
    QTest::newRow("histogram") << panelOf(kHistogram, {target("up * 10")}) << QStringList{"10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31", "5,0,0,0,0,0,0,0,0,5,0,0,0,0,0,0,0,0,0,5,0"};
}

void PanelAnswerTest::showsBuckets() {
    QFETCH(Panel, panel);
    QFETCH(QStringList, expected);
    const PanelAnswer answer = answerOf(panel);
    QStringList got = bucketTexts(answer.buckets);
    if (expected.size() == 1) {
        double sum = 0;
        for (const double count : answer.buckets.counts)
            sum += count;
        QCOMPARE(sum, 15.0);
        got.erase(got.begin() + 1, got.end());
        QStringList rounded;
        for (const double bound : answer.buckets.bounds)
            rounded << QString::number(bound, 'g', 6);
        got[0] = rounded.join(",");
    }
    QCOMPARE(got, expected);
    QVERIFY(!answer.series.empty() && answer.why.empty());
}

void PanelAnswerTest::showsNativeHistograms() {
    MemoryQuerier querier;
    for (TimeNs time = kPanelRange.from; time <= kPanelRange.to; time += 15 * kSecond)
        for (const char* pod : {"x", "y"})
            querier.add({{"__name__", "latency"}, {"pod", pod}}, time, {0, histogram(1, static_cast<double>((time - kPanelRange.from) / kSecond))});
    const PanelAnswer heatmap = answerOf(panelOf(kHeatmap, {target("latency")}), querier);
    QCOMPARE(bucketTexts(heatmap.buckets), (QStringList{"0.5,1,2,4", "2,0,0", "2,0,30", "2,0,60", "2,0,90", "2,0,120"}));
    QVERIFY(heatmap.why.empty() && heatmap.notes.empty());
    const PanelAnswer graph = answerOf(panelOf(kTimeSeries, {target("latency")}), querier);
    QCOMPARE(texts(graph.notes), QStringList{"Native histograms are not drawn as lines: wrap them in histogram_quantile or histogram_avg."});
    QCOMPARE(graph.why, std::string("The expression gives native histograms only: wrap it in histogram_quantile or histogram_avg."));
}

void PanelAnswerTest::findsNiceBounds() {
    for (const auto& [least, most] : {std::pair(0.0, 1.0), {-3.0, 17.0}, {5.0, 5.0}, {0.0, 0.0}, {1e17, 1e17 + 16}, {1e-300, 1e300}, {-1.7e308, 1.7e308}, {3e-7, 9e4}, {1e-3, 2e-1}, {5e-324, 1e-323}})
        for (const bool logarithmic : {false, true}) {
            const std::vector<double> bounds = niceBounds(least, most, 20, logarithmic);
            const QString where = QString("%1 to %2: %3").arg(least).arg(most).arg(numbersText(bounds));
            QVERIFY2(bounds.size() >= 2 && bounds.size() <= 61, qPrintable(where));
            QVERIFY2(std::adjacent_find(bounds.begin(), bounds.end(), [](double a, double b) { return !(a < b); }) == bounds.end(), qPrintable(where));
            QVERIFY2(bounds.back() >= most && (bounds.front() <= least || least < 1e-300), qPrintable(where));
        }
    QCOMPARE(numbersText(niceBounds(0.5, 5'000, 20, true)), QString("0.4,0.63,1,1.6,2.5,4,6.3,10,16,25,40,63,100,160,250,400,630,1000,1600,2500,4000,6300"));
    QCOMPARE(numbersText(niceBounds(2, 99, 5, true)), QString("0,20,40,60,80,100"));
}

void PanelAnswerTest::cutsAndCounts() {
    MemoryQuerier querier;
    for (int i = 0; i < 6'000; ++i)
        querier.add({{"__name__", "many"}, {"i", std::to_string(100'000 + i)}}, kPanelRange.to, {static_cast<double>(i), nullptr});
    const PanelAnswer graph = answerOf(panelOf(kStat, {target("many")}), querier);
    QCOMPARE(graph.series.size(), kMostPanelSeries);
    QCOMPARE(graph.seriesInAll, size_t{6'000});
    QCOMPARE(graph.series.back().name, std::string("100199"));
    const PanelAnswer table = answerOf(panelOf(kTable, {formatted(target("many"), TargetFormat::kTable)}), querier);
    QCOMPARE(table.table.rows(), kMostPanelRows);
    QCOMPARE(table.rowsInAll, size_t{6'000});
    const PanelAnswer renamed = answerOf(changed(panelOf(kStat, {target("many")}), [](Panel& p) { p.transformations = {transformation(TransformationKind::kRenameByRegex, "/^1/", "")}; }), querier);
    QCOMPARE(renamed.series.size(), kMostPanelSeries);
    QCOMPARE(renamed.seriesInAll, size_t{6'000});
    // Those that are not drawn may have numbers.
    const PanelAnswer mostlyNone = answerOf(panelOf(kStat, {target("many / (many > bool 300) * 0")}), querier);
    QVERIFY(mostlyNone.why.empty() && mostlyNone.series.size() == kMostPanelSeries);
    const PanelAnswer heatmap = answerOf(panelOf(kHeatmap, {target("many")}), querier);
    QCOMPARE(std::accumulate(heatmap.buckets.counts.begin(), heatmap.buckets.counts.end(), 0.0), 6'000.0);
}

void PanelAnswerTest::listsProblems() {
    const PanelAnswer answer = answerOf(panelOf(kTimeSeries, {target("sum(up", "", "A"), target("up{job=\"db\"}", "db", "B"), target("\"text\"", "", "C"), instant(target("\"text\"", "", "D")), target("rate(idle[5m])", "", "E")}));
    QStringList problems;
    for (const PanelProblem& problem : answer.problems)
        problems << QString::fromStdString(problem.refId + ": " + problem.what);
    QCOMPARE(problems, (QStringList{"A: 1:7: parse error: unexpected end of input in aggregation", "C: invalid expression type \"string\" for range query, must be Scalar or instant Vector", "D: The expression gives text: nothing to draw."}));
    QCOMPARE(seriesTexts(answer).first(), QString("db [B] 3,3,3,3,3 = 3"));
    QVERIFY2(answer.notes.size() == 1 && answer.notes[0].find("might not be a counter") != std::string::npos, answer.notes.empty() ? "" : answer.notes[0].c_str());
    const PanelAnswer failed = answerOf(panelOf(kTimeSeries, {target("sum(up")}));
    QVERIFY(failed.why.empty() && failed.problems.size() == 1);
    const PanelAnswer unknown = answerOf(changed(panelOf(kStat, {target("sum(up)")}), [](Panel& p) { p.calculation = "allValues"; }));
    QCOMPARE(texts(unknown.notes), QStringList{"The calculation 'allValues' is not known: the last value is shown."});
    QCOMPARE(unknown.series[0].value, 6.0);
}

void PanelAnswerTest::asksOnce() {
    struct Counting : MemoryQuerier {
        int asked = 0;
        Result<std::vector<std::unique_ptr<promql::SeriesIterator>>> select(const std::vector<promql::Matcher>& matchers, TimeNs from, TimeNs to, std::stop_token stop) override {
            ++asked;
            return MemoryQuerier::select(matchers, from, to, std::move(stop));
        }
    } querier;
    loadSeries(querier);
    const PanelAnswer answer = answerOf(panelOf(kTimeSeries, {target("sum(up)", "a"), target("sum(up)", "b", "B"), instant(target("sum(up)", "c", "C"))}), querier);
    QCOMPARE(seriesTexts(answer), (QStringList{"a [A] 6,6,6,6,6 = 6", "b [B] 6,6,6,6,6 = 6", "c [C] 6 = 6"}));
    QCOMPARE(querier.asked, 2);
}

void PanelAnswerTest::stops() {
    MemoryQuerier querier;
    std::stop_source stop;
    stop.request_stop();
    for (const PanelKind kind : {kTimeSeries, kTable}) {
        const auto answer = answerPanel(panelOf(kind, {target("up")}), panelScope(), 4, promql::Engine(), querier, stop.get_token());
        QVERIFY(!answer.ok() && answer.error().code == ErrorCode::kCancelled);
    }
}

QTEST_APPLESS_MAIN(PanelAnswerTest)
#include "panel_answer_test.moc"

// Why a panel shows nothing: each sentence, and that what is there is not said to be missing.
#include "panel_fixture.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

Q_DECLARE_METATYPE(nj::dashboard::Panel)

namespace {

using enum PanelKind;

Panel graph(const char* expr, const char* second = nullptr) {
    Panel panel = panelOf(kTimeSeries, {target(expr)});
    if (second != nullptr)
        panel.targets.push_back(target(second, "", "B"));
    return panel;
}

}  // namespace

class PanelWhyTest : public QObject {
    Q_OBJECT

private slots:
    void says_data();
    void says();
    void saysNothingWhereSomethingShows();
    void looksForSeriesBeforeItEvaluates_data();
    void looksForSeriesBeforeItEvaluates();
    void stops();
};

void PanelWhyTest::says_data() {
    QTest::addColumn<Panel>("panel");
    QTest::addColumn<QString>("why");
    QTest::newRow("no such name") << graph("rate(vllm:lora_requests_info[5m])") << "No series named vllm:lora_requests_info in this capsule.";
    QTest::newRow("one of two") << graph("up / gone") << "No series named gone in this capsule.";
    QTest::newRow("two names") << graph("a / b", "a + b") << "No series named a or b in this capsule.";
    QTest::newRow("three names") << graph("a + b + c") << "No series named a, b or c in this capsule.";
    QTest::newRow("four names") << graph("a + b + c + d") << "No series named a, b, c or 1 other in this capsule.";
    QTest::newRow("five names") << graph("a + b + c + d + e") << "No series named a, b, c or 2 others in this capsule.";
    QTest::newRow("no name") << graph("{job=\"web\"}") << "No series matches {job=\"web\"} in this capsule.";
    QTest::newRow("a matcher") << graph("up{instance=~\"a.*\",job=\"node\"}") << "Series of up, but none with job=\"node\".";
    QTest::newRow("a regex") << graph("sum(up{job=~\"node|web\"})") << "Series of up, but none with job=~\"node|web\".";
    QTest::newRow("matchers at once") << graph("up{instance=\"a:1\",job=\"db\"}") << "Series of up, but none with instance=\"a:1\" and job=\"db\" at once.";
    QTest::newRow("earlier") << graph("old") << "old has samples only from 1970-01-01 00:01:00 UTC to 1970-01-01 00:01:30 UTC.";
    QTest::newRow("earlier than a window") << graph("rate(old[1m])") << "old has samples only from 1970-01-01 00:01:00 UTC to 1970-01-01 00:01:30 UTC.";
    QTest::newRow("before the first") << graph("up{job=\"db\"} offset 1h") << "up{job=\"db\"} has samples only from 1970-01-01 01:30:00 UTC to 1970-01-01 01:41:00 UTC.";
    QTest::newRow("one sample") << graph("single") << "single has samples only at 1970-01-01 00:00:30 UTC.";
    QTest::newRow("a hole") << graph("holed") << "No sample of holed in this range.";
    QTest::newRow("comparison") << graph("up > 5") << "The expression gives no series here (a comparison that never holds, or labels that do not match).";
    QTest::newRow("labels that do not match") << graph("up / idle") << "The expression gives no series here (a comparison that never holds, or labels that do not match).";
    QTest::newRow("too few samples") << graph("rate(up[10s])") << "The expression gives no series here (a comparison that never holds, labels that do not match, or fewer than two samples in a window).";
    QTest::newRow("0/0") << graph("idle / idle") << "idle / idle gives no number in this range (0/0).";
    QTest::newRow("NaN") << panelOf(kStat, {instant(target("idle * NaN"))}) << "idle * NaN gives no number in this range.";
    QTest::newRow("0/0 in a heatmap") << panelOf(kHeatmap, {target("idle / idle")}) << "idle / idle gives no number in this range (0/0).";
    QTest::newRow("infinite in a heatmap") << panelOf(kHeatmap, {target("up * Inf")}) << "The expression gives no finite number in this range.";
    QTest::newRow("empty table") << panelOf(kTable, {formatted(target("gone"), TargetFormat::kTable)}) << "No series named gone in this capsule.";
    QTest::newRow("empty heatmap") << panelOf(kHeatmap, {target("gone")}) << "No series named gone in this capsule.";
    QTest::newRow("empty histogram") << panelOf(kHistogram, {target("gone")}) << "No series named gone in this capsule.";
    QTest::newRow("no query") << panelOf(kStat, {}) << "The panel has no query that can be asked.";
    QTest::newRow("blank query") << graph(" \n") << "The panel has no query that can be asked.";
    Panel hidden = graph("up");
    hidden.targets[0].hidden = true;
    QTest::newRow("hidden query") << hidden << "All queries of the panel are hidden.";
    Panel filtered = graph("up");
    filtered.transformations.emplace_back().kind = TransformationKind::kFilterFields;
    filtered.transformations[0].pattern = "nothing";
    Panel hiding = graph("up");
    hiding.overrides = {{FieldMatch::kType, {"number"}, false, "", true, {}}};
    QTest::newRow("overridden away") << hiding << "The panel hides all its series.";
    QTest::newRow("transformed away") << filtered << "The panel's transformations leave nothing to show.";
}

void PanelWhyTest::says() {
    QFETCH(Panel, panel);
    MemoryQuerier querier;
    loadSeries(querier);
    querier.add({{"__name__", "single"}}, 30 * kSecond, {1, nullptr});
    for (const TimeNs time : {kSecond, kPanelRange.to + kHour})
        querier.add({{"__name__", "holed"}}, time, {1, nullptr});
    const PanelAnswer answer = answerOf(panel, querier);
    QTEST(QString::fromStdString(answer.why), "why");
    QVERIFY(answer.problems.empty() && answer.series.empty() && answer.seriesInAll == 0 && answer.table.rows() == 0 && answer.buckets.rows() == 0);
}

void PanelWhyTest::saysNothingWhereSomethingShows() {
    for (const Panel& panel : {graph("up", "gone"), graph("sum(up) or gone"), graph("absent(gone)"), panelOf(kTable, {formatted(target("idle / idle"), TargetFormat::kTable)}), panelOf(kText, {})})
        QCOMPARE(answerOf(panel).why, std::string());
}

// What is not there is said as the panel would; what is there is not evaluated, though nothing may come of it.
void PanelWhyTest::looksForSeriesBeforeItEvaluates_data() {
    QTest::addColumn<Panel>("panel");
    QTest::addColumn<QString>("why");
    QTest::newRow("none") << graph("gone") << "No series named gone in this capsule.";
    QTest::newRow("one of two") << graph("up / gone") << "No series named gone in this capsule.";
    QTest::newRow("a matcher") << graph("up{job=\"node\"}") << "Series of up, but none with job=\"node\".";
    QTest::newRow("over by then") << graph("old") << "old has samples only from 1970-01-01 00:01:00 UTC to 1970-01-01 00:01:30 UTC.";
    QTest::newRow("another query shows something") << graph("up", "gone") << "";
    QTest::newRow("its absence is shown") << graph("absent(gone)") << "";
    QTest::newRow("or another") << graph("up or gone") << "";
    QTest::newRow("never holds") << graph("up > 5") << "";
    QTest::newRow("no number") << graph("idle / idle") << "";
    Panel hidden = graph("up", "gone");
    hidden.targets[1].hidden = true;
    QTest::newRow("hidden") << hidden << "";
    QTest::newRow("no query") << graph("sum(") << "";
}

void PanelWhyTest::looksForSeriesBeforeItEvaluates() {
    QFETCH(Panel, panel);
    MemoryQuerier querier;
    loadSeries(querier);
    const auto why = whyNoSeries(panel, panelScope(), 4, promql::Engine(), querier);
    QVERIFY(why.ok());
    QTEST(QString::fromStdString(*why), "why");
}

void PanelWhyTest::stops() {
    // While it looks for what is missing.
    struct Stopping : MemoryQuerier {
        std::stop_source stop;
        Result<std::vector<std::string>> labelNames(const std::vector<promql::Matcher>& matchers) override {
            stop.request_stop();
            return MemoryQuerier::labelNames(matchers);
        }
    } querier;
    loadSeries(querier);
    const auto answer = answerPanel(graph("up > 5"), panelScope(), 4, promql::Engine(), querier, querier.stop.get_token());
    QVERIFY(!answer.ok() && answer.error().code == ErrorCode::kCancelled);
}

QTEST_APPLESS_MAIN(PanelWhyTest)
#include "panel_why_test.moc"

// Every panel of the built-in dashboards and of the two real ones of the shared data, over one sample set of the series they ask for:
// each shows something, or says why not.
#include "dashboard/built_in.h"
#include "dashboard/grafana/grafana_dashboard.h"
#include "dashboard/panel/selector_use.h"
#include "dashboard/resolve_variables.h"
#include "panel_fixture.h"
#include "panel_text.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

namespace {

// Two instances of every second metric that the dashboard asks for; counters and buckets grow.
void loadHalf(MemoryQuerier& querier, const Dashboard& dashboard) {
    std::set<std::string> names;
    Scope scope = scopeOf(dashboard);
    scope.range = kPanelRange;
    for (const Row& row : dashboard.rows)
        for (const Panel& panel : row.panels)
            for (const Target& each : panel.targets)
                if (const auto expr = promql::parseExpression(interpolate(each.expr, scope)); expr.ok())
                    for (const SelectorUse& use : selectorsOf(**expr))
                        names.insert(use.name);
    int number = 0;
    for (const std::string& name : names) {
        if (++number % 2 == 0)
            continue;
        for (const char* instance : {"a:1", "b:1"})
            for (const char* le : name.ends_with("_bucket") ? std::initializer_list<const char*>{"0.1", "1", "+Inf"} : std::initializer_list<const char*>{""}) {
                promql::Labels labels{{"__name__", name}, {"gpu", "0"}, {"instance", instance}, {"le", le}, {"model", "m"}, {"model_name", "m"}};
                promql::normalizeLabels(labels);
                for (TimeNs time = kPanelRange.from - 600 * kSecond; time <= kPanelRange.to; time += 15 * kSecond)
                    querier.add(labels, time, {static_cast<double>(time / kSecond) * (le[0] == '+' ? 2 : 1), nullptr});
            }
    }
}

// How many panels show something, and how many say why not; what does neither.
struct Outcome {
    int shown = 0, said = 0;
    QStringList silent;
};

Outcome answerAll(const Dashboard& dashboard) {
    MemoryQuerier querier;
    loadHalf(querier, dashboard);
    Outcome out;
    const auto resolved = resolveVariables(dashboard, {}, kPanelRange, promql::Engine(), querier);
    if (!resolved.ok())
        return out;
    for (const RowOccurrence& row : unroll(dashboard, resolved->scope))
        for (const Occurrence& occurrence : row.panels) {
            const PanelAnswer answer = answerOf(*occurrence.panel, querier, narrowed(resolved->scope, occurrence), 100);
            const bool shows = !answer.series.empty() || answer.table.rows() > 0 || answer.buckets.rows() > 0;
            out.shown += shows ? 1 : 0;
            out.said += answer.why.empty() ? 0 : 1;
            for (const PanelProblem& problem : answer.problems)
                out.silent << QString::fromStdString(occurrence.title + ": " + problem.what);
            if (shows == !answer.why.empty() && occurrence.panel->kind != PanelKind::kText)
                out.silent << QString::fromStdString(occurrence.title + ": " + (shows ? "shows something and says: " + answer.why : "says nothing"));
        }
    return out;
}

void check(const Dashboard& dashboard) {
    const Outcome outcome = answerAll(dashboard);
    QCOMPARE(outcome.silent, QStringList());
    QVERIFY2(outcome.shown > 0 && outcome.said > 0, qPrintable(QString("%1 shown, %2 said").arg(outcome.shown).arg(outcome.said)));
}

}  // namespace

class EveryPanelTest : public QObject {
    Q_OBJECT

private slots:
    void answersBuiltInDashboards_data();
    void answersBuiltInDashboards();
    void answersRealDashboards_data();
    void answersRealDashboards();
};

void EveryPanelTest::answersBuiltInDashboards_data() {
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < allBuiltInDashboards().size(); ++i)
        QTest::newRow(allBuiltInDashboards()[i].title.c_str()) << static_cast<int>(i);
}

void EveryPanelTest::answersBuiltInDashboards() {
    QFETCH(int, index);
    check(allBuiltInDashboards()[static_cast<size_t>(index)]);
}

void EveryPanelTest::answersRealDashboards_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("dcgm-exporter") << "dcgm-exporter.json";
    QTest::newRow("vllm") << "vllm.json";
}

void EveryPanelTest::answersRealDashboards() {
    QFETCH(QString, file);
    NJ_NEED_SHARED_DATA(folder, "grafana-dashboards");
    QFile json(folder + "/" + file);
    QVERIFY2(json.open(QIODevice::ReadOnly), qPrintable(json.fileName()));
    const auto dashboard = readGrafanaDashboard(json.readAll().toStdString());
    QVERIFY(dashboard.ok());
    check(*dashboard);
}

QTEST_APPLESS_MAIN(EveryPanelTest)
#include "every_panel_test.moc"

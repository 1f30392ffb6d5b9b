// Nightjar's own JSON of dashboards: there and back, and what is refused.
#include "dashboard/json/dashboard_json.h"

#include "dashboard/grafana/grafana_dashboard.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;

namespace {

Dashboard fullDashboard() {
    Dashboard d;
    d.title = "T \"quoted\" \n ü";
    d.uid = "u";
    d.description = "d";
    d.tags = {"a", ""};
    d.from = "";
    d.to = "now-1h";
    d.recognisedBy = {"up"};
    Variable v;
    v.kind = VariableKind::kCustom;
    v.name = "n";
    v.sort = VariableSort::kNumberDescending;
    v.multi = v.includeAll = v.hidden = true;
    v.options = {{"t", "v"}, {"", ""}};
    v.current = {"v"};
    d.variables = {v, {}};
    Panel p;
    p.kind = PanelKind::kHeatmap;
    p.title = "p";
    p.place = {23, 0, 1, 200};
    p.targets = {{"A", "up", "{{x}}", "30s", TargetFormat::kHeatmap, true, true}, {}};
    p.decimals = 0;
    p.min = 0;
    p.max = 1e300;
    p.thresholds = {{std::nullopt, "green"}, {-0.5, "red"}};
    p.valueTexts = {{1, 2, "", "x"}};
    p.style = DrawStyle::kPoints;
    p.stacked = p.logarithmic = p.thresholdsInPercent = true;
    p.legend = {false, true, true, {"mean"}};
    p.repeat = {"gpu", true, 24};
    p.transformations.resize(1);
    p.transformations[0].kind = TransformationKind::kRenameByRegex;
    p.transformations[0].fields.resize(1);
    p.transformations[0].fields[0].order = 3;
    p.transformations[0].any = p.transformations[0].inner = true;
    p.everyRow = true;
    p.mostRows = 3;
    p.overrides = {{FieldMatch::kRegex, {"a.*"}, true, "n", true, {"s", 0, 0, 1, {{std::nullopt, "red"}}, true, "#ff0000"}}, {}};
    p.links = {{"t", "https://x"}};
    p.targets[1].limit = true;
    d.links = {{"t", "https://x"}, {}};
    d.rows = {{"r", true, {"row", false, 4}, {p, {}}}, {}};
    d.remarks = {{"w", "x", "y", false}, {}};
    return d;
}

}  // namespace

class DashboardJsonTest : public QObject {
    Q_OBJECT

private slots:
    void comesBackAsItWas();
    void leavesDefaultsOut();
    void isRecognised();
    void refusesWhatItDoesNotKnow_data();
    void refusesWhatItDoesNotKnow();
};

void DashboardJsonTest::comesBackAsItWas() {
    const Dashboard before = fullDashboard();
    const std::string json = dashboardToJson(before);
    const auto after = dashboardFromJson(json);
    QVERIFY2(after.ok(), after.ok() ? "" : after.error().message.c_str());
    QVERIFY(*after == before);
    QCOMPARE(dashboardToJson(*after), json);
}

void DashboardJsonTest::leavesDefaultsOut() { QCOMPARE(dashboardToJson(Dashboard()), std::string(R"({"nightjar_dashboard":1})")); }

void DashboardJsonTest::isRecognised() {
    QVERIFY(isDashboardJson(dashboardToJson(Dashboard())));
    QVERIFY(isDashboardJson(" {\n \"nightjar_dashboard\": 1}"));
    for (const char* other : {"", "{", "{}", "[1]", "{\"panels\":[]}"})
        QVERIFY(!isDashboardJson(other));
}

void DashboardJsonTest::refusesWhatItDoesNotKnow_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const char* members, const char* message) { QTest::newRow(name) << QString("{\"nightjar_dashboard\":1,%1}").arg(members) << message; };
    QTest::newRow("no JSON") << "{" << "the dashboard is no JSON at line 1, column 2";
    QTest::newRow("no version") << "{}" << "the dashboard has no 'nightjar_dashboard', which says its version";
    QTest::newRow("newer") << R"({"nightjar_dashboard":2,"what":1})" << "the dashboard was written by a newer Nightjar";
    row("unknown member", R"("x":1)", "the dashboard: 'x' is not known here");
    row("unknown inner member", R"("rows":[{"x":1}])", "rows[0]: 'x' is not known here");
    row("version inside", R"("rows":[{"nightjar_dashboard":1}])", "rows[0]: 'nightjar_dashboard' is not known here");
    row("unknown kind", R"("rows":[{},{"panels":[{"kind":"pie"}]}])", "rows[1].panels[0].kind: 'pie' is not known");
    row("no text", R"("title":1)", "title: it must be a text");
    row("no flag", R"("rows":[{"collapsed":1}])", "rows[0].collapsed: it must be true or false");
    row("no whole number", R"("rows":[{"panels":[{"decimals":1.5}]}])", "rows[0].panels[0].decimals: it must be a whole number, at most a million");
    row("a vast number", R"("rows":[{"panels":[{"place":{"y":1e18}}]}])", "rows[0].panels[0].place.y: it must be a whole number, at most a million");
    row("no number", R"("rows":[{"panels":[{"min":"1"}]}])", "rows[0].panels[0].min: it must be a number");
    row("no list", R"("tags":"a")", "tags: it must be a list");
    row("no object", R"("rows":[3])", "rows[0]: it must be an object");
    row("outside the grid", R"("rows":[{"panels":[{"place":{"x":20,"width":5}}]}])", "rows[0].panels[0].place: it lies outside the 24 columns");
}

void DashboardJsonTest::refusesWhatItDoesNotKnow() {
    QFETCH(QString, json);
    const auto dashboard = dashboardFromJson(json.toStdString());
    QVERIFY(!dashboard.ok());
    QTEST(QString::fromStdString(dashboard.error().message), "message");
}

QTEST_APPLESS_MAIN(DashboardJsonTest)
#include "dashboard_json_test.moc"

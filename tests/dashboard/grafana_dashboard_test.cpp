// Whole dashboards of Grafana: layouts of all ages, variables, exports, hostile files, and the two real ones of the shared data.
#include "dashboard/grafana/grafana_dashboard.h"
#include "panel_text.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

namespace {

QString errorOf(const std::string& json) {
    const auto dashboard = readGrafanaDashboard(json);
    return dashboard.ok() ? "" : QString::fromStdString(dashboard.error().message);
}

Dashboard read(const char* json) {
    const auto dashboard = readGrafanaDashboard(json);
    if (!dashboard.ok())
        qFatal("%s", dashboard.error().message.c_str());
    return *dashboard;
}

Dashboard withVariable(const char* variable) { return read((std::string(R"j({"panels":[],"templating":{"list":[)j") + variable + "]}}").c_str()); }

}  // namespace

class GrafanaDashboardTest : public QObject {
    Q_OBJECT

private slots:
    void readsPanelsAndRows();
    void readsOldRows();
    void readsElements();
    void readsVariables_data();
    void readsVariables();
    void readsInputs();
    void readsTheApisWrapping();
    void listsAnnotationsAndAdhocFilters();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void staysInBounds();
    void survivesWrongTypes();
    void keepsNamesThatArePresent();
    void readsRealDashboards_data();
    void readsRealDashboards();
};

void GrafanaDashboardTest::readsPanelsAndRows() {
    const Dashboard dashboard = read(R"j({"title":"D","uid":"u","tags":["a"],"time":{"from":"now-6h","to":"now"},"panels":[
        {"title":"Top","type":"stat","gridPos":{"x":0,"y":0,"w":6,"h":4},"targets":[{"expr":"up"}]},
        {"title":"Open","type":"row","collapsed":false,"gridPos":{"y":4},"panels":[]},
        {"title":"Right","type":"stat","gridPos":{"x":12,"y":5,"w":99,"h":4},"targets":[{"expr":"up"}]},
        {"title":"Left","type":"stat","gridPos":{"x":0,"y":5,"w":6,"h":4},"targets":[{"expr":"up"}]},
        {"title":"Shut","type":"row","collapsed":true,"repeat":"gpu","panels":[{"title":"In","type":"text","gridPos":{"x":0,"y":10,"w":6,"h":4},"options":{"content":"x"}}]}]})j");
    QCOMPARE(outline(dashboard), QStringList({"row ''", "stat 'Top' 0,0 6x4", "row 'Open'", "stat 'Left' 0,0 6x4", "stat 'Right' 12,0 12x4", "row 'Shut' collapsed", "text 'In' 0,0 6x4"}));
    QCOMPARE(dashboard.from, std::string("now-6h"));
    QCOMPARE(dashboard.rows[2].repeat.variable, std::string("gpu"));
}

void GrafanaDashboardTest::readsOldRows() {
    const Dashboard dashboard = read(R"j({"title":"Old","rows":[
        {"title":"R","height":"250px","panels":[{"title":"A","type":"graph","span":8,"targets":[{"expr":"up"}]},{"title":"B","type":"singlestat","span":4,"targets":[{"expr":"up"}]},{"title":"C","type":"graph","span":12,"targets":[{"expr":"up"}]}]},
        {"title":"hidden name","showTitle":false,"collapse":true,"height":100,"panels":[{"title":"D","type":"text","content":"x","span":12}]}]})j");
    QCOMPARE(outline(dashboard), QStringList({"row 'R'", "timeseries 'A' 0,0 16x7", "stat 'B' 16,0 8x7", "timeseries 'C' 0,7 24x7", "row '' collapsed", "text 'D' 0,0 24x3"}));
}

void GrafanaDashboardTest::readsElements() {
    const Dashboard dashboard = read(R"j({"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","spec":{"title":"New","timeSettings":{"from":"now-2h","to":"now"},
      "variables":[{"kind":"QueryVariable","spec":{"name":"job","multi":true,"includeAll":true,"sort":"alphabeticalAsc","current":{"text":"All","value":["$__all"]},"query":{"kind":"DataQuery","group":"prometheus","spec":{"query":"label_values(up, job)"}}}},
                   {"kind":"TextVariable","spec":{"name":"prefix","query":"amd_"}},{"kind":"DatasourceVariable","spec":{"name":"ds","pluginId":"prometheus"}}],
      "elements":{
        "p1":{"kind":"Panel","spec":{"id":1,"title":"A","data":{"kind":"QueryGroup","spec":{"queries":[{"kind":"PanelQuery","spec":{"refId":"A","hidden":false,"query":{"kind":"DataQuery","group":"prometheus","spec":{"expr":"up{job=~\"$job\"}","legendFormat":"{{job}}"}}}}],
              "transformations":[{"kind":"sortBy","spec":{"id":"sortBy","options":{"sort":[{"field":"a"}]}}}]}},"vizConfig":{"kind":"VizConfig","group":"timeseries","spec":{"fieldConfig":{"defaults":{"unit":"s"}},"options":{}}}}},
        "p2":{"kind":"Panel","spec":{"id":2,"title":"B","data":{"spec":{"queries":[{"spec":{"refId":"A","query":{"kind":"loki","spec":{"expr":"{}"}}}}]}},"vizConfig":{"kind":"stat","spec":{}}}},
        "p3":{"kind":"Panel","spec":{"id":3,"title":"C","vizConfig":{"kind":"text","spec":{"options":{"content":"hi"}}}}},
        "p4":{"kind":"LibraryPanel","spec":{"title":"L"}},
        "p5":{"kind":"Panel","spec":{}}},
      "layout":{"kind":"RowsLayout","spec":{"rows":[
        {"kind":"RowsLayoutRow","spec":{"title":"R1","collapse":false,"layout":{"kind":"GridLayout","spec":{"items":[
          {"kind":"GridLayoutItem","spec":{"x":0,"y":0,"width":12,"height":8,"element":{"name":"p1"},"repeat":{"mode":"variable","value":"job","direction":"h","maxPerRow":3}}},
          {"kind":"GridLayoutItem","spec":{"x":12,"y":0,"width":12,"height":8,"element":{"name":"p2"}}},
          {"kind":"GridLayoutItem","spec":{"element":{"name":"who"}}}]}}}},
        {"kind":"RowsLayoutRow","spec":{"title":"R2","collapse":true,"layout":{"kind":"AutoGridLayout","spec":{"maxColumnCount":2,"items":[{"kind":"AutoGridLayoutItem","spec":{"element":{"name":"p4"}}},{"kind":"AutoGridLayoutItem","spec":{"element":{"name":"p3"}}}]}}}}]}}}})j");
    QCOMPARE(outline(dashboard), QStringList({"row 'R1'", "timeseries 'A' 0,0 12x8 s", "row 'R2' collapsed", "text 'C' 12,0 12x8"}));
    QCOMPARE(remarks(dashboard), QStringList({"element 'who': the panel: the layout names it, but it is not among the elements", "element 'p5': the panel: the layout does not name it",
                                              "panel 'B': query A: it asks loki, not Prometheus", "panel 'B': the panel: none of its queries could be taken", "panel 'L': the panel: it is a library panel, which the file does not contain"}));
    const Panel& panel = dashboard.rows[0].panels[0];
    QVERIFY((panel.repeat == Repeat{"job", false, 3}));
    QCOMPARE(panel.targets[0].legend, std::string("{{job}}"));
    QVERIFY(panel.transformations.size() == 1 && panel.transformations[0].kind == TransformationKind::kSortBy);
    QCOMPARE(dashboard.from, std::string("now-2h"));
    QCOMPARE(dashboard.variables.size(), size_t{3});
    QVERIFY(dashboard.variables[0].query == "label_values(up, job)" && dashboard.variables[0].sort == VariableSort::kText && dashboard.variables[0].multi);
    QVERIFY(dashboard.variables[1].kind == VariableKind::kTextBox && dashboard.variables[1].current == std::vector<std::string>{"amd_"});
    QCOMPARE(unparsed(dashboard), QStringList());
}

void GrafanaDashboardTest::readsVariables_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("expr");
    QTest::addColumn<QString>("expected");
    QTest::newRow("query, All") << R"j({"type":"query","name":"v","query":"label_values(up, job)","multi":true,"includeAll":true,"current":{"text":["All"],"value":["$__all"]},"options":[{"text":"All","value":"$__all"},{"text":"a","value":"a"},{"text":"b","value":"b"}]})j" << "{j=~\"$v\"}" << "{j=~\"(a|b)\"}";
    QTest::newRow("query as an object") << R"j({"type":"query","name":"v","query":{"query":"label_values(up, job)","refId":"x"},"current":{"value":"a"}})j" << "$v" << "a";
    QTest::newRow("custom") << R"j({"type":"custom","name":"v","query":"fast : 0.5, slow : 2","current":{"text":"slow","value":"2"}})j" << "$v ${v:text}" << "2 slow";
    QTest::newRow("custom without a choice") << R"j({"type":"custom","name":"v","query":"fast : 0.5, slow : 2"})j" << "$v" << "0.5";
    QTest::newRow("textbox") << R"j({"type":"textbox","name":"v","query":"amd_"})j" << "${v}gpu" << "amd_gpu";
    QTest::newRow("interval") << R"j({"type":"interval","name":"v","query":"1m,10m","auto":true,"current":{"value":"10m"}})j" << "[$v]" << "[10m]";
    QTest::newRow("auto interval") << R"j({"type":"interval","name":"v","query":"1m,10m","auto":true,"current":{"value":"$__auto_interval_v"}})j" << "[$v]" << "[1m]";
    QTest::newRow("constant") << R"j({"type":"constant","name":"v","query":"x"})j" << "[[v]]" << "x";
    QTest::newRow("datasource") << R"j({"type":"datasource","name":"v","query":"prometheus","current":{"value":"P1"}})j" << "$v" << "P1";
    QTest::newRow("All as written") << R"j({"type":"query","name":"v","query":"label_values(x)","includeAll":true,"allValue":".+","current":{"value":"$__all"}})j" << "$v" << ".+";
}

void GrafanaDashboardTest::readsVariables() {
    QFETCH(QString, json);
    QFETCH(QString, expr);
    const Dashboard dashboard = withVariable(json.toUtf8().constData());
    QCOMPARE(remarks(dashboard), QStringList());
    QTEST(QString::fromStdString(interpolate(expr.toStdString(), scopeOf(dashboard))), "expected");
}

void GrafanaDashboardTest::readsInputs() {
    const Dashboard dashboard = read(R"j({"__inputs":[{"name":"DS_A","type":"datasource","pluginId":"prometheus"},{"name":"DS_B","type":"datasource","pluginId":"loki"},{"name":"VAR_P","type":"constant","value":"pre_"}],
        "panels":[{"title":"A","type":"stat","datasource":"${DS_A}","targets":[{"expr":"${VAR_P}up"}]},{"title":"B","type":"stat","datasource":{"uid":"${DS_B}"},"targets":[{"expr":"{}","refId":"Q"}]}]})j");
    QCOMPARE(outline(dashboard), QStringList({"row ''", "stat 'A' 0,0 12x8"}));
    QCOMPARE(remarks(dashboard).value(0), QString("panel 'B': query Q: it asks loki, not Prometheus"));
    QCOMPARE(interpolate(dashboard.rows[0].panels[0].targets[0].expr, scopeOf(dashboard)), std::string("pre_up"));
}

void GrafanaDashboardTest::readsTheApisWrapping() { QCOMPARE(read(R"j({"meta":{},"dashboard":{"title":"In","panels":[]}})j").title, std::string("In")); }

void GrafanaDashboardTest::listsAnnotationsAndAdhocFilters() {
    const Dashboard dashboard = read(R"j({"panels":[],"annotations":{"list":[{"builtIn":1,"name":"x"},{"name":"Deploys"}]},"templating":{"list":[{"type":"adhoc","name":"f","filters":[{"key":"job","operator":"=","value":"a\"b"},{"key":"gpu","operator":"=|","value":"0","values":["0","1.5"]},{"key":"a","operator":"<","value":"1"}]},{"type":"groupby","name":"g"},{"type":"query"},
        {"type":"query","name":"logs","datasource":{"type":"loki"},"query":"x","current":{"value":"a"}}]}})j");
    QCOMPARE(remarks(dashboard), QStringList({"the dashboard: annotation 'Deploys': annotations by query are not drawn; events of the capsule are", "variable $f: the filter 'a < 1': PromQL has no such matcher",
                                              "variable $g: the variable: its type 'groupby' is not known", "the dashboard: a variable: it has no name", "variable $logs: its query: it asks loki, not Prometheus; the saved choice stays"}));
    QCOMPARE(dashboard.variables.size(), size_t{2});
    QVERIFY(dashboard.variables[0].kind == VariableKind::kFilters);
    QCOMPARE(dashboard.variables[0].current, std::vector<std::string>({"job=\"a\\\"b\"", "gpu=~\"0|1\\\\.5\""}));
}

void GrafanaDashboardTest::saysWhatIsWrong_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("message");
    QTest::newRow("nothing") << "" << "the dashboard is no JSON at line 1, column 1";
    QTest::newRow("conflict markers") << "{\n\"a\": 1,\n<<<<<<< HEAD\n}" << "the dashboard is no JSON at line 3, column 1";
    QTest::newRow("cut off") << "{\"panels\": [" << "the dashboard is no JSON at line 1, column 13";
    QTest::newRow("a list") << "[]" << "the dashboard is no JSON object";
    QTest::newRow("something else") << "{\"a\":1}" << "the file is JSON, but no dashboard of Grafana: it has no 'panels', 'rows' or 'elements'";
    QTest::newRow("deep") << QString("[").repeated(100'000) << "the dashboard nests deeper than 64 levels";
    QTest::newRow("deep objects") << "{\"panels\":" + QString("{\"a\":").repeated(100) << "the dashboard nests deeper than 64 levels";
}

void GrafanaDashboardTest::saysWhatIsWrong() {
    QFETCH(QString, json);
    QTEST(errorOf(json.toStdString()), "message");
}

void GrafanaDashboardTest::staysInBounds() {
    QCOMPARE(errorOf(std::string(size_t{17} << 20, ' ')), QString("the dashboard is larger than 16 MiB"));
    std::string many = "{\"panels\":[";
    for (int i = 0; i < 3'000; ++i)
        many += std::string(i == 0 ? "" : ",") + R"j({"type":"text","title":"t"})j";
    const auto dashboard = readGrafanaDashboard(many + "]}");
    QVERIFY(dashboard.ok());
    QCOMPARE(dashboard->panelCount(), size_t{1'000});
    QCOMPARE(dashboard->remarks.size(), size_t{2'000});
    std::string rows = "{\"panels\":[";
    for (int i = 0; i < 600; ++i)
        rows += std::string(i == 0 ? "" : ",") + R"j({"type":"row","title":"r"})j";
    QCOMPARE(readGrafanaDashboard(rows + "]}")->rows.size(), size_t{500});
}

void GrafanaDashboardTest::survivesWrongTypes() {
    const Dashboard dashboard = read(R"j({"title":[],"tags":3,"time":"x","templating":{"list":{"a":1}},"annotations":[],"__inputs":[1,{"name":{}}],"panels":[null,[],"x",
        {"type":"timeseries","title":{},"gridPos":{"x":-1e300,"y":"a","w":null,"h":[]},"targets":[null,5,{"expr":{}},{"expr":"up","legendFormat":[],"datasource":7}],"fieldConfig":{"defaults":{"unit":{},"decimals":1e99,"thresholds":[],"mappings":[1,{"type":"value","options":[]}]},"overrides":{}},"transformations":[1,{"id":"organize","options":[]},{"id":"sortBy","options":{"sort":[5]}}]}]})j");
    QCOMPARE(outline(dashboard), QStringList({"row ''", "timeseries '' 0,0 12x8"}));
    QCOMPARE(dashboard.rows[0].panels[0].targets.size(), size_t{1});
}

void GrafanaDashboardTest::keepsNamesThatArePresent() {
    const char* json = R"j({"panels":[{"type":"stat","title":"P","targets":[{"expr":"vllm:gpu_cache_usage_perc"}]}]})j";
    const auto dashboard = readGrafanaDashboard(json, {{"vllm:gpu_cache_usage_perc"}});
    QVERIFY(dashboard.ok() && dashboard->remarks.empty());
    QCOMPARE(dashboard->rows[0].panels[0].targets[0].expr, std::string("vllm:gpu_cache_usage_perc"));
}

void GrafanaDashboardTest::readsRealDashboards_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("panels");
    QTest::addColumn<int>("rows");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("dcgm-exporter") << "dcgm-exporter.json" << 8 << 1 << QStringList();
    QTest::newRow("vllm") << "vllm.json" << 14 << 4
                          << QStringList({"panel 'GPU KV Cache Hit Rate': query A: the metric vllm:gpu_prefix_cache_hits_total is called vllm:prefix_cache_hits_total now",
                                          "panel 'GPU KV Cache Hit Rate': query A: the metric vllm:gpu_prefix_cache_queries_total is called vllm:prefix_cache_queries_total now"});
}

void GrafanaDashboardTest::readsRealDashboards() {
    QFETCH(QString, file);
    NJ_NEED_SHARED_DATA(folder, "grafana-dashboards");
    QFile json(folder + "/" + file);
    QVERIFY2(json.open(QIODevice::ReadOnly), qPrintable(json.fileName()));
    const auto dashboard = readGrafanaDashboard(json.readAll().toStdString());
    QVERIFY(dashboard.ok());
    QTEST(static_cast<int>(dashboard->panelCount()), "panels");
    QTEST(static_cast<int>(dashboard->rows.size()), "rows");
    QTEST(remarks(*dashboard), "expected");
    QCOMPARE(unparsed(*dashboard), QStringList());
}

QTEST_APPLESS_MAIN(GrafanaDashboardTest)
#include "grafana_dashboard_test.moc"

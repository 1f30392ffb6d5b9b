// Panels of Grafana, each kind and each thing that can't be taken.
#include "dashboard/grafana/grafana_dashboard.h"
#include "panel_text.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

namespace {

Dashboard read(const QString& json) {
    const auto dashboard = readGrafanaDashboard(json.toStdString());
    if (!dashboard.ok())
        qFatal("%s", dashboard.error().message.c_str());
    return *dashboard;
}

Dashboard withPanel(const QString& panel) { return read("{\"title\":\"D\",\"panels\":[" + panel + "]}"); }

// A panel of this type with one query and more members.
Dashboard withType(const QString& type, const QString& more = {}) {
    return withPanel("{\"title\":\"P\",\"type\":\"" + type + "\",\"gridPos\":{\"x\":1,\"y\":0,\"w\":6,\"h\":5},\"targets\":[{\"expr\":\"up\",\"refId\":\"A\"}]" + (more.isEmpty() ? "" : "," + more) + "}");
}

const Panel& first(const Dashboard& dashboard) { return dashboard.rows.at(0).panels.at(0); }

}  // namespace

class GrafanaPanelTest : public QObject {
    Q_OBJECT

private slots:
    void takesEveryKind_data();
    void takesEveryKind();
    void readsTodaysLook();
    void thresholdsOfLinesCountWhereTheyAreDrawn();
    void readsGraphs();
    void readsSingleStats();
    void readsGrafana6();
    void readsTargets();
    void readsTransformations();
    void readsOverrides();
    void readsValuesByRow();
    void readsLinks();
    void listsWhatItDoesNotTake_data();
    void listsWhatItDoesNotTake();
};

void GrafanaPanelTest::takesEveryKind_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("outline");
    QTest::addColumn<int>("remarks");
    for (const auto& [type, kind, remarkCount] : {std::tuple("timeseries", "timeseries", 0), {"graph", "timeseries", 0}, {"stat", "stat", 0}, {"singlestat", "stat", 0}, {"gauge", "gauge", 0}, {"bargauge", "bars", 0}, {"table", "table", 0}, {"table-old", "table", 0}, {"heatmap", "heatmap", 0}, {"histogram", "histogram", 0}, {"piechart", "bars", 1}, {"state-timeline", "timeseries", 1}})
        QTest::newRow(type) << type << QString("%1 'P' 1,0 6x5").arg(kind) << remarkCount;
}

void GrafanaPanelTest::takesEveryKind() {
    QFETCH(QString, type);
    const Dashboard dashboard = withType(type);
    QTEST(outline(dashboard).value(1), "outline");
    QTEST(static_cast<int>(dashboard.remarks.size()), "remarks");
}

void GrafanaPanelTest::readsTodaysLook() {
    const Dashboard dashboard = withType("timeseries", R"("description":"What","repeat":"gpu","repeatDirection":"v","maxPerRow":2,"timeFrom":"6h",
        "options":{"legend":{"displayMode":"table","placement":"right","showLegend":true,"calcs":["mean","max"]},"reduceOptions":{"calcs":["lastNotNull"]}},
        "fieldConfig":{"defaults":{"unit":"percentunit","decimals":1,"min":0,"max":"1",
          "thresholds":{"mode":"percentage","steps":[{"color":"green","value":null},{"color":"red","value":80}]},
          "mappings":[{"type":"value","options":{"0":{"text":"off"}}},{"type":"range","options":{"from":1,"to":2,"result":{"text":"on"}}},{"type":"special","options":{"match":"null","result":{"text":"n/a"}}}],
          "custom":{"drawStyle":"bars","thresholdsStyle":{"mode":"line"},"stacking":{"mode":"normal"},"scaleDistribution":{"type":"log","log":10}}}})");
    const Panel& panel = first(dashboard);
    QCOMPARE(panel.unit, std::string("percentunit"));
    QCOMPARE(panel.decimals, std::optional(1));
    QCOMPARE(panel.min, std::optional(0.0));
    QCOMPARE(panel.max, std::optional(1.0));
    QVERIFY(panel.thresholdsInPercent);
    QVERIFY((panel.thresholds == std::vector<Threshold>{{std::nullopt, "green"}, {80.0, "red"}}));
    QVERIFY((panel.valueTexts == std::vector<ValueText>{{{}, {}, "0", "off"}, {1.0, 2.0, "", "on"}, {{}, {}, "null", "n/a"}}));
    QVERIFY(panel.style == DrawStyle::kBars && panel.stacked && panel.logarithmic);
    QVERIFY((panel.legend == Legend{true, true, true, {"mean", "max"}}));
    QCOMPARE(panel.calculation, std::string("lastNotNull"));
    QVERIFY((panel.repeat == Repeat{"gpu", true, 2}));
    QCOMPARE(panel.timeFrom, std::string("6h"));
    QCOMPARE(remarks(dashboard), QStringList());
}

void GrafanaPanelTest::thresholdsOfLinesCountWhereTheyAreDrawn() {
    const QString thresholds = R"("fieldConfig":{"defaults":{"thresholds":{"mode":"absolute","steps":[{"color":"green","value":null},{"color":"red","value":80}]}}})";
    QVERIFY(first(withType("timeseries", thresholds)).thresholds.empty());
    QCOMPARE(first(withType("stat", thresholds)).thresholds.size(), size_t(2));
}

void GrafanaPanelTest::readsGraphs() {
    const Dashboard dashboard = withType("graph", R"("bars":true,"lines":false,"stack":true,"yaxes":[{"format":"Bps","min":"0","max":null,"logBase":10,"decimals":2},{"format":"short"}],
        "legend":{"show":true,"values":true,"avg":true,"current":true,"alignAsTable":true,"rightSide":true},"thresholds":[{"value":5,"colorMode":"critical"},{"value":1,"colorMode":"warning"}],
        "seriesOverrides":[{"alias":"x","yaxis":2}],"alert":{"name":"High"})");
    const Panel& panel = first(dashboard);
    QCOMPARE(panel.unit, std::string("Bps"));
    QCOMPARE(panel.min, std::optional(0.0));
    QVERIFY(!panel.max);
    QVERIFY(panel.style == DrawStyle::kBars && panel.stacked && panel.logarithmic);
    QVERIFY((panel.legend == Legend{true, true, true, {"mean", "lastNotNull"}}));
    QVERIFY((panel.thresholds == std::vector<Threshold>{{5.0, "red"}, {1.0, "orange"}}));
    QCOMPARE(remarks(dashboard), QStringList({"panel 'P': its series overrides: single series can't be styled", "panel 'P': its alert 'High': alerts are read from rule files"}));
}

void GrafanaPanelTest::readsSingleStats() {
    const Dashboard dashboard = withType("singlestat", R"("format":"s","valueName":"current","thresholds":"1, 2","colors":["green","orange","red"],"postfix":" GPUs","gauge":{"show":true,"minValue":0,"maxValue":10},
        "valueMaps":[{"op":"=","value":"null","text":"N/A"}])");
    const Panel& panel = first(dashboard);
    QVERIFY(panel.kind == PanelKind::kGauge);
    QCOMPARE(panel.unit, std::string("s"));
    QCOMPARE(panel.calculation, std::string("lastNotNull"));
    QVERIFY((panel.thresholds == std::vector<Threshold>{{std::nullopt, "green"}, {1.0, "orange"}, {2.0, "red"}}));
    QVERIFY((panel.valueTexts == std::vector<ValueText>{{{}, {}, "null", "N/A"}}));
    QCOMPARE(remarks(dashboard), QStringList({"panel 'P': its postfix ' GPUs': the unit stands behind the value"}));
}

void GrafanaPanelTest::readsGrafana6() {
    const Dashboard dashboard = withType("gauge", R"("options":{"fieldOptions":{"calcs":["mean"],"defaults":{"unit":"celsius","max":100,"thresholds":{"mode":"absolute","steps":[{"color":"green","value":null}]}}}})");
    QCOMPARE(first(dashboard).unit, std::string("celsius"));
    QCOMPARE(first(dashboard).calculation, std::string("mean"));
    QCOMPARE(first(dashboard).thresholds.size(), size_t{1});
}

void GrafanaPanelTest::readsTargets() {
    const Dashboard dashboard = withPanel(R"({"title":"P","type":"table","datasource":{"type":"prometheus","uid":"x"},"targets":[
        {"expr":"up","refId":"A","legendFormat":"{{job}}","interval":"30s","format":"table","instant":true},
        {"expr":"vllm:gpu_cache_usage_perc","refId":"B","hide":true,"range":true,"instant":true}]})");
    const auto& targets = first(dashboard).targets;
    QVERIFY((targets == std::vector<Target>{{"A", "up", "{{job}}", "30s", TargetFormat::kTable, true, false}, {"B", "vllm:kv_cache_usage_perc", "", "", TargetFormat::kTimeSeries, false, true}}));
    QCOMPARE(remarks(dashboard), QStringList({"panel 'P': query B: the metric vllm:gpu_cache_usage_perc is called vllm:kv_cache_usage_perc now"}));
    QVERIFY(!dashboard.remarks[0].dropped);
}

void GrafanaPanelTest::readsTransformations() {
    const Dashboard dashboard = withType("table", R"j("transformations":[
        {"id":"organize","options":{"excludeByName":{"Time":true},"indexByName":{"b":0,"a":1},"renameByName":{"a":"A"}}},
        {"id":"groupBy","options":{"fields":{"job":{"operation":"groupby","aggregations":[]},"Value":{"operation":"aggregate","aggregations":["max"]}}}},
        {"id":"filterFieldsByName","options":{"include":{"names":["a"],"pattern":"^b"}}},
        {"id":"reduce","options":{"reducers":["max"],"mode":"seriesToRows"}},
        {"id":"calculateField","options":{"mode":"binary","alias":"sum","binary":{"left":"a","operator":"*","right":"8"}}},
        {"id":"calculateField","options":{"mode":"reduceRow","reduce":{"reducer":"sum","include":["a"]}}},
        {"id":"seriesToColumns","options":{"byField":"job"}},
        {"id":"filterByValue","options":{"type":"exclude","match":"any","filters":[{"fieldName":"a","config":{"id":"greater","options":{"value":3}}}]}},
        {"id":"merge","options":{}},
        {"id":"labelsToFields","options":{"mode":"rows","keepLabels":["job"]}},
        {"id":"sortBy","options":{"sort":[{"field":"a","desc":true}]}},
        {"id":"renameByRegex","options":{"regex":"(.*)","renamePattern":"$1"}},
        {"id":"merge","disabled":true},
        {"id":"joinByLabels","options":{}}])j");
    const auto& all = first(dashboard).transformations;
    QCOMPARE(all.size(), size_t{12});
    QCOMPARE(remarks(dashboard), QStringList({"panel 'P': transformation 'joinByLabels': it is not known"}));
    const auto& organized = all[0].fields;
    QCOMPARE(organized.size(), size_t{3});
    QVERIFY(organized[0].name == "b" && organized[1].name == "a" && organized[1].rename == "A" && organized[2].name == "Time" && organized[2].hidden);
    QVERIFY(all[1].fields.size() == 2 && all[1].fields[0].calculations == std::vector<std::string>{"max"} && all[1].fields[1].op == "groupby");
    QVERIFY(all[2].pattern == "^b" && all[2].fields[0].name == "a");
    QVERIFY(all[3].asRows && all[3].calculations == std::vector<std::string>{"max"});
    QVERIFY(all[4].left == "a" && all[4].op == "*" && all[4].right == "8" && all[4].alias == "sum");
    QVERIFY(all[5].op.empty() && all[5].calculations == std::vector<std::string>{"sum"} && all[5].fields[0].name == "a");
    QVERIFY(all[6].kind == TransformationKind::kJoinByField && all[6].pattern == "job");
    QVERIFY(all[7].exclude && all[7].any && all[7].fields[0].op == "greater" && all[7].fields[0].value == "3");
    QVERIFY(all[8].kind == TransformationKind::kMerge);
    QVERIFY(all[9].asRows && all[9].fields[0].name == "job");
    QVERIFY(all[10].descending && all[10].fields[0].name == "a");
    QVERIFY(all[11].pattern == "(.*)" && all[11].replacement == "$1");
}

void GrafanaPanelTest::readsOverrides() {
    const Dashboard dashboard = withType("table", R"("fieldConfig":{"defaults":{},"overrides":[
        {"matcher":{"id":"byName","options":"Value #A"},"properties":[{"id":"unit","value":"bytes"},{"id":"decimals","value":1},{"id":"min","value":0},{"id":"max","value":9},{"id":"displayName","value":"Size"},
          {"id":"color","value":{"mode":"fixed","fixedColor":"#ff0000"}},{"id":"thresholds","value":{"mode":"percentage","steps":[{"color":"green","value":null},{"color":"red","value":80}]}}]},
        {"matcher":{"id":"byRegexp","options":"/^le/"},"properties":[{"id":"custom.hidden","value":true}]},
        {"matcher":{"id":"byFrameRefID","options":"B"},"properties":[{"id":"custom.hideFrom","value":{"viz":true,"legend":false}}]},
        {"matcher":{"id":"byType","options":"time"},"properties":[{"id":"custom.hideFrom","value":{"viz":false}}]},
        {"__systemRef":"hideSeriesFrom","matcher":{"id":"byNames","options":{"mode":"exclude","names":["a","b"],"readOnly":true}},"properties":[{"id":"custom.hideFrom","value":{"viz":true}}]}]})");
    QCOMPARE(remarks(dashboard), QStringList{});
    const auto& all = first(dashboard).overrides;
    QCOMPARE(all.size(), size_t{4});   // one says nothing
    QVERIFY(all[0] == FieldOverride({FieldMatch::kName, {"Value #A"}, false, "Size", false, {"bytes", 1, 0, 9, {{std::nullopt, "green"}, {80, "red"}}, true, "#ff0000"}}));
    QVERIFY(all[1] == FieldOverride({FieldMatch::kRegex, {"/^le/"}, false, "", true, {}}));
    QVERIFY(all[2] == FieldOverride({FieldMatch::kQuery, {"B"}, false, "", true, {}}));
    QVERIFY(all[3] == FieldOverride({FieldMatch::kName, {"a", "b"}, true, "", true, {}}));
}

void GrafanaPanelTest::readsValuesByRow() {
    QVERIFY(!first(withType("stat", R"("options":{"reduceOptions":{"values":false,"limit":3}})")).everyRow);
    QVERIFY(!first(withType("timeseries", R"("options":{"reduceOptions":{"values":true}})")).everyRow);
    const Panel panel = first(withType("bargauge", R"("options":{"reduceOptions":{"values":true,"calcs":["lastNotNull"]}})"));
    QVERIFY(panel.everyRow && panel.mostRows == 25);
    QCOMPARE(first(withType("stat", R"("options":{"reduceOptions":{"values":true,"limit":3}})")).mostRows, 3);
}

void GrafanaPanelTest::readsLinks() {
    const Dashboard dashboard = read(R"({"title":"D","links":[{"title":"Runbook","type":"link","url":"https://wiki/x?a=1&b=2"},{"title":"vLLM","type":"dashboards","tags":["vllm"]}],"panels":[
        {"title":"P","type":"stat","targets":[{"expr":"up"}],"links":[{"title":"","url":"/d/abc"}]}]})");
    QVERIFY(dashboard.links == std::vector<Link>({{"Runbook", "https://wiki/x?a=1&b=2"}}));
    QVERIFY(first(dashboard).links == std::vector<Link>({{"", "/d/abc"}}));
    QCOMPARE(remarks(dashboard), QStringList{"the dashboard: its link 'vLLM': it leads to other dashboards of that server"});
}

void GrafanaPanelTest::listsWhatItDoesNotTake_data() {
    QTest::addColumn<QString>("panel");
    QTest::addColumn<QStringList>("expected");
    QTest::addColumn<int>("taken");
    QTest::newRow("unknown type") << R"({"title":"P","type":"news","targets":[{"expr":"up"}]})" << QStringList{"panel 'P': the panel: its type 'news' is not known"} << 0;
    QTest::newRow("no type") << R"({"id":7})" << QStringList{"panel 7 (without title): the panel: it has no type"} << 0;
    QTest::newRow("library panel") << R"({"title":"P","libraryPanel":{"uid":"x"}})" << QStringList{"panel 'P': the panel: it is a library panel, which the file does not contain"} << 0;
    QTest::newRow("no object") << "3" << QStringList{"the dashboard: a panel: it is no object"} << 0;
    QTest::newRow("no query") << R"({"title":"P","type":"stat"})" << QStringList{"panel 'P': the panel: it has no query"} << 0;
    QTest::newRow("another data source") << R"({"title":"P","type":"stat","targets":[{"expr":"{a=\"b\"}","refId":"A","datasource":{"type":"loki"}}]})" << QStringList{"panel 'P': query A: it asks loki, not Prometheus", "panel 'P': the panel: none of its queries could be taken"} << 0;
    QTest::newRow("the panel's data source") << R"({"title":"P","type":"stat","datasource":{"type":"tempo"},"targets":[{"query":"x","refId":"A"}]})" << QStringList{"panel 'P': query A: it asks tempo, not Prometheus", "panel 'P': the panel: none of its queries could be taken"} << 0;
    QTest::newRow("mixed data sources") << R"({"title":"P","type":"stat","datasource":{"type":"datasource","uid":"-- Mixed --"},"targets":[{"expr":"up","refId":"A","datasource":{"type":"prometheus"}},{"refId":"B","datasource":{"type":"__expr__"}}]})" << QStringList{"panel 'P': query B: server-side expressions of Grafana are not evaluated"} << 1;
    QTest::newRow("a query that does not parse") << R"({"title":"P","type":"stat","targets":[{"expr":"sum(","refId":"A"}]})" << QStringList{"panel 'P': query A: the expression does not parse: 1:5: parse error: unexpected end of input"} << 1;
    QTest::newRow("an empty query") << R"({"title":"P","type":"stat","targets":[{"expr":" ","refId":"A"},{"expr":"up","refId":"B"}]})" << QStringList{"panel 'P': query A: it has no PromQL expression"} << 1;
    QTest::newRow("html") << R"({"title":"P","type":"text","options":{"mode":"html","content":"<b>"}})" << QStringList{"panel 'P': its HTML: it is shown as plain text"} << 1;
    QTest::newRow("overrides") << R"({"title":"P","type":"stat","targets":[{"expr":"up"}],"fieldConfig":{"overrides":[{}]}})" << QStringList{"panel 'P': a field override: its matcher '' is not known"} << 1;
    QTest::newRow("parts of overrides") << R"({"title":"P","type":"timeseries","targets":[{"expr":"up"}],"fieldConfig":{"defaults":{"links":[{"url":"x"}]},"overrides":[
        {"matcher":{"id":"byValue","options":{}},"properties":[]},{"matcher":{"id":"byName","options":"a"},"properties":[{"id":"custom.lineWidth","value":2},{"id":"color","value":{"mode":"palette-classic"}},{"id":"displayName","value":"${__field.labels.pod}"},{"id":"unit","value":"s"}]}]}})"
        << QStringList{"panel 'P': a field override: its matcher 'byValue' is not known", "panel 'P': of the field override of 'a': custom.lineWidth, color, displayName: single fields can't be styled so",
                       "panel 'P': the unit 's' of 'a': a graph has one axis: it counts where all series have it", "panel 'P': its data links: they are made of a value's labels"} << 1;
    QTest::newRow("links") << R"({"title":"P","type":"stat","targets":[{"expr":"up"}],"links":[{"title":"Runbook","url":"https://wiki/x"},{"title":"Others","type":"dashboards","tags":["vllm"]},{"title":"None"}]})"
        << QStringList{"panel 'P': its link 'Others': it leads to other dashboards of that server", "panel 'P': its link 'None': it has no address"} << 1;
    QTest::newRow("an unknown unit") << R"({"title":"P","type":"stat","targets":[{"expr":"up"}],"fieldConfig":{"defaults":{"unit":"tokens/s"}}})" << QStringList{"panel 'P': its unit 'tokens/s': it is not known and stands behind the numbers as a text"} << 1;
}

void GrafanaPanelTest::listsWhatItDoesNotTake() {
    QFETCH(QString, panel);
    const Dashboard dashboard = withPanel(panel);
    QTEST(remarks(dashboard), "expected");
    QTEST(static_cast<int>(dashboard.panelCount()), "taken");
}

QTEST_APPLESS_MAIN(GrafanaPanelTest)
#include "grafana_panel_test.moc"

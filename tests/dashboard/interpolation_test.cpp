// Variables in expressions, as Grafana puts them in.
#include "dashboard/interpolation.h"

#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;

namespace {

Variable multi(std::string name, std::vector<std::string> current, std::string allValue = {}) {
    Variable variable;
    variable.name = std::move(name);
    variable.multi = variable.includeAll = true;
    variable.allValue = std::move(allValue);
    variable.options = {{"A", "a.b"}, {"C", "c\"d"}, {"E", "e\\f"}};
    variable.current = std::move(current);
    return variable;
}

Variable single(std::string name, std::string value) {
    Variable variable;
    variable.kind = VariableKind::kTextBox;
    variable.name = std::move(name);
    variable.current = {std::move(value)};
    return variable;
}

Scope exampleScope() {
    Dashboard dashboard;
    dashboard.variables = {multi("one", {"a.b"}), multi("two", {"a.b", "c\"d"}), multi("all", {"$__all"}), multi("own", {"$__all"}, ".+"), multi("nothing", {}), single("plain", "x\"y\\z"),
                           single("prefix", "amd_"), single("auto", "$__auto_interval_interval")};
    Scope scope = scopeOf(dashboard);
    scope.range = {10 * kHour, 12 * kHour};
    scope.interval = 30 * kSecond;
    return scope;
}

}  // namespace

class InterpolationTest : public QObject {
    Q_OBJECT

private slots:
    void putsValuesIn_data();
    void putsValuesIn();
    void namesTheVariablesOfAText();
    void stepsAreRounded_data();
    void stepsAreRounded();
    void repeatsPanelsAndRows();
    void boundsRepetition();
};

void InterpolationTest::putsValuesIn_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("one value of a multi is a regex") << "{i=~\"$one\"}" << R"({i=~"a\\.b"})";
    QTest::newRow("many values are an alternation") << "{i=~\"$two\"}" << R"j({i=~"(a\\.b|c\"d)"})j";
    QTest::newRow("All is all options") << "$all" << R"((a\\.b|c\"d|e\\\\f))";
    QTest::newRow("a custom All stands as written") << "$own" << ".+";
    QTest::newRow("no choice is anything") << "$nothing" << ".*";
    QTest::newRow("a single value is escaped as a string") << "$plain" << R"(x\"y\\z)";
    QTest::newRow("a part of a name") << "${prefix}gpu_power{x=\"1\"}" << "amd_gpu_power{x=\"1\"}";
    QTest::newRow("old brackets") << "[[prefix]]gpu" << "amd_gpu";
    QTest::newRow("old brackets with format") << "[[two:pipe]]" << "a.b|c\"d";
    QTest::newRow("regex") << "${two:regex}" << R"((a\.b|c"d))";
    QTest::newRow("raw") << "${two:raw}" << "a.b,c\"d";
    QTest::newRow("csv") << "${two:csv}" << "a.b,c\"d";
    QTest::newRow("json") << "${two:json}" << R"(["a.b","c\"d"])";
    QTest::newRow("doublequote") << "${two:doublequote}" << R"("a.b","c\"d")";
    QTest::newRow("singlequote") << "${two:singlequote}" << "'a.b','c\"d'";
    QTest::newRow("glob") << "${two:glob}" << "{a.b,c\"d}";
    QTest::newRow("text") << "${two:text}" << "A + C";
    QTest::newRow("percentencode") << "${plain:percentencode}" << "x%22y%5Cz";
    QTest::newRow("unknown formats are glob") << "${one:whatever}" << "a.b";
    QTest::newRow("unknown names stay") << "$who ${who:regex} [[who]] $ $$ ${} ${one" << "$who ${who:regex} [[who]] $ $$ ${} ${one";
    QTest::newRow("a longer name is another") << "$ones $prefix_x" << "$ones $prefix_x";
    QTest::newRow("interval") << "[$__interval]" << "[30s]";
    QTest::newRow("interval in ms") << "$__interval_ms" << "30000";
    QTest::newRow("rate interval") << "[$__rate_interval]" << "[1m]";
    QTest::newRow("range") << "[$__range] $__range_s ${__range_ms}" << "[7200s] 7200 7200000";
    QTest::newRow("from and to") << "$__from $__to" << "36000000 43200000";
    QTest::newRow("auto interval") << "[$auto]" << "[30s]";
    QTest::newRow("an anchor is no variable") << "{i=~\"^a$\"}" << "{i=~\"^a$\"}";
}

void InterpolationTest::putsValuesIn() {
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(interpolate(text.toStdString(), exampleScope())), expected);
}

void InterpolationTest::namesTheVariablesOfAText() {
    const std::vector<std::string> expected{"a", "b", "c", "__interval"};
    QCOMPARE(variablesIn("$a + ${b:regex} + [[c]] + $a + $__interval + ${}"), expected);
}

void InterpolationTest::stepsAreRounded_data() {
    QTest::addColumn<qint64>("range");
    QTest::addColumn<int>("points");
    QTest::addColumn<qint64>("least");
    QTest::addColumn<qint64>("step");
    QTest::newRow("an hour") << qint64{kHour} << 1000 << qint64{kSecond} << qint64{5 * kSecond};
    QTest::newRow("never below the least") << qint64{kHour} << 1000 << qint64{15 * kSecond} << qint64{15 * kSecond};
    QTest::newRow("a day") << qint64{kDay} << 1000 << qint64{kSecond} << qint64{kMinute};
    QTest::newRow("a year") << qint64{365 * kDay} << 100 << qint64{kSecond} << qint64{kDay};
    QTest::newRow("nothing") << qint64{0} << 0 << qint64{kSecond} << qint64{kSecond};
}

void InterpolationTest::stepsAreRounded() {
    QFETCH(qint64, range);
    QFETCH(int, points);
    QFETCH(qint64, least);
    QTEST(static_cast<qint64>(stepFor({0, range}, points, least)), "step");
}

void InterpolationTest::repeatsPanelsAndRows() {
    Dashboard dashboard;
    dashboard.variables = {multi("gpu", {"$__all"}), multi("host", {"h1", "h2"})};
    Row row;
    row.title = "Host $host";
    row.repeat.variable = "host";
    Panel repeated;
    repeated.title = "GPU $gpu";
    repeated.place = {4, 0, 20, 5};
    repeated.repeat = {"gpu", false, 2};
    Panel below;
    below.title = "Below";
    below.place = {0, 5, 24, 4};
    row.panels = {repeated, below};
    dashboard.rows = {row};
    const Scope scope = scopeOf(dashboard);
    const auto rows = unroll(dashboard, scope);
    QCOMPARE(rows.size(), size_t{2});
    QCOMPARE(QString::fromStdString(rows[1].title), QString("Host h2"));
    const auto& panels = rows[1].panels;
    QCOMPARE(panels.size(), size_t{4});
    QVERIFY((panels[0].place == GridPlace{0, 0, 12, 5}));
    QVERIFY((panels[1].place == GridPlace{12, 0, 12, 5}));
    QVERIFY((panels[2].place == GridPlace{0, 5, 12, 5}));
    QVERIFY((panels[3].place == GridPlace{0, 10, 24, 4}));   // moved down by the second line of copies
    QCOMPARE(QString::fromStdString(interpolate("{h=~\"$host\",g=~\"$gpu\"}", narrowed(scope, panels[0]))), QString(R"({h=~"h2",g=~"a\\.b"})"));
}

void InterpolationTest::boundsRepetition() {
    Dashboard dashboard;
    Variable many = multi("many", {"$__all"});
    many.options.clear();
    for (int i = 0; i < 5'000; ++i)
        many.options.push_back({std::to_string(i), std::to_string(i)});
    dashboard.variables = {many};
    dashboard.rows.resize(1);
    dashboard.rows[0].panels.resize(1);
    dashboard.rows[0].panels[0].repeat.variable = "many";
    QCOMPARE(unroll(dashboard, scopeOf(dashboard))[0].panels.size(), size_t{200});
    dashboard.rows[0].repeat.variable = "many";
    dashboard.rows[0].panels.resize(3, dashboard.rows[0].panels[0]);
    dashboard.rows.resize(2, dashboard.rows[0]);
    size_t all = 0;
    for (const RowOccurrence& row : unroll(dashboard, scopeOf(dashboard)))
        all += row.panels.size();
    QCOMPARE(all, size_t{1'200});   // a repeated row repeats its panels for its own value only
    dashboard.rows[0].repeat.variable.clear();
    dashboard.rows[0].panels.resize(60, dashboard.rows[0].panels[0]);
    dashboard.rows.resize(1);
    QCOMPARE(unroll(dashboard, scopeOf(dashboard))[0].panels.size(), size_t{10'000});
}

QTEST_APPLESS_MAIN(InterpolationTest)
#include "interpolation_test.moc"

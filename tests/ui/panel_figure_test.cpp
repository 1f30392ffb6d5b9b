// What a panel's numbers become before they are drawn: lines, limits, figures and what is said beside them.
#include "models/panel_figure.h"

#include "qt_test.h"

using namespace nj;
using namespace nj::ui;
using dashboard::PanelKind;

namespace {

dashboard::PanelAnswer answerOf(std::vector<std::pair<std::string, std::vector<double>>> series) {
    dashboard::PanelAnswer answer;
    answer.range = {0, 10 * kMinute};
    answer.step = kMinute;
    for (auto& [name, values] : series)
        answer.series.push_back({name, name.substr(0, 1), values, values.empty() ? std::nan("") : values.back(), {}});
    return answer;
}

}  // namespace

class PanelFigureTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // First, so that a legend that is cut still names it, and without a colour of the series.
    void aLimitIsNoSeries() {
        dashboard::Panel panel;
        panel.targets.resize(2);
        panel.targets[0].refId = "a";
        panel.targets[1].refId = "b";
        panel.targets[1].limit = true;
        panel.stacked = true;
        const TimeChartData chart = panelChart(panel, answerOf({{"a host 1", {1, 2}}, {"a host 2", {3, 4}}, {"b limit", {9, 9}}}), Theme::dark());
        QCOMPARE(chart.series.size(), 3);
        QVERIFY(chart.series[0].kind == ChartSeries::Kind::kLimit && chart.series[0].name == QStringLiteral("b limit") && chart.series[0].values.last() == 9);
        QVERIFY(chart.series[1].kind == ChartSeries::Kind::kArea && chart.series[1].rank == 0 && chart.series[2].rank == 1);
        QCOMPARE(chart.series[1].name, QStringLiteral("host 1"));   // what all series say is dropped, whatever the limit is called
    }
    // Where the number is the end of a course, what was the worst: the least where the thresholds say that low is bad.
    void theWorstBesideTheEnd_data() {
        QTest::addColumn<QString>("calculation");
        QTest::addColumn<QStringList>("colours");
        QTest::addColumn<QVector<double>>("values");
        QTest::addColumn<QString>("extreme");
        const QVector<double> course{2, 9, kNoValue, 1, 4};
        QTest::newRow("last") << "lastNotNull" << QStringList{} << course << "max 9.00 s at 00:01";
        QTest::newRow("by default") << "" << QStringList{"green", "red"} << course << "max 9.00 s at 00:01";
        QTest::newRow("low is bad") << "last" << QStringList{"red", "orange", "green"} << course << "min 1.00 s at 00:03";
        QTest::newRow("low is a warning") << "last" << QStringList{"#EAB839", "semi-dark-green"} << course << "min 1.00 s at 00:03";
        QTest::newRow("both ends are bad") << "last" << QStringList{"red", "green", "red"} << course << "max 9.00 s at 00:01";
        QTest::newRow("colours that say nothing") << "last" << QStringList{"blue", "green"} << course << "max 9.00 s at 00:01";
        QTest::newRow("a mean") << "mean" << QStringList{} << course << "";
        QTest::newRow("the end is the worst") << "last" << QStringList{} << QVector<double>{1, 2, 3} << "";
        QTest::newRow("it reads the same") << "last" << QStringList{} << QVector<double>{3.0001, 3} << "";
        QTest::newRow("one value") << "last" << QStringList{} << QVector<double>{3} << "";
        QTest::newRow("none") << "last" << QStringList{} << QVector<double>{kNoValue, kNoValue} << "";
    }
    void theWorstBesideTheEnd() {
        QFETCH(QString, calculation);
        QFETCH(QStringList, colours);
        QFETCH(QVector<double>, values);
        dashboard::Panel panel;
        panel.kind = PanelKind::kStat;
        panel.unit = "s";
        panel.calculation = calculation.toStdString();
        for (const QString& colour : colours)
            panel.thresholds.push_back({panel.thresholds.empty() ? std::nullopt : std::optional(static_cast<double>(panel.thresholds.size())), colour.toStdString()});
        const Theme theme = Theme::light();
        QString extreme = panelFigures(panel, answerOf({{"a", {values.begin(), values.end()}}}), theme, true).front().extreme;
        QTEST(extreme.replace(QChar(0x00A0), QLatin1Char(' ')), "extreme");
        panel.kind = PanelKind::kGauge;
        QVERIFY(panelFigures(panel, answerOf({{"a", {values.begin(), values.end()}}}), theme, true).front().extreme.isEmpty());
    }
    void theWorstOfDaysHasADate() {
        dashboard::Panel panel;
        panel.kind = PanelKind::kStat;
        dashboard::PanelAnswer answer = answerOf({{"a", {1, 9, 4}}});
        answer.range = {0, 3 * kDay};
        answer.step = kDay;
        QVERIFY2(panelFigures(panel, answer, Theme::dark(), true).front().extreme.endsWith(QStringLiteral("1970-01-02 00:00")), qPrintable(panelFigures(panel, answer, Theme::dark(), true).front().extreme));
    }
    void aFieldLooksItsOwnWay() {
        dashboard::Panel panel;
        panel.kind = PanelKind::kBarGauge;
        panel.unit = "s";
        panel.thresholds = {{std::nullopt, "green"}};
        dashboard::PanelAnswer answer = answerOf({{"a", {30}}, {"b", {30}}});
        answer.series[1].look.unit = "percent";
        answer.series[1].look.max = 20;
        answer.series[1].look.colour = "#ff0000";
        const auto figures = panelFigures(panel, answer, Theme::dark(), true);
        QVERIFY(figures[0].text.endsWith(QLatin1Char('s')) && figures[0].beyond == 0 && figures[0].color == Theme::dark().ok);
        QVERIFY(figures[1].text.endsWith(QLatin1Char('%')) && figures[1].beyond == 1 && figures[1].color == QColor(255, 0, 0) && figures[1].high == panelText(looking(panel, answer.series[1].look), 20));
        // A graph has one axis.
        QCOMPARE(panelChart(panel, answer, Theme::dark()).unit, QStringLiteral("s"));
        QVERIFY(!panelChart(panel, answer, Theme::dark()).series[0].color.isValid() && panelChart(panel, answer, Theme::dark()).series[1].color == QColor(255, 0, 0));
        answer.series[0].look.unit = "percent";
        QCOMPARE(panelChart(panel, answer, Theme::dark()).unit, QStringLiteral("%"));
    }
    void decimalsOfScaledUnits() {
        dashboard::Panel panel;
        panel.unit = "watt";
        QCOMPARE(panelText(panel, 12'345), QStringLiteral("12.3\u00A0kW"));
        panel.decimals = 2;
        QCOMPARE(panelText(panel, 12'345), QStringLiteral("12.35\u00A0kW"));
        QCOMPARE(panelText(panel, 484), QStringLiteral("484.00\u00A0W"));
    }
    void beyondTheScale() {
        dashboard::Panel panel;
        panel.kind = PanelKind::kBarGauge;
        panel.min = 10;
        panel.max = 20;
        const auto figures = panelFigures(panel, answerOf({{"a", {25}}, {"b", {20.000000001}}, {"c", {15}}, {"d", {9}}, {"e", {kNoValue}}}), Theme::dark(), true);
        QVector<int> beyond;
        for (const PanelFigure& figure : figures)
            beyond << figure.beyond;
        QCOMPARE(beyond, QVector<int>({1, 0, 0, -1, 0}));
        QVERIFY(figures[0].share == 1 && figures[3].share == 0 && figures[0].text == QStringLiteral("25"));
    }
};

QTEST_APPLESS_MAIN(PanelFigureTest)
#include "panel_figure_test.moc"

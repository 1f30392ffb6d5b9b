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
        answer.series.push_back({name, name.substr(0, 1), values, values.empty() ? std::nan("") : values.back()});
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
        const TimeChartData chart = panelChart(panel, answerOf({{"a host 1", {1, 2}}, {"a host 2", {3, 4}}, {"b limit", {9, 9}}}));
        QCOMPARE(chart.series.size(), 3);
        QVERIFY(chart.series[0].kind == ChartSeries::Kind::kLimit && chart.series[0].name == QStringLiteral("b limit") && chart.series[0].values.last() == 9);
        QVERIFY(chart.series[1].kind == ChartSeries::Kind::kArea && chart.series[1].rank == 0 && chart.series[2].rank == 1);
        QCOMPARE(chart.series[1].name, QStringLiteral("host 1"));   // what all series say is dropped, whatever the limit is called
    }
};

QTEST_APPLESS_MAIN(PanelFigureTest)
#include "panel_figure_test.moc"

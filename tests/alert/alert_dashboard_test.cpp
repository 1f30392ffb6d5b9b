// What the panels of rules show: the side of a comparison that varies, its limit, and where panels stand.
#include "alert/alert_dashboard.h"

#include <QDirIterator>

#include "alert/rule_file.h"
#include "promql/syntax/parser.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::alert;

namespace {

dashboard::Panel panelOf(const char* expr, bool recording = false) {
    Rule rule;
    rule.name = "Rule";
    rule.expr = expr;
    rule.recording = recording;
    RuleGroup group;
    group.rules = {rule};
    return alertDashboard({{group}, {}}, "rules").rows.at(0).panels.at(0);
}

// "A: x | B: y @ 0.9 red": targets, then thresholds behind the first.
QString drawn(const dashboard::Panel& panel) {
    QStringList targets, limits;
    for (const dashboard::Target& target : panel.targets)
        targets << QString::fromStdString(target.refId + ": " + target.expr + (target.hidden ? " (hidden)" : target.limit ? " (limit)" : ""));
    for (size_t i = 1; i < panel.thresholds.size(); ++i)
        limits << QStringLiteral("%1 %2").arg(*panel.thresholds[i].from).arg(QString::fromStdString(panel.thresholds[i].colour));
    return targets.join(QStringLiteral(" | ")) + (limits.isEmpty() ? QString() : QStringLiteral(" @ ") + limits.join(QStringLiteral(", ")));
}

}  // namespace

class AlertDashboardTest : public QObject {
    Q_OBJECT

private slots:
    void showsWhatVaries_data() {
        QTest::addColumn<QString>("expr");
        QTest::addColumn<QString>("shown");
        const auto row = [](const char* name, const char* expr, const char* shown) { QTest::newRow(name) << expr << shown; };
        row("above", "x > 0.9", "A: x @ 0.9 red");
        row("below", "x < 10", "A: x @ 10 red");
        row("constant first", "10 < x", "A: x @ 10 red");
        row("parentheses", "((x / y) * 100) > (80)", "A: (x / y) * 100 @ 80 red");
        row("a bool", "x > bool 3", "A: x @ 3 red");
        row("constants reckoned", "x > 2 * 1024 ^ 2 + -1", "A: x @ 2.09715e+06 red");
        row("an aggregate of a comparison", "count(up == 0) > 2", "A: count(up == 0) @ 2 red");
        row("two comparisons", "x > 1 and y < 5", "A: x | B: y @ 1 red, 5 red");
        row("larger limit first", "x > 5 or y > 1", "A: x | B: y @ 1 red, 5 red");
        row("the same limit twice", "x > 5 or y > 5", "A: x | B: y @ 5 red");
        row("the same side twice", "x > 5 and x < 9", "A: x @ 5 red, 9 red");
        row("three", "x > 1 and y > 2 unless z == 3", "A: x | B: y | C: z @ 1 red, 2 red, 3 red");
        row("what is joined without one", "x and y > 5", "A: x | B: y @ 5 red");
        row("a guard", "x / y * 100 > 90 and y > 0", "A: x / y * 100 | B: y (hidden) @ 90 red");
        row("a guard of three", "(x / y < 0.1 and on (a) z == 0) and on (a) 0 != y", "A: x / y | B: z | C: y (hidden) @ 0 red, 0.1 red");
        row("no guard of a product", "x * y > 90 and y > 0", "A: x * y | B: y @ 0 red, 90 red");
        row("no guard of another", "x / y > 90 and z > 0", "A: x / y | B: z @ 0 red, 90 red");
        row("a side of its own", "x > y", "A: x | B: y (limit)");
        row("a part of another", "x < 0.8 * scalar(y)", "A: x | B: 0.8 * scalar(y) (limit)");
        row("a part of another first", "0.8 * scalar(y) >= x", "A: 0.8 * scalar(y) (limit) | B: x");
        row("two numbers", "scalar(x) > bool scalar(y)", "A: scalar(x) | B: scalar(y) (limit)");
        row("equal to another", "x != y", "A: x | B: y");
        row("a limit that is watched too", "x > y and y > 5", "A: x | B: y @ 5 red");
        row("a limit twice", "x > y or z > y", "A: x | B: y (limit) | C: z");
        row("against the clock", "x < time() - 60", "A: x | B: time() - 60 (limit)");
        row("names joined on", "(x < 10) * on (instance) group_left (nodename) info", "A: x @ 10 red");
        row("names joined on, in brackets", "((x < 10 and y > 1)) + on (instance) info", "A: x | B: y @ 1 red, 10 red");
        row("none", "absent(up)", "A: absent(up)");
        row("arithmetic", "x / y", "A: x / y");
        row("inside a function", "min_over_time((x > 5)[5m:])", "A: min_over_time((x > 5)[5m:])");
        row("constants alone", "1 > bool 0", "A: 1 > bool 0");
        row("infinity", "x < +Inf", "A: x");
    }
    void showsWhatVaries() {
        QFETCH(QString, expr);
        QFETCH(QString, shown);
        const dashboard::Panel panel = panelOf(expr.toUtf8().constData());
        QCOMPARE(drawn(panel), shown);
        QVERIFY(panel.kind == dashboard::PanelKind::kTimeSeries);
        QVERIFY(panel.thresholds.empty() || (!panel.thresholds.front().from && panel.thresholds.size() > 1));
    }
    void showsWhatIsRecorded() { QCOMPARE(drawn(panelOf("sum by (job) (x) > 5", true)), QStringLiteral("A: sum by (job) (x) > 5")); }
    void namesManyTargets() {
        QByteArray expr = "m0 > 1";
        for (int i = 1; i < 29; ++i)
            expr += " or m" + QByteArray::number(i) + " > 1";
        const auto targets = panelOf(expr.constData()).targets;
        QCOMPARE(targets.size(), size_t{29});
        QCOMPARE(targets[25].refId, std::string("Z"));
        QCOMPARE(targets[26].refId, std::string("AA"));
        QCOMPARE(targets[28].refId, std::string("AC"));
    }
    void standsOnTheGrid() {
        RuleSet rules;
        for (const int count : {3, 0, 1}) {
            RuleGroup group;
            group.name = "group of " + std::to_string(count);
            for (int i = 0; i < count; ++i) {
                Rule rule;
                rule.name = "R" + std::to_string(i);
                rule.expr = "x > 1";
                group.rules.push_back(rule);
            }
            rules.groups.push_back(group);
        }
        const dashboard::Dashboard drawn = alertDashboard(rules, "node.yml");
        QCOMPARE(drawn.title, std::string("node.yml"));
        QCOMPARE(drawn.rows.size(), size_t{3});
        QCOMPARE(drawn.rows[0].title, std::string("group of 3"));
        QCOMPARE(drawn.rows[1].panels.size(), size_t{0});
        const auto& panels = drawn.rows[0].panels;
        QVERIFY(panels[0].place == (dashboard::GridPlace{0, 0, 12, 8}));
        QVERIFY(panels[1].place == (dashboard::GridPlace{12, 0, 12, 8}));
        QVERIFY(panels[2].place == (dashboard::GridPlace{0, 8, 12, 8}));
        QVERIFY(drawn.rows[2].panels[0].place == (dashboard::GridPlace{0, 0, 12, 8}));
    }
    void saysWhatItMeans() {
        Rule rule;
        rule.name = "HighLatency";
        rule.expr = "x > 1";
        rule.hold = 5 * kMinute;
        rule.keepFiring = 90 * kSecond;
        rule.annotations = {{"description", "{{ $labels.instance }} is slow."}, {"runbook_url", "http://x"}, {"summary", "Slow"}};
        RuleGroup group;
        group.rules = {rule};
        const dashboard::Dashboard drawn = alertDashboard({{group}, {}}, "");
        QCOMPARE(drawn.rows[0].panels[0].title, std::string("HighLatency"));
        QCOMPARE(drawn.rows[0].panels[0].description,
                 std::string("Slow\n{{ $labels.instance }} is slow.\nFires when it holds for 5m.\nFires for 1m30s after it held last."));
    }
    void drawsWhatCannotBeRead() { QCOMPARE(drawn(panelOf("x >")), QStringLiteral("A: x >")); }
    // Rules as people write them: each has something to draw, and all of it can be evaluated.
    void drawsRealRules() {
        NJ_NEED_SHARED_DATA(folder, "alert-rules");
        size_t panels = 0, limits = 0;
        QDirIterator files(folder, {QStringLiteral("*.yml")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto rules = readRuleFile(file.readAll().toStdString(), file.fileName().toStdString());
            QVERIFY2(rules.ok(), qPrintable(file.fileName()));
            for (const dashboard::Row& row : alertDashboard(*rules, "").rows)
                for (const dashboard::Panel& panel : row.panels) {
                    ++panels;
                    limits += panel.thresholds.size() > 1 ? 1 : 0;
                    QVERIFY2(!panel.targets.empty() && !panel.targets.front().hidden, panel.title.c_str());
                    for (const dashboard::Target& target : panel.targets)
                        QVERIFY2(promql::parseExpression(target.expr).ok(), target.expr.c_str());
                }
        }
        QVERIFY2(panels > 100, qPrintable(QString::number(panels)));
        QVERIFY2(limits > panels / 2, qPrintable(QString::number(limits)));
    }
};

QTEST_APPLESS_MAIN(AlertDashboardTest)
#include "alert_dashboard_test.moc"

// The rules of a file by what they did: the order, the courses beside the panels, and what is folded because its series are not there.
#include "models/rule_board.h"

#include "qt_test.h"

using namespace nj;
using namespace nj::ui;

namespace {

// "group: alert, alert", each on two columns.
dashboard::Dashboard rulesOf(const QStringList& groups) {
    dashboard::Dashboard board;
    for (const QString& group : groups) {
        dashboard::Row& row = board.rows.emplace_back();
        row.title = group.section(QStringLiteral(": "), 0, 0).toStdString();
        for (const QString& name : group.section(QStringLiteral(": "), 1).split(QStringLiteral(", "))) {
            const int place = static_cast<int>(row.panels.size());
            dashboard::Panel& panel = row.panels.emplace_back();
            panel.title = name.toStdString();
            panel.place = {place % 2 * 12, place / 2 * 8, 12, 8};
        }
    }
    return board;
}

query::AlertCourse course(const char* name, const char* did = "") {
    query::AlertCourse one;
    one.name = name;
    one.expression = std::string(name) + " > 1";
    const QString text = QString::fromLatin1(did);
    if (text == QLatin1String("fired"))
        one.firing = {{10, 20}};
    else if (text == QLatin1String("pending"))
        one.pending = {{10, 20}};
    else
        one.absence = did;
    return one;
}

// "group: a@0,0 b@12,0"
QStringList drawn(const RuleBoard& rules) {
    QStringList out;
    for (const dashboard::Row& row : rules.board.rows) {
        QStringList panels;
        for (const dashboard::Panel& panel : row.panels)
            panels << QStringLiteral("%1@%2,%3").arg(QString::fromStdString(panel.title)).arg(panel.place.x).arg(panel.place.y);
        out << QString::fromStdString(row.title) + QStringLiteral(": ") + panels.join(QLatin1Char(' '));
    }
    return out;
}

}  // namespace

class RuleBoardTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatFiredComesFirst() {
        const RuleBoard rules = ruleBoard(rulesOf({QStringLiteral("g: a, b, c, recorded")}), {course("a"), course("b", "pending"), course("c", "fired")});
        QCOMPARE(drawn(rules), QStringList({QStringLiteral("g: c@0,0 b@12,0 a@0,8 recorded@12,8")}));
        QVERIFY(rules.alerts == 3 && rules.fired == 1 && rules.pending == 1 && rules.withoutData.empty());
        QCOMPARE(verdictOf(rules), QStringLiteral("3 alerts: 1 would have fired in this range, 1 only pending"));
        QVERIFY(rules.courses.size() == 4 && rules.courses[0]->name == "c" && !rules.courses[3]);
    }
    void withoutDataIsApart() {
        const RuleBoard rules = ruleBoard(rulesOf({QStringLiteral("g: a, b, c"), QStringLiteral("h: d, e")}),
                                          {course("a", "No series named a."), course("b"), course("c", "fired"), course("d", "No series named d."), course("e", "No series named e.")});
        // The places are those in front; a group that has nothing left is not drawn.
        QCOMPARE(drawn(rules), QStringList({QStringLiteral("g: c@0,0 b@12,0")}));
        QCOMPARE(rules.courses.size(), size_t(2));
        QVERIFY(rules.courses[0]->name == "c" && rules.courses[1]->name == "b");
        QVERIFY(rules.withoutData == std::vector<AlertWithoutData>({{"g", "a", "a > 1", "No series named a."}, {"h", "d", "d > 1", "No series named d."}, {"h", "e", "e > 1", "No series named e."}}));
        QVERIFY(rules.alerts == 5 && rules.fired == 1);
        QCOMPARE(verdictOf(rules), QStringLiteral("5 alerts: 1 would have fired in this range, no data for 3"));
    }
    void oneNameTwice() {
        const RuleBoard rules = ruleBoard(rulesOf({QStringLiteral("g: a, a, b")}), {course("a", "No series named a."), course("a", "fired"), course("b")});
        QCOMPARE(drawn(rules), QStringList({QStringLiteral("g: a@0,0 b@12,0")}));
        QVERIFY(rules.withoutData.size() == 1 && !rules.courses[0]->firing.empty());
    }
    // Courses are not there yet.
    void withoutCourses() {
        const RuleBoard rules = ruleBoard(rulesOf({QStringLiteral("g: a, b")}), {});
        QCOMPARE(drawn(rules), QStringList({QStringLiteral("g: a@0,0 b@12,0")}));
        QVERIFY(rules.alerts == 0 && rules.withoutData.empty());
    }
};

QTEST_APPLESS_MAIN(RuleBoardTest)
#include "rule_board_test.moc"

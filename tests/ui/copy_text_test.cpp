// Copies of tables in every form, hostile text included; the rows of a query in their file; charts made of rows; completion of SQL.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "models/sql_result.h"
#include "qt_test.h"
#include "state/copy_text.h"
#include "state/view_link.h"
#include "views/sql_pictures.h"
#include "widgets/picture_copy.h"
#include "widgets/sql_editor.h"

using namespace nj;
using namespace nj::ui;
using Type = query::SqlCell::Type;

namespace {

query::SqlCell integer(int64_t value) { return {Type::kInteger, value, static_cast<double>(value), {}}; }
query::SqlCell text(const char* value) { return {Type::kText, 0, 0, value}; }

CopyTable hostile() {
    return {QStringLiteral("a | b"),
            {QStringLiteral("name, \"quoted\""), QStringLiteral("n")},
            {false, true},
            {{QStringLiteral("=cmd|' /C calc'!A0"), QStringLiteral("-1.5")}, {QStringLiteral("a\"b\n<img src=x>|`c`"), QString()}}};
}

}  // namespace

class CopyTextTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void csv() {
        QCOMPARE(copyText(hostile(), CopyForm::kCsv), QStringLiteral("\"name, \"\"quoted\"\"\",n\r\n'=cmd|' /C calc'!A0,-1.5\r\n\"a\"\"b\n<img src=x>|`c`\",\r\n"));
    }
    void json() {
        const QJsonArray rows = QJsonDocument::fromJson(copyText(hostile(), CopyForm::kJson).toUtf8()).array();
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[0].toObject().value(QStringLiteral("n")).toDouble(), -1.5);
        QCOMPARE(rows[1].toObject().value(QStringLiteral("name, \"quoted\"")).toString(), QStringLiteral("a\"b\n<img src=x>|`c`"));
        QVERIFY(rows[1].toObject().value(QStringLiteral("n")).isNull());
        QVERIFY(QJsonDocument::fromJson(copyText({}, CopyForm::kJson).toUtf8()).isArray());
    }
    void markdown() {
        const QString table = copyText(hostile(), CopyForm::kMarkdown);
        QVERIFY(table.startsWith(QStringLiteral("a \\| b\n\n| name, \"quoted\" | n |\n|---|---:|\n")));
        QCOMPARE(table.count(QLatin1Char('\n')), 6);   // no cell breaks its row
        QVERIFY(table.contains(QStringLiteral("\\<img")) && !table.contains(QStringLiteral(" <img")));   // escaped: text, not markup
    }
    void shell() { QCOMPARE(shellQuoted(QStringLiteral("it's $HOME")), QStringLiteral("'it'\\''s $HOME'")); }
    void chartAsTable() {
        TimeChartData data;
        data.from = kHour;
        data.width = kMinute;
        data.unit = QStringLiteral("s");
        ChartSeries columns, points;
        columns.name = QStringLiteral("a");
        columns.values = {1, kNoValue};
        points.name = QStringLiteral("b");
        points.points = {{kHour, 7}, {kHour + 2 * kMinute, 8}};
        data.series = {columns, points};
        const CopyTable table = chartTable(data);
        QCOMPARE(table.columns, QStringList({QStringLiteral("time"), QStringLiteral("a (s)"), QStringLiteral("b (s)")}));
        QCOMPARE(table.rows.size(), 3);
        QCOMPARE(table.rows[0], QStringList({QStringLiteral("1970-01-01T01:00:00.000Z"), QStringLiteral("1"), QStringLiteral("7")}));
        QCOMPARE(table.rows[1][1], QString());   // a gap stays one
        QCOMPARE(table.rows[2][2], QStringLiteral("8"));
    }
    void pictureHasItsCaption() {
        QWidget widget;
        widget.resize(200, 100);
        QCOMPARE(pictureWithCaption(widget, {}, Theme::dark(), 2).size(), QSize(400, 200));
        QVERIFY(pictureWithCaption(widget, QStringLiteral("range and query"), Theme::dark(), 2).height() > 200);
    }

    void rowsComeBackAsTheyWent() {
        SqlResult result;
        result.setColumns({"n", "text"});
        const std::string large(3 << 20, 'x');
        for (int64_t i = 0; i < 5000; ++i)
            QVERIFY(result.append({integer(i), i == 2500 ? query::SqlCell{Type::kText, 0, 0, large} : i % 7 == 0 ? query::SqlCell{} : text("value")}));
        QCOMPARE(result.rows(), qint64(5000));
        for (const qint64 row : {qint64(0), qint64(127), qint64(128), qint64(2500), qint64(2501), qint64(4999)}) {
            const auto block = result.block(row);
            QVERIFY(block.ok());
            const SqlRow& found = block->rows[static_cast<size_t>(row - block->first)];
            QCOMPARE(found[0].integer, int64_t(row));
            QCOMPARE(found[1].text.size(), row == 2500 ? large.size() : row % 7 == 0 ? 0 : size_t(5));
        }
        QVERIFY(result.block(5000)->rows.empty());
        int64_t next = 0;
        QVERIFY(result.forEach([&](const SqlRow& row) { return row[0].integer == next++; }).ok());
        QCOMPARE(next, int64_t(5000));
    }
    void timesOfAnyUnit() {
        const TimeNs when = 1'773'745'092 * kSecond;
        QCOMPARE(*sqlTime(integer(when)), when);
        QCOMPARE(*sqlTime(integer(when / kMillisecond)), when);
        QCOMPARE(*sqlTime(integer(when / kSecond)), when);
        QCOMPARE(*sqlTime(text("2026-03-17 10:58:12")), when);
        QVERIFY(!sqlTime(integer(504)));
        QVERIFY(!sqlTime(text("gateway")));
    }
    void chartsOfRows() {
        const int64_t t = 1'773'745'092;
        const std::vector<SqlRow> wide = {{integer(t + 60), integer(2), text("x")}, {integer(t), integer(1), text("y")}};
        const auto chart = sqlChart({QStringLiteral("t"), QStringLiteral("n"), QStringLiteral("s")}, wide);
        QVERIFY(chart.has_value());
        QCOMPARE(chart->data.series.size(), 1);
        QCOMPARE(chart->data.series[0].points.front().second, 1.0);   // in order of time
        const std::vector<SqlRow> tall = {{integer(t), text("a"), integer(1)}, {integer(t), text("b"), integer(2)}, {integer(t + 1), text("a"), integer(3)}};
        QCOMPARE(sqlChart({QStringLiteral("t"), QStringLiteral("who"), QStringLiteral("n")}, tall)->data.series.size(), 2);
        QVERIFY(!sqlChart({QStringLiteral("s"), QStringLiteral("n")}, {{text("a"), integer(1)}, {text("b"), integer(2)}}));
    }
    void sqlCompletion() {
        const Theme theme = Theme::dark();
        SqlEditor editor(theme);
        editor.setTables({{"spans", {{"duration_nano", "INTEGER", false}, {"gen_ai.request.model", "", true}, {"group", "", true}}}});
        editor.show();
        QTest::keyClicks(&editor, QStringLiteral("SELECT request"));
        QVERIFY(editor.completions().contains(QStringLiteral("\"gen_ai.request.model\"")));
        QCOMPARE(sqlName(QStringLiteral("group")), QStringLiteral("\"group\""));
        QCOMPARE(sqlName(QStringLiteral("a\"b")), QStringLiteral("\"a\"\"b\""));
        editor.setPlainText(QStringLiteral("SELECT 'ä',\n nothing"));
        QCOMPARE(editor.placeText(14), QStringLiteral("line 2, column 2"));   // a byte, not a character
        editor.markError(14);
        QCOMPARE(editor.extraSelections().size(), 1);
        QTest::keyClicks(&editor, QStringLiteral("x"));
        QVERIFY(editor.extraSelections().isEmpty());
    }
};

QTEST_MAIN(CopyTextTest)
#include "copy_text_test.moc"

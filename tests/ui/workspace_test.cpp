// The shared workspace: history, filters, baselines, what a person types as a time.
#include <QSignalSpy>

#include "qt_test.h"
#include "state/masking.h"
#include "state/time_text.h"
#include "state/workspace.h"
#include "theme/number_format.h"
#include "widgets/filter_terms.h"

using namespace nj;
using namespace nj::ui;

Q_DECLARE_METATYPE(nj::TimeRange)

namespace {

constexpr TimeNs kNoon = 1'773'662'400 * kSecond;   // 2026-03-16T12:00Z
constexpr TimeRange kAll{kNoon, kNoon + kDay};
constexpr TimeRange kShown{kNoon + 21 * kHour + 30 * kMinute, kNoon + 23 * kHour + 50 * kMinute};   // 17th 09:30–11:50

}  // namespace

class WorkspaceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rangesAndFiltersShareOneHistory() {
        Workspace workspace;
        QSignalSpy ranges(&workspace, &Workspace::rangeChanged), filters(&workspace, &Workspace::filterChanged);
        workspace.setRange(kAll);
        QVERIFY2(!workspace.undo().canUndo(), "the first range is where the history begins");
        workspace.setRange(kShown);
        QVERIFY(workspace.setFilterText(QStringLiteral("service:chat")));
        QCOMPARE(ranges.count(), 2);
        QCOMPARE(filters.count(), 1);
        workspace.undo().undo();
        QCOMPARE(workspace.filterText(), QString());
        QCOMPARE(workspace.range(), kShown);
        workspace.undo().undo();
        QCOMPARE(workspace.range(), kAll);
        workspace.undo().redo();
        workspace.undo().redo();
        QCOMPARE(workspace.filterText(), QStringLiteral("service:chat"));
        QCOMPARE(workspace.range(), kShown);
    }
    void sameValuesAreNoChange() {
        Workspace workspace;
        workspace.setRange(kAll);
        QSignalSpy ranges(&workspace, &Workspace::rangeChanged), cursors(&workspace, &Workspace::cursorChanged), selections(&workspace, &Workspace::selectionChanged);
        workspace.setRange(kAll);
        workspace.setRange({5, 5});
        workspace.setRange({9, 2});
        workspace.setCursor(7);
        workspace.setCursor(7);
        workspace.setSelection({Selection::Kind::kLog, 3, {}, {}});
        workspace.setSelection({Selection::Kind::kLog, 3, {}, {}});
        QCOMPARE(ranges.count(), 0);
        QCOMPARE(cursors.count(), 1);
        QCOMPARE(selections.count(), 1);
        QCOMPARE(workspace.undo().count(), 0);
    }
    void aWrongFilterChangesNothing() {
        Workspace workspace;
        QVERIFY(workspace.setFilterText(QStringLiteral("status:error")));
        QString error;
        QVERIFY(!workspace.setFilterText(QStringLiteral("status:(error"), &error));
        QVERIFY(!error.isEmpty());
        QCOMPARE(workspace.filterText(), QStringLiteral("status:error"));
    }
    void anEmptyBaselineIsNone() {
        Workspace workspace;
        workspace.setBaseline(TimeRange{4, 4}, false);
        QVERIFY(!workspace.baseline());
    }
    void servicesKeepTheirRank() {
        Workspace workspace;
        query::CapsuleInfo info;
        info.services = {"gateway", "chat"};
        workspace.setInfo(info);
        QCOMPARE(workspace.serviceRank(QStringLiteral("chat")), 1);
        const int other = workspace.serviceRank(QStringLiteral("late"));
        QVERIFY(other >= 2);
        QVERIFY(workspace.serviceRank(QStringLiteral("later")) != other);
        QCOMPARE(workspace.serviceRank(QStringLiteral("late")), other);
    }

    void rangeTexts_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");   // editableRangeText in UTC
        QTest::newRow("all") << "all" << "2026-03-16 12:00..2026-03-17 12:00";
        QTest::newRow("incident") << "Incident" << "2026-03-17 10:46..11:31";
        QTest::newRow("clocks") << "10:40..11:30" << "2026-03-17 10:40..11:30";
        QTest::newRow("clocks, dash") << "10:40 - 11:30" << "2026-03-17 10:40..11:30";
        QTest::newRow("clocks, to") << "9:40 to 11:30" << "2026-03-17 09:40..11:30";
        QTest::newRow("over midnight") << "23:30..00:30" << "2026-03-17 23:30..2026-03-18 00:30";
        QTest::newRow("seconds") << "10:40:05..10:40:06.5" << "2026-03-17 10:40:05..10:40:06.500";
        QTest::newRow("dates") << "2026-03-16 23:00..2026-03-17 01:00" << "2026-03-16 23:00..2026-03-17 01:00";
        QTest::newRow("date and clock") << "2026-03-16 23:00..23:30" << "2026-03-16 23:00..23:30";
        QTest::newRow("zone") << "2026-03-17T03:00-07:00 +15m" << "2026-03-17 10:00..10:15";
        QTest::newRow("plus or minus") << "2026-03-17T10:57Z ±5m" << "2026-03-17 10:52..11:02";
        QTest::newRow("last") << "15m" << "2026-03-17 11:45..12:00";
        QTest::newRow("last, in words") << "last 1h" << "2026-03-17 11:00..12:00";
        QTest::newRow("now is the end of the data") << "now-1h" << "2026-03-17 11:00..12:00";
        QTest::newRow("from now to now") << "now-2h to now-1h" << "2026-03-17 10:00..11:00";
        QTest::newRow("rounded") << "now/d" << "2026-03-17 00:00..12:00";
        QTest::newRow("an instant") << "2026-03-17T10:57:00Z" << "2026-03-17 10:52..11:02";
        QTest::newRow("unix seconds") << "1773745020" << "2026-03-17 10:52..11:02";
        QTest::newRow("unix ms") << "1773745020000" << "2026-03-17 10:52..11:02";
        QTest::newRow("unix ns") << "1773745020000000000" << "2026-03-17 10:52..11:02";
    }
    void rangeTexts() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const TimeRange incident{kNoon + 22 * kHour + 46 * kMinute, kNoon + 23 * kHour + 31 * kMinute};
        const auto range = parseRangeText(text, {kAll, kShown, incident, true});
        QVERIFY2(range.ok(), range.ok() ? "" : range.error().message.c_str());
        QCOMPARE(editableRangeText(*range, true), expected);
        const auto again = parseRangeText(editableRangeText(*range, true), {kAll, kShown, incident, true});
        QVERIFY(again.ok());
        QCOMPARE(*again, *range);
    }
    void wrongRangeTexts_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "yesterday", "10:40..", "..", "now+", "25:00..26:00", "2026-03-17T11:00Z..2026-03-17T10:00Z", "service:chat"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void wrongRangeTexts() {
        QFETCH(QString, text);
        const auto range = parseRangeText(text, {kAll, kShown, {}, true});
        QVERIFY(!range.ok());
        QVERIFY(!range.error().message.empty());
    }

    void numbers_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QString>("expected");
        QTest::newRow("ms") << 0.0382 << "s" << "38.2 ms";
        QTest::newRow("s") << 1.4249 << "s" << "1.42 s";
        QTest::newRow("from ns") << 29.9e9 << "ns" << "29.9 s";
        QTest::newRow("rounds up a digit") << 9.996 << "s" << "10.0 s";
        QTest::newRow("next unit") << 0.99996 << "s" << "1.00 s";
        QTest::newRow("round, as measured") << 30.0 << "s" << "30.0 s";
        QTest::newRow("bytes") << 4.1 * 1073741824 << "By" << "4.10 GiB";
        QTest::newRow("share") << 0.126 << "ratio" << "13 %";
        QTest::newRow("big") << 38'210.0 << "/s" << "38.2 k/s";
        QTest::newRow("count") << 1900.0 << "" << "1,900";
        QTest::newRow("annotation") << 64.0 << "{request}" << "64";
        QTest::newRow("nothing") << std::nan("") << "s" << "–";
    }
    void numbers() {
        QFETCH(double, value);
        QFETCH(QString, unit);
        QFETCH(QString, expected);
        QString text = formatValue(value, unit);
        text.replace(QChar(0x00A0), QLatin1Char(' '));
        if (unit == u"/s")
            text.remove(QLatin1String(" /")).replace(QLatin1String("k/s"), QLatin1String("k/s"));
        QCOMPARE(text, expected);
    }
    void factors() {
        QCOMPARE(formatFactor(0, 5), QStringLiteral("new"));
        QCOMPARE(formatFactor(5, 0), QStringLiteral("gone"));
        QCOMPARE(formatFactor(0, 0), QStringLiteral("–"));
        QCOMPARE(formatFactor(2, 5).remove(QChar(0x00A0)), QStringLiteral("×2.5"));
        QCOMPARE(formatFactor(100, 41).remove(QChar(0x00A0)), QStringLiteral("×0.41"));
    }

    void termsOfAFilter() {
        const auto terms = filterTerms(QStringLiteral("service:chat (a OR b) -\"health check\" OR dur:>2s"));
        QStringList texts;
        for (const FilterTerm& term : terms)
            texts.append(term.text);
        QCOMPARE(texts, QStringList({QStringLiteral("service:chat"), QStringLiteral("(a OR b)"), QStringLiteral("-\"health check\""), QStringLiteral("OR"), QStringLiteral("dur:>2s")}));
        QCOMPARE(withoutTerm(QStringLiteral("a b c"), 1), QStringLiteral("a c"));
        QCOMPARE(withoutTerm(QStringLiteral("a OR b"), 2), QStringLiteral("a"));
        QCOMPARE(withoutTerm(QStringLiteral("a OR b"), 0), QStringLiteral("b"));
        QCOMPARE(withoutTerm(QStringLiteral("\"unfinished quote"), 0), QString());
        const auto spot = completionSpot(QStringLiteral("status:error -serv"), 18);
        QCOMPARE(spot.prefix, QStringLiteral("serv"));
        QCOMPARE(spot.from, 14);
        const auto value = completionSpot(QStringLiteral("service:ch"), 10);
        QCOMPARE(value.key, QStringLiteral("service"));
        QCOMPARE(value.prefix, QStringLiteral("ch"));
    }
    void idsAreRecognised() {
        QVERIFY(looksLikeId(QStringLiteral("7b1f4ce26be853a1e07c42b9d8d85e16")));
        QVERIFY(looksLikeId(QStringLiteral(" chatcmpl-8b1f04d2 ")));
        QVERIFY(!looksLikeId(QStringLiteral("deadline")));
        QVERIFY(!looksLikeId(QStringLiteral("status:504")));
        QVERIFY(!looksLikeId(QStringLiteral("504")));
    }

    void messageContents_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<bool>("masked");
        for (const char* key : {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.prompt", "gen_ai.prompt.0.content", "gen_ai.completion.0.content", "llm.input_messages.0.message.content",
                                "llm.output_messages", "input.value", "output.value", "gen_ai.system_instructions", "gen_ai.tool.call.arguments"})
            QTest::newRow(key) << QByteArray(key) << true;
        for (const char* key : {"gen_ai.request.model", "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", "gen_ai.prompt.0.role", "http.route", "service.name", "gen_ai.response.id", "input.mime_type"})
            QTest::newRow(key) << QByteArray(key) << false;
    }
    void messageContents() {
        QFETCH(QByteArray, key);
        QFETCH(bool, masked);
        QCOMPARE(isMessageContent(key.toStdString()), masked);
    }
};

QTEST_MAIN(WorkspaceTest)
#include "workspace_test.moc"

// What laying out the text of a stranger costs: layouts ask a widget for its size many times over, and each asking must stay cheap.
#include <QString>
#include <ctime>

#include "qt_test.h"
#include "theme/theme.h"
#include "widgets/plain_label.h"
#include "widgets/story_line.h"

using namespace nj::ui;

namespace {

constexpr int kAskings = 5000;

// Processor time of this thread, so that a busy machine does not make the test fail.
template <typename Ask>
double milliseconds(Ask ask) {
    const auto now = [] {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
    };
    ask();   // the first loads fonts
    const double before = now();
    for (int i = 0; i < kAskings; ++i)
        ask();
    return now() - before;
}

QString accents(qsizetype n) { return QLatin1Char('a') + QString(QChar(0x0301)).repeated(n); }

}  // namespace

class PlainTextCostTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void storyLine() {
        const Theme theme = Theme::dark();
        StoryLine line(theme);
        line.setStory(QStringLiteral("▲"), QStringLiteral("error"), {{accents(150), {}}, {QStringLiteral("failed with"), {}}, {QString(QStringLiteral("💩")).repeated(70), {}}}, accents(1'000'000));
        QVERIFY(line.accessibleName().size() <= kCellCharacters);
        const int wide = line.heightForWidth(4000), narrow = line.heightForWidth(200);
        QVERIFY2(narrow > wide, "it wraps");
        const double took = milliseconds([&] { static_cast<void>(line.heightForWidth(900)); });
        QVERIFY2(took < 150, qPrintable(QString::number(took)));
    }
    void elidedLabel() {
        PlainLabel label;
        label.setElided(true);
        label.setPlain(accents(4000));
        const double took = milliseconds([&] { static_cast<void>(label.sizeHint()); static_cast<void>(label.minimumSizeHint()); });
        QVERIFY2(took < 150, qPrintable(QString::number(took)));
        QCOMPARE(label.plain(), accents(4000));
    }
    void cutForLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("line");
        QTest::newRow("short") << QStringLiteral("a\nb") << QStringLiteral("a b");
        QTest::newRow("whole") << QString(kLineCharacters, QLatin1Char('x')) << QString(kLineCharacters, QLatin1Char('x'));
        QTest::newRow("long") << QString(kLineCharacters, QLatin1Char('x')) + QStringLiteral("end")
                              << QString(kLineCharacters / 2, QLatin1Char('x')) + QStringLiteral("…") + QString(kLineCharacters / 2 - 4, QLatin1Char('x')) + QStringLiteral("end");
    }
    void cutForLine() {
        QFETCH(QString, text);
        QTEST(nj::ui::cutForLine(text), "line");
    }
    // The end of a long text is out of sight, so the tool tip has it.
    void cutLabelSaysMore() {
        PlainLabel label;
        label.setElided(true);
        label.resize(10'000, 20);
        label.setPlain(QString(kLineCharacters, QChar(0x2009)) + QStringLiteral("end"));
        QVERIFY(!label.toolTip().isEmpty());
        label.setPlain(QStringLiteral("short"));
        QVERIFY(label.toolTip().isEmpty());
    }
};

QTEST_MAIN(PlainTextCostTest)
#include "plain_text_cost_test.moc"

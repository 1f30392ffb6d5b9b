// The Errors view over the fake capsule: what it says first, what a bar, a brush, a key and a button do.
#include <QAbstractItemModelTester>
#include <QPushButton>

#include "models/error_pictures.h"
#include "qt_test.h"
#include "support/fake_backend.h"
#include "theme/number_format.h"
#include "views/error_group_panel.h"
#include "views/errors_view.h"
#include "widgets/error_group_table.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::ui;
using nj::test::FakeBackend;
using nj::test::FakeScript;

namespace {

struct Fixture {
    std::shared_ptr<FakeScript> script = std::make_shared<FakeScript>();
    Theme theme = Theme::dark();
    Workspace workspace;
    QueryRunner queries{[s = script]() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new FakeBackend(s)); }};
    std::unique_ptr<ErrorsView> view;
    explicit Fixture(TimeRange range = FakeBackend::incident()) {
        FakeBackend backend;
        workspace.setInfo(*backend.info({}));
        workspace.setAll(FakeBackend::all());
        workspace.setBaseline(TimeRange{FakeBackend::incident().from - 9 * kHour, FakeBackend::incident().from}, false);
        workspace.setRange(range);
        view = std::make_unique<ErrorsView>(ViewContext{workspace, queries, theme});
        view->resize(1400, 840);
    }
    void show() {
        view->show();
        QTRY_VERIFY_WITH_TIMEOUT(view->settled(), 20'000);
    }
};

query::Failure group(const char* kind, uint64_t count, uint64_t baseline) {
    query::Failure made;
    made.kind = kind;
    made.text = "text";
    made.service = "gateway";
    made.count = count;
    made.baselineCount = baseline;
    made.expected = static_cast<double>(baseline);
    made.perColumn = {static_cast<uint32_t>(count), 0};
    made.first = 0;
    made.last = kMinute - 1;
    made.signal = Signal::kLog;
    return made;
}

QPoint middleOfBar(const TimeChart& chart, int series) {
    const QVector<QRectF>& bars = chart.geometryOfPlot().series[series].bars;
    const auto tallest = std::max_element(bars.begin(), bars.end(), [](const QRectF& a, const QRectF& b) { return a.height() < b.height(); });
    return tallest->center().toPoint();
}

}  // namespace

class ErrorsViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysWhatIsNewFirst() {
        Fixture f;
        f.show();
        QVERIFY2(f.view->summary().startsWith(QStringLiteral("One new error: 504 first byte deadline exceeded on vllm-a")), qPrintable(f.view->summary()));
        QCOMPARE(QString::fromStdString(f.view->groups().group(0).kind), QStringLiteral("HTTP 504"));
        // The scanner's 404s are more, one client's, muted and last.
        const int last = f.view->groups().rowCount() - 1;
        QCOMPARE(QString::fromStdString(f.view->groups().group(last).kind), QStringLiteral("HTTP 404 NR"));
        QVERIFY(f.view->groups().isMuted(last));
        QVERIFY(f.view->groups().group(last).count > f.view->groups().group(0).count);
        // Neither muted errors nor those another layer tells again are in the picture; the muted stretch is hatched.
        QCOMPARE(static_cast<int>(f.view->chart().data().series.size()), last);
        QCOMPARE(f.view->chart().data().marks.hatches.size(), 1);
        QCOMPARE(f.view->shareChart().data().series.size(), 1);
        QVERIFY(f.view->groupPanel().sentence().contains(QStringLiteral("requests finally failed")));
    }

    void theModelIsAModel() {
        const Theme theme = Theme::dark();
        ErrorGroupModel model(theme);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        ErrorGroupModel::Shown shown;
        shown.groups = {group("HTTP 504", 10, 0), group("HTTP 500", 30, 30)};
        shown.baseline = TimeRange{-kHour, 0};
        model.setShown(shown);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.cell(0, ErrorGroupModel::kRatio).first, QStringLiteral("new"));
        model.sort(ErrorGroupModel::kCount, Qt::DescendingOrder);
        QCOMPARE(model.group(0).count, 30ULL);
        model.sort(ErrorGroupModel::kGroup, Qt::DescendingOrder);   // back to the answer's order
        QCOMPARE(model.group(0).count, 10ULL);
        shown.groups.clear();
        model.setShown(shown);
        QCOMPARE(model.rowCount(), 0);
    }

    void aBarIsolatesItsGroup() {
        Fixture f;
        f.show();
        TimeChart& chart = f.view->chart();
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, middleOfBar(chart, 0));
        QSet<int> others;
        for (int series = 1; series < chart.data().series.size(); ++series)
            others.insert(series);
        QVERIFY(!others.isEmpty());
        QCOMPARE(chart.hidden(), others);
        QCOMPARE(f.view->table().currentRow(), 0);
        QTest::keyClick(f.view.get(), Qt::Key_Escape);
        QVERIFY(chart.hidden().isEmpty());
    }

    void keysGoThroughTheGroups() {
        Fixture f;
        f.show();
        QCOMPARE(f.view->table().currentRow(), 0);
        QTest::keyClick(&f.view->table(), Qt::Key_E);
        QCOMPARE(f.view->table().currentRow(), 1);
        QTest::keyClick(&f.view->table(), Qt::Key_E, Qt::ShiftModifier);
        QTest::keyClick(&f.view->table(), Qt::Key_E, Qt::ShiftModifier);
        QCOMPARE(f.view->table().currentRow(), 0);   // stays at the end
    }

    void aBrushIsAQuestionForTheTable() {
        Fixture f;
        f.show();
        TimeChart& chart = f.view->chart();
        const uint64_t all = f.view->groups().group(0).count;
        const TimeNs from = FakeBackend::incident().from;
        const QPoint a(static_cast<int>(chart.plotFrame().x(from + 95 * kMinute)), static_cast<int>(chart.plotFrame().plot.center().y()));
        const QPoint b(static_cast<int>(chart.plotFrame().x(from + 105 * kMinute)), a.y());
        QTest::mousePress(chart.viewport(), Qt::LeftButton, {}, a);
        QTest::mouseMove(chart.viewport(), b);
        QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {}, b);
        QVERIFY(chart.brush());
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(f.view->groups().group(0).count < all);
        QCOMPARE(f.workspace.range(), FakeBackend::incident());
        QTest::keyClick(f.view.get(), Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(!chart.brush());
        QCOMPARE(f.view->groups().group(0).count, all);
    }

    void rowsAndTracesOpen() {
        Fixture f;
        f.show();
        QSignalSpy wanted(&f.workspace, &Workspace::viewRequested);
        QTest::keyClick(&f.view->table(), Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toString(), QStringLiteral("logs"));
        QVERIFY(f.workspace.filterText().contains(QStringLiteral("first byte deadline exceeded")));
        auto* trace = f.view->findChild<QPushButton*>(QStringLiteral("errorSampleTrace"));
        QVERIFY(trace);
        QTest::mouseClick(trace, Qt::LeftButton);
        QCOMPARE(wanted.size(), 2);
        QCOMPARE(wanted[1][0].toString(), QStringLiteral("traces"));
        QVERIFY(wanted[1][1].toString().startsWith(QStringLiteral("trace:")));
    }

    void mutingTakesAGroupOutOfThePicture() {
        Fixture f;
        f.show();
        const auto before = f.view->chart().data().series.size();
        auto* mute = f.view->findChild<QPushButton*>(QStringLiteral("errorMute"));
        QVERIFY(mute && mute->isVisible());
        QTest::mouseClick(mute, Qt::LeftButton);
        QCOMPARE(f.view->chart().data().series.size(), before - 1);
        QVERIFY(!f.view->summary().contains(QStringLiteral("One new error")));
        QTest::mouseClick(mute, Qt::LeftButton);
        QCOMPARE(f.view->chart().data().series.size(), before);
    }

    void failuresAndEmptinessSayWhatToDo() {
        Fixture f({0, kHour});
        f.show();
        QVERIFY(!f.view->summary().isEmpty());
        f.script->fail = true;
        f.workspace.setRange(FakeBackend::incident());
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY2(f.view->summary().contains(QStringLiteral("cannot be read")), qPrintable(f.view->summary()));
    }

    void foldingCountsEachFailureOnce() {
        query::FailuresAnswer answer;
        answer.width = kMinute;
        answer.groups = {group("HTTP 504", 10, 0), group("HTTP 504", 4, 0), group("HTTP 500", 3, 0)};
        answer.groups[1].sameAs = 0;
        const query::FailuresAnswer kinds = foldErrors(answer, ErrorSplit::kKind);
        QCOMPARE(kinds.groups.size(), 2U);
        QCOMPARE(kinds.groups[0].count, 10ULL);
        const query::FailuresAnswer services = foldErrors(answer, ErrorSplit::kService);
        QCOMPARE(services.groups.size(), 1U);
        QCOMPARE(services.groups[0].count, 13ULL);
    }

    void theShareIsOfTheAttemptsWhileItLasted() {
        query::FailuresAnswer answer;
        answer.width = kMinute;
        answer.attempts = {40, 1000};
        answer.attemptsTotal = 1040;
        answer.attemptsFromLogs = true;
        answer.groups = {group("HTTP 504", 10, 0)};
        const ErrorsPicture picture{answer, {0, 2 * kMinute}, TimeRange{-kHour, 0}, true, 0.08, {}};
        QCOMPARE(picture.shareOf(answer.groups[0]), 0.25);
        QVERIFY(picture.title().contains(formatShare(0.25)));
        answer.groups[0].signal = Signal::kSpan;   // sampled spans are no share of access logs
        QVERIFY(picture.shareOf(answer.groups[0]) < 0);
    }
};

QTEST_MAIN(ErrorsViewTest)
#include "errors_view_test.moc"

// The trace page over the fake incident with keyboard and mouse: keys of Jaeger's and Perfetto's hands, search, errors, levels, dots of
// logs, copies; and the list with its scatter.
#include <QClipboard>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>

#include "qt_test.h"
#include "support/fake_backend.h"
#include "widgets/inspector_sentence.h"
#include "widgets/trace_copy.h"
#include "widgets/trace_list_panel.h"
#include "widgets/trace_panel.h"

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
    TracePanel panel{theme, workspace, queries};
    Fixture() {
        FakeBackend backend;
        workspace.setInfo(*backend.info({}));
        workspace.setAll(FakeBackend::all());
        workspace.setRange(FakeBackend::incident());
        panel.resize(1200, 800);
        panel.show();
        panel.open(FakeBackend::heroTrace());
        wait();
    }
    void wait() const { QTRY_VERIFY_WITH_TIMEOUT(panel.settled() && queries.idle(), 30'000); }
    WaterfallWidget& waterfall() { return *panel.waterfall(); }
    const query::TraceTree& tree() { return waterfall().layout().tree(); }
    const query::TraceSpan& selected() { return tree().spans[static_cast<size_t>(waterfall().selected())]; }
};

}  // namespace

class TracePanelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysHowMuchIsSampled() {
        Fixture f;
        QVERIFY2(f.panel.factsText().contains(QStringLiteral("sampled")), qPrintable(f.panel.factsText()));
    }
    void keysZoomFocusAndFit() {
        Fixture f;
        const TraceAxis whole = f.waterfall().axis();
        QTest::keyClick(&f.waterfall(), Qt::Key_W);
        QVERIFY(f.waterfall().axis().to - f.waterfall().axis().from < whole.to - whole.from);
        const TraceAxis zoomed = f.waterfall().axis();
        QTest::keyClick(&f.waterfall(), Qt::Key_D);
        QVERIFY(f.waterfall().axis().from > zoomed.from);
        QTest::keyClick(&f.waterfall(), Qt::Key_A, Qt::ShiftModifier);
        QVERIFY(f.waterfall().axis().from <= zoomed.from);
        QTest::keyClick(&f.waterfall(), Qt::Key_S);
        const TimeNs start = f.selected().start, end = f.selected().end;
        QTest::keyClick(&f.waterfall(), Qt::Key_F);
        const TraceAxis focused = f.waterfall().axis();
        QVERIFY(focused.from <= start && focused.to >= end);
        QVERIFY(static_cast<double>(end - start) > 0.7 * static_cast<double>(focused.to - focused.from));
        QTest::keyClick(&f.waterfall(), Qt::Key_F);
        QCOMPARE(f.waterfall().axis().from, whole.from);
        QCOMPARE(f.waterfall().axis().to, whole.to);
    }
    void keysFoldLevels() {
        Fixture f;
        const size_t open = f.waterfall().layout().rows().size();
        QTest::keyClick(&f.waterfall(), Qt::Key_BracketLeft);
        QCOMPARE(f.waterfall().layout().rows().size(), size_t(1));
        QTest::keyClick(&f.waterfall(), Qt::Key_P);
        const size_t one = f.waterfall().layout().rows().size();
        QVERIFY(one > 1);
        QTest::keyClick(&f.waterfall(), Qt::Key_O);
        QCOMPARE(f.waterfall().layout().rows().size(), size_t(1));
        QTest::keyClick(&f.waterfall(), Qt::Key_BracketRight);
        QVERIFY(f.waterfall().layout().rows().size() >= open);
    }
    void searchStepsThroughHits() {
        Fixture f;
        auto* search = f.panel.findChild<QLineEdit*>();
        QTest::keyClicks(search, QStringLiteral("attempt"));
        QTest::keyClick(search, Qt::Key_Return);
        const int first = f.waterfall().selected();
        QVERIFY(QString::fromStdString(f.selected().name).contains(QStringLiteral("attempt")));
        QTest::keyClick(&f.waterfall(), Qt::Key_N);
        QVERIFY(f.waterfall().selected() != first);
        QVERIFY2(f.panel.hitsText().contains(QStringLiteral(" of ")), qPrintable(f.panel.hitsText()));
        QTest::keyClick(&f.waterfall(), Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(f.waterfall().selected(), first);
        QTest::keyClick(&f.waterfall(), Qt::Key_E);
        QCOMPARE(f.selected().status, SpanStatus::kError);
    }
    void aDotIsItsRecord() {
        Fixture f;
        QVERIFY(!f.tree().logs.empty());
        const auto& log = f.tree().logs.front();
        int span = 0;
        for (size_t i = f.tree().spans.size(); i-- > 0;)
            if (f.tree().spans[i].id == log.span)
                span = static_cast<int>(i);
        f.waterfall().select(span);
        const QRect bar = f.waterfall().barRect(f.waterfall().layout().rowOf(span));
        const QPoint dot(static_cast<int>(std::lround(f.waterfall().axis().x(log.time))), bar.bottom() + 3);
        QTest::mouseClick(f.waterfall().viewport(), Qt::LeftButton, {}, dot);
        QCOMPARE(f.workspace.selection().kind, Selection::Kind::kLog);
        QVERIFY(std::any_of(f.tree().logs.begin(), f.tree().logs.end(), [&](const auto& one) { return one.seq == f.workspace.selection().seq; }));
    }
    void copiesInEveryForm() {
        Fixture f;
        FakeBackend backend;
        const auto as = [&](TraceCopy form) { return traceCopy(backend, f.tree(), {form, f.panel.summary(), QStringLiteral("/a b/it's.nightjar"), false}, {}).value(); };
        const QString id = QString::fromStdString(FakeBackend::heroTrace().hex());
        QCOMPARE(as(TraceCopy::kId), id);
        QVERIFY(as(TraceCopy::kMarkdown).contains(QStringLiteral("| span | service |")));
        QCOMPARE(as(TraceCopy::kText).count(QLatin1Char('\n')), static_cast<qsizetype>(f.tree().spans.size()) + 1);
        const QJsonObject json = QJsonDocument::fromJson(as(TraceCopy::kJson).toUtf8()).object();
        QCOMPARE(json.value(QStringLiteral("trace_id")).toString(), id);
        QCOMPARE(json.value(QStringLiteral("spans")).toArray().size(), static_cast<qsizetype>(f.tree().spans.size()));
        const QJsonObject otlp = QJsonDocument::fromJson(as(TraceCopy::kOtlp).toUtf8()).object();
        QVERIFY(!otlp.value(QStringLiteral("resourceSpans")).toArray().isEmpty());
        QCOMPARE(as(TraceCopy::kCommand), QStringLiteral("nightjar trace '/a b/it'\\''s.nightjar' ") + id);
    }
    void aBoxInTheScatterNarrowsTheList() {
        Fixture f;
        TraceListPanel list(f.theme, f.workspace, f.queries);
        list.resize(1200, 800);
        static_cast<QWidget&>(list).show();
        list.refresh();
        QTRY_VERIFY_WITH_TIMEOUT(list.settled(), 30'000);
        const size_t all = list.model().answer().rows.size();
        QVERIFY(all > 3);
        ScatterChart& scatter = list.scatter();
        QCOMPARE(static_cast<size_t>(scatter.data().points.size()), all);
        QTRY_VERIFY(scatter.plotFrame().plot.width() > 100);
        const QRectF plot = scatter.plotFrame().plot;
        const QPoint from = plot.topLeft().toPoint() + QPoint(2, 2), to = (plot.topLeft() + QPointF(plot.width() - 3, plot.height() / 3)).toPoint();
        QTest::mousePress(scatter.viewport(), Qt::LeftButton, {}, from);
        QTest::mouseMove(scatter.viewport(), to);
        QTest::mouseRelease(scatter.viewport(), Qt::LeftButton, {}, to);
        const auto& rows = list.model().answer().rows;
        QVERIFY2(rows.size() < all, qPrintable(QString::number(rows.size())));
        const double least = scatter.plotFrame().valueAt(to.y());
        for (const auto& row : rows)
            QVERIFY(static_cast<double>(row.duration) / 1e9 >= least * 0.99);
        QVERIFY(list.title().contains(QStringLiteral("in the box")));
        QVERIFY(list.hasBox());
        list.clearBox();
        QVERIFY(!list.hasBox());
        QCOMPARE(list.model().answer().rows.size(), all);
    }
    void sentencesNameTheShareAndTheCards() {
        query::TraceSpan span;
        span.end = 60 * kSecond;
        span.stages = {{"queue", 0, 30 * kSecond}, {"prefill", 30 * kSecond, 31 * kSecond}, {"decode", 31 * kSecond, 60 * kSecond}};
        QCOMPARE(spanSentence(span, 90 * kSecond), QStringLiteral("33\u00A0% of the trace in the engine's queue: 30.0 s of 90.0 s"));
        QCOMPARE(numberRanges({3, 0, 1, 2, 6}), QStringLiteral("0–3, 6"));
        QCOMPARE(servedBySentence({{EntityKind::kGpu, "a", "GPU 1"}, {EntityKind::kPod, "p", "p"}, {EntityKind::kGpu, "b", "GPU 0"}}, QStringLiteral("vllm-a")), QStringLiteral("vllm-a → GPU 0–1"));
        QCOMPARE(servedBySentence({}, QStringLiteral("x")), QString());
    }
};

QTEST_MAIN(TracePanelTest)
#include "trace_panel_test.moc"

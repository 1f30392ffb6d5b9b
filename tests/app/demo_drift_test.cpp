// The demo's drift through the real window: what moved with the deploy and what held, driven with mouse and keyboard; and the command.
#include <QTemporaryDir>

#include "demo_truth.h"
#include "models/drift_text.h"
#include "nightjar_process.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "views/drift_trend_panel.h"
#include "views/drift_view.h"
#include "widgets/distribution_chart.h"
#include "widgets/drift_list.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;
using analyze::DriftVerdict;

namespace {

constexpr int kPatience = 60'000;

}  // namespace

class DemoDriftTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        window_->openCapsule(capsule(), [path = capsule().toStdString()] { return query::openCapsuleBackend(path); });
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        showDrift();
    }
    void cleanupTestCase() { window_.reset(); }

    // The trigger's story: prompts, cache, score and groundedness left at the deploy; question, answer and model did not.
    void theStory() {
        const TimeNs deploy = timeOf(demoTruth(QStringLiteral("trigger"), QStringLiteral("at")));
        const query::DriftResult* prompt = result("Prompt tokens");
        QVERIFY(prompt && prompt->verdict == DriftVerdict::kDrifted);
        // A fifth of the requests retrieve nothing and keep their prompts: the whole stands a little below the closed form of the retrieving.
        const double psi = demoTruth(QStringLiteral("trigger"), QStringLiteral("psi")).toDouble();
        QVERIFY2(prompt->statistics.psi > 0.75 * psi && prompt->statistics.psi < 1.1 * psi, qPrintable(QString::number(prompt->statistics.psi)));
        NJ_VERIFY_NEAR(prompt->statistics.ks, demoTruth(QStringLiteral("trigger"), QStringLiteral("ks")).toDouble(), demoTruth(QStringLiteral("trigger"), QStringLiteral("tolerance")).toDouble());
        const QJsonArray medians = demoTruth(QStringLiteral("trigger"), QStringLiteral("promptMedian")).toArray();
        NJ_VERIFY_NEAR(prompt->referenceQuantile[1], medians.at(0).toDouble(), 0.05);
        NJ_VERIFY_NEAR(prompt->currentQuantile[1], medians.at(1).toDouble(), 0.05);
        for (const char* title : {"Prompt tokens", "Prefix cache hit", "Retrieval score"}) {
            const query::DriftResult* moved = result(title);
            QVERIFY2(moved && moved->verdict == DriftVerdict::kDrifted && moved->since, title);
            QVERIFY2(std::abs(*moved->since - deploy) < 2 * kMinute, formatRfc3339(*moved->since, 0).c_str());
        }
        QVERIFY(result("Retrieval score")->scaleChange);
        QVERIFY(!prompt->scaleChange);
        const query::DriftResult* groundedness = result("Groundedness");
        QVERIFY(groundedness && (groundedness->verdict == DriftVerdict::kDrifted || groundedness->verdict == DriftVerdict::kModerate));
        const QJsonArray hit = demoTruth(QStringLiteral("trigger"), QStringLiteral("prefixHit")).toArray();
        NJ_VERIFY_NEAR(result("Prefix cache hit")->referenceQuantile[1], hit.at(0).toDouble(), 0.05);
        NJ_VERIFY_NEAR(result("Prefix cache hit")->currentQuantile[1], hit.at(1).toDouble(), 0.08);
        for (const char* title : {"User query length", "Output tokens", "Model"}) {
            const query::DriftResult* held = result(title);
            QVERIFY2(held && held->verdict == DriftVerdict::kStable && held->statistics.psi < 0.02, title);
        }
        QVERIFY(view()->answer().narrowed);
        QVERIFY(prompt->until && std::abs(*prompt->until - timeOf(demoTruth(QStringLiteral("trigger"), QStringLiteral("rolledBackAt")))) < 3 * kMinute);
        QVERIFY(prompt->window == 15 * kMinute);
    }
    void thePictureSaysIt() {
        QCOMPARE(QString::fromStdString(view()->list().chosen()->feature.title), QStringLiteral("Prompt tokens"));
        QVERIFY2(view()->trend().title().contains(QStringLiteral("deploy")), qPrintable(view()->trend().title()));
        QVERIFY(view()->summary().contains(QStringLiteral("drifted")));
        const DistributionChart& control = view()->controlDistribution();
        QVERIFY(control.data().bins() > 10);
        QVERIFY(std::abs(control.data().referenceMedian / control.data().currentMedian - 1) < 0.05);
        QVERIFY(view()->distribution().data().logarithmic);
    }
    void keysChooseAFeature() {
        DriftList& list = view()->list();
        list.setFocus();
        QTest::keyClick(&list, Qt::Key_Down);
        QCOMPARE(QString::fromStdString(list.chosen()->feature.title), QStringLiteral("Prefix cache hit"));
        QVERIFY(view()->trend().title().startsWith(QStringLiteral("Prefix cache hit")));
        const QRect row = list.visualRect(list.model()->index(list.driftModel().rowOf(result("Model")->feature.id()), 0));
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, row.center());
        QCOMPARE(QString::fromStdString(list.chosen()->feature.title), QStringLiteral("Model"));
        QVERIFY(view()->distribution().data().categorical());
    }
    // A drag over the trend pins that stretch as the workspace's baseline.
    void aDragSetsTheReference() {
        choose("Prompt tokens");
        TimeChart& chart = view()->trend().chart();
        const PlotFrame& frame = chart.plotFrame();
        const TimeRange wanted{timeOf(QJsonValue(QStringLiteral("2026-03-17T04:00:00Z"))), timeOf(QJsonValue(QStringLiteral("2026-03-17T08:00:00Z")))};
        const int y = static_cast<int>(frame.plot.center().y());
        const QPoint from(static_cast<int>(frame.x(wanted.from)), y), to(static_cast<int>(frame.x(wanted.to)), y);
        QTest::mousePress(chart.viewport(), Qt::LeftButton, {}, from);
        QTest::mouseMove(chart.viewport(), (from + to) / 2);
        QTest::mouseMove(chart.viewport(), to);
        QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {}, to);
        QVERIFY(bench().workspace().baselinePinned());
        QVERIFY(std::abs(bench().workspace().baseline()->from - wanted.from) < 5 * kMinute);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(std::abs(view()->answer().reference.to - wanted.to) < 5 * kMinute);
        QVERIFY(result("Prompt tokens")->verdict == DriftVerdict::kDrifted);
    }
    void aBinOpensItsRows() {
        choose("Prompt tokens");
        DistributionChart& chart = view()->distribution();
        int highest = 0;
        for (int i = 1; i < chart.data().bins(); ++i)
            if (chart.data().current[i] > chart.data().current[highest])
                highest = i;
        const TimeRange current = view()->answer().current;
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.layoutOfPlot().bars[highest].center().toPoint());
        QCOMPARE(bench().currentViewId(), QStringLiteral("traces"));
        QVERIFY2(bench().workspace().filterText().contains(QStringLiteral("gen_ai.usage.input_tokens:[")), qPrintable(bench().workspace().filterText()));
        QVERIFY(bench().workspace().range() == current);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        bench().workspace().setFilterText({});
        showDrift();
    }
    void copies() {
        const auto text = [&](DriftCopy form) { return driftCopy(view()->answer(), form); };
        QVERIFY(text(DriftCopy::kCsv).startsWith(QStringLiteral("feature,id,reference_n")));
        QVERIFY(QJsonDocument::fromJson(text(DriftCopy::kJson).toUtf8()).object().value(QStringLiteral("features")).toArray().size() >= 8);
        QVERIFY(text(DriftCopy::kMarkdown).contains(QStringLiteral("| Prompt tokens |")));
    }
    void theCommand() {
        const ProcessResult asked = runNightjar({QStringLiteral("drift"), capsule(), QStringLiteral("--reference"), QStringLiteral("2026-03-17T00:10Z..2026-03-17T09:30Z"),
                                                 QStringLiteral("--current"), QStringLiteral("2026-03-17T10:00Z..2026-03-17T11:30Z"), QStringLiteral("--json")});
        QVERIFY2(asked.exitCode == 0, asked.err.constData());
        const QJsonArray features = QJsonDocument::fromJson(asked.out).object().value(QStringLiteral("features")).toArray();
        QCOMPARE(features.at(0).toObject().value(QStringLiteral("title")).toString(), QStringLiteral("Prompt tokens"));
        QCOMPARE(features.at(0).toObject().value(QStringLiteral("verdict")).toString(), QStringLiteral("drifted"));
        const ProcessResult table = runNightjar({QStringLiteral("drift"), capsule()});
        QVERIFY(table.exitCode == 0 && table.out.contains("▲ drifted") && table.out.contains("● stable"));
        QCOMPARE(runNightjar({QStringLiteral("drift"), capsule(), QStringLiteral("--reference"), QStringLiteral("x")}).exitCode, 2);
        QCOMPARE(runNightjar({QStringLiteral("drift"), capsule(), QStringLiteral("--feature"), QStringLiteral("no such")}).exitCode, 2);
        QCOMPARE(runNightjar({QStringLiteral("drift"), folder_.filePath(QStringLiteral("none.nightjar"))}).exitCode, 1);
    }

private:
    QString capsule() const { return folder_.filePath(QStringLiteral("demo.nightjar")); }
    Workbench& bench() const { return *window_->workbench(); }
    DriftView* view() const { return qobject_cast<DriftView*>(bench().currentView()); }
    void showDrift() {
        bench().showView(QStringLiteral("drift"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && view() && !view()->answer().results.empty(), kPatience);
    }
    const query::DriftResult* result(const char* title) const {
        for (const query::DriftResult& one : view()->answer().results)
            if (one.feature.title == title)
                return &one;
        return nullptr;
    }
    void choose(const char* title) {
        DriftList& list = view()->list();
        list.setCurrentIndex(list.model()->index(list.driftModel().rowOf(result(title)->feature.id()), 0));
    }
    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(DemoDriftTest)
#include "demo_drift_test.moc"

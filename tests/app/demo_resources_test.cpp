// The demo's cause through the Resources view, unasked: GPU 3's clock departs from its peers, from 10:46; GPU 6's Xid is muted. And real
// text of node_exporter through the importer.
#include <QRegularExpression>
#include <QTemporaryDir>
#include <cmath>
#include <fstream>

#include "demo_truth.h"
#include "nightjar_process.h"
#include "query/backend.h"
#include "query/resources.h"

#include "shell/main_window.h"
#include "shell/workbench.h"
#include "views/resources_heat_panel.h"
#include "widgets/inspector.h"
#include "widgets/resource_heatmap.h"
using namespace nj::ui;

using namespace nj;
using namespace nj::test;
using namespace nj::query;

class DemoResourcesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
        auto opened = openCapsuleBackend(capsule().toStdString());
        QVERIFY(opened.ok());
        backend_ = std::move(*opened);
    }

    void theClockOfGpu3DepartsMost_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::newRow("the incident's hours") << "2026-03-17T09:30:00Z" << "2026-03-17T11:50:00Z";
        QTest::newRow("the whole day") << "2026-03-16T12:00:00Z" << "2026-03-17T12:00:00Z";
        QTest::newRow("the morning") << "2026-03-17T06:00:00Z" << "2026-03-17T12:00:00Z";
    }
    void theClockOfGpu3DepartsMost() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        const TimeRange range{timeOf(from), timeOf(to)};
        const auto survey = askResourceSurvey(*backend_, {range, 280, -1}, {});
        QVERIFY(survey.ok());
        QCOMPARE(survey->best, 0);
        const ResourceGrid& best = survey->metrics[0];
        QCOMPARE(best.metric.id, std::string("sm_clock"));
        const ResourceRow& worst = best.rows.at(static_cast<size_t>(best.mostUnlike));
        QCOMPARE(QString::fromStdString(worst.identity.key), demoTruth(QStringLiteral("cause"), QStringLiteral("uuid")).toString());
        QCOMPARE(QString::fromStdString(worst.identity.group), demoTruth(QStringLiteral("cause"), QStringLiteral("replica")).toString());
        const TimeNs at = timeOf(demoTruth(QStringLiteral("cause"), QStringLiteral("at")));
        QVERIFY2(std::abs(worst.departure.stretch.from - at) <= best.width, formatRfc3339(worst.departure.stretch.from, 0).c_str());
        NJ_VERIFY_NEAR(worst.departure.own * worst.ownMaximum, demoTruth(QStringLiteral("cause"), QStringLiteral("toMHz")).toDouble(), 0.05);
        QVERIFY(worst.departure.peersLow > 0.97);
    }
    void eightRowsInTwoReplicasWithTheirMarks() {
        const auto grid = askResourceGrid(*backend_, {"sm_clock", {timeOf(QStringLiteral("2026-03-17T09:30:00Z")), timeOf(QStringLiteral("2026-03-17T11:50:00Z"))}, 280, {}, true}, {});
        QVERIFY(grid.ok());
        QCOMPARE(grid->rows.size(), size_t(8));
        for (size_t i = 0; i < 8; ++i) {
            const ResourceRow& row = grid->rows[i];
            QCOMPARE(row.identity.name, "GPU " + std::to_string(i));
            QCOMPARE(row.identity.host, std::string("gpu-node-07"));
            QCOMPARE(row.identity.group, std::string(i < 4 ? "vllm-a" : "vllm-b"));
            if (i != 3 && i != 6)
                QVERIFY(row.marks.empty());
        }
        QVERIFY(!grid->rows[3].marks.empty());
        QCOMPARE(grid->rows[3].marks[0].kind, ResourceMark::Kind::kThrottle);
        QCOMPARE(grid->rows[6].marks.size(), size_t(1));   // the kernel's line and the gauge are one event
        QCOMPARE(grid->rows[6].marks[0].code, int64_t(63));
        QVERIFY(grid->rows[6].marks[0].severity < 17);
        QVERIFY(std::any_of(grid->rows[5].mean.begin(), grid->rows[5].mean.end(), [](float v) { return std::isnan(v); }));   // the missed scrapes
        QVERIFY(std::none_of(grid->rows[4].mean.begin(), grid->rows[4].mean.end(), [](float v) { return std::isnan(v); }));
    }
    void utilisationHidesIt() {
        const auto grid = askResourceGrid(*backend_, {"utilisation", {timeOf(QStringLiteral("2026-03-17T10:46:00Z")), timeOf(QStringLiteral("2026-03-17T11:31:00Z"))}, 90, {}, true}, {});
        QVERIFY(grid.ok());
        QCOMPARE(grid->mostUnlike, -1);
    }
    void hostsAreThereToo() {
        const auto grid = askResourceGrid(*backend_, {"cpu", {timeOf(QStringLiteral("2026-03-17T09:30:00Z")), timeOf(QStringLiteral("2026-03-17T11:50:00Z"))}, 90, {}, true}, {});
        QVERIFY(grid.ok());
        QCOMPARE(grid->rows.size(), size_t(2));
        for (const ResourceRow& row : grid->rows)
            QVERIFY(row.mean[40] > 0.02F && row.mean[40] < 0.9F);
    }

    // As `curl :9100/metrics` prints it: no instance, one scrape.
    void aScrapeOfNodeExporter() {
        const std::string path = directory_.filePath(QStringLiteral("node.prom")).toStdString();
        std::ofstream(path) << "# HELP node_uname_info Labeled system information as provided by the uname system call.\n# TYPE node_uname_info gauge\n"
                               "node_uname_info{domainname=\"(none)\",machine=\"x86_64\",nodename=\"gpu-12\",release=\"6.8.0-57-generic\",sysname=\"Linux\",version=\"#59-Ubuntu SMP\"} 1\n"
                               "# HELP node_memory_MemAvailable_bytes Memory information field MemAvailable_bytes.\n# TYPE node_memory_MemAvailable_bytes gauge\nnode_memory_MemAvailable_bytes 5.0e+11\n"
                               "# TYPE node_memory_MemTotal_bytes gauge\nnode_memory_MemTotal_bytes 2.0e+12\n"
                               "# TYPE node_filesystem_avail_bytes gauge\nnode_filesystem_avail_bytes{device=\"/dev/nvme0n1p2\",fstype=\"ext4\",mountpoint=\"/\"} 2.5e+11\n"
                               "node_filesystem_avail_bytes{device=\"tmpfs\",fstype=\"tmpfs\",mountpoint=\"/run\"} 0\n"
                               "# TYPE node_filesystem_size_bytes gauge\nnode_filesystem_size_bytes{device=\"/dev/nvme0n1p2\",fstype=\"ext4\",mountpoint=\"/\"} 1.0e+12\n"
                               "node_filesystem_size_bytes{device=\"tmpfs\",fstype=\"tmpfs\",mountpoint=\"/run\"} 1.0e+09\n"
                               "# TYPE node_load1 gauge\nnode_load1 12.5\n# TYPE node_cpu_seconds_total counter\nnode_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 1.2e+06\n";
        const std::string capsule = directory_.filePath(QStringLiteral("node.nightjar")).toStdString();
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), QString::fromStdString(capsule), QString::fromStdString(path)});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        auto backend = openCapsuleBackend(capsule);
        QVERIFY(backend.ok());
        const auto info = (*backend)->info({});
        QVERIFY(info.ok());
        const TimeRange range{info->sampleRange.from - kHour, info->sampleRange.to + kHour};
        const auto survey = askResourceSurvey(**backend, {range, 96, -1}, {});
        QVERIFY(survey.ok());
        const auto valueOf = [&](const std::string& metric) {
            for (const ResourceGrid& grid : survey->metrics)
                if (grid.metric.id == metric)
                    for (const float v : grid.rows.at(0).mean)
                        if (!std::isnan(v))
                            return static_cast<double>(v);
            return -1.0;
        };
        QCOMPARE(valueOf("memory"), 0.75);
        QCOMPARE(valueOf("disk_used"), 0.75);
        QCOMPARE(valueOf("load"), 12.5);
        QCOMPARE(valueOf("cpu"), -1.0);   // one reading of a counter is no rate, and no zero
        QCOMPARE(survey->metrics[0].rows.at(0).identity.name, std::string("gpu-12"));
    }

    void inTheWindow() {
        MainWindow window(ThemeKind::kDark);
        window.resize(1600, 1000);
        window.show();
        window.openCapsule(capsule(), [path = capsule().toStdString()] { return query::openCapsuleBackend(path); });
        QTRY_VERIFY_WITH_TIMEOUT(window.settled(), 60'000);
        Workbench& bench = *window.workbench();
        bench.showView(QStringLiteral("resources"));
        QTRY_VERIFY_WITH_TIMEOUT(window.settled(), 60'000);
        // 1,290 ± 40 of 1,980 MHz, over what the window opens with.
        static const QRegularExpression headline(QStringLiteral("^GPU 3 falls to 6[3-7] % of its own maximum SM clock from 10:46"));
        QVERIFY2(headline.match(bench.currentView()->summary()).hasMatch(), qPrintable(bench.currentView()->summary()));
        auto* map = bench.currentView()->findChild<ResourceHeatmap*>();
        QTest::mouseClick(map->viewport(), Qt::LeftButton, {}, map->rowRect(3).center());
        auto* inspector = window.findChild<Inspector*>();
        QTRY_VERIFY_WITH_TIMEOUT(inspector->isVisible() && inspector->content().title == QStringLiteral("GPU 3"), 60'000);
        QVERIFY2(inspector->sentence().contains(QStringLiteral("falls to")), qPrintable(inspector->sentence()));
        QVERIFY(inspector->copyText(Inspector::CopyForm::kText).contains(QStringLiteral("thermal slowdown")));
    }

private:
    [[nodiscard]] QString capsule() const { return directory_.filePath(QStringLiteral("demo.nightjar")); }
    QTemporaryDir directory_;
    std::unique_ptr<Backend> backend_;
};

QTEST_MAIN(DemoResourcesTest)
#include "demo_resources_test.moc"

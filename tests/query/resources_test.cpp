// Devices out of metrics: names of many exporters, missing apart from zero, who departs from its peers, marks.
#include <cmath>
#include <functional>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/resources.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;

namespace {

constexpr TimeNs kStart = kT0 / kHour * kHour;
constexpr TimeRange kRange{kStart, kStart + 2 * kHour};
constexpr TimeNs kThrottle = kStart + 76 * kMinute;
constexpr DurationNs kScrape = 15 * kSecond;

AttributeList labels(std::initializer_list<std::pair<const char*, std::string>> list) {
    AttributeList out;
    for (const auto& [key, value] : list)
        out.push_back({key, AttributeValue::ofString(value)});
    return out;
}

// One value per scrape; NaN = the scrape is missing.
void add(Batch& batch, const std::string& name, const AttributeList& attributes, const std::function<double(TimeNs)>& value, bool counter = false) {
    const uint32_t series = addSeries(batch, name, attributes);
    batch.series[series].kind = counter ? MetricKind::kCounter : MetricKind::kGauge;
    for (TimeNs t = kRange.from; t < kRange.to; t += kScrape)
        if (const double v = value(t); !std::isnan(v))
            addSample(batch, series, t, v);
}

AttributeList gpu(int index, const std::string& pod = "vllm-a-0") {
    return labels({{"gpu", std::to_string(index)}, {"UUID", "GPU-" + std::to_string(index)}, {"Hostname", "node-7"}, {"pci_bus_id", "00000000:D" + std::to_string(index) + ":00.0"},
                   {"modelName", "NVIDIA H100 80GB HBM3"}, {"exported_pod", pod}, {"pod", "dcgm-exporter-x"}});
}

struct Opened {
    TestCapsule capsule;
    std::unique_ptr<Backend> backend;
    explicit Opened(Batch&& batch) {
        capsule.import(std::move(batch));
        backend = need(openCapsuleBackend(capsule.path()));
    }
    ResourceGrid grid(const std::string& metric, TimeRange range = kRange, int columns = 240) { return need(askResourceGrid(*backend, {metric, range, columns, {}, true}, {})); }
    ResourceSurvey survey(TimeRange range = kRange) { return need(askResourceSurvey(*backend, {range, 96, -1}, {})); }
};

const ResourceRow* rowNamed(const ResourceGrid& grid, const std::string& name) {
    for (const ResourceRow& row : grid.rows)
        if (row.identity.name == name)
            return &row;
    return nullptr;
}

Batch throttledCluster() {
    Batch batch;
    for (int g = 0; g < 6; ++g) {
        const AttributeList id = gpu(g, g < 3 ? "vllm-a-0" : "vllm-b-0");
        add(batch, "DCGM_FI_DEV_SM_CLOCK", id, [g](TimeNs t) { return g == 1 && t >= kThrottle ? 1290.0 + static_cast<double>(t / kScrape % 3) * 15 : g < 3 && t >= kThrottle ? 1950.0 : 1980.0; });
        add(batch, "DCGM_FI_DEV_GPU_TEMP", id, [g](TimeNs t) { return 60.0 + g % 3 + (g == 1 ? 9 : 0) + static_cast<double>(t / kScrape % 2); });
        add(batch, "DCGM_FI_DEV_GPU_UTIL", id, [](TimeNs t) { return 98.0 + static_cast<double>(t / kScrape % 3); });
        add(batch, "DCGM_FI_DEV_CLOCKS_EVENT_REASONS", id, [g](TimeNs t) { return g != 1 || t < kThrottle ? 0.0 : t == kThrottle + 10 * kScrape ? 96.0 : 32.0; });
        add(batch, "DCGM_FI_DEV_XID_ERRORS", id, [g](TimeNs t) { return g == 4 && t >= kStart + 20 * kMinute ? 63.0 : 0.0; });
        add(batch, "DCGM_FI_DEV_FB_USED", id, [](TimeNs) { return 750.0; });
        add(batch, "DCGM_FI_DEV_FB_FREE", id, [](TimeNs) { return 200.0; });
        add(batch, "DCGM_FI_DEV_FB_RESERVED", id, [](TimeNs) { return 50.0; });
    }
    for (const char* pod : {"vllm-a-0", "vllm-b-0"}) {
        const AttributeList id = labels({{"pod", pod}, {"service", std::string(pod).substr(0, 6)}, {"node", "node-7"}, {"model_name", "llama"}, {"engine", "0"}, {"instance", "10.0.0.1:8000"}});
        add(batch, "vllm:kv_cache_usage_perc", id, [pod](TimeNs t) { return pod[5] == 'a' && t > kThrottle ? 0.99 : 0.4; });
        add(batch, "vllm:num_requests_waiting", id, [](TimeNs) { return 0.0; });
    }
    return batch;
}

}  // namespace

class ResourcesTest : public QObject {
    Q_OBJECT
private slots:
    void theThrottledCardIsShownUnasked() {
        Opened o(throttledCluster());
        const ResourceSurvey survey = o.survey();
        QVERIFY(survey.best == 0 && !survey.metrics.empty());
        QCOMPARE(survey.metrics[0].metric.id, std::string("sm_clock"));
        const ResourceGrid grid = o.grid("sm_clock");
        QCOMPARE(grid.rows.size(), size_t(6));
        const ResourceRow& worst = grid.rows.at(static_cast<size_t>(grid.mostUnlike));
        QCOMPARE(worst.identity.name, std::string("GPU 1"));
        QCOMPARE(worst.identity.group, std::string("vllm-a"));
        QCOMPARE(worst.identity.pod, std::string("vllm-a-0"));   // not the exporter's own
        QCOMPARE(worst.departure.stretch.from, kThrottle);
        QVERIFY(!worst.departure.throughout);
        QCOMPARE(worst.ownMaximum, 1980.0);
        QVERIFY(worst.maximumObserved);
        QVERIFY(std::abs(worst.departure.own - 0.66) < 0.01);
        QVERIFY(worst.departure.peersLow > 0.98 && worst.departure.peersHigh <= 1.0);
        // A window inside the slowdown keeps the maximum of the whole capsule.
        QCOMPARE(o.grid("sm_clock", {kThrottle + 10 * kMinute, kRange.to}).rows[1].ownMaximum, 1980.0);
        // Utilisation tells none apart.
        QCOMPARE(o.grid("utilisation").mostUnlike, -1);
        QCOMPARE(o.grid("temperature").rows[1].limit, 87.0);
    }
    void twoPeersSayNotWhichDeparts() {
        Opened o(throttledCluster());
        const ResourceGrid kv = o.grid("kv_cache");
        QCOMPARE(kv.rows.size(), size_t(2));
        QCOMPARE(kv.rows[0].identity.name, std::string("vllm-a"));
        QCOMPARE(kv.mostUnlike, -1);
    }
    void marksTellReasonsAndXids() {
        Opened o(throttledCluster());
        const ResourceGrid grid = o.grid("sm_clock");
        const ResourceRow* hot = rowNamed(grid, "GPU 1");
        QVERIFY(hot && hot->marks.size() == 2);
        QCOMPARE(hot->marks[0].kind, ResourceMark::Kind::kThrottle);
        QCOMPARE(hot->marks[0].time, kThrottle);
        QCOMPARE(hot->marks[0].code, int64_t(0x60));
        QCOMPARE(hot->marks[1].kind, ResourceMark::Kind::kThrottleBurst);
        const ResourceRow* remapped = rowNamed(grid, "GPU 4");
        QVERIFY(remapped && remapped->marks.size() == 1);
        QCOMPARE(remapped->marks[0].code, int64_t(63));
        QCOMPARE(remapped->marks[0].time, kStart + 20 * kMinute);
        QVERIFY(remapped->marks[0].severity < 17);
        QVERIFY(remapped->marks[0].text.find("no action until the next reset") != std::string::npos);
        // The gauge stays: a later window still shows when it was set.
        const ResourceGrid late = o.grid("sm_clock", {kStart + kHour, kRange.to});
        QCOMPARE(rowNamed(late, "GPU 4")->marks.at(0).time, kStart + 20 * kMinute);
    }
    void withoutReasonsSlowdownIsInferredAndSaysSo() {
        Batch batch;
        for (int g = 0; g < 2; ++g) {
            add(batch, "DCGM_FI_DEV_SM_CLOCK", gpu(g), [](TimeNs t) { return t >= kThrottle ? 1290.0 : 1980.0; });
            add(batch, "DCGM_FI_DEV_GPU_UTIL", gpu(g), [g](TimeNs t) { return g == 1 && t >= kThrottle ? 3.0 : 98.0; });   // GPU 1 idles: a low clock is right
        }
        Opened o(std::move(batch));
        const ResourceGrid grid = o.grid("sm_clock");
        QCOMPARE(grid.rows[0].marks.size(), size_t(1));
        QCOMPARE(grid.rows[0].marks[0].kind, ResourceMark::Kind::kInferredThrottle);
        QVERIFY(grid.rows[0].marks[0].text.starts_with("inferred"));
        QVERIFY(std::abs(grid.rows[0].marks[0].time - kThrottle) <= 10 * kSecond);
        QVERIFY(grid.rows[1].marks.empty());
    }
    void missingIsNotZero() {
        Batch batch;
        const TimeRange outage{kStart + 30 * kMinute, kStart + 40 * kMinute};
        add(batch, "DCGM_FI_DEV_GPU_UTIL", gpu(0), [](TimeNs) { return 0.0; });
        add(batch, "DCGM_FI_DEV_GPU_UTIL", gpu(1), [&](TimeNs t) { return outage.contains(t) ? std::nan("") : 50.0; });
        add(batch, "DCGM_FI_DEV_GPU_UTIL", gpu(2), [](TimeNs t) { return t / kScrape % 10 == 3 ? std::nan("") : 50.0; });   // a scrape missed now and then
        Opened o(std::move(batch));
        const ResourceGrid grid = o.grid("utilisation", kRange, 480);
        QCOMPARE(grid.width, kScrape);
        for (size_t c = 0; c < grid.columns; ++c) {
            QCOMPARE(grid.rows[0].mean[c], 0.0F);
            QVERIFY(!std::isnan(grid.rows[2].mean[c]));
        }
        size_t missing = 0;
        for (const float v : grid.rows[1].mean)
            missing += std::isnan(v) ? 1 : 0;
        QVERIFY2(missing >= 36 && missing <= 40, qPrintable(QString::number(missing)));
        QVERIFY(grid.rows[1].samples < grid.rows[1].expected);
        // Finer columns than scrapes: still no gaps between samples.
        const ResourceGrid fine = o.grid("utilisation", {kStart, kStart + 10 * kMinute}, 600);
        QCOMPARE(fine.width, kSecond);
        QVERIFY(std::none_of(fine.rows[1].mean.begin(), fine.rows[1].mean.end(), [](float v) { return std::isnan(v); }));
    }
    void sharesAreMadeOfTheirParts() {
        Opened o(throttledCluster());
        QVERIFY(std::abs(o.grid("gpu_memory").rows[0].mean[10] - 0.75F) < 1e-6F);
    }
    void hostsOfNodeExporter() {
        Batch batch;
        for (int host = 0; host < 2; ++host) {
            const std::string instance = "10.0.0." + std::to_string(host) + ":9100";
            add(batch, "node_uname_info", labels({{"instance", instance}, {"nodename", "node-" + std::to_string(host)}}), [](TimeNs) { return 1.0; });
            for (int cpu = 0; cpu < 4; ++cpu)
                for (const char* mode : {"idle", "user"}) {
                    const double share = mode[0] == 'i' ? (host == 0 ? 0.75 : 0.25) : 0.1;
                    add(batch, "node_cpu_seconds_total", labels({{"instance", instance}, {"cpu", std::to_string(cpu)}, {"mode", mode}}),
                        [share](TimeNs t) { return static_cast<double>(t - kStart) / 1e9 * share; }, true);
                }
            add(batch, "node_memory_MemTotal_bytes", labels({{"instance", instance}}), [](TimeNs) { return 100e9; });
            add(batch, "node_memory_MemAvailable_bytes", labels({{"instance", instance}}), [](TimeNs) { return 30e9; });
            for (const char* mount : {"/", "/data"}) {
                const AttributeList fs = labels({{"instance", instance}, {"mountpoint", mount}, {"device", "/dev/sda1"}, {"fstype", "ext4"}});
                add(batch, "node_filesystem_size_bytes", fs, [](TimeNs) { return 1000.0; });
                add(batch, "node_filesystem_avail_bytes", fs, [mount](TimeNs) { return mount[1] ? 100.0 : 800.0; });
            }
            const AttributeList pseudo = labels({{"instance", instance}, {"mountpoint", "/run"}, {"device", "tmpfs"}, {"fstype", "tmpfs"}});
            add(batch, "node_filesystem_size_bytes", pseudo, [](TimeNs) { return 1000.0; });
            add(batch, "node_filesystem_avail_bytes", pseudo, [](TimeNs) { return 0.0; });
            for (const char* device : {"eth0", "lo"})
                add(batch, "node_network_receive_bytes_total", labels({{"instance", instance}, {"device", device}}), [](TimeNs t) { return static_cast<double>(t - kStart) / 1e9 * 1000; }, true);
            add(batch, "node_boot_time_seconds", labels({{"instance", instance}}), [host](TimeNs t) { return host == 1 && t > kThrottle ? static_cast<double>(kThrottle / kSecond - 60) : 1.7e9; });
        }
        Opened o(std::move(batch));
        const ResourceGrid cpu = o.grid("cpu");
        QCOMPARE(cpu.rows.size(), size_t(2));
        QCOMPARE(cpu.rows[0].identity.name, std::string("node-0"));   // its address has a name
        QVERIFY(std::abs(cpu.rows[0].mean[50] - 0.25F) < 1e-3F);
        QVERIFY(std::abs(cpu.rows[1].mean[50] - 0.75F) < 1e-3F);
        QVERIFY(std::abs(o.grid("memory").rows[0].mean[50] - 0.7F) < 1e-6F);
        QVERIFY(std::abs(o.grid("disk_used").rows[0].mean[50] - 0.9F) < 1e-6F);   // the fullest mount; the pseudo one does not count
        QVERIFY(std::abs(o.grid("network_in").rows[0].mean[50] - 1000.0F) < 1);   // without loopback
        QVERIFY(cpu.rows[0].marks.empty());
        QCOMPARE(cpu.rows[1].marks.size(), size_t(1));
        QCOMPARE(cpu.rows[1].marks[0].kind, ResourceMark::Kind::kRestart);
        QCOMPARE(cpu.rows[1].marks[0].time, kThrottle - kMinute);
    }
    void containersOfCadvisorWithoutSumsOfSums() {
        Batch batch;
        const auto perSecond = [](double cores) { return [cores](TimeNs t) { return static_cast<double>(t - kStart) / 1e9 * cores; }; };
        add(batch, "container_cpu_usage_seconds_total", labels({{"pod", "api-1"}, {"container", "api"}, {"namespace", "chat"}}), perSecond(1), true);
        add(batch, "container_cpu_usage_seconds_total", labels({{"pod", "api-1"}, {"container", "sidecar"}, {"namespace", "chat"}}), perSecond(0.5), true);
        add(batch, "container_cpu_usage_seconds_total", labels({{"pod", "api-1"}, {"namespace", "chat"}}), perSecond(1.5), true);                          // the pod's sum
        add(batch, "container_cpu_usage_seconds_total", labels({{"pod", "api-1"}, {"container", "POD"}, {"namespace", "chat"}}), perSecond(9), true);    // its pause container
        add(batch, "container_cpu_usage_seconds_total", labels({{"id", "/"}}), perSecond(40), true);                                                      // the machine
        Opened o(std::move(batch));
        const ResourceGrid cpu = o.grid("container_cpu");
        QCOMPARE(cpu.rows.size(), size_t(1));
        QCOMPARE(cpu.rows[0].identity.name, std::string("api-1"));
        QVERIFY(std::abs(cpu.rows[0].mean[50] - 1.5F) < 1e-3F);
    }
    void namesOfManyExporters_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("label");
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("shown");
        QTest::newRow("vllm v0") << "vllm:gpu_cache_usage_perc" << "kv_cache" << "instance" << "h:8000" << 0.5 << 0.5;
        QTest::newRow("ray, sanitised") << "ray_vllm_kv_cache_usage_perc" << "kv_cache" << "WorkerId" << "w1" << 0.5 << 0.5;
        QTest::newRow("ray, older") << "ray_vllm:num_requests_waiting" << "waiting" << "WorkerId" << "w1" << 7. << 7.;
        QTest::newRow("sglang") << "sglang:token_usage" << "kv_cache" << "instance" << "h:30000" << 0.25 << 0.25;
        QTest::newRow("trtllm") << "trtllm_kv_cache_utilization" << "kv_cache" << "instance" << "h:8000" << 0.1 << 0.1;
        QTest::newRow("tgi") << "tgi_queue_size" << "waiting" << "instance" << "h:80" << 3. << 3.;
        QTest::newRow("llama.cpp without labels") << "llamacpp:requests_deferred" << "waiting" << "" << "" << 2. << 2.;
        QTest::newRow("triton") << "nv_gpu_utilization" << "utilisation" << "gpu_uuid" << "GPU-x" << 0.9 << 0.9;
        QTest::newRow("amd") << "gpu_gfx_activity" << "utilisation" << "gpu_id" << "4" << 90. << 0.9;
        QTest::newRow("amd with prefix") << "amd_gpu_junction_temperature" << "temperature" << "gpu_id" << "4" << 71. << 71.;
        QTest::newRow("label in another case") << "DCGM_FI_DEV_GPU_TEMP" << "temperature" << "uuid" << "GPU-y" << 44. << 44.;
        QTest::newRow("nvidia-smi dmon: an index alone") << "DCGM_FI_DEV_POWER_USAGE" << "power" << "gpu" << "0" << 541. << 541.;
    }
    void namesOfManyExporters() {
        QFETCH(QString, name);
        QFETCH(QString, metric);
        QFETCH(QString, key);
        QFETCH(QString, label);
        QFETCH(double, value);
        QFETCH(double, shown);
        Batch batch;
        AttributeList attributes;
        if (!key.isEmpty())
            attributes.push_back({key.toStdString(), AttributeValue::ofString(label.toStdString())});
        add(batch, name.toStdString(), attributes, [value](TimeNs) { return value; });
        Opened o(std::move(batch));
        const ResourceGrid grid = o.grid(metric.toStdString());
        QCOMPARE(grid.rows.size(), size_t(1));
        QVERIFY(std::abs(static_cast<double>(grid.rows[0].mean[20]) - shown) < 1e-6);
    }
    void oneRowPerCardOverSources() {
        // nvidia-smi without UUID and the exporter with it, on one host.
        Batch batch;
        add(batch, "DCGM_FI_DEV_SM_CLOCK", gpu(2), [](TimeNs) { return 1980.0; });
        add(batch, "gpu_power_usage", labels({{"gpu_id", "2"}, {"hostname", "node-7"}}), [](TimeNs) { return 500.0; });
        Opened o(std::move(batch));
        QCOMPARE(o.grid("sm_clock").rows.at(0).identity.key, std::string("GPU-2"));
        QCOMPARE(o.grid("power").rows.at(0).identity.key, std::string("GPU-2"));
    }
    void theDeviceOfASeries() {
        Opened o(throttledCluster());
        const ResourceGrid grid = o.grid("temperature");
        const ResourceSurvey survey = need(askResourceSurvey(*o.backend, {kRange, 40, grid.rows[3].series}, {}));
        QCOMPARE(survey.key, grid.rows[3].identity.key);
        QVERIFY(!survey.metrics.empty());
        for (const ResourceGrid& part : survey.metrics)
            QCOMPARE(part.metric.rows, EntityKind::kGpu);
        QVERIFY(need(askResourceSurvey(*o.backend, {kRange, 40, 999'999}, {})).metrics.empty());
    }
    void hostileInputStaysBounded() {
        Batch batch;
        add(batch, "DCGM_FI_DEV_SM_CLOCK", labels({{"UUID", std::string(5000, 'x')}, {"Hostname", "<img src=file:///dev/zero>"}}), [](TimeNs) { return 1e300; });
        add(batch, "DCGM_FI_DEV_SM_CLOCK", labels({{"gpu", "-1e9"}, {"Hostname", "\n=cmd"}}), [](TimeNs t) { return t % 2 ? HUGE_VAL : -HUGE_VAL; });
        add(batch, "DCGM_FI_DEV_XID_ERRORS", labels({{"gpu", "-1e9"}, {"Hostname", "\n=cmd"}}), [](TimeNs t) { return static_cast<double>(t % 7) * 1e17; });
        const uint32_t far = addSeries(batch, "DCGM_FI_DEV_SM_CLOCK", labels({{"gpu", "9"}}));
        batch.series[far].kind = MetricKind::kGauge;
        addSample(batch, far, std::numeric_limits<TimeNs>::max() - 1, 5);
        addSample(batch, far, -5, 7);
        Opened o(std::move(batch));
        for (const TimeRange range : {kRange, TimeRange{}, TimeRange{std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max()}, TimeRange{0, 1}}) {
            const ResourceGrid grid = o.grid("sm_clock", range, 1'000'000);
            QVERIFY(grid.columns <= 4000);
            QCOMPARE(grid.rows.size(), size_t(3));
            QVERIFY(o.survey(range).metrics.size() == 1);
        }
        QVERIFY(!askResourceGrid(*o.backend, {"no such metric", kRange, 10, {}, true}, {}).ok());
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(askResourceSurvey(*o.backend, {kRange, 96, -1}, stop.get_token()).error().code, ErrorCode::kCancelled);
    }
    void aCapsuleWithoutDevicesSaysWhatItLooksFor() {
        Opened o((Batch()));
        const ResourceSurvey survey = o.survey();
        QCOMPARE(survey.best, -1);
        QVERIFY(survey.metrics.empty() && !survey.looksFor.empty());
    }
};

QTEST_APPLESS_MAIN(ResourcesTest)
#include "resources_test.moc"

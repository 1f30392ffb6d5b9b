// Which GPU served this span: entities and their edges out of resources, labels and span attributes.
#include "model/device_names.h"
#include "ingest/entity_resolver.h"
#include "qt_test.h"

using namespace nj;
using ingest::EntityResolver;

namespace {

AttributeList strings(std::initializer_list<std::pair<const char*, const char*>> pairs) {
    AttributeList list;
    for (const auto& [key, value] : pairs)
        list.push_back({key, AttributeValue::ofString(value)});
    return list;
}

void addSeries(Batch& batch, const char* name, std::initializer_list<std::pair<const char*, const char*>> labels) {
    SeriesKey series;
    series.origin = SeriesOrigin::kPrometheus;
    series.name = name;
    series.attributes = strings(labels);
    batch.series.push_back(series);
}

void addResource(Batch& batch, std::initializer_list<std::pair<const char*, const char*>> attributes) {
    Resource resource;
    resource.attributes = strings(attributes);
    batch.resources.push_back(resource);
}

// "pod vllm-a-0 -uses-> gpu GPU-1"
QString edges(const EntityGraph& graph, const QString& containing = {}) {
    QStringList lines;
    for (const EntityEdge& e : graph.edges) {
        const QString line = QStringLiteral("%1 %2 -%3-> %4 %5").arg(QLatin1String(entityKindName(e.fromKind)), QString::fromStdString(e.from), QString::fromStdString(e.relation),
                                                                    QLatin1String(entityKindName(e.toKind)), QString::fromStdString(e.to));
        if (line.contains(containing))
            lines << line;
    }
    lines.sort();
    return lines.join(QLatin1Char('\n'));
}

QString names(const EntityGraph& graph, EntityKind kind) {
    QStringList list;
    for (const Entity& entity : graph.entities)
        if (entity.kind == kind)
            list << QString::fromStdString(entity.key);
    list.sort();
    return list.join(QLatin1Char(' '));
}

QString unresolved(const EntityGraph& graph) {
    QStringList list;
    for (const UnresolvedEntity& u : graph.unresolved)
        list << QStringLiteral("%1 %2 x%3").arg(QLatin1String(entityKindName(u.kind)), QString::fromStdString(u.text)).arg(u.count);
    return list.join(QLatin1Char('\n'));
}

}  // namespace

class EntityResolverTest : public QObject {
    Q_OBJECT
private slots:
    void normalizesPciAddresses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("kernel") << "0000:cb:00" << "00000000:CB:00.0";
        QTest::newRow("Xid line") << "PCI:0000:cb:00" << "00000000:CB:00.0";
        QTest::newRow("lspci") << "cb:00.0" << "00000000:CB:00.0";
        QTest::newRow("nvidia-smi") << "00000000:CB:00.0" << "00000000:CB:00.0";
        QTest::newRow("function") << "0001:0a:1f.7" << "00000001:0A:1F.7";
        for (const char* bad : {"", ":", "cb", "xyz:00", "0000:cb:00.9", "0:1:2:3:4", "0000:cb:20.0", "000000000:cb:00", "0000:cb:00.", "cb:00:"})
            QTest::newRow(qPrintable(QStringLiteral("not '%1'").arg(QLatin1String(bad)))) << bad << QString();
    }
    void normalizesPciAddresses() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(normalizePciAddress(text.toStdString()).value_or("")), expected);
    }
    void readsHostsOfTargets() {
        QCOMPARE(hostOfTarget("gpu-node-07:9100"), std::string("gpu-node-07"));
        QCOMPARE(hostOfTarget("http://a.b:80/metrics"), std::string("a.b"));
        QCOMPARE(hostOfTarget("[fd00::1]:9100"), std::string("fd00::1"));
        QCOMPARE(hostOfTarget("fd00::1"), std::string("fd00::1"));
        QCOMPARE(hostOfTarget("plain"), std::string("plain"));
        QCOMPARE(hostOfTarget("["), std::string());
        QVERIFY(isIpAddress("10.0.3.17"));
        QVERIFY(isIpAddress("fd00::1"));
        QVERIFY(!isIpAddress("gpu-node-07"));
    }

    // The drill of the demo: a span's service, its pod, the pod's four GPUs, their host.
    void fromSpanToGpus() {
        EntityResolver resolver;
        Batch spans;
        addResource(spans, {{"service.name", "vllm-a"}, {"k8s.pod.name", "vllm-a-7d9f4-x2x"}, {"host.name", "vllm-a-7d9f4-x2x"}, {"k8s.node.name", "gpu-node-07"}});
        resolver.observe(spans);
        Batch metrics;
        for (int gpu = 0; gpu < 8; ++gpu) {
            const std::string index = std::to_string(gpu);
            const std::string uuid = "GPU-" + index;
            const char* pod = gpu < 4 ? "vllm-a-7d9f4-x2x" : "vllm-b-66c5-k8k";
            addSeries(metrics, "DCGM_FI_DEV_SM_CLOCK", {{"gpu", index.c_str()}, {"UUID", uuid.c_str()}, {"Hostname", "gpu-node-07"}, {"exported_pod", pod}, {"pod", "dcgm-exporter-abc"}, {"instance", "10.0.0.7:9400"}});
        }
        resolver.observe(metrics);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(edges(graph, QStringLiteral("service vllm-a ")), QStringLiteral("service vllm-a -served_by-> pod vllm-a-7d9f4-x2x"));
        QCOMPARE(edges(graph, QStringLiteral("pod vllm-a-7d9f4-x2x -uses")),
                 QStringLiteral("pod vllm-a-7d9f4-x2x -uses-> gpu GPU-0\npod vllm-a-7d9f4-x2x -uses-> gpu GPU-1\n"
                                "pod vllm-a-7d9f4-x2x -uses-> gpu GPU-2\npod vllm-a-7d9f4-x2x -uses-> gpu GPU-3"));
        QCOMPARE(edges(graph, QStringLiteral("gpu GPU-3 -runs_on")), QStringLiteral("gpu GPU-3 -runs_on-> host gpu-node-07"));
        QCOMPARE(edges(graph, QStringLiteral("pod vllm-a-7d9f4-x2x -runs_on")), QStringLiteral("pod vllm-a-7d9f4-x2x -runs_on-> host gpu-node-07"));
        QCOMPARE(names(graph, EntityKind::kHost), QStringLiteral("gpu-node-07"));
        QCOMPARE(names(graph, EntityKind::kPod), QStringLiteral("vllm-a-7d9f4-x2x vllm-b-66c5-k8k"));
        QCOMPARE(unresolved(graph), QString());
        const auto gpu3 = std::find_if(graph.entities.begin(), graph.entities.end(), [](const Entity& e) { return e.key == "GPU-3"; });
        QVERIFY(gpu3 != graph.entities.end());
        QCOMPARE(gpu3->name, std::string("GPU 3"));
    }

    void theExportersOwnPodUsesNoGpu() {
        EntityResolver resolver;
        Batch metrics;
        addSeries(metrics, "DCGM_FI_DEV_GPU_TEMP", {{"gpu", "5"}, {"UUID", "GPU-5"}, {"Hostname", "n1"}, {"pod", "dcgm-exporter-abc"}});
        resolver.observe(metrics);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(edges(graph, QStringLiteral("-runs_on->")), QStringLiteral("gpu GPU-5 -runs_on-> host n1"));
        QCOMPARE(edges(graph, QStringLiteral("pod ")), QString());
        QCOMPARE(names(graph, EntityKind::kPod), QString());
    }

    // One card under index, PCI address and UUID is one entity; without a UUID it is host/index.
    void oneCardOneEntity() {
        EntityResolver resolver;
        Batch metrics;
        addSeries(metrics, "DCGM_FI_DEV_GPU_TEMP", {{"gpu", "3"}, {"UUID", "GPU-3"}, {"pci_bus_id", "00000000:CB:00.0"}, {"Hostname", "n1"}});
        addSeries(metrics, "gpu_memory_used", {{"gpu", "3"}, {"instance", "n1:9835"}});
        addSeries(metrics, "DCGM_FI_DEV_XID_ERRORS", {{"pci_bus_id", "0000:cb:00"}, {"Hostname", "n1"}});
        addSeries(metrics, "gpu_memory_used", {{"gpu", "0"}, {"instance", "n2:9835"}});
        addSeries(metrics, "gpu_memory_used", {{"gpu", "1"}});
        resolver.observe(metrics);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(names(graph, EntityKind::kGpu), QStringLiteral("GPU-3 n2/0"));
        QCOMPARE(unresolved(graph), QStringLiteral("gpu series with a gpu label x1"));
    }

    // An XID names a card by its PCI address: found where a series (or the kernel itself) says which card sits there, else listed.
    void cardsByPciAddress() {
        const auto xid = [](const char* entity) {
            IncidentEvent event;
            event.kind = "xid";
            event.entity = entity;
            return event;
        };
        EntityResolver resolver;
        Batch batch;
        addSeries(batch, "DCGM_FI_DEV_GPU_TEMP", {{"gpu", "6"}, {"UUID", "GPU-6"}, {"pci_bus_id", "00000000:D1:00.0"}, {"Hostname", "n1"}});
        addSeries(batch, "DCGM_FI_DEV_GPU_TEMP", {{"gpu", "0"}, {"UUID", "GPU-a"}, {"pci_bus_id", "00000000:01:00.0"}, {"Hostname", "n1"}});
        addSeries(batch, "DCGM_FI_DEV_GPU_TEMP", {{"gpu", "0"}, {"UUID", "GPU-b"}, {"pci_bus_id", "00000000:01:00.0"}, {"Hostname", "n2"}});
        batch.events = {xid("00000000:D1:00.0"), xid("n1/00000000:D1:00.0"), xid("n3/00000000:D1:00.0"), xid("00000000:01:00.0"), xid("n2/00000000:01:00.0")};
        resolver.observe(batch);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(edges(graph, QStringLiteral("same_as-> gpu GPU-6")), QStringLiteral("gpu n1/00000000:D1:00.0 -same_as-> gpu GPU-6\ngpu n1/6 -same_as-> gpu GPU-6"));
        QCOMPARE(unresolved(graph), QStringLiteral("gpu 00000000:01:00.0 x1\ngpu n3/00000000:D1:00.0 x1"));
    }
    void theKernelSaysWhichCard() {
        EntityResolver resolver;
        Batch batch;
        addResource(batch, {{"host.name", "n1"}});
        batch.logs.resource = {0};
        batch.logs.attributes.addString(0, "gpu.pci.id", "0000:d1:00");
        batch.logs.attributes.addString(0, "gpu.uuid", "GPU-6");
        resolver.observe(batch);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(names(graph, EntityKind::kGpu), QStringLiteral("GPU-6"));
        QCOMPARE(edges(graph, QStringLiteral("same_as")), QStringLiteral("gpu n1/00000000:D1:00.0 -same_as-> gpu GPU-6"));
    }

    void hostsBehindAddresses() {
        EntityResolver resolver;
        Batch metrics;
        addSeries(metrics, "node_load1", {{"instance", "10.0.0.7:9100"}});
        addSeries(metrics, "node_load1", {{"instance", "10.0.0.8:9100"}});
        addSeries(metrics, "node_uname_info", {{"instance", "10.0.0.7:9100"}, {"nodename", "gpu-node-07"}});
        addSeries(metrics, "node_load1", {{"instance", "web-1:9100"}});
        resolver.observe(metrics);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(names(graph, EntityKind::kHost), QStringLiteral("gpu-node-07 web-1"));
        QCOMPARE(unresolved(graph), QStringLiteral("host 10.0.0.8 x1"));
    }

    void replicasByTarget() {
        EntityResolver resolver;
        Batch spans;
        addResource(spans, {{"service.name", "vllm-a"}, {"k8s.pod.name", "vllm-a-0"}});
        addResource(spans, {{"service.name", "gateway"}});
        for (uint32_t row = 0; row < 3; ++row)
            spans.spans.attributes.addString(row, "server.address", row < 2 ? "vllm-b.prod.svc" : "api.example.com");
        resolver.observe(spans);
        Batch metrics;
        addSeries(metrics, "vllm:num_requests_running", {{"instance", "vllm-a:8000"}, {"model_name", "llama"}, {"engine", "0"}});
        addSeries(metrics, "vllm:num_requests_running", {{"instance", "10.1.1.1:8000"}, {"pod", "vllm-b-66c5-k8k"}, {"model_name", "llama"}, {"engine", "1"}});
        addSeries(metrics, "vllm:num_requests_running", {{"instance", "10.1.1.2:8000"}, {"model_name", "llama"}, {"engine", "0"}});
        resolver.observe(metrics);
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(names(graph, EntityKind::kReplica), QStringLiteral("10.1.1.2:8000 vllm-a-0 vllm-b-66c5-k8k/1"));
        QVERIFY(edges(graph).contains(QStringLiteral("replica vllm-a-0 -served_by-> pod vllm-a-0")));
        QVERIFY(edges(graph).contains(QStringLiteral("replica vllm-b-66c5-k8k/1 -serves-> model llama")));
        QCOMPARE(unresolved(graph), QStringLiteral("replica 10.1.1.2:8000 x1\nreplica api.example.com x1"));
    }

    void staysBounded() {
        EntityResolver resolver;
        for (int b = 0; b < 30; ++b) {
            Batch batch;
            for (int i = 0; i < 1'000; ++i)
                addResource(batch, {{"service.name", ("s" + std::to_string(b * 1'000 + i)).c_str()}, {"k8s.pod.name", std::string(1'000, 'x').c_str()}});
            resolver.observe(batch);
        }
        const EntityGraph graph = resolver.resolve();
        QCOMPARE(graph.entities.size(), EntityResolver::kMaxNames);
        QVERIFY(graph.edges.empty());
    }
};

QTEST_APPLESS_MAIN(EntityResolverTest)
#include "entity_resolver_test.moc"

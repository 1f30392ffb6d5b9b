// Exports of log stores, and Kubernetes events: the record each becomes.
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

namespace {

const char* const kTraceId = "0af7651916cd43dd8448eb211c80319c";

// time|severity|service|body|trace, a line per row
std::string summary(const Reading& reading) {
    std::string text;
    for (const LogRow& row : rowsOf(reading))
        text += row.time + "|" + std::to_string(row.severity) + "|" + row.service + "|" + row.body + "|" + row.trace + "\n";
    return text;
}

std::string eventText(const Reading& reading) {
    std::string text;
    for (const IncidentEvent& event : eventsOf(reading))
        text += formatRfc3339(event.time, 0) + "|" + event.kind + "|" + event.entity + "|" + event.title + "|" + std::to_string(event.severity) + "\n";
    return text;
}

}  // namespace

class LogExportTest : public QObject {
    Q_OBJECT
private slots:
    void stores_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("rows");
        const auto row = [](const char* name, const QByteArray& text, const char* format, const QString& rows) { QTest::newRow(name) << text << QString::fromLatin1(format) << rows; };
        const QString trace = QString::fromLatin1(kTraceId);
        row("loki query",
            "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[{\"stream\":{\"app\":\"gateway\",\"pod\":\"gateway-1\",\"level\":\"error\"},\"values\":[[\"1773745092123456789\",\"ts=2026-03-17T10:58:12Z level=error msg=\\\"boom\\\" trace_id=0af7651916cd43dd8448eb211c80319c\"],[\"1773745093000000000\",\"plain\",{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}]]}],\"stats\":{}}}",
            "log_export", "2026-03-17T10:58:12.123456789Z|17|gateway|boom|" + trace + "\n2026-03-17T10:58:13Z|17|gateway|plain|" + trace + "\n");
        row("loki push", "{\"streams\":[{\"stream\":{\"service_name\":\"x\"},\"values\":[[\"1773745092000000000\",\"hello\"]]}]}", "log_export", "2026-03-17T10:58:12Z|0|x|hello|\n");
        row("logcli", "{\"labels\":{\"app\":\"gateway\",\"level\":\"error\"},\"line\":\"boom\",\"timestamp\":\"2026-03-17T10:58:12Z\"}\n", "log_json", "2026-03-17T10:58:12Z|17|gateway|boom|\n");
        row("grafana download", "[{\"line\":\"level=info msg=hi\",\"timestamp\":\"1773745092000000000\",\"fields\":{\"app\":\"gw\",\"detected_level\":\"info\"}},{\"line\":\"x\",\"timestamp\":\"1773745093000000000\",\"fields\":{\"app\":\"gw\"}}]", "log_export",
            "2026-03-17T10:58:12Z|9|gw|level=info msg=hi|\n2026-03-17T10:58:13Z|0|gw|x|\n");
        row("elasticsearch", "{\n \"took\": 3,\n \"hits\": {\"total\": 1, \"hits\": [\n  {\"_index\":\"l\",\"_id\":\"a\",\"_source\":{\"@timestamp\":\"2026-03-17T10:58:12Z\",\"message\":\"hello\",\"log\":{\"level\":\"warn\"},\"service\":{\"name\":\"gateway\"},\"trace\":{\"id\":\"0af7651916cd43dd8448eb211c80319c\"}}}]}}\n",
            "log_export", "2026-03-17T10:58:12Z|13|gateway|hello|" + trace + "\n");
        row("elasticdump", "{\"_index\":\"l\",\"_id\":\"a\",\"_source\":{\"@timestamp\":\"2026-03-17T10:58:12Z\",\"message\":\"hello\",\"log.level\":\"warn\"}}\n", "log_export", "2026-03-17T10:58:12Z|13|input|hello|\n");
        row("splunk", "{\"preview\":false,\"offset\":0,\"result\":{\"_time\":\"2026-03-17 10:58:12.000 UTC\",\"_raw\":\"2026-03-17 10:58:12,123 ERROR [main] com.x.Y: failed\",\"host\":\"web1\"}}\n{\"preview\":true,\"offset\":1,\"result\":{\"_time\":\"2026-03-17 10:58:13.000 UTC\",\"_raw\":\"preview\"}}\n",
            "log_export", "2026-03-17T10:58:12Z|17|input|failed|\n");
        row("cloudwatch", "{\"events\":[{\"logStreamName\":\"s/1\",\"timestamp\":1773745092000,\"message\":\"{\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"x failed\\\"}\",\"ingestionTime\":1773745093000,\"eventId\":\"1\"},{\"logStreamName\":\"s/1\",\"timestamp\":1773745093000,\"message\":\"WARNING slow\\n\",\"ingestionTime\":1773745093000,\"eventId\":\"2\"}],\"searchedLogStreams\":[]}",
            "log_export", "2026-03-17T10:58:12Z|17|input|x failed|\n2026-03-17T10:58:13Z|13|input|WARNING slow|\n");
        row("cloudwatch insights", "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026-03-17 10:58:12.000\"},{\"field\":\"@message\",\"value\":\"ERROR something\"},{\"field\":\"@ptr\",\"value\":\"x\"}]],\"statistics\":{},\"status\":\"Complete\"}", "log_export",
            "2026-03-17T10:58:12Z|17|input|ERROR something|\n");
        row("cloud logging", "[{\"insertId\":\"1\",\"logName\":\"projects/p/logs/stdout\",\"resource\":{\"type\":\"k8s_container\",\"labels\":{\"pod_name\":\"gw-1\"}},\"severity\":\"ERROR\",\"textPayload\":\"boom\",\"timestamp\":\"2026-03-17T10:58:12Z\",\"trace\":\"projects/p/traces/0af7651916cd43dd8448eb211c80319c\"},{\"insertId\":\"2\",\"logName\":\"projects/p/logs/stdout\",\"jsonPayload\":{\"message\":\"json boom\"},\"severity\":\"NOTICE\",\"timestamp\":\"2026-03-17T10:58:13Z\"}]",
            "log_export", "2026-03-17T10:58:12Z|17|input|boom|" + trace + "\n2026-03-17T10:58:13Z|10|input|json boom|\n");
        row("datadog", "{\"data\":[{\"id\":\"AQ\",\"type\":\"log\",\"attributes\":{\"timestamp\":\"2026-03-17T10:58:12Z\",\"status\":\"error\",\"service\":\"gateway\",\"host\":\"i-1\",\"message\":\"dd boom\",\"attributes\":{\"dd\":{\"trace_id\":\"1234567890123456789\"}}}}],\"meta\":{}}", "log_export",
            "2026-03-17T10:58:12Z|17|gateway|dd boom|0000000000000000112210f47de98115\n");
        row("new relic", "{\"data\":{\"actor\":{\"account\":{\"nrql\":{\"results\":[{\"timestamp\":1773745092000,\"message\":\"nr boom\",\"level\":\"ERROR\",\"trace.id\":\"0af7651916cd43dd8448eb211c80319c\"}]}}}}}", "log_export", "2026-03-17T10:58:12Z|17|input|nr boom|" + trace + "\n");
        row("elasticsearch bulk", "{\"index\":{\"_index\":\"l\"}}\n{\"@timestamp\":\"2026-03-17T10:58:12Z\",\"message\":\"hello\",\"log.level\":\"warn\"}\n{\"index\":{\"_index\":\"l\"}}\n{\"@timestamp\":\"2026-03-17T10:58:13Z\",\"message\":\"two\"}\n", "log_export",
            "2026-03-17T10:58:12Z|13|input|hello|\n2026-03-17T10:58:13Z|0|input|two|\n");
        row("new relic query API", "{\"results\":[{\"events\":[{\"timestamp\":1773745092000,\"message\":\"nr boom\",\"level\":\"ERROR\"}]}],\"metadata\":{}}", "log_export", "2026-03-17T10:58:12Z|17|input|nr boom|\n");
        row("sentry event", "{\"event_id\":\"fc6d8c0c43fc4630ad850ee518f1b9d0\",\"platform\":\"python\",\"timestamp\":1773745092,\"level\":\"error\",\"exception\":{\"values\":[{\"type\":\"ValueError\",\"value\":\"bad things\"}]},\"contexts\":{\"trace\":{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}}}",
            "log_export", "2026-03-17T10:58:12Z|17|input|ValueError: bad things|" + trace + "\n");
        row("sentry envelope", "{\"event_id\":\"fc6d8c0c43fc4630ad850ee518f1b9d0\",\"sent_at\":\"2026-03-17T10:58:13Z\"}\n{\"type\":\"log\",\"item_count\":1}\n{\"items\":[{\"timestamp\":1773745092,\"level\":\"info\",\"severity_number\":9,\"body\":\"sentry log\",\"attributes\":{}}]}\n", "log_export",
            "2026-03-17T10:58:12Z|9|input|sentry log|\n");
        row("victorialogs", "{\"_msg\":\"vl\",\"_time\":\"2026-03-17T10:58:12Z\",\"_stream\":\"{}\",\"level\":\"warn\"}\n", "log_json", "2026-03-17T10:58:12Z|13|input|vl|\n");
        row("clickhouse", "{\"Timestamp\":\"2026-03-17 10:58:12.000000000\",\"TraceId\":\"0af7651916cd43dd8448eb211c80319c\",\"SeverityText\":\"INFO\",\"SeverityNumber\":9,\"ServiceName\":\"gw\",\"Body\":\"ch\",\"ResourceAttributes\":{\"host.name\":\"h\"},\"LogAttributes\":{\"k\":\"v\"}}\n", "log_json",
            "2026-03-17T10:58:12Z|9|gw|ch|" + trace + "\n");
    }
    void stores() {
        QFETCH(QByteArray, text);
        QFETCH(QString, format);
        QFETCH(QString, rows);
        for (const size_t chunk : {size_t(1), size_t(65536)}) {
            std::string name;
            const Reading reading = readLog(text.toStdString(), logOptions(), &name, chunk);
            QCOMPARE(q(name), format);
            QCOMPARE(q(summary(reading)), rows);
            QCOMPARE(reading.rejected(), uint64_t(0));
        }
    }
    void journalExport() {
        QByteArray text("__CURSOR=s=1\n__REALTIME_TIMESTAMP=1773745092123456\n__MONOTONIC_TIMESTAMP=5\nPRIORITY=3\nSYSLOG_IDENTIFIER=kubelet\n_PID=12\n_HOSTNAME=n1\nMESSAGE\n");
        const QByteArray message("two\nlines, \xff not UTF-8");
        for (int i = 0; i < 8; ++i)
            text += static_cast<char>(i == 0 ? message.size() : 0);
        text += message + "\n\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1773745093000000\nMESSAGE=second\n\n__CURSOR=s=3\n__REALTIME_TIMES";
        for (const size_t chunk : {size_t(1), size_t(65536)}) {
            std::string name;
            const Reading reading = readLog(text.toStdString(), logOptions(), &name, chunk);
            QCOMPARE(name, std::string("log_journal_export"));
            QCOMPARE(q(summary(reading)), QString::fromUtf8("2026-03-17T10:58:12.123456000Z|17|kubelet|two\nlines, \uFFFD not UTF-8|\n2026-03-17T10:58:13Z|0||second|\n"));
            QCOMPARE(rowsOf(reading)[0].host, std::string("n1"));
            QCOMPARE(rowsOf(reading)[0].attributes, std::string("{\"process.pid\":12}"));
            QCOMPARE(reading.rejected(), uint64_t(1));   // the cut third
        }
    }
    void kubernetesEvents_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("rows");
        QTest::addColumn<QString>("events");
        QTest::newRow("list") << QByteArray("{\"apiVersion\":\"v1\",\"items\":[{\"count\":1,\"involvedObject\":{\"kind\":\"Deployment\",\"name\":\"retriever\",\"namespace\":\"prod\"},\"kind\":\"Event\",\"lastTimestamp\":\"2026-03-17T09:58:10Z\",\"message\":\"Scaled up replica set retriever-6f from 0 to 1\",\"reason\":\"ScalingReplicaSet\",\"type\":\"Normal\"},\n{\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"reranker-59b7f6d4c8-t6rvd\",\"namespace\":\"prod\"},\"kind\":\"Event\",\"eventTime\":\"2026-03-17T10:00:00.000000Z\",\"lastTimestamp\":null,\"message\":\"Readiness probe failed: \\\"x\\\"\",\"reason\":\"Unhealthy\",\"type\":\"Warning\"}],\"kind\":\"List\"}")
                              << "kubernetes_events" << "2026-03-17T09:58:10Z|9|retriever|Scaled up replica set retriever-6f from 0 to 1|\n2026-03-17T10:00:00Z|13|reranker|Readiness probe failed: \"x\"|\n"
                              << "2026-03-17T09:58:10Z|deploy|retriever|ScalingReplicaSet: Scaled up replica set retriever-6f from 0 to 1|10\n2026-03-17T10:00:00Z|probe|reranker|Unhealthy: Readiness probe failed: \"x\"|13\n";
        QTest::newRow("json lines") << QByteArray("{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"web-0\"},\"type\":\"Normal\",\"reason\":\"Killing\",\"message\":\"Stopping container web\",\"lastTimestamp\":\"2026-03-17T10:02:00Z\"}\n")
                                    << "kubernetes_events" << "2026-03-17T10:02:00Z|9|web|Stopping container web|\n" << "2026-03-17T10:02:00Z|restart|web|Killing: Stopping container web|9\n";
        QTest::newRow("jobs and nodes") << QByteArray("{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"Job\",\"name\":\"usage-report-29560800\"},\"type\":\"Normal\",\"reason\":\"Completed\",\"message\":\"Job completed\",\"lastTimestamp\":\"2026-03-17T10:02:00Z\"}\n"
                                                     "{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"usage-report-29560800-x2x9q\"},\"type\":\"Warning\",\"reason\":\"BackOff\",\"message\":\"Back-off\",\"lastTimestamp\":\"2026-03-17T10:02:01Z\"}\n"
                                                     "{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"ReplicaSet\",\"name\":\"web-7d9f8b6c54\"},\"type\":\"Normal\",\"reason\":\"SuccessfulCreate\",\"message\":\"Created pod\",\"lastTimestamp\":\"2026-03-17T10:02:02Z\"}\n"
                                                     "{\"kind\":\"Event\",\"involvedObject\":{\"kind\":\"Node\",\"name\":\"n1\"},\"type\":\"Warning\",\"reason\":\"NodeNotReady\",\"message\":\"not ready\",\"lastTimestamp\":\"2026-03-17T10:02:03Z\"}\n")
                                       << "kubernetes_events" << "2026-03-17T10:02:00Z|9|usage-report|Job completed|\n2026-03-17T10:02:01Z|13|usage-report|Back-off|\n2026-03-17T10:02:02Z|9|web|Created pod|\n2026-03-17T10:02:03Z|13||not ready|\n"
                                       << "2026-03-17T10:02:01Z|restart|usage-report|BackOff: Back-off|17\n2026-03-17T10:02:03Z|alert|n1|NodeNotReady: not ready|17\n";
        QTest::newRow("yaml") << QByteArray("apiVersion: v1\nitems:\n- apiVersion: v1\n  count: 2\n  involvedObject:\n    kind: Pod\n    name: web-0\n    namespace: default\n  kind: Event\n  lastTimestamp: \"2026-03-17T10:01:00Z\"\n"
                                            "  message: 'Container web was OOMKilled, it''s\n    out of memory'\n  metadata:\n    name: web-0.1\n  reason: OOMKilling\n  type: Warning\n- apiVersion: v1\n  involvedObject:\n    kind: Pod\n    name: web-1\n  kind: Event\n"
                                            "  lastTimestamp: \"2026-03-17T10:02:00Z\"\n  message: Scaling done\n  reason: Pulled\n  type: Normal\nkind: List\n")
                              << "kubernetes_events_yaml" << "2026-03-17T10:01:00Z|13|web|Container web was OOMKilled, it's out of memory|\n2026-03-17T10:02:00Z|9|web|Scaling done|\n"
                              << "2026-03-17T10:01:00Z|oom|web|OOMKilling: Container web was OOMKilled, it's out of memory|17\n";
        QTest::newRow("table") << QByteArray("LAST SEEN   TYPE      REASON              OBJECT                          MESSAGE\n5m          Normal    ScalingReplicaSet   deployment/retriever            Scaled up replica set retriever-6f to 1\n"
                                             "2m30s       Warning   BackOff             pod/chat-api-7d9f8b6c54-x2x9q   Back-off restarting failed container\n")
                               << "kubernetes_events_table" << "2026-03-18T02:08:20Z|9|retriever|Scaled up replica set retriever-6f to 1|\n2026-03-18T02:10:50Z|13|chat-api|Back-off restarting failed container|\n"
                               << "2026-03-18T02:08:20Z|deploy|retriever|ScalingReplicaSet: Scaled up replica set retriever-6f to 1|10\n2026-03-18T02:10:50Z|restart|chat-api|BackOff: Back-off restarting failed container|17\n";
    }
    void kubernetesEvents() {
        QFETCH(QByteArray, text);
        QFETCH(QString, format);
        QFETCH(QString, rows);
        QFETCH(QString, events);
        for (const size_t chunk : {size_t(1), size_t(65536)}) {
            std::string name;
            const Reading reading = readLog(text.toStdString(), logOptions(), &name, chunk);
            QCOMPARE(q(name), format);
            QCOMPARE(q(summary(reading)), rows);
            QCOMPARE(q(eventText(reading)), events);
        }
    }
    void eventsFromLines_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("entity");
        QTest::newRow("xid") << "Mar 17 10:58:12 gpu-node-07 kernel: [1.234567] NVRM: Xid (PCI:0000:cb:00): 63, pid=1, Row Remapper" << "xid" << "0000:cb:00";
        QTest::newRow("oom") << "Mar 17 10:58:12 node-1 kernel: Out of memory: Killed process 123 (python)" << "oom" << "node-1";
        QTest::newRow("cuda oom") << "2026-03-17 10:58:12,123 ERROR [x.py:1] torch.OutOfMemoryError: CUDA out of memory. Tried" << "oom" << "input";
        QTest::newRow("fan") << "2026-03-16 20:41:07 FAN5 Tach | 2240.000 | RPM | lcr | Lower Critical going low: reading below" << "hardware" << "bmc";
        QTest::newRow("server start") << "INFO 03-17 10:58:12 [api_server.py:12] vLLM API server version 0.11.0" << "restart" << "input";
        QTest::newRow("nothing") << "2026-03-17 10:58:12 INFO request restarted and deployed" << "" << "";
    }
    void eventsFromLines() {
        QFETCH(QString, line);
        QFETCH(QString, kind);
        QFETCH(QString, entity);
        const auto events = eventsOf(readLog(line.toStdString() + "\n", logOptions()));
        QCOMPARE(events.empty(), kind.isEmpty());
        if (kind.isEmpty())
            return;
        QCOMPARE(q(events[0].kind), kind);
        QCOMPARE(q(events[0].entity), entity);
        QCOMPARE(events[0].logRow, 0U);
    }
    void traceIdsInMessages() {
        const auto rows = rowsOf(readLog("2026-03-17 10:58:12,123 - chat - ERROR - turn failed trace_id=0af7651916cd43dd8448eb211c80319c\n", logOptions()));
        QCOMPARE(rows[0].trace, std::string(kTraceId));
    }
};

QTEST_APPLESS_MAIN(LogExportTest)
#include "log_export_test.moc"

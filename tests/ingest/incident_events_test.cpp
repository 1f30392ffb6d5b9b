// Events of the event lane, read off log lines of any format.
#include "ingest/incident_events.h"
#include "qt_test.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;

class IncidentEventsTest : public QObject {
    Q_OBJECT
private slots:
    void recognises_data() {
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("severity");
        QTest::addColumn<QString>("kind");
        QTest::newRow("xid") << "NVRM: Xid (PCI:0000:cb:00): 63, Row Remapper" << 0 << "xid";
        QTest::newRow("kernel oom") << "Out of memory: Killed process 4242 (python3)" << 17 << "oom";
        QTest::newRow("kubelet back-off") << "Back-off restarting failed container vllm in pod" << 13 << "restart";
        QTest::newRow("fan") << "Fan 3 | Lower Critical going low | Asserted" << 17 << "hardware";
        QTest::newRow("ordinary") << "request served" << 17 << "";
        QTest::newRow("talking about it at INFO") << "the log said NVRM: Xid yesterday" << 9 << "";
        QTest::newRow("beyond the first bytes") << QString(600, QLatin1Char('x')) + QStringLiteral("OOMKilled") << 17 << "";
    }
    void recognises() {
        QFETCH(QString, body);
        QFETCH(int, severity);
        QFETCH(QString, kind);
        Batch batch;
        LogSpec log;
        log.body = body.toStdString();
        log.severity = static_cast<uint8_t>(severity);
        log.service = "dmesg";
        addLog(batch, log);
        ingest::addIncidentEvents(batch);
        QCOMPARE(batch.events.empty() ? QString() : QString::fromStdString(batch.events[0].kind), kind);
        if (!batch.events.empty()) {
            QCOMPARE(batch.events[0].logRow, 0U);
            // An XID names the card, the rest what the log belongs to.
            QCOMPARE(batch.events[0].entity, std::string(kind == QLatin1String("xid") ? "node-dmesg/00000000:CB:00.0" : "node-dmesg"));
            QCOMPARE(batch.events[0].time, kT0);
        }
    }
    void aRowHasOneEvent() {
        Batch batch;
        LogSpec log;
        log.body = "NVRM: Xid 79";
        addLog(batch, log);
        batch.logs.severityNumber[0] = 17;
        IncidentEvent known;
        known.kind = "xid";
        known.logRow = 0;
        batch.events.push_back(known);
        ingest::addIncidentEvents(batch);
        QCOMPARE(batch.events.size(), size_t(1));
    }
    void isBounded() {
        Batch batch;
        for (int i = 0; i < 2'000; ++i) {
            LogSpec log;
            log.body = "OOMKilled " + std::to_string(i);
            log.severity = 17;
            addLog(batch, log);
        }
        ingest::addIncidentEvents(batch);
        QCOMPARE(batch.events.size(), size_t(256));
    }
};

QTEST_APPLESS_MAIN(IncidentEventsTest)
#include "incident_events_test.moc"

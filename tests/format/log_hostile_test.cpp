// Whatever the bytes: no crash, no unbounded buffer, nothing lost; and the same rows for every chunking.
#include <random>

#include <QDir>

#include "log_rows.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::test;

namespace {

const char* const kSeed =
    "2026-03-17 10:58:12,123 ERROR [main] a.B: boom\n\tat a.B.run(B.java:1)\n{\"ts\":1773745092.5,\"level\":\"warn\",\"msg\":\"x\",\"a\":{\"b\":[1,2]}}\n"
    "(APIServer pid=1) INFO 03-17 10:58:12 [loggers.py:259] Engine 000: Avg prompt throughput: 7300.1 tokens/s, Running: 88 reqs, GPU KV cache usage: 98.9%\n"
    "<134>1 2026-03-17T10:58:12.003Z host app 123 ID47 [ex@1 a=\"b\"] An event\nMar 17 10:58:12 h sshd[1]: x\nts=2026-03-17T10:58:12Z level=info msg=\"a \\\" b\" k=v\n"
    "10.0.0.1 - - [17/Mar/2026:10:58:12 +0000] \"GET /a?b=c HTTP/1.1\" 502 12 \"-\" \"curl\"\nI0317 10:58:12.123456 1 a.go:1] x\n[ 1234.567890] NVRM: Xid (PCI:0000:cb:00): 63, pid=1\n"
    "2026-03-17T10:58:12.1Z stdout P part\n2026-03-17T10:58:12.1Z stdout F rest\n#Fields: date time cs-method sc-status\n2026-03-17 10:58:12 GET 200\n   1 | 03/16/2026 | 21:41:07 | Fan | low | Asserted\n";

const char* const kFormats[] = {"log_cri", "log_docker", "log_columns", "log_klog", "log_access", "log_dmesg", "log_syslog", "log_ipmi", "log_vllm", "log_logfmt", "log_json", "log_compose", "log_text",
                                "log_export", "log_journal_export", "kubernetes_events", "kubernetes_events_yaml", "kubernetes_events_table"};

}  // namespace

class LogHostileTest : public QObject {
    Q_OBJECT
private slots:
    void chunksDoNotMatter_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("mixed") << QByteArray(kSeed);
        QTest::newRow("crlf") << QByteArray(kSeed).replace("\n", "\r\n");
        QByteArray many;
        for (int i = 0; i < 900; ++i)
            many += kSeed;
        QTest::newRow("longer than what is learnt from") << many;
    }
    void chunksDoNotMatter() {
        QFETCH(QByteArray, text);
        const std::string bytes = text.toStdString();
        const format::Format* log = format::findFormat("log_text");
        const std::string whole = readAs(*log, bytes, bytes.size(), logOptions()).text;
        const std::vector<size_t> sizes = bytes.size() > 100000 ? std::vector<size_t>{4096, 65536, 100001} : std::vector<size_t>{1, 2, 7, 64};
        for (const size_t chunk : sizes)
            QVERIFY(readAs(*log, bytes, chunk, logOptions()).text == whole);
    }
    void lnavChunksDoNotMatter() {
        NJ_NEED_SHARED_DATA(root, "lnav-logs");
        for (const QString& name : QDir(root).entryList({"logfile_*"}, QDir::Files)) {
            QFile file(root + "/" + name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const std::string bytes = file.readAll().left(12000).toStdString();
            const format::Format* format = format::detectFormat({bytes, name.toStdString(), true});
            if (format == nullptr)
                continue;
            const auto options = logOptions(name.toStdString());
            QVERIFY2(readAs(*format, bytes, 1, options).text == readAs(*format, bytes, bytes.size(), options).text, qPrintable(name));
        }
    }
    void mutations_data() {
        QTest::addColumn<QString>("format");
        for (const char* name : kFormats)
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void mutations() {
        QFETCH(QString, format);
        const format::Format* reader = format::findFormat(format.toStdString());
        QVERIFY(reader != nullptr);
        std::mt19937 random(7);
        const std::string seed = std::string(kSeed) + "{\"kind\":\"Event\",\"involvedObject\":{\"name\":\"x\"},\"reason\":\"Killing\",\"message\":\"m\",\"lastTimestamp\":\"2026-03-17T10:58:12Z\"}\nLAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n5m   Normal   A   pod/x   y\n- apiVersion: v1\n  kind: Event\n  reason: x\n"
                                                     "{\"data\":{\"resultType\":\"streams\",\"result\":[{\"stream\":{\"app\":\"x\"},\"values\":[[\"1773745092123456789\",\"level=info msg=x\"]]}]}}\n{\"events\":[{\"message\":\"x\",\"timestamp\":1773745092123}]}\n";
        for (int round = 0; round < 250; ++round) {
            std::string bytes = seed;
            const int edits = 1 + static_cast<int>(random() % 24);
            for (int i = 0; i < edits; ++i) {
                const size_t at = random() % bytes.size();
                switch (random() % 4) {
                case 0: bytes[at] = static_cast<char>(random()); break;
                case 1: bytes.erase(at, random() % 40); break;
                case 2: bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 60)); break;
                default: bytes[at] = "\"{}[]:,<>|\\ =\n\t"[random() % 15]; break;
                }
                if (bytes.empty())
                    bytes = "x";
            }
            const Reading reading = readAs(*reader, bytes, 1 + random() % 200, logOptions());
            QVERIFY(reading.ok);
            for (const LogRow& row : rowsOf(reading))
                QVERIFY2(q(row.body).toStdString() == row.body, "a body is valid UTF-8");
        }
    }
    void endlessThings_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no line end") << QByteArray(9 << 20, 'x');
        QTest::newRow("spaces") << QByteArray(3 << 20, ' ');
        QTest::newRow("line ends") << QByteArray(3 << 20, '\n');
        QTest::newRow("NULs") << QByteArray(3 << 20, '\0');
        QTest::newRow("open JSON") << QByteArray("{\"a\":\"") + QByteArray(20 << 20, 'x');
        QTest::newRow("deep JSON") << QByteArray("{\"a\":").repeated(100000);
        QTest::newRow("deep arrays") << QByteArray("{\"a\":") + QByteArray(100000, '[') + QByteArray(100000, ']') + "}\n";
        QTest::newRow("brackets") << QByteArray("2026-03-17 10:58:12 ") + QByteArray(1 << 20, '[') + "\n";
        QTest::newRow("many fields") << QByteArray("{\"ts\":1773745092") + [] {
            QByteArray fields;
            for (int i = 0; i < 20000; ++i)
                fields += ",\"k" + QByteArray::number(i) + "\":1";
            return fields;
        }() + "}\n";
    }
    void endlessThings() {
        QFETCH(QByteArray, text);
        const std::string bytes = text.toStdString();
        for (const char* name : {"log_text", "log_json", "log_export", "kubernetes_events"}) {
            const Reading reading = readAs(*format::findFormat(name), bytes, 1 << 16, logOptions());
            QVERIFY2(reading.ok, name);
            for (const LogRow& row : rowsOf(reading))
                QVERIFY(row.original.size() <= (1 << 20));
        }
    }
    void timesAtTheEdges() {
        for (const char* line : {"9999-12-31T23:59:59Z x", "9999-365T10:00:00 x", "0000-01-01T00:00:00Z x", "1970-01-01T00:00:00Z x", "2200-12-31 23:59:59 x", "[999999999.999999] x", "99999999999999999.9 x",
                                 "{\"ts\":1e308,\"msg\":\"x\"}", "{\"ts\":-1,\"msg\":\"x\"}", "{\"ts\":\"\",\"msg\":\"x\"}", "{\"ts\":9223372036854775807,\"msg\":\"x\"}", "{\"instant\":{\"epochSecond\":1773745092,\"nanoOfSecond\":9223372036854775807},\"msg\":\"x\"}"})
            QCOMPARE(rowsOf(readAs(*format::findFormat("log_text"), line, 64, logOptions())).size(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(LogHostileTest)
#include "log_hostile_test.moc"

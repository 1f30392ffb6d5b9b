// From lines to records: continuation lines, container wrappers, encodings, cuts, and the bytes as they stood in the file.
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

namespace {

std::string joined(const std::vector<LogRow>& rows) {
    std::string text;
    for (size_t i = 0; i < rows.size(); ++i)
        text += rows[i].original + (rows[i].part != 0 && i + 1 < rows.size() && rows[i + 1].part == rows[i].part + 1 ? "" : "\n");
    return text;
}

const char* const kTrace =
    "2026-03-17 10:58:12,123 - chat.stream - ERROR - stream ended\n"
    "Traceback (most recent call last):\n"
    "  File \"/app/stream.py\", line 88, in relay\n"
    "    raise X\n"
    "httpx.RemoteProtocolError: peer closed\n"
    "\n"
    "The above exception was the direct cause of the following exception:\n"
    "\n"
    "Traceback (most recent call last):\n"
    "  File \"/app/a.py\", line 1, in f\n"
    "ValueError: bad\n"
    "2026-03-17 10:58:13,000 - chat.stream - INFO - next\n";

}  // namespace

class LogRecordTest : public QObject {
    Q_OBJECT
private slots:
    void tracesStayOneRecord() {
        const auto rows = rowsOf(readLog(kTrace, logOptions()));
        QCOMPARE(rows.size(), size_t(2));
        QCOMPARE(rows[0].severity, 17);
        QVERIFY(q(rows[0].body).startsWith("stream ended\nTraceback"));
        QVERIFY(q(rows[0].body).endsWith("ValueError: bad"));
        QVERIFY2(q(rows[0].attributes).contains(R"("exception.type":"ValueError","exception.message":"bad")"), rows[0].attributes.c_str());
        QCOMPARE(rows[1].line, uint64_t(12));
        QCOMPARE(joined(rows), std::string(kTrace));
    }
    void javaTraces() {
        const auto rows = rowsOf(readLog("2026-03-17 10:58:12,123 ERROR [main] a.B: failed\njava.io.IOException: disk\n\tat a.B.run(B.java:1)\nCaused by: x.Y: z\n\t... 3 more\n2026-03-17 10:58:13,123 INFO [main] a.B: ok\n", logOptions()));
        QCOMPARE(rows.size(), size_t(2));
        QVERIFY2(q(rows[0].attributes).contains(R"("exception.type":"java.io.IOException","exception.message":"disk")"), rows[0].attributes.c_str());
    }
    void linesWithoutTimeAreTheirOwnWhenNoneHasOne() {
        const auto rows = rowsOf(readLog("Hello, World!\nHow are you?\n  indented\nGoodbye\n", logOptions("plain.log")));
        QCOMPARE(rows.size(), size_t(3));
        QCOMPARE(rows[1].body, std::string("How are you?\n  indented"));
        QCOMPARE(rows[0].time, std::string("-"));
        QCOMPARE(rows[0].timeFlags, int(kTimeNone));
    }
    void neighboursLendTheirTime() {
        const auto rows = rowsOf(readLog("INFO 03-17 10:58:12 [a.py:1] one\nINFO:     10.0.0.1:1 - \"GET / HTTP/1.1\" 200 OK\n", logOptions()));
        QCOMPARE(rows.size(), size_t(2));
        QCOMPARE(rows[1].time, rows[0].time);
        QCOMPARE(rows[1].timeFlags & kTimeFromNeighbour, int(kTimeFromNeighbour));
        const auto before = rowsOf(readLog("INFO:     10.0.0.1:1 - \"GET / HTTP/1.1\" 200 OK\nINFO 03-17 10:58:12 [a.py:1] one\n", logOptions()));
        QCOMPARE(before[0].time, before[1].time);
        QCOMPARE(before[0].timeFlags & kTimeFromNeighbour, int(kTimeFromNeighbour));
    }
    void criJoinsParts() {
        std::string name;
        const auto rows = rowsOf(readLog("2026-03-17T10:58:12.1Z stdout P {\"level\":\"warn\",\n2026-03-17T10:58:12.2Z stdout F \"msg\":\"inner\"}\n"
                                         "2026-03-17T10:58:13.1Z stderr F 2026-03-17 10:58:13,1 ERROR [main] a.B: boom\n2026-03-17T10:58:13.2Z stderr F \tat a.B.run(B.java:1)\n"
                                         "2026-03-17T10:58:14.1Z stdout F plain\n",
                                         logOptions("/var/log/pods/prod_retriever-7d9f8b6c54-x2x9q_0a1b2c3d-1111-2222-3333-444455556666/app/0.log"), &name));
        QCOMPARE(name, std::string("log_cri"));
        QCOMPARE(rows.size(), size_t(3));
        QCOMPARE(rows[0].body, std::string("inner"));
        QCOMPARE(rows[0].severity, 13);
        QCOMPARE(rows[0].time, std::string("2026-03-17T10:58:12.100000000Z"));
        QCOMPARE(rows[1].body, std::string("boom\n\tat a.B.run(B.java:1)"));
        QCOMPARE(rows[1].severity, 17);
        QCOMPARE(rows[2].service, std::string("retriever"));
        QVERIFY2(q(rows[2].resource).contains(R"("k8s.namespace.name":"prod","k8s.pod.name":"retriever-7d9f8b6c54-x2x9q","k8s.container.name":"app")"), rows[2].resource.c_str());
    }
    void dockerJoinsParts() {
        std::string name;
        const auto rows = rowsOf(readLog("{\"log\":\"half \",\"stream\":\"stdout\",\"time\":\"2026-03-17T10:58:12.2Z\"}\n{\"log\":\"line\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-17T10:58:12.3Z\"}\n"
                                         "{\"log\":\"{\\\"level\\\":\\\"warn\\\",\\\"msg\\\":\\\"inner\\\"}\\n\",\"stream\":\"stderr\",\"time\":\"2026-03-17T10:58:12.4Z\"}\n",
                                         logOptions(), &name));
        QCOMPARE(name, std::string("log_docker"));
        QCOMPARE(rows.size(), size_t(2));
        QCOMPARE(rows[0].body, std::string("half line"));
        QCOMPARE(rows[1].body, std::string("inner"));
        QCOMPARE(rows[1].severity, 13);
        QCOMPARE(rows[1].attributes, std::string(R"({"log.iostream":"stderr"})"));
    }
    void columnsMayChange() {
        const auto rows = rowsOf(readLog("#Fields: date time cs-method sc-status\n2026-03-17 10:58:12 GET 404\n#Fields: date time c-ip\n2026-03-17 10:58:13 10.0.0.1\n", logOptions(), nullptr, 1));
        QCOMPARE(rows.size(), size_t(4));
        QCOMPARE(rows[1].attributes, std::string(R"({"http.request.method":"GET","http.response.status_code":404})"));
        QCOMPARE(rows[1].severity, 13);
        QCOMPARE(rows[3].attributes, std::string(R"({"client.address":"10.0.0.1"})"));
        QCOMPARE(rows[3].time, std::string("2026-03-17T10:58:13Z"));
    }
    void uptimesCountFromBoot() {
        const auto reading = readLog("[    0.000000] Linux version\n[    2.000000] rtc_cmos 00:04: setting system clock to 2026-02-24T06:12:33 UTC (1771913553)\n[  100.500000] usb\n", logOptions());
        const auto rows = rowsOf(reading);
        QCOMPARE(rows[0].time, std::string("2026-02-24T06:12:31Z"));
        QCOMPARE(rows[2].time, std::string("2026-02-24T06:14:11.500000000Z"));
        QCOMPARE(rows[2].timeFlags, int(kTimeFromUptime));
        QVERIFY(q(reading.assumptions).contains("boot time the log itself tells"));
    }
    void uptimesCountBackFromTheFilesDate() {
        auto options = logOptions();
        options.modifiedAt = *parseTime("2026-03-17T10:00:00Z", 0);
        const auto rows = rowsOf(readLog("[   10.000000] a\n[   70.000000] b\n", options));
        QCOMPARE(rows[0].time, std::string("2026-03-17T09:59:00Z"));
        QCOMPARE(rows[1].time, std::string("2026-03-17T10:00:00Z"));
    }
    void carriageReturns() {
        const std::string text = "2026-03-17 10:58:12 INFO one\r\n2026-03-17 10:58:13 WARN two\r\n  more\r\n";
        const auto rows = rowsOf(readLog(text, logOptions()));
        QCOMPARE(rows.size(), size_t(2));
        QCOMPARE(rows[0].body, std::string("one"));
        QCOMPARE(rows[1].body, std::string("two\r\n  more"));
        QCOMPARE(joined(rows), text);
    }
    void byteOrderMarks() {
        const std::string plain = "2026-03-17 10:58:12 INFO grün 😀\n";
        QCOMPARE(rowsOf(readLog("\xEF\xBB\xBF" + plain, logOptions()))[0].body, std::string("grün 😀"));
        const QString text = QString::fromStdString(plain);
        for (const bool big : {false, true}) {
            std::string wide = big ? "\xFE\xFF" : "\xFF\xFE";
            for (const QChar c : text) {
                const char low = static_cast<char>(c.unicode() & 0xff), high = static_cast<char>(c.unicode() >> 8);
                wide += big ? high : low;
                wide += big ? low : high;
            }
            for (const size_t chunk : {size_t(1), size_t(3), size_t(65536)}) {
                std::string name;
                const auto rows = rowsOf(readLog(wide, logOptions(), &name, chunk));
                QCOMPARE(rows.size(), size_t(1));
                QCOMPARE(rows[0].body, std::string("grün 😀"));
                QCOMPARE(rows[0].severity, 9);
            }
        }
    }
    void invalidTextIsRepairedOnceAndKeptAsItStood() {
        const std::string text = "2026-03-17 10:58:12 INFO a\xff" "b\n2026-03-17 10:58:13 INFO c\xfe\n2026-03-17 10:58:14 INFO fine\n";
        const Reading reading = readLog(text, logOptions());
        const auto rows = rowsOf(reading);
        QCOMPARE(rows[0].body, std::string("a\xEF\xBF\xBD" "b"));
        QCOMPARE(joined(rows), text);
        QCOMPARE(reading.batches.back().health.size(), size_t(1));
        QCOMPARE(reading.batches.back().health[0].count, uint64_t(2));
        QCOMPARE(reading.batches.back().health[0].line, uint64_t(1));
    }
    void giantRecordsAreCut_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("parts");
        QTest::newRow("one line") << QByteArray("2026-03-17 10:58:12 ERROR big ") + QByteArray(5 << 20, 'x') + QByteArray("\n2026-03-17 10:58:13 INFO next\n") << 6;
        QByteArray lines("2026-03-17 10:58:12 ERROR big\n");
        for (int i = 0; i < 60000; ++i)
            lines += "   at some.frame.in.a.very.deep.stack(File.java:" + QByteArray::number(i) + ")\n";
        QTest::newRow("many lines") << lines + QByteArray("2026-03-17 10:58:13 INFO next\n") << int(lines.size() >> 20) + 1;
    }
    void giantRecordsAreCut() {
        QFETCH(QByteArray, text);
        QFETCH(int, parts);
        const auto rows = rowsOf(readLog(text.toStdString(), logOptions()));
        QCOMPARE(int(rows.size()), parts + 1);
        for (int i = 0; i < parts; ++i) {
            QCOMPARE(rows[size_t(i)].part, uint32_t(i + 1));
            QCOMPARE(rows[size_t(i)].severity, 17);
            QCOMPARE(rows[size_t(i)].time, std::string("2026-03-17T10:58:12Z"));
            QVERIFY(rows[size_t(i)].original.size() <= (1 << 20));
        }
        QCOMPARE(rows.back().body, std::string("next"));
        QVERIFY(joined(rows) == text.toStdString());
    }
    void malformedJsonLinesAreKeptAsText() {
        const Reading reading = readLog("{\"ts\":\"2026-03-17T10:58:12Z\",\"level\":\"info\",\"msg\":\"a\"}\n{\"ts\":\"2026-03-17T10:58:13Z\",\"level\":\"in\n{\"ts\":\"2026-03-17T10:58:14Z\",\"level\":\"info\",\"msg\":\"b\"}\n", logOptions());
        const auto rows = rowsOf(reading);
        QCOMPARE(rows.size(), size_t(3));
        QCOMPARE(rows[1].time, rows[0].time);
        QCOMPARE(rows[2].body, std::string("b"));
        QCOMPARE(reading.batches.back().health.size(), size_t(1));
    }
    void servicesFromNames_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("service");
        QTest::newRow("plain") << "logs/gateway.log" << "gateway";
        QTest::newRow("rotated") << "gateway.log.3.gz" << "gateway";
        QTest::newRow("dated") << "gateway-2026-03-17.log" << "gateway";
        QTest::newRow("compact date") << "gateway.log-20260317" << "gateway";
        QTest::newRow("pod") << "retriever-7d9f8b6c54-x2x9q.log" << "retriever";
        QTest::newRow("stateful pod") << "vllm-a-0.log" << "vllm-a";
        QTest::newRow("access") << "envoy-access.log.zst" << "envoy";
        QTest::newRow("replica name stays") << "vllm-a.log" << "vllm-a";
    }
    void servicesFromNames() {
        QFETCH(QString, path);
        QFETCH(QString, service);
        const auto rows = rowsOf(readLog("2026-03-17 10:58:12 INFO x\n", logOptions(path.toStdString())));
        QCOMPARE(q(rows[0].service), service);
    }
};

QTEST_APPLESS_MAIN(LogRecordTest)
#include "log_record_test.moc"

// A log that is followed through a pipe: what was read is handed out when the writer pauses, not with the next 64 KiB.
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

class LogPauseTest : public QObject {
    Q_OBJECT
private slots:
    void handsOutWhatIsWhole() {
        Reading reading;
        const auto take = [&](Batch&& batch) {
            reading.batches.push_back(std::move(batch));
            return true;
        };
        const auto reader = format::findFormat("log_text")->open(logOptions());
        QVERIFY(reader->feed("2026-03-17T10:58:12Z ERROR fi", take).ok());
        QVERIFY(reader->pause(take).ok());
        QCOMPARE(rowsOf(reading).size(), size_t(0));   // half a line
        QVERIFY(reader->feed("rst\n\tat Frame\n2026-03-17T10:58:13Z INFO second\n2026-03-17T10:58:14Z INFO th", take).ok());
        QVERIFY(reader->pause(take).ok());
        QCOMPARE(rowsOf(reading).size(), size_t(2));
        QVERIFY(reader->pause(take).ok());
        QVERIFY(reader->feed("ird\n", take).ok());
        QVERIFY(reader->finish(take).ok());
        const auto rows = rowsOf(reading);
        QCOMPARE(rows.size(), size_t(3));
        QCOMPARE(rows[0].original, std::string("2026-03-17T10:58:12Z ERROR first\n\tat Frame"));
        QCOMPARE(rows[1].body, std::string("second"));
        QCOMPARE(rows[1].line, uint64_t(3));
        QCOMPARE(rows[2].body, std::string("third"));
        QCOMPARE(rows[2].line, uint64_t(4));
    }
    void tablesToo() {
        Reading reading;
        const auto take = [&](Batch&& batch) {
            reading.batches.push_back(std::move(batch));
            return true;
        };
        const auto reader = format::findFormat("log_csv")->open(logOptions());
        QVERIFY(reader->feed("time,level,message\n", take).ok());
        QVERIFY(reader->pause(take).ok());   // a header alone is no table yet
        QVERIFY(reader->feed("2026-03-17T10:58:12Z,info,one\n2026-03-17T10:5", take).ok());
        QVERIFY(reader->pause(take).ok());
        QCOMPARE(rowsOf(reading).size(), size_t(1));
        QVERIFY(reader->feed("8:13Z,info,two\n", take).ok());
        QVERIFY(reader->finish(take).ok());
        QCOMPARE(rowsOf(reading).size(), size_t(2));
    }
    void othersThatGrow_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("spans") << QStringLiteral("otlp_json")
                               << QByteArray("{'resourceSpans':[{'scopeSpans':[{'spans':[{'traceId':'0102030405060708090a0b0c0d0e0f10','spanId':'0102030405060708','name':'a','startTimeUnixNano':'1773745092000000000',"
                                             "'endTimeUnixNano':'1773745093000000000'}]}]}]}\n");
        QTest::newRow("events") << QStringLiteral("kubernetes_events")
                                << QByteArray("{'apiVersion':'v1','kind':'Event','lastTimestamp':'2026-03-17T10:58:12Z','reason':'BackOff','message':'Back-off','type':'Warning','involvedObject':{'kind':'Pod','name':'a'}}\n");
        QTest::newRow("journal") << QStringLiteral("log_journal_export") << QByteArray("__REALTIME_TIMESTAMP=1773745092000000\nMESSAGE=hello\n\n");
        QTest::newRow("nvidia-smi") << QStringLiteral("nvidia_smi_csv") << QByteArray("timestamp, index, utilization.gpu [%]\n2026/03/17 10:58:12.123, 0, 97 %\n");
    }
    void othersThatGrow() {
        QFETCH(QString, format);
        QFETCH(QByteArray, text);
        text.replace('\'', '"');
        size_t rows = 0;
        const auto take = [&](Batch&& batch) {
            rows += batch.rowCount();
            return true;
        };
        const auto reader = format::findFormat(format.toStdString())->open(logOptions());
        QVERIFY(reader->feed({text.constData(), static_cast<size_t>(text.size())}, take).ok());
        QVERIFY(reader->pause(take).ok());
        QCOMPARE(rows, size_t(1));
        QVERIFY(reader->feed({text.constData(), static_cast<size_t>(text.size())}, take).ok());
        QVERIFY(reader->finish(take).ok());
        QCOMPARE(rows, size_t(2));
    }
    // Pausing anywhere changes where records are cut, never what lines there are.
    void pausingLosesNothing() {
        std::string text;
        for (int i = 0; i < 300; ++i)
            text += "2026-03-17T10:58:12Z INFO line " + std::to_string(i) + "\n";
        for (const size_t chunk : {size_t(7), size_t(41), size_t(1000)}) {
            Reading reading;
            const auto take = [&](Batch&& batch) {
                reading.batches.push_back(std::move(batch));
                return true;
            };
            const auto reader = format::findFormat("log_text")->open(logOptions());
            for (size_t at = 0; at < text.size(); at += chunk) {
                QVERIFY(reader->feed(std::string_view(text).substr(at, chunk), take).ok());
                QVERIFY(reader->pause(take).ok());
            }
            QVERIFY(reader->finish(take).ok());
            const auto rows = rowsOf(reading);
            QCOMPARE(rows.size(), size_t(300));
            QCOMPARE(rows[299].body, std::string("line 299"));
            QCOMPARE(rows[299].line, uint64_t(300));
        }
    }
};

QTEST_APPLESS_MAIN(LogPauseTest)
#include "log_pause_test.moc"

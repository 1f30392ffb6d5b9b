// Tables as log stores and dashboards export them: RFC 4180's quoting, other separators, what the columns mean, and tables that are none.
#include "format/csv_splitter.h"
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

namespace {

struct Cut {
    QStringList records;   // cells joined by '|', the line first
    QStringList rejected;
};

Cut cut(const QByteArray& text, char delimiter, qsizetype chunk) {
    Cut out;
    format::CsvSplitter splitter(delimiter);
    const auto take = [&](const format::CsvRecord& record) {
        QStringList cells{QString::number(record.line)};
        for (const std::string_view cell : record.cells)
            cells << q(cell);
        out.records << cells.join(QLatin1Char('|'));
        return true;
    };
    const auto reject = [&](std::string_view, uint64_t line) { out.rejected << QString::number(line); };
    for (qsizetype at = 0; at < text.size(); at += chunk)
        splitter.feed({text.constData() + at, size_t(std::min(chunk, text.size() - at))}, take, reject);
    splitter.finish(take, reject);
    return out;
}

// time|severity|service|body|attributes
QString logText(const Reading& reading) {
    QString text;
    for (const LogRow& row : rowsOf(reading))
        text += QStringLiteral("%1|%2|%3|%4|%5\n").arg(q(row.time)).arg(row.severity).arg(q(row.service), q(row.body), q(row.attributes));
    return text;
}

// name{labels} unit: time=value …
QString seriesText(const Reading& reading) {
    QStringList lines;
    for (const Batch& batch : reading.batches) {
        for (uint32_t s = 0; s < batch.series.size(); ++s) {
            QString line = q(batch.series[s].name) + q(attributesToJson(batch.series[s].attributes)) + QLatin1Char(' ') + q(batch.series[s].unit) + QLatin1Char(':');
            for (size_t i = 0; i < batch.samples.size(); ++i)
                if (batch.samples.series[i] == s)
                    line += QStringLiteral(" %1=%2").arg(q(formatRfc3339(batch.samples.time[i], 0)), q(sampleValue(batch.samples.valueBits[i], 0)));
            lines << line;
        }
    }
    return lines.join(QLatin1Char('\n'));
}

QByteArray wide(const QString& text) {
    QByteArray bytes("\xff\xfe", 2);
    for (const QChar c : text)
        bytes.append(static_cast<char>(c.unicode() & 0xff)).append(static_cast<char>(c.unicode() >> 8));
    return bytes;
}

}  // namespace

class CsvTest : public QObject {
    Q_OBJECT
private slots:
    void splits_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("delimiter");
        QTest::addColumn<QStringList>("records");
        QTest::newRow("plain") << QByteArray("a,b\r\n1,2\r\n") << "," << QStringList{"1|a|b", "2|1|2"};
        QTest::newRow("no last line end") << QByteArray("a,b\n1,2") << "," << QStringList{"1|a|b", "2|1|2"};
        QTest::newRow("quotes") << QByteArray("\"a,1\",\"say \"\"hi\"\"\",\"\"\n") << "," << QStringList{"1|a,1|say \"hi\"|"};
        QTest::newRow("line ends in a cell") << QByteArray("\"one\ntwo\",x\ny,z\n") << "," << QStringList{"1|one\ntwo|x", "3|y|z"};
        QTest::newRow("a quote inside a cell") << QByteArray("5\" disk,ok\nb,c\n") << "," << QStringList{"1|5\" disk|ok", "2|b|c"};
        QTest::newRow("blanks around quotes") << QByteArray(" \"a\" ; b \n") << ";" << QStringList{"1|a|b"};
        QTest::newRow("tabs") << QByteArray("a\t\tc\n") << "\t" << QStringList{"1|a||c"};
        QTest::newRow("blank line") << QByteArray("a,b\n\nc,d\n") << "," << QStringList{"1|a|b", "2|", "3|c|d"};
        QTest::newRow("text behind a closing quote") << QByteArray("\"a\"b,c\n") << "," << QStringList{"1|ab|c"};
    }
    void splits() {
        QFETCH(QByteArray, text);
        QFETCH(QString, delimiter);
        QFETCH(QStringList, records);
        for (const qsizetype chunk : {1, 3, 65536})
            QCOMPARE(cut(text, delimiter.at(0).toLatin1(), chunk).records, records);
    }
    // A quote that is never closed costs its line, not the file.
    void openQuotes() {
        QByteArray text("a,b\nbad,\"open\n");
        for (int i = 0; i < 200'000; ++i)
            text += "12345,67\n";
        for (const qsizetype chunk : {qsizetype(4096), text.size()}) {
            const Cut all = cut(text, ',', chunk);
            QCOMPARE(all.rejected, QStringList{"2"});
            QCOMPARE(all.records.size(), 200'001);
            QCOMPARE(all.records.last(), QStringLiteral("200002|12345|67"));
        }
        const Cut small = cut("a,b\nbad,\"open\n1,2\n3,4\n", ',', 7);
        QCOMPARE(small.rejected, QStringList{"2"});
        QCOMPARE(small.records, (QStringList{"1|a|b", "3|1|2", "4|3|4"}));
    }

    void tables_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("rows");
        const auto row = [](const char* name, const QByteArray& text, const char* rows) { QTest::newRow(name) << text << QString::fromUtf8(rows); };
        row("Kibana", "\"@timestamp\",\"log.level\",\"service.name\",message\n\"Mar 17, 2026 @ 10:58:12.123\",error,gateway,\"first byte deadline exceeded, upstream vllm-a\"\n\"Mar 17, 2026 @ 10:58:13.000\",info,gateway,\"two\nlines\"\n",
            "2026-03-17T10:58:12.123000000Z|17|gateway|first byte deadline exceeded, upstream vllm-a|{}\n2026-03-17T10:58:13Z|9|gateway|two\nlines|{}\n");
        row("Splunk", "\"_time\",host,source,sourcetype,\"_raw\"\n\"2026-03-17T10:58:12.000+0000\",web1,/var/log/app.log,app,\"2026-03-17 10:58:12,123 ERROR [main] com.x.Y: failed\"\n",
            "2026-03-17T10:58:12Z|17|export|failed|{\"source\":\"/var/log/app.log\",\"sourcetype\":\"app\",\"thread.name\":\"main\"}\n");
        row("Datadog", "\"Date\",\"Host\",\"Service\",\"Message\"\n\"2026-03-17T10:58:12.000Z\",\"i-1\",\"gateway\",\"{\"\"level\"\":\"\"error\"\",\"\"msg\"\":\"\"dd boom\"\"}\"\n", "2026-03-17T10:58:12Z|17|gateway|dd boom|{}\n");
        row("Grafana logs", "\"Time\",\"Line\",\"labels\",\"tsNs\",\"id\"\n\"2026-03-17 10:58:12.123\",\"level=warn msg=slow\",\"{\"\"app\"\":\"\"gw\"\",\"\"pod\"\":\"\"gw-1\"\"}\",\"1773745092123456789\",\"x1\"\n",
            "2026-03-17T10:58:12.123456789Z|13|gw|slow|{\"k8s.pod.name\":\"gw-1\",\"id\":\"x1\"}\n");
        row("semicolons", "sep=;\r\nTime;Level;Message;Duration\r\n2026-03-17 10:58:12;WARN;slow, very slow;1.5\r\n2026-03-17 10:58:13;INFO;fine;2\r\n",
            "2026-03-17T10:58:12Z|13|export|slow, very slow|{\"Duration\":1.5}\n2026-03-17T10:58:13Z|9|export|fine|{\"Duration\":2}\n");
        row("tabs and a mark", "\xef\xbb\xbftimestamp\tseverity\tmsg\n1773745092\tERROR\tboom\n", "2026-03-17T10:58:12Z|17|export|boom|{}\n");
        row("date and time apart", "Id,Date,Time,Level,Content\n1,2026-03-17,10:58:12,WARN,slow\n2,2026-03-17,10:58:13,INFO,fine\n", "2026-03-17T10:58:12Z|13|export|slow|{\"Id\":1}\n2026-03-17T10:58:13Z|9|export|fine|{\"Id\":2}\n");
        row("month, day and time", "Month,Day,Time,Level,Content\nMar,17,10:58:12,WARN,slow\nMar,17,10:58:13,INFO,fine\n", "2026-03-17T10:58:12Z|13|export|slow|{}\n2026-03-17T10:58:13Z|9|export|fine|{}\n");
        row("requests without a message", "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-03-17 18:17:03.979,4808,10\n2026-03-17 18:17:04.031,3180,8\n2026-03-17 18:17:04.078,110,27\n2026-03-17 18:17:06.421,7433,14\n",
            "2026-03-17T18:17:03.979000000Z|0|export|2026-03-17 18:17:03.979,4808,10|{\"ContextTokens\":4808,\"GeneratedTokens\":10}\n2026-03-17T18:17:04.031000000Z|0|export|2026-03-17 18:17:04.031,3180,8|{\"ContextTokens\":3180,\"GeneratedTokens\":8}\n"
            "2026-03-17T18:17:04.078000000Z|0|export|2026-03-17 18:17:04.078,110,27|{\"ContextTokens\":110,\"GeneratedTokens\":27}\n2026-03-17T18:17:06.421000000Z|0|export|2026-03-17 18:17:06.421,7433,14|{\"ContextTokens\":7433,\"GeneratedTokens\":14}\n");
    }
    void tables() {
        QFETCH(QByteArray, text);
        QFETCH(QString, rows);
        for (const size_t chunk : {size_t(1), size_t(65536)}) {
            std::string name;
            const Reading reading = readLog(text.toStdString(), logOptions("export.csv"), &name, chunk);
            QCOMPARE(q(name), QStringLiteral("log_csv"));
            QCOMPARE(logText(reading), rows);
            QCOMPARE(reading.rejected(), uint64_t(0));
        }
    }
    void excelsUtf16() {
        const Reading reading = readLog(wide(QStringLiteral("Time\tMessage\n2026-03-17 10:58:12\tgrüße\n")).toStdString(), logOptions("export.csv"));
        QCOMPARE(logText(reading), QString::fromUtf8("2026-03-17T10:58:12Z|0|export|grüße|{}\n"));
    }
    void rowsThatDoNotFit() {
        const Reading reading = readLog("time,level,message\n2026-03-17T10:58:12Z,info,one\n2026-03-17T10:58:13Z,info,too,many\nnever,warn,no time\n2026-03-17T10:58:14Z,info\n2026-03-17T10:58:15Z,info,last\n"
                                        "2026-03-17T10:58:16Z,info,last\n2026-03-17T10:58:17Z,info,last\n2026-03-17T10:58:18Z,info,last\n2026-03-17T10:58:19Z,info,last\n2026-03-17T10:58:20Z,info,last\n"
                                        "2026-03-17T10:58:21Z,info,last\n2026-03-17T10:58:22Z,info,last\n",
                                        logOptions("export.csv"));
        QCOMPARE(reading.rejected(), uint64_t(1));
        const auto rows = rowsOf(reading);
        QCOMPARE(rows.size(), size_t(11));
        QCOMPARE(rows[1].time, std::string("2026-03-17T10:58:12Z"));   // placed at the row before it
        QCOMPARE(rows[1].line, uint64_t(4));
        QCOMPARE(rows[1].body, std::string("no time"));
    }

    void series_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("series");
        QTest::newRow("Grafana panel") << QByteArray("\"Time\",\"vllm:num_requests_waiting{pod=\"\"vllm-a-0\"\"}\",\"vllm-b\"\n2026-03-17 10:58:00,55,0\n2026-03-17 10:58:15,72,\n")
                                       << "vllm:num_requests_waiting{\"pod\":\"vllm-a-0\"} : 2026-03-17T10:58:00Z=55 2026-03-17T10:58:15Z=72\nvllm-b{} : 2026-03-17T10:58:00Z=0";
        QTest::newRow("units, epoch ms, semicolons") << QByteArray("Time;GPU 3;GPU 4\n1773745080000;87 °C;70 °C\n1773745095000;86.5 °C;71 °C\n")
                                                     << "GPU 3{} °C: 2026-03-17T10:58:00Z=87 2026-03-17T10:58:15Z=86.5\nGPU 4{} °C: 2026-03-17T10:58:00Z=70 2026-03-17T10:58:15Z=71";
        QTest::newRow("two tables in one file") << QByteArray("\"Time\",\"a\"\n2026-03-17 10:58:00,1\n\n\"Time\",\"b\"\n2026-03-17 10:58:00,2\n") << "a{} : 2026-03-17T10:58:00Z=1\nb{} : 2026-03-17T10:58:00Z=2";
        QTest::newRow("even times under another name") << QByteArray("when,cpu,mem\n2026-03-17T10:58:00Z,0.5,100\n2026-03-17T10:59:00Z,0.6,101\n2026-03-17T11:00:00Z,0.7,102\n2026-03-17T11:01:00Z,0.8,103\n")
                                                       << "cpu{} : 2026-03-17T10:58:00Z=0.5 2026-03-17T10:59:00Z=0.6 2026-03-17T11:00:00Z=0.7 2026-03-17T11:01:00Z=0.8\n"
                                                          "mem{} : 2026-03-17T10:58:00Z=100 2026-03-17T10:59:00Z=101 2026-03-17T11:00:00Z=102 2026-03-17T11:01:00Z=103";
    }
    void series() {
        QFETCH(QByteArray, text);
        QFETCH(QString, series);
        for (const size_t chunk : {size_t(1), size_t(65536)}) {
            std::string name;
            const Reading reading = readLog(text.toStdString(), logOptions("panel.csv"), &name, chunk);
            QCOMPARE(q(name), QStringLiteral("series_csv"));
            QCOMPARE(seriesText(reading), series);
            QCOMPARE(reading.rejected(), uint64_t(0));
        }
    }
    void rowsOfSeveralPods() {
        std::string name;
        const Reading reading = readLog("Time,TimeStamp,PodName,CpuUsage(m),Rate(%)\n2022-08-23 11:59:28.3 +0000 UTC m=+0.3,1661255968,web-1,5,0.5\n2022-08-23 11:59:28.3 +0000 UTC m=+0.3,1661255968,web-2,7,\n"
                                        "2022-08-23 12:00:28.3 +0000 UTC m=+0.3,1661256028,web-1,6,0.6\n2022-08-23 12:00:28.3 +0000 UTC m=+0.3,1661256028,web-2,8,\n2022-08-23 12:01:28.3 +0000 UTC m=+0.3,1661256088,web-1,6,0.6\n",
                                        logOptions("pods.csv"), &name);
        QCOMPARE(q(name), QStringLiteral("series_csv"));
        QCOMPARE(seriesText(reading), QStringLiteral("CpuUsage{\"k8s.pod.name\":\"web-1\"} m: 2022-08-23T11:59:28Z=5 2022-08-23T12:00:28Z=6 2022-08-23T12:01:28Z=6\nRate{\"k8s.pod.name\":\"web-1\"} %: 2022-08-23T11:59:28Z=0.5 "
                                                     "2022-08-23T12:00:28Z=0.6 2022-08-23T12:01:28Z=0.6\nCpuUsage{\"k8s.pod.name\":\"web-2\"} m: 2022-08-23T11:59:28Z=7 2022-08-23T12:00:28Z=8"));
    }
    void aValueIsCalledAsItsFile() {
        const Reading reading = readLog("timestamp,value\n2014-04-01 00:00:00,20.0\n2014-04-01 00:05:00,20.5\n2014-04-01 00:10:00,21\n", logOptions("data/ec2_cpu_utilization.csv"));
        QCOMPARE(seriesText(reading), QStringLiteral("ec2_cpu_utilization{} : 2014-04-01T00:00:00Z=20 2014-04-01T00:05:00Z=20.5 2014-04-01T00:10:00Z=21"));
    }
    // "980 ms" and "1.2 s" do not compare: said, not mixed.
    void formattedValuesThatChangeTheirUnit() {
        const Reading reading = readLog("Time,p99\n2026-03-17 10:58:00,980 ms\n2026-03-17 10:58:15,1.2 s\n2026-03-17 10:58:30,990 ms\n", logOptions("panel.csv"));
        QCOMPARE(reading.rejected(), uint64_t(1));
        QCOMPARE(seriesText(reading), QStringLiteral("p99{} ms: 2026-03-17T10:58:00Z=980 2026-03-17T10:58:30Z=990"));
    }

    void noTables_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("prose") << QByteArray("Dear all, we saw, at noon, an incident.\nIt began, as said, at noon.\n");
        QTest::newRow("a log with commas") << QByteArray("2026-03-17 10:58:12,123 INFO a, b\n2026-03-17 10:58:13,123 INFO a, b\n");
        QTest::newRow("no times") << QByteArray("name,colour\nalpha,red\nbeta,blue\n");
        QTest::newRow("no header") << QByteArray("2026-03-17T10:58:12Z,1\n2026-03-17T10:58:13Z,2\n");
        QTest::newRow("steps of a training run") << QByteArray("Step,run - loss\n1,0.5\n2,0.4\n3,0.3\n");
    }
    void noTables() {
        QFETCH(QByteArray, text);
        std::string name;
        readLog(text.toStdString(), logOptions("file.csv"), &name);
        QVERIFY2(name != "log_csv" && name != "series_csv", name.c_str());
    }

    void logcliDefault() {
        std::string name;
        const Reading reading = readLog("2026-03-17T11:58:12+01:00 {app=\"gateway\", level=\"error\", pod=\"gw-1\"} first byte deadline exceeded\n"
                                        "2026-03-17T11:58:13+01:00 {app=\"gateway\", pod=\"gw-1\"}          ts=2026-03-17T10:58:13Z level=warn msg=\"slow one\" upstream=vllm-a\n",
                                        logOptions("out.txt"), &name);
        QCOMPARE(logText(reading), QStringLiteral("2026-03-17T10:58:12Z|17|gateway|first byte deadline exceeded|{\"k8s.pod.name\":\"gw-1\"}\n"
                                                  "2026-03-17T10:58:13Z|13|gateway|slow one|{\"k8s.pod.name\":\"gw-1\",\"upstream\":\"vllm-a\"}\n"));
    }
};

QTEST_APPLESS_MAIN(CsvTest)
#include "csv_test.moc"

// The whole way: a bundle on disk, through the importer, into a capsule, and out again by SQL.
#include <QTemporaryDir>

#include "ingest/importer.h"
#include "qt_test.h"
#include "store/capsule_writer.h"
#include "store/sql_session.h"
#include "support/archive_builder.h"

using namespace nj;
using namespace nj::test;

namespace {

std::string span(int id, const char* service, const char* pod) {
    return std::string(R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":")") + service + R"("}},{"key":"k8s.pod.name","value":{"stringValue":")" + pod +
           R"("}}]},"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":")" + QString::number(id, 16).rightJustified(16, QLatin1Char('0')).toStdString() +
           R"(","name":"llm_request","kind":2,"startTimeUnixNano":"1773745092000000000","endTimeUnixNano":"1773745093000000000"}]}]}]})" + "\n";
}

std::string bundle() {
    std::string traces;
    for (int i = 1; i <= 300; ++i)
        traces += span(i, i % 2 ? "vllm-a" : "gateway", i % 2 ? "vllm-a-7d9f4-x2x" : "gateway-0");
    std::string logs;
    for (int i = 0; i < 200; ++i)
        logs += "2026-03-17T10:58:" + QString::number(i % 60).rightJustified(2, QLatin1Char('0')).toStdString() + "Z WARN request " + std::to_string(i) + " waits\n";
    return zstd(tar({{"traces.jsonl", traces}, {"logs/engine.log.gz", gzip(logs)}, {"config.yaml", "apiVersion: v1\nkind: ConfigMap\n"}}));
}

class Capsule {
public:
    Capsule() { writeFile(bundlePath(), bundle()); }
    std::string bundlePath() const { return folder_.filePath(QStringLiteral("bundle.tar.zst")).toStdString(); }
    std::string path() const { return folder_.filePath(QStringLiteral("c.nightjar")).toStdString(); }
    Result<ingest::ImportReport> import(std::stop_token stop = {}, const ingest::ProgressCallback& progress = {}) const {
        NJ_ASSIGN(auto writer, store::CapsuleWriter::open(path()));
        auto report = ingest::Importer().import({bundlePath()}, {}, *writer, progress, stop);
        NJ_RETURN_IF_ERROR(writer->close());
        return report;
    }
    QString ask(const char* sql) const {
        auto reader = store::CapsuleReader::open(path());
        if (!reader.ok())
            return QString::fromStdString(reader.error().message);
        const auto answer = store::runSql(**reader, sql, {}, {});
        if (!answer.ok())
            return QString::fromStdString(answer.error().message);
        QStringList lines;
        for (const auto& row : answer->rows) {
            QStringList cells;
            for (const auto& value : row)
                cells << (value.type == sqlite::Statement::Type::kInteger ? QString::number(value.integer) : QString::fromStdString(value.text));
            lines << cells.join(QLatin1Char('|'));
        }
        return lines.join(QLatin1Char('\n'));
    }

private:
    QTemporaryDir folder_;
};

}  // namespace

class CapsuleImportTest : public QObject {
    Q_OBJECT
private slots:
    void aBundleBecomesACapsule() {
        const Capsule capsule;
        const auto report = capsule.import();
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        QCOMPARE(report->spans, uint64_t(300));
        QCOMPARE(report->logs, uint64_t(200));
        QCOMPARE(report->documents, uint64_t(1));
        QCOMPARE(capsule.ask("SELECT service, count(*) FROM spans GROUP BY 1 ORDER BY 1"), QStringLiteral("gateway|150\nvllm-a|150"));
        QCOMPARE(capsule.ask("SELECT count(*), min(severity_number) FROM logs"), QStringLiteral("200|13"));
        QCOMPARE(capsule.ask("SELECT text FROM documents"), QStringLiteral("apiVersion: v1\nkind: ConfigMap\n"));
        QCOMPARE(capsule.ask("SELECT count(*) FROM imports WHERE state = 'done'"), QStringLiteral("3"));
        QVERIFY(capsule.ask("SELECT path FROM imports").contains(QStringLiteral("bundle.tar.zst/logs/engine.log.gz")));
        QCOMPARE(capsule.ask("SELECT to_key FROM entity_edges WHERE from_kind = 'service' AND from_key = 'vllm-a' AND relation = 'served_by'"), QStringLiteral("vllm-a-7d9f4-x2x"));
    }
    void importedTwiceCountsOnce() {
        const Capsule capsule;
        QVERIFY(capsule.import().ok());
        const auto again = capsule.import();
        QVERIFY(again.ok());
        QCOMPARE(again->spans + again->logs + again->documents, uint64_t(0));
        for (const auto& member : again->members) {
            QVERIFY(!member.kept);
            QVERIFY(member.sameAs.has_value());
        }
        QCOMPARE(capsule.ask("SELECT (SELECT count(*) FROM spans), (SELECT count(*) FROM logs), (SELECT count(*) FROM documents), (SELECT count(*) FROM imports)"), QStringLiteral("300|200|1|3"));
    }
    // No row stays, and the same bundle goes in afterwards.
    void cancelledLeavesNothing() {
        const Capsule capsule;
        std::stop_source stop;
        const auto cancelled = capsule.import(stop.get_token(), [&](const ingest::ImportProgress&) { stop.request_stop(); });
        QVERIFY(!cancelled.ok());
        QCOMPARE(cancelled.error().code, ErrorCode::kCancelled);
        QCOMPARE(capsule.ask("SELECT (SELECT count(*) FROM spans), (SELECT count(*) FROM logs), (SELECT count(*) FROM documents), (SELECT count(*) FROM imports)"), QStringLiteral("0|0|0|0"));
        const auto whole = capsule.import();
        QVERIFY(whole.ok());
        QCOMPARE(capsule.ask("SELECT count(*) FROM spans"), QStringLiteral("300"));
    }
};

QTEST_APPLESS_MAIN(CapsuleImportTest)
#include "capsule_import_test.moc"

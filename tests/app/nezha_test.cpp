// Real microservice incidents (the Nezha data set): spans, logs and pod metrics, converted, imported and asked the views' questions.
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "qt_test.h"
#include "query/log_questions.h"
#include "query/search_syntax.h"
#include "support/nezha.h"
#include "support/shared_data.h"

using namespace nj;
using namespace nj::test;

class NezhaTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cases_data() {
        QTest::addColumn<QStringList>("folders");
        QTest::addColumn<bool>("logs");
        QTest::newRow("online boutique, CPU contention, with its normal minute") << QStringList{QStringLiteral("ob-2022-08-23-1201"), QStringLiteral("ob-normal")} << false;
        QTest::newRow("train ticket, exception, with its normal minute") << QStringList{QStringLiteral("tt-2023-01-29-0925"), QStringLiteral("tt-normal-2023-01-29")} << true;
    }
    void cases() {
        QFETCH(QStringList, folders);
        QFETCH(bool, logs);
        NJ_NEED_SHARED_DATA(root, "nezha-mini");
        QTemporaryDir folder;
        quint64 spans = 0, records = 0, samples = 0;
        QStringList arguments{QStringLiteral("import"), QStringLiteral("-o"), folder.filePath(QStringLiteral("n.nightjar"))};
        for (const QString& one : folders) {
            const NezhaFiles files = convertNezha(root + QLatin1Char('/') + one, folder.filePath(one));
            QVERIFY2(files.error.isEmpty(), qPrintable(files.error));
            QVERIFY(files.spans > 1000);
            spans += files.spans;
            records += files.logs;
            samples += files.samples;
            arguments << files.paths;
        }
        const ProcessResult imported = runNightjar(arguments);
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        auto backend = query::openCapsuleBackend(arguments[2].toStdString());
        QVERIFY(backend.ok());
        const auto info = (*backend)->info({});
        QVERIFY(info.ok());
        QCOMPARE(info->spans, spans);
        QCOMPARE(info->logs, records);
        QCOMPARE(info->samples, samples);
        QCOMPARE(records > 0, logs);

        const auto list = (*backend)->traceList(query::TraceListQuestion(), {});
        QVERIFY(list.ok() && !list->rows.empty());
        const auto tree = (*backend)->traceTree(list->rows.front().id, {});
        QVERIFY(tree.ok());
        QCOMPARE(tree->spans.size(), size_t(list->rows.front().spans));
        QVERIFY(tree->services >= 1);
        if (logs) {
            // Records lead to their traces and back.
            const auto page = (*backend)->logPage({info->logRange, {}, 0, 500}, {});
            QVERIFY(page.ok() && page->total == records);
            const auto linked = std::find_if(page->rows.begin(), page->rows.end(), [](const query::LogRow& row) { return !row.traceId.empty(); });
            QVERIFY(linked != page->rows.end());
            const auto patterns = query::askLogPatterns(**backend, {info->logRange, std::nullopt, {}, 96, 200}, {});
            QVERIFY(patterns.ok());
            QVERIFY2(patterns->kinds > 5 && patterns->kinds < records / 4, qPrintable(QStringLiteral("%1 patterns of %2 records").arg(patterns->kinds).arg(records)));
        }
        const auto opening = (*backend)->opening({});
        QVERIFY(opening.ok() && !opening->window.empty());
    }
};

QTEST_GUILESS_MAIN(NezhaTest)
#include "nezha_test.moc"

// Sources in the real window over real files: a BMC log without a zone is moved to its own and back without being read again, documents
// are searched and read, an import is asked to be removed; saved views and notes are printed by the command line.
#include <QComboBox>
#include <QFile>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "query/annotations.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "views/documents_panel.h"
#include "views/source_detail_panel.h"
#include "views/sources_view.h"
#include "widgets/document_viewer.h"
#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kPatience = 60'000;

void write(const QString& path, const QByteArray& text) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

}  // namespace

class SourcesWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        write(path("bmc.log"), "2026-03-16 21:41:07 fan tach 3 below lower critical threshold\n2026-03-16 21:42:07 fan tach 3 deasserted\n");
        write(path("app.jsonl"), "{\"time\":\"2026-03-17T04:41:30Z\",\"level\":\"error\",\"msg\":\"slow\"}\n{\"time\":\"2026-03-17T04:43:30Z\",\"level\":\"info\",\"msg\":\"fine\"}\n");
        write(path("deploy.yaml"), "kind: Deployment\nmetadata:\n  name: retriever\nspec:\n  template: {image: retriever:2.14.0}\n");
        const QByteArray host = "\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"chat\"}},{\"key\":\"host.name\",\"value\":{\"stringValue\":\"gpu-07\"}}]}";
        write(path("chat.json"), "{\"resourceSpans\":[{" + host + ",\"scopeSpans\":[{\"spans\":[{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0000000000000001\",\"name\":\"chat\",\"kind\":2,\"startTimeUnixNano\":\"1700000000000000000\",\"endTimeUnixNano\":\"1700000002000000000\"}]}]}]}");
        write(path("node.json"), "{\"resourceSpans\":[{" + host + ",\"scopeSpans\":[{\"spans\":[{\"traceId\":\"0102030405060708090a0b0c0d0e0f11\",\"spanId\":\"0000000000000001\",\"name\":\"load\",\"kind\":2,\"startTimeUnixNano\":\"1700000060000000000\",\"endTimeUnixNano\":\"1700000062000000000\"}]}]}]}");
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), path("test.nightjar"), path("bmc.log"), path("app.jsonl"), path("deploy.yaml"), path("chat.json"), path("node.json")});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        const std::string file = path("test.nightjar").toStdString();
        window_->openCapsule(path("test.nightjar"), [file] { return query::openCapsuleBackend(file); }, {}, [file] { return query::openAnnotations(file); });
        rest();
        window_->workbench()->showView(QStringLiteral("sources"));
        rest();
    }
    void cleanupTestCase() { window_.reset(); }

    void aFileIsMovedToItsZoneAndBack() {
        const auto first = [this] { return bmc().range.from; };
        const TimeNs asRead = first();
        QCOMPARE(asRead, *parseTime("2026-03-16T21:41:07Z", 0));
        view().open(QStringLiteral("import:%1").arg(bmc().id));
        auto* zone = view().findChild<QComboBox*>(QStringLiteral("sourceZone"));
        QVERIFY(zone->isEnabled());
        QCOMPARE(zone->currentText(), QStringLiteral("UTC"));
        zone->setCurrentIndex(zone->findText(QStringLiteral("UTC−07:00")));
        QTest::mouseClick(view().findChild<QPushButton*>(QStringLiteral("sourceApply")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(first(), asRead + 7 * kHour, kPatience);
        rest();
        // Every question sees it, in the window and outside.
        const ProcessResult logs = runNightjar({QStringLiteral("logs"), path("test.nightjar")});
        const auto lines = logs.out.split('\n');
        QVERIFY2(lines.at(0).contains("2026-03-17T04:41:07") && lines.at(0).contains("fan tach"), logs.out.constData());
        QVERIFY2(lines.at(1).contains("slow"), logs.out.constData());
        // Back, by the button; and forward again by undo.
        QTest::mouseClick(view().findChild<QPushButton*>(QStringLiteral("sourceAsRead")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(first(), asRead, kPatience);
        AnnotationBook::of(window_->workbench()->workspace()).undo().undo();
        QTRY_COMPARE_WITH_TIMEOUT(first(), asRead + 7 * kHour, kPatience);
        AnnotationBook::of(window_->workbench()->workspace()).undo().redo();
        QTRY_COMPARE_WITH_TIMEOUT(first(), asRead, kPatience);
        rest();
    }
    void aFileThatStatesItsZoneHasOnlyASkew() {
        view().open(QStringLiteral("import:%1").arg(import("app.jsonl").id));
        QVERIFY(!view().findChild<QComboBox*>(QStringLiteral("sourceZone"))->isEnabled());
        auto* skew = view().findChild<QLineEdit*>(QStringLiteral("sourceSkew"));
        skew->setFocus();
        QTest::keyClicks(skew, QStringLiteral("nonsense"));
        QTest::keyClick(skew, Qt::Key_Return);
        QVERIFY(AnnotationBook::of(window_->workbench()->workspace()).corrections().empty());
        skew->selectAll();
        QTest::keyClicks(skew, QStringLiteral("-30s"));
        QTest::keyClick(skew, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(import("app.jsonl").range.from, *parseTime("2026-03-17T04:41:00Z", 0), kPatience);
        AnnotationBook::of(window_->workbench()->workspace()).undo().undo();
        rest();
    }
    void allFilesOfAHostAreMovedAtOnce() {
        view().open(QStringLiteral("import:%1").arg(import("chat.json").id));
        auto* scope = view().findChild<QComboBox*>(QStringLiteral("sourceScope"));
        QVERIFY(scope->isVisible());
        QCOMPARE(scope->count(), 2);
        QCOMPARE(scope->currentText(), QStringLiteral("this file"));
        QTest::keyClick(scope, Qt::Key_Down);
        QVERIFY2(scope->currentText().contains(QStringLiteral("gpu-07")) && scope->currentText().contains(QLatin1Char('2')), qPrintable(scope->currentText()));
        auto* skew = view().findChild<QLineEdit*>(QStringLiteral("sourceSkew"));
        skew->setFocus();
        QTest::keyClicks(skew, QStringLiteral("+90s"));
        QTest::keyClick(skew, Qt::Key_Return);
        const TimeNs chat = *parseTime("2023-11-14T22:13:20Z", 0), load = chat + kMinute;
        QTRY_COMPARE_WITH_TIMEOUT(import("chat.json").range.from, chat + 90 * kSecond, kPatience);
        QCOMPARE(import("node.json").range.from, load + 90 * kSecond);
        rest();
        view().open(QStringLiteral("import:%1").arg(import("node.json").id));   // the other one says so
        QStringList said;
        for (const PlainLabel* label : view().findChildren<PlainLabel*>())
            said << label->plain();
        QVERIFY2(said.join(QLatin1Char('|')).contains(QStringLiteral("with all of host gpu-07")), qPrintable(said.join(QLatin1Char('|'))));
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(window_->grab().save(folder + QStringLiteral("/sources_host.png")));
        QTest::mouseClick(view().findChild<QPushButton*>(QStringLiteral("sourceAsRead")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(import("chat.json").range.from, chat, kPatience);
        QCOMPARE(import("node.json").range.from, load);
        rest();
        // A file that names no host stands alone.
        view().open(QStringLiteral("import:%1").arg(bmc().id));
        QVERIFY(!scope->isVisible());
    }
    void documentsAreSearchedAndRead() {
        auto* search = view().findChild<QLineEdit*>(QStringLiteral("documentsSearch"));
        QTest::keyClicks(search, QStringLiteral("IMAGE"));
        auto* table = view().findChild<FactTable*>(QStringLiteral("documentsTable"));
        QTRY_VERIFY_WITH_TIMEOUT(table->rowCount() == 1 && table->cellAt(0, 0).text.contains(QStringLiteral("2.14.0")), kPatience);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(0, 0)).center());
        auto* viewer = view().findChild<DocumentViewer*>();
        QTRY_COMPARE_WITH_TIMEOUT(viewer->model().rowCount(), 5, kPatience);
        QCOMPARE(viewer->currentLine(), 5);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Slash);
        QTest::keyClicks(viewer->search(), QStringLiteral("metadata"));
        QTest::keyClick(viewer->search(), Qt::Key_Return);
        QCOMPARE(viewer->currentLine(), 2);
    }
    void removalIsAskedOfTheApp() {
        QSignalSpy removal(window_.get(), &MainWindow::importRemovalRequested);
        view().open(QStringLiteral("import:%1").arg(bmc().id));
        QTest::mouseClick(view().findChild<QPushButton*>(QStringLiteral("sourceRemove")), Qt::LeftButton);
        QCOMPARE(removal.count(), 1);
        QCOMPARE(removal.first().first().toLongLong(), bmc().id);
    }
    void whatIsMissingIsSaid() {
        auto* table = view().findChild<FactTable*>(QStringLiteral("missingTable"));
        QStringList said;
        for (int row = 0; row < table->rowCount(); ++row)
            said << table->cellAt(row, 0).text;
        QVERIFY2(said.join(QLatin1Char('|')).contains(QStringLiteral("2 of 4 log records name no zone")), qPrintable(said.join(QLatin1Char('|'))));
        QVERIFY(said.join(QLatin1Char('|')).contains(QStringLiteral("no metrics")));
    }

private:
    QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    void rest() { QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience); }
    const query::CapsuleInfo& info() { return window_->workbench()->workspace().info(); }
    const query::ImportSummary& import(const char* name) {
        for (const query::ImportSummary& one : info().imports)
            if (one.path.find(name) != std::string::npos)
                return one;
        qFatal("no %s", name);
    }
    const query::ImportSummary& bmc() { return import("bmc.log"); }
    SourcesView& view() { return *qobject_cast<SourcesView*>(window_->workbench()->currentView()); }
    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(SourcesWindowTest)
#include "sources_window_test.moc"

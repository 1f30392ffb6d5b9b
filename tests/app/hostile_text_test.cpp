// Hostile text in every view: shown as it is, no file opened, the window never stands still.
#include <QAbstractItemView>
#include <QLabel>
#include <QPointer>
#include <QTemporaryDir>
#include <QTextEdit>
#include <QWheelEvent>

#include "nightjar_process.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "support/watched_application.h"
#include "views/view.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr double kStallMs = 100;

QByteArray nestedTables() { return QByteArray("<table><tr><td>").repeated(3000) + "deep"; }

// Each is a name of a service, an operation, an attribute, a label, an exception and a log line.
QList<QByteArray> hostileTexts() {
    return {"<img src=\"file:///dev/zero\"><h1>big</h1>", nestedTables(), QByteArray("a") + QByteArray("\xcc\x81").repeated(1'000'000), "\xe2\x80\xae" "evil\xe2\x80\xac \xe2\x81\xa6left",
            "\x1b[31mred\x1b]0;title\x07\x1b[2J", QByteArray("x").repeated(10'000'000), "&lt;b&gt; %1 %n %s {} \\n", QByteArray("\xf0\x9f\x92\xa9").repeated(20'000)};
}

QByteArray jsonQuoted(const QByteArray& text) {
    QByteArray out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            out += "\\u00" + QByteArray(1, "0123456789abcdef"[c >> 4]) + QByteArray(1, "0123456789abcdef"[c & 15]);
        else
            out += c;
    }
    return out + '"';
}

QByteArray attribute(const QByteArray& key, const QByteArray& value) { return "{\"key\":" + jsonQuoted(key) + ",\"value\":{\"stringValue\":" + jsonQuoted(value) + "}}"; }

}  // namespace

class HostileTextTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QFile spans(directory_.filePath(QStringLiteral("spans.jsonl")));
        QVERIFY(spans.open(QIODevice::WriteOnly));
        QFile logs(directory_.filePath(QStringLiteral("logs.jsonl")));
        QVERIFY(logs.open(QIODevice::WriteOnly));
        int n = 0;
        for (const QByteArray& text : hostileTexts()) {
            const QByteArray resource = "\"resource\":{\"attributes\":[" + attribute("service.name", text.left(100'000)) + "," + attribute("k8s.pod.name", text.left(1000)) + "]}";
            const QByteArray time = QByteArray::number(1'700'000'000 + n * 10);
            const QByteArray trace = QByteArray::number(n + 1, 16).rightJustified(32, '0'), span = QByteArray::number(n + 1, 16).rightJustified(16, '0');
            spans.write("{\"resourceSpans\":[{" + resource + ",\"scopeSpans\":[{\"scope\":{\"name\":" + jsonQuoted(text.left(1000)) + "},\"spans\":[{\"traceId\":\"" + trace + "\",\"spanId\":\"" + span +
                        "\",\"name\":" + jsonQuoted(text) + ",\"kind\":2,\"startTimeUnixNano\":\"" + time + "000000000\",\"endTimeUnixNano\":\"" + time + "900000000\",\"attributes\":[" +
                        attribute(text.left(200), text) + "],\"events\":[{\"name\":\"exception\",\"timeUnixNano\":\"" + time + "500000000\",\"attributes\":[" + attribute("exception.type", text.left(5000)) + "," +
                        attribute("exception.message", text) + "]}],\"status\":{\"code\":2,\"message\":" + jsonQuoted(text) + "}}]}]}]}\n");
            logs.write("{\"resourceLogs\":[{" + resource + ",\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"" + time + "600000000\",\"severityNumber\":17,\"traceId\":\"" + trace + "\",\"body\":{\"stringValue\":" +
                       jsonQuoted(text) + "},\"attributes\":[" + attribute(text.left(200), text) + "]}]}]}]}\n");
            spans.write("{\"resourceMetrics\":[{" + resource + ",\"scopeMetrics\":[{\"metrics\":[{\"name\":" + jsonQuoted(text.left(10'000)) + ",\"description\":" + jsonQuoted(text) +
                        ",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"" + time + "000000000\",\"asDouble\":1,\"attributes\":[" + attribute("label", text) + "]},{\"timeUnixNano\":\"" + time +
                        "900000000\",\"asDouble\":2,\"attributes\":[" + attribute("label", text) + "]}]}}]}]}]}\n");
            ++n;
        }
        spans.close();
        logs.close();
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule(), spans.fileName(), logs.fileName()});
        QVERIFY2(imported.exitCode == 0, imported.err.left(2000).constData());
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1400, 900);
        window_->show();
        window_->openCapsule(capsule(), [path = capsule().toStdString()] { return query::openCapsuleBackend(path); });
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && window_->workbench()->opened(), 60'000);
        QVERIFY(window_->workbench()->workspace().info().spans >= static_cast<uint64_t>(n) - 1);
    }
    void cleanupTestCase() { window_.reset(); }

    void everyView_data() {
        QTest::addColumn<QString>("view");
        for (const ViewFactory* factory : viewFactories())
            QTest::newRow(factory->id) << QString::fromLatin1(factory->id);
    }
    void everyView() {
        QFETCH(QString, view);
        auto& application = *static_cast<WatchedApplication*>(qApp);
        application.forget();
        Workbench& bench = *window_->workbench();
        bench.showAll();
        bench.showView(view);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), 60'000);
        window_->grab();
        // Down its rows by the keyboard and the wheel, whatever they are.
        QList<QPointer<QAbstractItemView>> lists;   // walking one may close another
        for (auto* rows : bench.findChildren<QAbstractItemView*>())
            lists.append(rows);
        for (const auto& rows : lists) {
            if (!rows || !rows->isVisible() || !rows->model())
                continue;
            rows->setFocus();
            for (int i = 0; rows && i < std::min(rows->model()->rowCount(), 10); ++i) {
                QTest::keyClick(rows, Qt::Key_Down);
                QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), 60'000);
            }
            window_->grab();
        }
        for (const qint64 seq : {1, 2, 3, 6})
            for (const auto kind : {Selection::Kind::kSpan, Selection::Kind::kLog}) {
                Selection selection;
                selection.kind = kind;
                selection.seq = seq;
                bench.workspace().setSelection(selection);
                QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), 60'000);
                window_->grab();
            }
        bench.workspace().setSelection({});
        QVERIFY2(application.longestMs() < kStallMs, application.longestEvent().constData());
    }
    // Nothing may interpret telemetry: every label is plain text, and no document of the window may load what a text names.
    void labelsArePlain() {
        for (const auto* label : window_->findChildren<QLabel*>())
            QVERIFY2(label->textFormat() == Qt::PlainText || label->text().isEmpty(), qPrintable(label->objectName() + QLatin1Char(' ') + label->text().left(80)));
        for (const auto* edit : window_->findChildren<QTextEdit*>())
            QVERIFY2(!edit->acceptRichText(), qPrintable(edit->objectName()));
        for (const auto* widget : window_->findChildren<QWidget*>())
            QVERIFY2(!Qt::mightBeRichText(widget->toolTip()) || widget->toolTip().startsWith(QLatin1String("<qt>")), qPrintable(widget->toolTip().left(80)));
    }

private:
    [[nodiscard]] QString capsule() const { return directory_.filePath(QStringLiteral("hostile.nightjar")); }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

int main(int argc, char** argv) {
    nj::test::WatchedApplication application(argc, argv);
    HostileTextTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "hostile_text_test.moc"

// What the log formats claim, and what they leave to others.
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

class LogDetectTest : public QObject {
    Q_OBJECT
private slots:
    void leavesDocumentsAlone_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::newRow("yaml") << "values.yaml" << "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n";
        QTest::newRow("yaml under a log's name") << "app.log" << "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n";
        QTest::newRow("yaml with a time") << "x.yaml" << "metadata:\n  creationTimestamp: \"2026-03-17T10:58:12Z\"\nspec:\n  replicas: 3\n";
        QTest::newRow("json object") << "config.json" << "{\"replicas\": 3, \"image\": \"x\"}\n";
        QTest::newRow("pretty json") << "config.json" << "{\n  \"replicas\": 3,\n  \"nested\": {\n    \"a\": 1\n  }\n}\n";
        QTest::newRow("ini") << "my.conf" << "[server]\nport = 80\nhost = x\n";
        QTest::newRow("markdown") << "README.md" << "# Title\n\nSome words about logs.\n\n- a\n- b\n";
        QTest::newRow("plain text") << "notes.txt" << "We looked at the incident.\nNothing was found.\n";
        QTest::newRow("empty") << "empty.log" << "";
        QTest::newRow("xml") << "a.xml" << "<a>\n<b/>\n</a>\n";
        QTest::newRow("shell") << "run.sh" << "#!/bin/sh\nset -e\necho hi\n";
    }
    void leavesDocumentsAlone() {
        QFETCH(QString, path);
        QFETCH(QString, text);
        const std::string bytes = text.toStdString();
        const format::Format* format = format::detectFormat({bytes, path.toStdString(), true});
        QVERIFY2(format == nullptr || format->name.substr(0, 4) != "log_", format == nullptr ? "" : format->name.data());
    }
    void leavesBinaryAlone() {
        std::string bytes;
        for (int i = 0; i < 4096; ++i)
            bytes += static_cast<char>(i * 37 % 256);
        bytes += std::string(512, '\0');
        const format::Format* format = format::detectFormat({bytes, "x.log", true});
        QVERIFY(format == nullptr || format->name.substr(0, 4) != "log_");
    }
    void plainTextOfALogsNameIsClaimedWeakly() {
        const std::string bytes = "Hello, World!\nGoodbye\n";
        const format::Format* format = format::detectFormat({bytes, "app.log", true});
        QVERIFY(format != nullptr);
        QVERIFY(format->name == "log_text");
        QVERIFY(format->sniff({bytes, "app.log", true}) < 20);
    }
    void claimsGrowWithEvidence() {
        const auto confidence = [](std::string_view name, std::string_view bytes) { return format::findFormat(name)->sniff({bytes, "x", true}); };
        QVERIFY(confidence("log_cri", "2026-03-17T10:58:12.1Z stdout F a\n2026-03-17T10:58:12.2Z stdout F b\n") > confidence("log_klog", "I0317 10:58:12.123456 1 a.go:1] x\n"));
        QVERIFY(confidence("log_klog", "I0317 10:58:12.123456 1 a.go:1] x\n") > confidence("log_text", "2026-03-17 10:58:12 x\n"));
        QVERIFY(confidence("log_text", "2026-03-17 10:58:12 x\n") > 0);
        QCOMPARE(confidence("log_text", "I0317 10:58:12.123456 1 a.go:1] x\n"), 0);
    }
};

QTEST_APPLESS_MAIN(LogDetectTest)
#include "log_detect_test.moc"

// Traces of shapes that break viewers, the whole way: an OTLP file, the importer, a capsule, the query, and the window with its keys.
// Every span is in the model and can be reached by keyboard, the warnings say what is wrong, nothing hangs.
#include <QFile>
#include <QTemporaryDir>

#include "ingest/importer.h"
#include "qt_test.h"
#include "store/capsule_writer.h"
#include "support/ui_watchdog.h"
#include "widgets/plain_label.h"
#include "widgets/trace_panel.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kPatience = 120'000;
constexpr qint64 kStart = 1'773'745'092'000'000'000;

struct FileSpan {
    quint64 id = 0, parent = 0;
    qint64 start = 0, end = 0;
    const char* name = "work";
};

QByteArray hex(quint64 value) { return QByteArray::number(value, 16).rightJustified(16, '0'); }

void writeOtlp(const QString& path, const std::vector<FileSpan>& spans) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    constexpr size_t kPerLine = 2000;
    for (size_t from = 0; from < spans.size(); from += kPerLine) {
        QByteArray line = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}]},"scopeSpans":[{"spans":[)";
        for (size_t i = from; i < std::min(spans.size(), from + kPerLine); ++i) {
            const FileSpan& s = spans[i];
            line += i == from ? "" : ",";
            line += R"({"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":")" + hex(s.id) + R"(","parentSpanId":")" + (s.parent == 0 ? QByteArray() : hex(s.parent)) + R"(","name":")" + s.name +
                    R"(","startTimeUnixNano":")" + QByteArray::number(s.start) + R"(","endTimeUnixNano":")" + QByteArray::number(s.end) + R"("})";
        }
        file.write(line + "]}]}]}\n");
    }
}

using Spans = std::vector<FileSpan>;

Spans deep(int n) {
    Spans spans;
    for (int i = 0; i < n; ++i)
        spans.push_back({quint64(i) + 1, quint64(i), kStart + i, kStart + 2 * n - i, i % 1000 == 999 ? "step" : "level"});
    return spans;
}

Spans wide(int n) {
    Spans spans{{1, 0, kStart, kStart + 10LL * n, "root"}};
    for (int i = 0; i < n; ++i)
        spans.push_back({quint64(i) + 2, 1, kStart + 10LL * i, kStart + 10LL * i + 5, i % 2 ? "get" : "put"});
    return spans;
}

Spans odd() {
    const auto at = [](qint64 ms) { return kStart + ms * 1'000'000; };
    return {{1, 0, at(0), at(100), "root"},       {2, 0, at(1), at(90), "second root"}, {3, 99, at(2), at(50), "orphan"},   {4, 5, at(3), at(40), "cycle a"}, {5, 6, at(4), at(40), "cycle b"},
            {6, 4, at(5), at(40), "cycle c"},     {7, 7, at(6), at(30), "self parent"}, {8, 1, at(7), at(20), "twin"},      {8, 1, at(8), at(21), "twin"},    {9, 1, at(30), at(10), "ends early"},
            {10, 1, 0, at(50), "no start"},       {11, 1, 0, 0, "no times"},            {12, 1, 9'000'000'000'000'000'000, 9'100'000'000'000'000'000, "far future"}, {13, 8, at(9), at(12), "below a twin"}};
}

}  // namespace

Q_DECLARE_METATYPE(Spans)

class TraceShapesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shapes_data() {
        QTest::addColumn<Spans>("spans");
        QTest::addColumn<QStringList>("warnings");
        QTest::newRow("100,000 deep") << deep(100'000) << QStringList();
        QTest::newRow("300,000 children of one parent") << wide(300'000) << QStringList();
        QTest::newRow("cycle, self-parent, orphan, roots, duplicate, reversed, times") << odd()
            << QStringList{QStringLiteral("several roots"), QStringLiteral("parent that is not here"), QStringLiteral("cycle"), QStringLiteral("share"), QStringLiteral("before the start")};
    }
    void shapes() {
        QFETCH(Spans, spans);
        QFETCH(QStringList, warnings);
        QTemporaryDir folder;
        const QString input = folder.filePath(QStringLiteral("trace.jsonl"));
        const std::string capsule = folder.filePath(QStringLiteral("c.nightjar")).toStdString();
        writeOtlp(input, spans);
        {
            auto writer = store::CapsuleWriter::open(capsule);
            QVERIFY(writer.ok());
            const auto report = ingest::Importer().import({input.toStdString()}, {}, **writer, {}, {});
            QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
            QVERIFY((*writer)->close().ok());
        }
        auto backend = query::openCapsuleBackend(capsule);
        QVERIFY(backend.ok());
        const TraceId id = *TraceId::fromHex("0af7651916cd43dd8448eb211c80319c");
        const auto tree = (*backend)->traceTree(id, {});
        QVERIFY2(tree.ok(), tree.ok() ? "" : tree.error().message.c_str());
        // Every span is in the tree. A second span of the same id, name and time might be a resent one; ours differ.
        QCOMPARE(tree->spans.size(), spans.size());
        for (const QString& warning : warnings)
            QVERIFY2(std::any_of(tree->warnings.begin(), tree->warnings.end(), [&](const std::string& w) { return QString::fromStdString(w).contains(warning); }), qPrintable(warning));

        Workspace workspace;
        QueryRunner queries([capsule] { return query::openCapsuleBackend(capsule); });
        const Theme theme = Theme::dark();
        TracePanel panel(theme, workspace, queries);
        panel.resize(1200, 800);
        panel.show();
        panel.open(id);
        QTRY_VERIFY_WITH_TIMEOUT(panel.settled(), kPatience);
        for (const QString& warning : warnings)
            QVERIFY2(panel.factsText().contains(warning), qPrintable(panel.factsText()));
        WaterfallWidget& waterfall = *panel.waterfall();
        reachAll(waterfall, static_cast<int>(spans.size()));
        UiWatchdog watchdog;
        QTest::keyClick(&waterfall, Qt::Key_End);
        waterfall.viewport()->repaint();
        QTest::keyClick(&waterfall, Qt::Key_F);
        QTest::keyClick(&waterfall, Qt::Key_F);
        waterfall.viewport()->repaint();
        const double longest = watchdog.takeLongest();
        QVERIFY2(longest < 1000, qPrintable(QStringLiteral("UI thread busy for %1 ms").arg(longest)));
        QTest::keyClick(&waterfall, Qt::Key_BracketLeft);
        QVERIFY(waterfall.layout().rows().size() <= spans.size());
        QTest::keyClick(&waterfall, Qt::Key_BracketRight);
    }

private:
    // Every span has a row, and the arrow keys go from each to the next (where they are many, the first ones, and the last by End).
    static void reachAll(WaterfallWidget& waterfall, int n) {
        waterfall.layout().setFolding(false);
        waterfall.layout().expandAll();
        waterfall.layoutChanged();
        std::vector<uint8_t> seen(static_cast<size_t>(n), 0);
        int reached = 0;
        for (const WaterfallRow& row : waterfall.layout().rows())
            if (row.isSpan() && seen[static_cast<size_t>(row.span)]++ == 0)
                ++reached;
        QCOMPARE(reached, n);
        waterfall.select(0);
        const int steps = std::min(n - 1, 500);
        std::vector<int32_t> visited{waterfall.selected()};
        for (int i = 0; i < steps; ++i) {
            QTest::keyClick(&waterfall, Qt::Key_Down);
            if (waterfall.selected() != visited.back())
                visited.push_back(waterfall.selected());
        }
        QCOMPARE(static_cast<int>(visited.size()), steps + 1);
        for (size_t i = 0; i < visited.size(); ++i)
            QCOMPARE(visited[i], static_cast<int32_t>(i));
        QTest::keyClick(&waterfall, Qt::Key_End);
        QCOMPARE(waterfall.selected(), n - 1);
        QTest::keyClick(&waterfall, Qt::Key_Home);
        QCOMPARE(waterfall.selected(), 0);
    }
};

QTEST_MAIN(TraceShapesTest)
#include "trace_shapes_test.moc"

// Trees, self times and critical paths of traces of every shape: each span is kept once, nothing recurses, nothing hangs.
#include <random>
#include <set>

#include "analyze/trace_time.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::analyze;

namespace {

SpanId id(uint64_t value) {
    SpanId out;
    for (size_t i = 0; i < 8; ++i)
        out.bytes[i] = static_cast<unsigned char>(value >> (56 - 8 * i));
    return out;
}
TreeSpan span(uint64_t own, uint64_t parent, TimeNs start, TimeNs end, uint32_t place = 0) { return {id(own), id(parent), start, end, place}; }

std::string print(const TraceShape& shape) {
    std::string out;
    for (const TreeNode& node : shape.nodes)
        out += std::string(static_cast<size_t>(node.depth), '.') + std::to_string(node.span) + (node.orphan ? "o" : "") + (node.inCycle ? "c" : "") + (node.duplicateId ? "d" : "") +
               (node.endBeforeStart ? "r" : "") + (node.skewed ? "s" : "") + " ";
    return out;
}

std::string path(const std::vector<TreeSpan>& spans) {
    const TraceShape shape = buildTraceShape(spans);
    std::string out;
    for (const PathPart& part : criticalPath(shape, spans))
        out += std::to_string(shape.nodes[part.node].span) + ":" + std::to_string(part.from) + "-" + std::to_string(part.to) + " ";
    return out;
}

// Every span once; parents before children; depth one more than the parent's.
void verifyKept(const TraceShape& shape, size_t n) {
    QCOMPARE(shape.nodes.size(), n);
    std::vector<uint8_t> seen(n, 0);
    for (size_t i = 0; i < n; ++i) {
        const TreeNode& node = shape.nodes[i];
        QVERIFY(node.span < n && seen[node.span] == 0);
        seen[node.span] = 1;
        QVERIFY(node.parent < static_cast<int32_t>(i));
        QCOMPARE(node.depth, node.parent < 0 ? 0 : shape.nodes[static_cast<size_t>(node.parent)].depth + 1);
    }
}

}  // namespace

class TraceShapeTest : public QObject {
    Q_OBJECT
private slots:
    void shapes_data() {
        QTest::addColumn<std::vector<TreeSpan>>("spans");
        QTest::addColumn<QString>("tree");
        const auto row = [](const char* name, std::vector<TreeSpan> spans, const char* tree) { QTest::newRow(name) << std::move(spans) << QString::fromLatin1(tree); };
        row("none", {}, "");
        row("one", {span(1, 0, 0, 9)}, "0 ");
        row("children by start", {span(1, 0, 0, 9), span(2, 1, 5, 6), span(3, 1, 1, 2)}, "0 .2 .1 ");
        row("grandchild", {span(3, 2, 2, 3), span(2, 1, 1, 4), span(1, 0, 0, 9)}, "2 .1 ..0 ");
        row("orphan", {span(1, 0, 0, 9), span(2, 7, 1, 2)}, "0 1o ");
        row("child of an orphan", {span(2, 7, 1, 2), span(3, 2, 1, 2)}, "0o .1 ");
        row("two roots", {span(2, 0, 5, 6), span(1, 0, 0, 9)}, "1 0 ");
        row("own parent", {span(1, 1, 0, 9)}, "0c ");
        row("cycle of two", {span(1, 2, 3, 9), span(2, 1, 0, 9)}, "1c .0c ");
        row("cycle with a tail", {span(1, 2, 3, 9), span(2, 1, 0, 9), span(3, 1, 4, 5)}, "1c .0c ..2 ");
        row("duplicate id", {span(1, 0, 0, 9), span(1, 0, 2, 8), span(2, 1, 3, 4)}, "0 .1d ..2 ");
        row("duplicate, child before the second", {span(1, 0, 0, 9), span(1, 0, 5, 8), span(2, 1, 3, 4)}, "0 .2 .1d ");
        row("reversed", {span(1, 0, 9, 0)}, "0r ");
        row("other clock", {span(1, 0, 5, 9, 1), span(2, 1, 3, 8, 2)}, "0 .1s ");
        row("same clock", {span(1, 0, 5, 9, 1), span(2, 1, 3, 8, 1)}, "0 .1 ");
        row("no ids at all", {span(0, 0, 1, 2), span(0, 0, 0, 2)}, "1 0 ");
    }
    void shapes() {
        QFETCH(std::vector<TreeSpan>, spans);
        QFETCH(QString, tree);
        const TraceShape shape = buildTraceShape(spans);
        QCOMPARE(QString::fromStdString(print(shape)), tree);
        verifyKept(shape, spans.size());
    }
    void criticalPaths_data() {
        QTest::addColumn<std::vector<TreeSpan>>("spans");
        QTest::addColumn<QString>("parts");
        const auto row = [](const char* name, std::vector<TreeSpan> spans, const char* parts) { QTest::newRow(name) << std::move(spans) << QString::fromLatin1(parts); };
        row("alone", {span(1, 0, 0, 9)}, "0:0-9 ");
        row("in sequence", {span(1, 0, 0, 10), span(2, 1, 1, 4), span(3, 1, 5, 9)}, "0:0-1 1:1-4 0:4-5 2:5-9 0:9-10 ");
        row("in parallel the last to finish", {span(1, 0, 0, 10), span(2, 1, 1, 8), span(3, 1, 1, 9)}, "0:0-1 2:1-9 0:9-10 ");
        row("overhang counts to the parent's end", {span(1, 0, 0, 10), span(2, 1, 4, 20)}, "0:0-4 1:4-10 ");
        row("a child that starts after the end", {span(1, 0, 0, 10), span(2, 1, 12, 20)}, "0:0-10 ");
        row("nested", {span(1, 0, 0, 10), span(2, 1, 2, 8), span(3, 2, 3, 5)}, "0:0-2 1:2-3 2:3-5 1:5-8 0:8-10 ");
        row("a child from before its parent", {span(1, 0, 5, 10), span(2, 1, 0, 7)}, "1:5-7 0:7-10 ");
        row("reversed root", {span(1, 0, 9, 0)}, "");
    }
    void criticalPaths() {
        QFETCH(std::vector<TreeSpan>, spans);
        QFETCH(QString, parts);
        QCOMPARE(QString::fromStdString(path(spans)), parts);
    }
    void selfTimesMergeOverlap() {
        const std::vector<TreeSpan> spans = {span(1, 0, 0, 100), span(2, 1, 10, 40), span(3, 1, 30, 60), span(4, 1, 35, 38), span(5, 1, 90, 200), span(6, 2, 5, 20)};
        const TraceShape shape = buildTraceShape(spans);
        const auto self = selfTimes(shape, spans);
        std::vector<DurationNs> bySpan(spans.size());
        for (size_t i = 0; i < self.size(); ++i)
            bySpan[shape.nodes[i].span] = self[i];
        QCOMPARE(bySpan, (std::vector<DurationNs>{40, 20, 30, 3, 110, 15}));
    }
    void deepChain() {
        std::vector<TreeSpan> spans;
        for (uint64_t i = 0; i < 100'000; ++i)
            spans.push_back(span(i + 1, i, static_cast<TimeNs>(i), 1'000'000 - static_cast<TimeNs>(i)));
        const TraceShape shape = buildTraceShape(spans);
        verifyKept(shape, spans.size());
        QCOMPARE(shape.nodes.back().depth, 99'999);
        QCOMPARE(selfTimes(shape, spans).front(), DurationNs(2));
        QCOMPARE(criticalPath(shape, spans).size(), size_t(199'999));
    }
    void wideFan() {
        std::vector<TreeSpan> spans = {span(1, 0, 0, 300'001)};
        for (uint64_t i = 0; i < 300'000; ++i)
            spans.push_back(span(i + 2, 1, static_cast<TimeNs>(i), static_cast<TimeNs>(i) + 1));
        const TraceShape shape = buildTraceShape(spans);
        verifyKept(shape, spans.size());
        QCOMPARE(shape.nodes.front().childCount, 300'000U);
        QCOMPARE(selfTimes(shape, spans).front(), DurationNs(1));
        QCOMPARE(criticalPath(shape, spans).size(), size_t(300'001));
    }
    void oneIdForAll() {
        std::vector<TreeSpan> spans;
        for (uint64_t i = 0; i < 100'000; ++i)
            spans.push_back(span(7, i % 2 == 0 ? 0 : 7, static_cast<TimeNs>(i % 1000), static_cast<TimeNs>(i)));
        verifyKept(buildTraceShape(spans), spans.size());
    }
    void longCycle() {
        std::vector<TreeSpan> spans;
        for (uint64_t i = 0; i < 100'000; ++i)
            spans.push_back(span(i + 1, i == 0 ? 100'000 : i, 0, 1));
        const TraceShape shape = buildTraceShape(spans);
        verifyKept(shape, spans.size());
        QCOMPARE(shape.cycles, 1U);
        QVERIFY(shape.nodes.front().inCycle);
    }
    // Random parents, ids and times: the invariants hold, and the critical path covers the root without overlap.
    void anyShape() {
        std::mt19937_64 random(11);
        for (int round = 0; round < 500; ++round) {
            std::vector<TreeSpan> spans;
            const uint64_t n = 1 + random() % 40;
            for (uint64_t i = 0; i < n; ++i)
                spans.push_back(span(random() % 30, random() % 30, static_cast<TimeNs>(random() % 100), static_cast<TimeNs>(random() % 100), static_cast<uint32_t>(random() % 3)));
            const TraceShape shape = buildTraceShape(spans);
            verifyKept(shape, spans.size());
            for (const DurationNs self : selfTimes(shape, spans))
                QVERIFY(self >= 0);
            const auto parts = criticalPath(shape, spans);
            DurationNs covered = 0, longest = 0;
            for (size_t i = 0; i < parts.size(); ++i) {
                QVERIFY(parts[i].to > parts[i].from && (i == 0 || parts[i].from == parts[i - 1].to));
                covered += parts[i].to - parts[i].from;
            }
            for (const TreeNode& node : shape.nodes)
                if (node.parent < 0)
                    longest = std::max(longest, spans[node.span].end - spans[node.span].start);
            QCOMPARE(covered, longest);
        }
    }
};

QTEST_APPLESS_MAIN(TraceShapeTest)
#include "trace_shape_test.moc"

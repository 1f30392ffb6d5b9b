// Which rows a waterfall shows: folding, collapsing, gaps, finding, and shapes that break other viewers.
#include <QtTest/QtTest>

#include "widgets/duration_ticks.h"
#include "widgets/waterfall_layout.h"

using namespace nj;
using namespace nj::ui;

namespace {

query::TraceSpan span(int32_t parent, int32_t depth, TimeNs from, TimeNs to, const char* name, uint32_t children = 0, SpanKind kind = SpanKind::kInternal) {
    query::TraceSpan s;
    s.parent = parent;
    s.depth = depth;
    s.start = from;
    s.end = to;
    s.name = name;
    s.service = "svc";
    s.childCount = children;
    s.kind = kind;
    return s;
}

std::shared_ptr<query::TraceTree> tree(std::vector<query::TraceSpan> spans) {
    auto t = std::make_shared<query::TraceTree>();
    t->spans = std::move(spans);
    t->from = 0;
    t->to = 1;
    for (const auto& s : t->spans)
        t->to = std::max(t->to, s.end);
    return t;
}

QString printed(const WaterfallLayout& layout) {
    QStringList rows;
    for (const auto& row : layout.rows()) {
        const QString indent(row.depth * 2, QLatin1Char(' '));
        if (row.kind == WaterfallRow::Kind::kGap)
            rows << indent + QStringLiteral("gap %1").arg(row.to - row.from);
        else
            rows << indent + QString::fromStdString(layout.tree().spans[static_cast<size_t>(row.span)].name) +
                        (row.kind == WaterfallRow::Kind::kFolded ? QStringLiteral(" x%1").arg(row.count) : row.expandable && !row.expanded ? QStringLiteral(" +") : QString());
    }
    return rows.join(QLatin1Char('|'));
}

}  // namespace

class WaterfallLayoutTest : public QObject {
    Q_OBJECT
private slots:
    void foldsRunsOfLikeLeaves() {
        std::vector<query::TraceSpan> spans{span(-1, 0, 0, 1000, "root", 7)};
        for (int i = 0; i < 6; ++i)
            spans.push_back(span(0, 1, i * 10, i * 10 + 5, "get"));
        spans.push_back(span(0, 1, 100, 900, "generate"));
        WaterfallLayout layout;
        layout.setTree(tree(spans));
        QCOMPARE(printed(layout), QStringLiteral("root|  get x6|  generate"));
        QCOMPARE(layout.rows()[1].from, TimeNs(0));
        QCOMPARE(layout.rows()[1].to, TimeNs(55));
        layout.setFolding(false);
        QCOMPARE(layout.rows().size(), size_t(8));
    }
    void revealOpensFoldsAndAncestors() {
        std::vector<query::TraceSpan> spans{span(-1, 0, 0, 1000, "root", 1), span(0, 1, 0, 900, "parent", 5)};
        for (int i = 0; i < 5; ++i)
            spans.push_back(span(1, 2, i * 10, i * 10 + 5, "get"));
        WaterfallLayout layout;
        layout.setTree(tree(spans));
        layout.setExpanded(0, false);
        QCOMPARE(printed(layout), QStringLiteral("root +"));
        const int row = layout.reveal(4);
        QCOMPARE(layout.rows()[static_cast<size_t>(row)].span, 4);
        QCOMPARE(layout.rows().size(), size_t(7));
    }
    void showsTheGapBetweenAttempts() {
        WaterfallLayout layout;
        layout.setTree(tree({span(-1, 0, 0, 10'000, "root", 2), span(0, 1, 0, 3000, "attempt", 0, SpanKind::kClient), span(0, 1, 4000, 10'000, "attempt", 0, SpanKind::kClient)}));
        QCOMPARE(printed(layout), QStringLiteral("root|  attempt|  gap 1000|  attempt"));
        QCOMPARE(layout.rowOf(2), 3);
    }
    void findsErrorsRoundTheEnd() {
        auto spans = std::vector{span(-1, 0, 0, 100, "root", 2), span(0, 1, 0, 10, "a"), span(0, 1, 20, 30, "b")};
        spans[1].status = SpanStatus::kError;
        WaterfallLayout layout;
        layout.setTree(tree(spans));
        const auto failed = [](const query::TraceSpan& s) { return s.status == SpanStatus::kError; };
        QCOMPARE(layout.findNext(2, false, failed), 1);
        QCOMPARE(layout.findNext(0, true, failed), 1);
        QCOMPARE(layout.findNext(0, false, [](const auto& s) { return s.name == "none"; }), -1);
    }
    void holdsHugeShapes_data() {
        QTest::addColumn<bool>("deep");
        QTest::newRow("100,000 deep") << true;
        QTest::newRow("300,000 children") << false;
    }
    void holdsHugeShapes() {
        QFETCH(bool, deep);
        const int n = deep ? 100'000 : 300'000;
        std::vector<query::TraceSpan> spans{span(-1, 0, 0, n, "root", 1)};
        for (int i = 1; i < n; ++i)
            spans.push_back(deep ? span(i - 1, i, i, n, "level", i + 1 < n ? 1 : 0) : span(0, 1, i, i + 1, i % 2 ? "a" : "b"));
        WaterfallLayout layout;
        layout.setTree(tree(std::move(spans)));
        QCOMPARE(layout.rows().size(), static_cast<size_t>(n));
        QCOMPARE(layout.rowOf(n - 1), n - 1);
        layout.collapseAll();
        QCOMPARE(layout.rows().size(), size_t(1));
        QCOMPARE(layout.reveal(n - 1), n - 1);
    }
    void ticksAreRound() {
        const auto ticks = durationTicks(0, 90 * kSecond, 0, 9);
        QCOMPARE(ticks.size(), size_t(10));
        QCOMPARE(ticks[1].label, QStringLiteral("10 s"));
        const auto zoomed = durationTicks(kSecond, kSecond + 4 * kMillisecond, 0, 5);
        QCOMPARE(zoomed[1].label, QStringLiteral("1001 ms"));
        QVERIFY(durationTicks(5, 5, 0, 5).empty());
    }
    void axisGoesThereAndBack() {
        const TraceAxis axis{1000, 2000, 100, 500};
        QCOMPARE(axis.x(1500), 350.0);
        QCOMPARE(axis.time(350.0), TimeNs(1500));
    }
};

QTEST_APPLESS_MAIN(WaterfallLayoutTest)
#include "waterfall_layout_test.moc"

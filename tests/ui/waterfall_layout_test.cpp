// Which rows a waterfall shows: folding, collapsing, gaps, finding, and shapes that break other viewers.
#include "qt_test.h"
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
    // A first attempt that was given up, a back-off, a second one that an engine answered.
    void showsBackOffAndWhatIsMissing() {
        auto spans = std::vector{span(-1, 0, 0, 90'000, "POST", 1),
                                 span(0, 1, 0, 90'000, "chat", 2),
                                 span(1, 2, 0, 30'000, "attempt 1", 0, SpanKind::kClient),
                                 span(1, 2, 31'000, 90'000, "attempt 2", 1, SpanKind::kClient),
                                 span(3, 3, 31'000, 90'000, "llm_request", 0, SpanKind::kServer)};
        spans[2].status = SpanStatus::kError;
        spans[4].service = "vllm-a";
        spans[4].stages = {{"queue", 31'000, 60'000}};
        WaterfallLayout layout;
        layout.setTree(tree(spans));
        const auto& rows = layout.rows();
        QCOMPARE(rows.size(), size_t(7));
        QVERIFY(rows[3].kind == WaterfallRow::Kind::kMissing && rows[3].engine == 4 && rows[3].depth == 3);
        QVERIFY(rows[4].kind == WaterfallRow::Kind::kGap && rows[4].backOff);
        QCOMPARE(layout.rowOf(2), 2);   // not the row of what it lacks
        QCOMPARE(layout.rowOf(3), 5);
        spans[2].status = SpanStatus::kUnset;
        layout.setTree(tree(spans));
        QVERIFY(std::none_of(layout.rows().begin(), layout.rows().end(), [](const WaterfallRow& row) { return row.kind == WaterfallRow::Kind::kMissing || row.backOff; }));
    }
    void preparationIsOneRow() {
        auto spans = std::vector{span(-1, 0, 0, 90'000, "POST", 2), span(0, 1, 0, 300, "prepare prompt", 3), span(1, 2, 0, 30, "check_input guardrail"), span(1, 2, 30, 100, "retrieval docs", 1),
                                 span(3, 3, 40, 90, "search docs"), span(1, 2, 100, 290, "rerank"), span(0, 1, 400, 90'000, "chat")};
        WaterfallLayout layout;
        layout.setTree(tree(spans));
        QCOMPARE(printed(layout), QStringLiteral("POST|  prepare prompt +|  chat"));
        QVERIFY(layout.isPreparation(1));
        QCOMPARE(layout.rows()[1].count, 4U);
        QCOMPARE(layout.reveal(4), 4);
        spans[5].status = SpanStatus::kError;   // a failed step is not hidden
        layout.setTree(tree(spans));
        QCOMPARE(layout.rows().size(), spans.size());
    }
    void levelsOpenAndClose() {
        WaterfallLayout layout;
        layout.setTree(tree({span(-1, 0, 0, 100, "a", 1), span(0, 1, 0, 90, "b", 1), span(1, 2, 0, 80, "c", 1), span(2, 3, 0, 70, "d")}));
        layout.collapseAll();
        QCOMPARE(printed(layout), QStringLiteral("a +"));
        layout.expandLevel();
        QCOMPARE(printed(layout), QStringLiteral("a|  b +"));
        layout.expandLevel();
        layout.expandLevel();
        QCOMPARE(layout.rows().size(), size_t(4));
        layout.collapseLevel();
        QCOMPARE(printed(layout), QStringLiteral("a|  b|    c +"));
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

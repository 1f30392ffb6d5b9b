// What the overview says, from answers alone: with an incident, without one, with one signal only.
#include "qt_test.h"
#include "support/fake_backend.h"
#include "views/overview_questions.h"
#include "views/overview_story.h"
#include "views/overview_strips.h"
#include "widgets/event_lane.h"
#include "widgets/overview_strip.h"

using namespace nj;
using namespace nj::ui;
using test::FakeBackend;

namespace {

OverviewFacts factsOf(FakeBackend& backend, TimeRange range, std::optional<TimeRange> baseline) {
    const OverviewScope scope{range, baseline, {}};
    OverviewFacts facts = *askOverview(backend, scope, {});
    const auto latency = askOverviewLatency(backend, scope, {});
    facts.measure = latency->measure;
    facts.latency = latency->latency;
    const auto metrics = askOverviewMetrics(backend, scope, {});
    facts.tokens = metrics->tokens;
    facts.info = *backend.info({});
    if (baseline)
        facts.changes = *backend.changes({range, *baseline, 10}, {});
    return facts;
}

query::ErrorGroup group(const char* kind, uint64_t count, uint64_t baselineCount) {
    query::ErrorGroup g;
    g.kind = kind;
    g.count = count;
    g.baselineCount = baselineCount;
    g.perColumn = {static_cast<uint32_t>(count)};
    return g;
}

}  // namespace

class OverviewStoryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anIncidentIsOneSentence() {
        FakeBackend backend;
        const OverviewStory story = tellStory(factsOf(backend, FakeBackend::incident(), TimeRange{FakeBackend::incident().from - 8 * kHour, FakeBackend::incident().from}));
        const QString text = story.sentenceText();
        QCOMPARE(story.mark, QStringLiteral("▲"));
        QVERIFY2(text.contains(QStringLiteral("HTTP 504")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("none in the baseline")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("at vllm-a")) && text.contains(QStringLiteral(", vllm-b ×")), qPrintable(text));
        QVERIFY2(!text.contains(QStringLiteral("404")), "one client's 404s are more, and matter less");
        QVERIFY(story.tiles.size() >= 4 && story.tiles.size() <= 6);
        for (const StoryTile& tile : story.tiles)
            QVERIFY(!tile.caption.isEmpty() && !tile.number.isEmpty());
        QVERIFY(std::any_of(story.facts.begin(), story.facts.end(), [](const StoryFact& f) { return f.text.contains(QStringLiteral("retriever 2.14.0")); }));
        QVERIFY(!story.missing.isEmpty());
    }
    void ratesAreInAPeriodOneReads_data() {
        QTest::addColumn<double>("perSecond");
        QTest::addColumn<QString>("suffix");
        QTest::newRow("none") << 0.0 << QStringLiteral("/s");
        QTest::newRow("many") << 4.9 << QStringLiteral("/s");
        QTest::newRow("one in ten seconds") << 0.1 << QStringLiteral("/s");
        QTest::newRow("one in a minute") << 1.0 / 60 << QStringLiteral("/min");
        QTest::newRow("one in an hour") << 1.0 / 3600 << QStringLiteral("/h");
        QTest::newRow("ten in a day") << 10.0 / 86'400 << QStringLiteral("/h");
        QTest::newRow("one in a day") << 1.0 / 86'400 << QStringLiteral("/d");
        QTest::newRow("one in a year") << 1.0 / (365 * 86'400.0) << QStringLiteral("/d");
    }
    void ratesAreInAPeriodOneReads() {
        QFETCH(double, perSecond);
        QFETCH(QString, suffix);
        QCOMPARE(ratePeriod(perSecond).suffix, suffix);
    }
    void metricsAloneLeadToThem() {
        OverviewFacts facts;
        facts.range = FakeBackend::incident();
        facts.info.series = 507;
        facts.info.samples = 507;
        facts.volume.width = kMinute;
        facts.volume.spans = facts.volume.logs = std::vector<uint32_t>(10, 0);
        const OverviewStory story = tellStory(facts);
        QVERIFY2(story.sentenceText().contains(QStringLiteral("Metrics only: 507 series")), qPrintable(story.sentenceText()));
        QCOMPARE(story.tiles.size(), 1);
        QCOMPARE(story.tiles[0].number, QStringLiteral("507"));
        QCOMPARE(story.tiles[0].link.view, QStringLiteral("metrics"));
        QVERIFY2(overviewStrips(facts, {}, Theme::dark(), [](const QString&) { return 0; }).isEmpty(), "no strip of log records that are not there");
    }
    void quietHoursSaySo() {
        FakeBackend backend;
        const TimeRange quiet{FakeBackend::all().from + 2 * kHour, FakeBackend::all().from + 3 * kHour};
        OverviewFacts facts = factsOf(backend, quiet, TimeRange{FakeBackend::all().from, quiet.from});
        facts.errors.groups = {group("HTTP 503", 4, 8)};
        const OverviewStory story = tellStory(facts);
        QCOMPARE(story.mark, QStringLiteral("●"));
        QVERIFY(story.sentenceText().startsWith(QStringLiteral("Nothing departs")));
    }
    void slownessWithoutErrors() {
        FakeBackend backend;
        OverviewFacts facts = factsOf(backend, FakeBackend::incident(), TimeRange{FakeBackend::incident().from - 8 * kHour, FakeBackend::incident().from});
        facts.errors = {};
        const OverviewStory story = tellStory(facts);
        QCOMPARE(story.mark, QStringLiteral("◆"));
        QVERIFY2(story.sentenceText().contains(QStringLiteral("p99 of time to first token")), qPrintable(story.sentenceText()));
        QVERIFY(story.sentenceText().contains(QStringLiteral("vllm-a")));
    }
    void withoutBaselineAndWithoutAnything() {
        OverviewFacts facts;
        facts.range = FakeBackend::incident();
        QVERIFY(!tellStory(facts).sentenceText().isEmpty());
        facts.errors.groups = {group("panic", 3, 0)};
        facts.errors.errors = 3;
        const OverviewStory story = tellStory(facts);
        QVERIFY(story.sentenceText().contains(QStringLiteral("no baseline")));
        QVERIFY(std::any_of(story.missing.begin(), story.missing.end(), [](const QString& s) { return s.contains(QStringLiteral("compare")); }));
    }
    void theWorstGroup_data() {
        QTest::addColumn<QStringList>("kinds");
        QTest::addColumn<QList<int>>("counts");
        QTest::addColumn<QList<int>>("before");
        QTest::addColumn<int>("expected");
        QTest::newRow("none") << QStringList{} << QList<int>{} << QList<int>{} << -1;
        QTest::newRow("as ever") << QStringList{QStringLiteral("HTTP 500")} << QList<int>{10} << QList<int>{40} << -1;
        QTest::newRow("more than chance") << QStringList{QStringLiteral("HTTP 500")} << QList<int>{30} << QList<int>{40} << 0;
        QTest::newRow("client errors weigh a tenth") << QStringList{QStringLiteral("HTTP 404"), QStringLiteral("HTTP 504")} << QList<int>{2310, 1440} << QList<int>{0, 0} << 1;
        QTest::newRow("but count alone") << QStringList{QStringLiteral("HTTP 404")} << QList<int>{2310} << QList<int>{0} << 0;
    }
    void theWorstGroup() {
        QFETCH(QStringList, kinds);
        QFETCH(QList<int>, counts);
        QFETCH(QList<int>, before);
        QFETCH(int, expected);
        query::ErrorsAnswer errors;
        for (int i = 0; i < kinds.size(); ++i)
            errors.groups.push_back(group(qPrintable(kinds[i]), static_cast<uint64_t>(counts[i]), static_cast<uint64_t>(before[i])));
        QCOMPARE(worstErrorGroup(errors, {4 * kHour, 5 * kHour}, TimeRange{0, 4 * kHour}), expected);
    }
    void stripsShareOneAxisAndNameTheirUnits() {
        FakeBackend backend;
        const OverviewScope scope{FakeBackend::incident(), TimeRange{FakeBackend::incident().from - 8 * kHour, FakeBackend::incident().from}, {}};
        const OverviewFacts facts = factsOf(backend, scope.range, scope.baseline);
        const auto metrics = askOverviewMetrics(backend, scope, {});
        QVERIFY(metrics.ok());
        const auto strips = overviewStrips(facts, metrics->strips, Theme::dark(), [](const QString&) { return 0; });
        QCOMPARE(strips.size(), 4);
        for (const Strip& strip : strips) {
            QCOMPARE(strip.chart.from, FakeBackend::incident().from);
            QVERIFY(!strip.title.isEmpty() && !strip.words.isEmpty());
        }
        QVERIFY2(strips[1].words.contains(QStringLiteral("404")), "what is cut off the scale is counted in words");
        QVERIFY(strips[2].chart.yScale.log);
    }

    // Labels of events never overlap, and what explains most is named.
    void laneLabelsDoNotOverlap() {
        std::vector<query::EventMark> events;
        for (int i = 0; i < 60; ++i) {
            query::EventMark event;
            event.seq = i;
            event.time = 1'000 + i * 13;
            event.kind = i % 7 ? "probe" : "deploy";
            event.title = "something happened " + std::to_string(i);
            event.severity = i == 31 ? 17 : 9;
            events.push_back(event);
        }
        const Theme theme = Theme::dark();
        const auto flags = layoutLane(events, {1'000, 2'000}, QRectF(0, 0, 900, 60), 2, QFontMetricsF(theme.caption), theme);
        QVERIFY(flags.size() > 10);
        for (int i = 0; i < flags.size(); ++i) {
            for (int k = 0; k < i; ++k)
                QVERIFY(flags[i].label.isEmpty() || flags[k].label.isEmpty() || !flags[i].label.intersects(flags[k].label));
            QVERIFY(flags[i].label.isEmpty() || QRectF(0, 0, 900, 60).contains(flags[i].label));
        }
        QVERIFY2(std::any_of(flags.begin(), flags.end(), [&](const LaneFlag& f) { return !f.label.isEmpty() && events[static_cast<size_t>(f.event)].kind == "deploy"; }), "changes come first");
    }
    void aFewStrayRowsDoNotFlattenTheStrip() {
        query::VolumeAnswer volume;
        volume.from = 0;
        volume.width = kHour;
        volume.spans.assign(480, 0);
        volume.logs.assign(480, 0);
        volume.errors.assign(480, 0);
        volume.logs[0] = 4;
        for (size_t i = 456; i < 480; ++i)
            volume.spans[i] = 10'000;
        uint64_t outside = 0;
        QCOMPARE(denseRange(volume, &outside), (TimeRange{455 * kHour, 480 * kHour}));
        QCOMPARE(outside, uint64_t(4));
        volume.logs[0] = 4'000;   // not a few: the whole is shown
        QCOMPARE(denseRange(volume, &outside), (TimeRange{0, 480 * kHour}));
        QCOMPARE(outside, uint64_t(0));
    }
};

QTEST_MAIN(OverviewStoryTest)
#include "overview_story_test.moc"

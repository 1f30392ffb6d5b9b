// Alert states over a range, from series in memory through the engine; and the rules of the API.
#include "alert/alert_replay.h"

#include "alert/rules_api.h"
#include "promql/memory_querier.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::alert;

namespace {

constexpr TimeNs kStart = 1'000 * kMinute;

// A sample a minute: a digit is its value, "_" is none.
void load(test::MemoryQuerier& querier, const char* instance, const std::string& minutes) {
    for (size_t i = 0; i < minutes.size(); ++i)
        if (minutes[i] != '_')
            querier.add({{"__name__", "bad"}, {"instance", instance}}, kStart + static_cast<TimeNs>(i) * kMinute, {static_cast<double>(minutes[i] - '0'), nullptr});
}

Rule ruleOf(DurationNs hold, DurationNs keepFiring = 0) {
    Rule rule;
    rule.name = "Bad";
    rule.expr = "bad > 0";
    rule.hold = hold;
    rule.keepFiring = keepFiring;
    rule.labels = {{"severity", "page"}};
    rule.annotations = {{"summary", "{{ $labels.instance }} is {{ $value }}"}};
    return rule;
}

// A character a minute: '.' inactive, 'p' pending, 'F' firing.
QString drawn(const AlertTrack& track, int minutes) {
    QString out(minutes, '.');
    for (const AlertSpan& span : track.spans)
        for (TimeNs t = span.range.from; t < span.range.to; t += kMinute)
            out[static_cast<int>((t - kStart) / kMinute)] = span.state == AlertState::kFiring ? 'F' : 'p';
    return out;
}

Result<AlertHistory> replay(test::MemoryQuerier& querier, const Rule& rule, int minutes, const RuleGroup& group = {}) {
    return replayAlert(rule, group, promql::Engine(), querier, {kStart, kStart + minutes * kMinute});
}

}  // namespace

class AlertReplayTest : public QObject {
    Q_OBJECT

private slots:
    void goesThroughItsStates_data();
    void goesThroughItsStates();
    void keepsInstancesApart();
    void labelsAndAnnotates();
    void keepsTheGroupsInterval();
    void clearsOverTheLimit();
    void goesOnOverManyQuestions();
    void saysWhatFailed();
    void readsTheApisRules();
    void refusesOtherAnswers();
};

void AlertReplayTest::goesThroughItsStates_data() {
    QTest::addColumn<QString>("samples");
    QTest::addColumn<qint64>("hold");
    QTest::addColumn<qint64>("keepFiring");
    QTest::addColumn<QString>("states");
    const qint64 minute = kMinute;
    QTest::newRow("never") << "0000" << qint64{0} << qint64{0} << "";
    QTest::newRow("at once without for") << "01100" << qint64{0} << qint64{0} << ".FF..";
    QTest::newRow("pending, then firing") << "01111100" << 3 * minute << qint64{0} << ".pppFF..";
    QTest::newRow("a gap ends what is pending") << "0110111110" << 3 * minute << qint64{0} << ".pp.pppFF.";
    QTest::newRow("never long enough") << "0110110" << 3 * minute << qint64{0} << ".pp.pp.";
    QTest::newRow("firing to the end") << "0111" << minute << qint64{0} << ".pFF";
    QTest::newRow("kept firing") << "01110000" << minute << 2 * minute << ".pFFFF..";
    QTest::newRow("kept firing over a gap") << "01100110000" << qint64{0} << 3 * minute << ".FFFFFFFFF.";
    QTest::newRow("pending is not kept") << "0100" << 3 * minute << 5 * minute << ".p..";
}

void AlertReplayTest::goesThroughItsStates() {
    QFETCH(QString, samples);
    QFETCH(qint64, hold);
    QFETCH(qint64, keepFiring);
    QFETCH(QString, states);
    test::MemoryQuerier querier;
    load(querier, "a", samples.toStdString());
    const int minutes = static_cast<int>(samples.size());
    const auto history = replay(querier, ruleOf(hold, keepFiring), minutes);
    QVERIFY2(history.ok(), history.ok() ? "" : history.error().message.c_str());
    QCOMPARE(history->evaluations, static_cast<size_t>(minutes));
    QCOMPARE(history->tracks.size(), size_t{states.isEmpty() ? 0U : 1U});
    if (states.isEmpty())
        return;
    QCOMPARE(drawn(history->tracks[0], minutes), states);
}

void AlertReplayTest::keepsInstancesApart() {
    test::MemoryQuerier querier;
    load(querier, "a", "0110");
    load(querier, "b", "0011");
    load(querier, "c", "0000");
    const auto history = replay(querier, ruleOf(0), 4);
    QVERIFY(history.ok());
    QCOMPARE(history->tracks.size(), size_t{2});
    QCOMPARE(drawn(history->tracks[0], 4), QString(".FF."));
    QCOMPARE(drawn(history->tracks[1], 4), QString("..FF"));
}

void AlertReplayTest::labelsAndAnnotates() {
    test::MemoryQuerier querier;
    load(querier, "a", "0250");
    RuleGroup group;
    group.labels = {{"team", "serving"}, {"severity", "none"}};
    const auto history = replay(querier, ruleOf(0), 4, group);
    QVERIFY(history.ok() && history->tracks.size() == 1);
    const AlertTrack& track = history->tracks[0];
    QVERIFY((track.labels == NamedTexts{{"alertname", "Bad"}, {"instance", "a"}, {"severity", "page"}, {"team", "serving"}}));
    QVERIFY((track.annotations == NamedTexts{{"summary", "a is 5"}}));
    QCOMPARE(track.value, 5.0);
}

void AlertReplayTest::keepsTheGroupsInterval() {
    test::MemoryQuerier querier;
    load(querier, "a", "0111111110");
    RuleGroup group;
    group.interval = 2 * kMinute;
    const auto history = replay(querier, ruleOf(3 * kMinute), 10, group);
    QVERIFY(history.ok() && history->tracks.size() == 1);
    QCOMPARE(history->evaluations, size_t{5});
    QCOMPARE(drawn(history->tracks[0], 10), QString("..ppppFFFF"));
    group.queryOffset = 4 * kMinute;
    group.interval = kMinute;
    const auto late = replay(querier, ruleOf(0), 10, group);
    QVERIFY(late.ok() && late->tracks.size() == 1);
    QCOMPARE(drawn(late->tracks[0], 10), QString(".....FFFFF"));
}

void AlertReplayTest::clearsOverTheLimit() {
    test::MemoryQuerier querier;
    load(querier, "a", "11111");
    load(querier, "b", "00100");
    RuleGroup group;
    group.limit = 1;
    const auto history = replay(querier, ruleOf(kMinute), 5, group);
    QVERIFY(history.ok() && history->tracks.size() == 1);
    QCOMPARE(history->overLimit, size_t{1});
    QCOMPARE(drawn(history->tracks[0], 5), QString("pF.pF"));
}

void AlertReplayTest::goesOnOverManyQuestions() {
    test::MemoryQuerier querier;
    const int minutes = 12'000;   // two and a half of what is asked at once
    load(querier, "a", std::string(4'998, '0') + std::string(4, '1') + std::string(minutes - 5'002, '0'));
    const auto history = replay(querier, ruleOf(3 * kMinute), minutes);
    QVERIFY(history.ok());
    QCOMPARE(history->evaluations, static_cast<size_t>(minutes));
    QCOMPARE(history->tracks.size(), size_t{1});
    QCOMPARE(drawn(history->tracks[0], minutes).mid(4'997, 6), QString(".pppF."));
}

void AlertReplayTest::saysWhatFailed() {
    test::MemoryQuerier querier;
    Rule rule = ruleOf(0);
    rule.expr = "bad >";
    QVERIFY(!replay(querier, rule, 5).ok());
    rule = ruleOf(0);
    rule.recording = true;
    QVERIFY(!replay(querier, rule, 5).ok());
    std::stop_source stop;
    stop.request_stop();
    const auto cancelled = replayAlert(ruleOf(0), {}, promql::Engine(), querier, {kStart, kStart + kHour}, stop.get_token());
    QVERIFY(!cancelled.ok() && cancelled.error().code == ErrorCode::kCancelled);
    const auto nothing = replayAlert(ruleOf(0), {}, promql::Engine(), querier, {kStart, kStart});
    QVERIFY(nothing.ok() && nothing->evaluations == 0);
}

void AlertReplayTest::readsTheApisRules() {
    const auto answer = readRulesAnswer(R"j({"status":"success","data":{"groups":[{"name":"g","file":"/etc/r.yml","interval":30,"limit":5,"rules":[
        {"type":"alerting","state":"firing","name":"Bad","query":"bad > 0","duration":300,"keepFiringFor":60,"labels":{"severity":"page"},"annotations":{"summary":"{{ $value }}"},"health":"ok",
         "alerts":[{"labels":{"alertname":"Bad","instance":"a"},"annotations":{"summary":"1"},"state":"firing","activeAt":"2026-03-17T10:00:00.5Z","value":"1e+00"}]},
        {"type":"recording","name":"a:b","query":"sum(up)","lastError":"many-to-many"},
        {"type":"alerting","name":"Worse","query":"bad >"}]}]}})j");
    QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
    QCOMPARE(answer->rules.ruleCount(), size_t{2});
    const RuleGroup& group = answer->rules.groups[0];
    QVERIFY(group.file == "/etc/r.yml" && group.interval == 30 * kSecond && group.limit == 5);
    QVERIFY(group.rules[0].hold == 300 * kSecond && group.rules[0].keepFiring == kMinute && group.rules[1].recording);
    QCOMPARE(answer->alerts.size(), size_t{1});
    QVERIFY(answer->alerts[0].state == AlertState::kFiring && answer->alerts[0].since == *parseTime("2026-03-17T10:00:00.5Z", 0) && answer->alerts[0].value == "1e+00");
    QCOMPARE(answer->rules.problems.size(), size_t{2});
    QCOMPARE(answer->rules.problems[0].what, std::string("rule 'a:b': the server failed to evaluate it: many-to-many"));
    QCOMPARE(answer->rules.problems[1].what, std::string("rule 'Worse': expr: 1:6: parse error: unexpected end of input"));
}

void AlertReplayTest::refusesOtherAnswers() {
    for (const char* other : {"", "[]", "{}", "{\"data\":[]}", "{\"data\":{\"groups\":3}}"})
        QVERIFY(!readRulesAnswer(other).ok());
    QVERIFY(readRulesAnswer(R"({"data":{"groups":[1,{"rules":[2,{"alerts":[3],"labels":4}]}]}})").ok());
}

QTEST_APPLESS_MAIN(AlertReplayTest)
#include "alert_replay_test.moc"

// The demo's day: the story's counts and table, Little's law, and what a deadline leaves out of the data.
#include "demo/day.h"

#include <algorithm>
#include <cmath>

#include "demo/background.h"
#include "demo/trace_builder.h"
#include "demo_truth.h"

using namespace nj;
using namespace nj::demo;
using nj::test::demoTruth;

namespace {

double quantile(std::vector<double> values, double q) {
    if (values.empty())
        return std::nan("");
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, static_cast<size_t>(q * static_cast<double>(values.size())))];
}

// What the page's table says about one replica over a stretch of time.
struct Figures {
    double ttftP50 = 0, ttftP99 = 0, tpotP50 = 0, tpotP99 = 0, running = 0, waiting = 0, kv = 0, promptTokens = 0, generatedTokens = 0, preemptionsPerMinute = 0;
    double finishRate = 0, meanService = 0;   // requests/s; end-to-end less queue, s
};

Figures figures(const Day& day, size_t replica, double from, double to) {
    Figures f;
    std::vector<double> ttft, tpot;
    double service = 0;
    for (const Request& r : day.requests) {
        for (const Attempt& a : r.attempts) {
            if (r.replica != replica || a.outcome != Outcome::kAnswered || a.end < from || a.end >= to)
                continue;
            ttft.push_back(a.firstToken - a.start);
            tpot.push_back(1000 * (a.end - a.firstToken) / std::max(1.0, r.output - 1.0));
            service += a.end - a.scheduled;
        }
    }
    f.ttftP50 = quantile(ttft, 0.5);
    f.ttftP99 = quantile(ttft, 0.99);
    f.tpotP50 = quantile(tpot, 0.5);
    f.tpotP99 = quantile(tpot, 0.99);
    f.finishRate = static_cast<double>(ttft.size()) / (to - from);
    f.meanService = service / static_cast<double>(ttft.size());
    const auto first = static_cast<size_t>(from / kScrape);
    const auto last = static_cast<size_t>(to / kScrape);
    for (size_t i = first; i < last; ++i) {
        f.running += day.scrapes[replica][i].running;
        f.waiting += day.scrapes[replica][i].waiting;
        f.kv += day.scrapes[replica][i].kvUsed;
    }
    const auto n = static_cast<double>(last - first);
    f.running /= n;
    f.waiting /= n;
    f.kv /= n;
    const EngineGauges& a = day.scrapes[replica][first];
    const EngineGauges& b = day.scrapes[replica][last];
    f.promptTokens = (b.promptTokens - a.promptTokens) / (to - from);
    f.generatedTokens = (b.generatedTokens - a.generatedTokens) / (to - from);
    f.preemptionsPerMinute = 60.0 * (b.preemptions - a.preemptions) / (to - from);
    return f;
}

}  // namespace

class DemoModelTest : public QObject {
    Q_OBJECT

    Day day_;

    double seconds(TimeNs t) const { return static_cast<double>(t - day_.scenario.start) / 1e9; }

private slots:
    void initTestCase() {
        QVERIFY2(!demoTruth().isEmpty(), "truth.json is not valid JSON");
        const auto scenario = readScenario(scenarioJson());
        QVERIFY2(scenario.ok(), scenario.ok() ? "" : scenario.error().message.c_str());
        auto day = modelDay(*scenario, scenario->seed, {});
        QVERIFY(day.ok());
        day_ = std::move(*day);
        QCOMPARE(day_.ticks(), size_t(demoTruth("volume", "samplesPerSeries").toInt()));
    }

    void countsOfTheStory() {
        const QJsonObject counts = demoTruth().value("counts").toObject();
        const IncidentCounts c = countIncident(day_);
        QCOMPARE(int(c.attempts[0]), counts["attemptsA"].toInt());
        QCOMPARE(int(c.attempts[1]), counts["attemptsB"].toInt());
        QCOMPARE(int(c.firstDeadlines), counts["firstDeadlines"].toInt());
        QCOMPARE(int(c.secondDeadlines), counts["secondDeadlines"].toInt());
        QCOMPARE(int(c.otherReplica), counts["deadlinesB"].toInt());
        int failed = 0, saved = 0, cut = 0;
        for (const Request& r : day_.requests) {
            failed += r.failed() ? 1 : 0;
            saved += r.attempts[0].outcome == Outcome::kDeadline && !r.failed() ? 1 : 0;
            cut += r.last().outcome == Outcome::kCut && r.prepared >= day_.scenario.incidentFrom && r.prepared < day_.scenario.incidentTo ? 1 : 0;
        }
        QCOMPARE(failed, counts["failedRequests"].toInt());
        QCOMPARE(saved, counts["savedByRetry"].toInt());
        QCOMPARE(cut, counts["cutStreamsIncident"].toInt());
    }

    void backgroundCounts() {
        int scanner = 0, gone = 0;
        double first = 1e9, last = 0;
        for (const SideRequest& r : makeBackground(day_).requests) {
            gone += r.kind == SideKind::kRetrieverGone ? 1 : 0;
            if (r.kind != SideKind::kScanner)
                continue;
            ++scanner;
            first = std::min(first, r.time);
            last = std::max(last, r.time);
            QCOMPARE(QString::fromStdString(r.client), demoTruth("noise", "client").toString());
        }
        QCOMPARE(scanner, demoTruth("noise", "requests").toInt());
        QCOMPARE(gone, demoTruth("counts", "rollout503").toInt());
        QVERIFY(first >= seconds(nj::test::timeOf(demoTruth("noise", "at"))));
        QVERIFY(last - first <= demoTruth("noise", "seconds").toDouble());
    }

    void table_data() {
        QTest::addColumn<QString>("row");
        QTest::addColumn<int>("replica");
        const QJsonObject table = demoTruth().value("table").toObject();
        for (const QString& row : {QStringLiteral("before"), QStringLiteral("deployed"), QStringLiteral("throttled"), QStringLiteral("control")}) {
            for (const QJsonValue& name : table[row].toObject()["replicas"].toArray())
                QTest::newRow(qPrintable(row + " " + name.toString())) << row << (name.toString() == QLatin1String(kReplicaNames[0]) ? 0 : 1);
        }
    }
    void table() {
        QFETCH(QString, row);
        QFETCH(int, replica);
        const QJsonObject want = demoTruth("table", row).toObject();
        const Figures f = figures(day_, size_t(replica), seconds(nj::test::timeOf(want["from"])), seconds(nj::test::timeOf(want["to"])));
        const auto near = [&](const char* key, double actual) {
            const QJsonArray pair = want[QLatin1String(key)].toArray();
            if (pair.isEmpty())
                return QString();
            const double expected = pair.at(0).toDouble();
            return std::abs(actual / expected - 1) <= pair.at(1).toDouble() ? QString() : QStringLiteral("%1 = %2, expected %3; ").arg(QLatin1String(key)).arg(actual).arg(expected);
        };
        const QString wrong = near("ttftP50", f.ttftP50) + near("ttftP99", f.ttftP99) + near("tpotP50", f.tpotP50) + near("tpotP99", f.tpotP99) + near("running", f.running) + near("kv", f.kv) +
                              near("promptTokens", f.promptTokens) + near("generatedTokens", f.generatedTokens) + near("preemptionsPerMinute", f.preemptionsPerMinute);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        const QJsonArray waiting = want["waitingBetween"].toArray();
        QVERIFY2(f.waiting >= waiting.at(0).toDouble() && f.waiting <= waiting.at(1).toDouble(), qPrintable(QString::number(f.waiting)));
    }

    void littlesLaw() {
        const double tolerance = demoTruth("littlesLaw", "tolerance").toDouble();
        for (size_t replica = 0; replica < 2; ++replica) {
            for (double from = 3600; from + 3600 <= 21 * 3600; from += 3600) {
                const Figures f = figures(day_, replica, from, from + 3600);
                NJ_VERIFY_NEAR(f.running, f.finishRate * f.meanService, tolerance);
            }
        }
        const Figures incident = figures(day_, 0, day_.scenario.incidentFrom + 720, day_.scenario.incidentTo);
        NJ_VERIFY_NEAR(incident.running, incident.finishRate * incident.meanService, tolerance);
    }

    void noFirstTokenAfterTheDeadline() {
        const double deadline = demoTruth().value("deadlineSeconds").toDouble();
        for (const Request& r : day_.requests) {
            for (size_t k = 0; k < 2; ++k) {
                const Attempt& a = r.attempts[k];
                if (a.outcome == Outcome::kNone)
                    continue;
                if (a.outcome == Outcome::kDeadline) {
                    QVERIFY(std::abs(a.end - a.start - deadline) < 1e-6);
                    continue;
                }
                QVERIFY(a.firstToken + 0.004 - a.start <= deadline + 1e-6);
                QVERIFY(a.start <= a.scheduled && a.scheduled <= a.firstToken && a.firstToken <= a.end);
            }
            if (r.attempts[1].outcome != Outcome::kNone)
                QVERIFY(std::abs(r.attempts[1].start - r.attempts[0].end - day_.scenario.backoff) < 1e-6);
        }
    }

    void effectsInTheirOrder() {
        const QJsonObject e = demoTruth().value("effects").toObject();
        const double tolerance = e["toleranceSeconds"].toDouble();
        const Scenario& s = day_.scenario;
        double kv = 0, waiting = 0;
        for (double t = s.throttle + 450; t < s.incidentTo && (kv == 0 || waiting == 0); t += kScrape) {
            const EngineGauges& g = day_.scrapes[0][size_t(t / kScrape)];
            kv = kv == 0 && g.kvUsed >= 0.98 ? t : kv;
            waiting = waiting == 0 && g.waiting > 25 ? t : waiting;
        }
        const IncidentCounts c = countIncident(day_);
        const auto near = [&](double t, const char* key) { return std::abs(t - seconds(nj::test::timeOf(e[QLatin1String(key)]))) <= tolerance; };
        QVERIFY(near(kv, "kvFull"));
        QVERIFY(near(waiting, "waitingOver25"));
        QVERIFY(near(c.firstDeadline, "first504"));
        QVERIFY(near(c.lastDeadline, "last504"));
        QVERIFY(s.throttle < kv && kv < waiting && waiting < c.firstDeadline);
        double empty = 0;
        for (double t = s.rollback; empty == 0; t += kScrape)
            empty = day_.scrapes[0][size_t(t / kScrape)].waiting == 0 ? t : 0;
        QVERIFY(near(empty, "queueEmpty"));
    }

    void driftOfTheDeploy() {
        std::vector<double> before, after, queryBefore, queryAfter, outBefore, outAfter;
        for (const Request& r : day_.requests) {
            const bool changed = r.prepared >= day_.scenario.deploy + 120 && r.prepared < day_.scenario.rollback;
            (changed ? after : before).push_back(r.prompt);
            (changed ? queryAfter : queryBefore).push_back(r.queryChars);
            (changed ? outAfter : outBefore).push_back(r.output);
        }
        const QJsonArray prompt = demoTruth("trigger", "promptMedian").toArray();
        NJ_VERIFY_NEAR(quantile(before, 0.5), prompt.at(0).toDouble(), 0.03);
        NJ_VERIFY_NEAR(quantile(after, 0.5), prompt.at(1).toDouble(), 0.03);
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        double psi = 0;   // ten bins of equal share before
        for (int bin = 0; bin < 10; ++bin) {
            const double low = bin == 0 ? 0 : quantile(before, bin / 10.0);
            const double high = bin == 9 ? 1e9 : quantile(before, (bin + 1) / 10.0);
            const auto share = [&](const std::vector<double>& v) {
                return std::max(1e-4, double(std::lower_bound(v.begin(), v.end(), high) - std::lower_bound(v.begin(), v.end(), low)) / double(v.size()));
            };
            psi += (share(after) - share(before)) * std::log(share(after) / share(before));
        }
        QVERIFY2(psi > 2.2 && psi < 4, qPrintable(QString::number(psi)));
        const double control = demoTruth("controls", "tolerance").toDouble();
        NJ_VERIFY_NEAR(quantile(queryAfter, 0.5), quantile(queryBefore, 0.5), control);
        NJ_VERIFY_NEAR(quantile(queryAfter, 0.5), demoTruth("controls", "queryCharactersMedian").toDouble(), control);
        NJ_VERIFY_NEAR(quantile(outAfter, 0.5), quantile(outBefore, 0.5), control);
        NJ_VERIFY_NEAR(quantile(outAfter, 0.5), demoTruth("controls", "outputMedian").toDouble(), control);
    }

    void qualityFalls() {
        double ground[2] = {0, 0};
        int n[2] = {0, 0};
        for (size_t i = 0; i < day_.requests.size(); ++i) {
            if (!isEvaluated(day_, i))
                continue;
            const size_t k = day_.requests[i].deployed ? 1 : 0;
            ground[k] += groundedness(day_, i);
            ++n[k];
        }
        const QJsonArray want = demoTruth("quality", "groundedness").toArray();
        const double tolerance = demoTruth("quality", "groundednessTolerance").toDouble();
        QVERIFY(n[0] > 1000 && n[1] > 500);
        for (size_t k = 0; k < 2; ++k)
            QVERIFY2(std::abs(ground[k] / n[k] - want.at(int(k)).toDouble()) < tolerance, qPrintable(QString::number(ground[k] / n[k])));
    }

    void heroTrace() {
        const QJsonObject hero = demoTruth().value("hero").toObject();
        TraceBuilder builder(day_);
        std::vector<PlacedSpan> spans;
        builder.build(day_.hero, spans);
        QCOMPARE(int(spans.size()), hero["spans"].toInt());
        std::set<Service> services;
        int engines = 0;
        for (const PlacedSpan& p : spans) {
            services.insert(p.service);
            QCOMPARE(QString::fromStdString(p.span.trace.hex()), hero["traceId"].toString());
            engines += p.span.name == "llm_request" ? 1 : 0;
        }
        QCOMPARE(int(services.size()), hero["services"].toInt());
        QCOMPARE(engines, 1);   // the attempt that was cancelled left none
        const Request& r = day_.requests[day_.hero];
        QCOMPARE(day_.scenario.at(r.start), nj::test::timeOf(hero["start"]));
        QVERIFY(std::abs(r.end - r.start - hero["seconds"].toDouble()) < 0.5);
        QCOMPARE(int(r.generated), hero["outputTokens"].toInt());
    }

    // Spans of a trace lie within their parents and every parent is there.
    void tracesAreWhole() {
        TraceBuilder builder(day_);
        std::vector<PlacedSpan> spans;
        size_t checked = 0, total = 0;
        for (size_t i = 0; i < day_.requests.size(); ++i) {
            if (!day_.requests[i].sampled || day_.requests[i].start < 0)
                continue;
            builder.build(i, spans);
            total += spans.size();
            ++checked;
            std::map<SpanId, const OtlpSpan*> byId;
            for (const PlacedSpan& p : spans)
                QVERIFY(byId.emplace(p.span.id, &p.span).second);
            for (const PlacedSpan& p : spans) {
                QVERIFY(p.span.start <= p.span.end);
                if (p.span.parent.empty())
                    continue;
                const auto parent = byId.find(p.span.parent);
                QVERIFY(parent != byId.end());
                QVERIFY2(parent->second->start <= p.span.start && p.span.end <= parent->second->end, qPrintable(QStringLiteral("%1 in %2, request %3").arg(QString::fromStdString(p.span.name), QString::fromStdString(parent->second->name)).arg(i)));
            }
        }
        const double tolerance = demoTruth("volume", "tolerance").toDouble();
        NJ_VERIFY_NEAR(double(checked), demoTruth("volume", "traces").toDouble(), tolerance);
        NJ_VERIFY_NEAR(double(total), demoTruth("volume", "spans").toDouble(), tolerance);
    }

    void anotherSeedKeepsTheStory() {
        auto other = modelDay(day_.scenario, 4711, {});
        QVERIFY(other.ok());
        const IncidentCounts c = countIncident(*other);
        QCOMPARE(int(c.otherReplica), 0);
        NJ_VERIFY_NEAR(double(c.firstDeadlines + c.secondDeadlines), demoTruth("counts", "deadlines").toDouble(), demoTruth("counts", "otherSeedTolerance").toDouble());
        QVERIFY(other->requests[other->hero].trace == *TraceId::fromHex(kHeroTraceId));
    }

    void stops() {
        std::stop_source source;
        source.request_stop();
        const auto day = modelDay(day_.scenario, 1, source.get_token());
        QVERIFY(!day.ok());
        QCOMPARE(day.error().code, ErrorCode::kCancelled);
    }
};

QTEST_APPLESS_MAIN(DemoModelTest)
#include "demo_model_test.moc"

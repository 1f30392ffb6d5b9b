// Fetching from Jaeger, Tempo and Loki, as their APIs answer on loopback: both generations of them, searches and ids, pages, and what goes wrong.
#include <QSet>

#include "loopback_server.h"
#include "source/fetch_source.h"
#include "source/loki_page.h"

using namespace nj;
using namespace nj::source;
using namespace nj::test;

namespace {

constexpr const char* kTrace = "0102030405060708090a0b0c0d0e0f10";
constexpr int kPatience = 20'000;
constexpr TimeNs kEnd = 1'773'745'200 * kSecond;   // 2026-03-17T11:00:00Z
const std::string kRange = "2026-03-17T10:00:00Z..2026-03-17T11:00:00Z";

// Apostrophes stand for quotes.
QByteArray json(QByteArray text) { return text.replace('\'', '"'); }

QByteArray otlpSpans(int count, const char* trace = kTrace) {
    QByteArray spans;
    for (int i = 1; i <= count; ++i)
        spans += (i > 1 ? "," : "") + QByteArray("{'traceId':'") + trace + "','spanId':'" + QByteArray::number(i).rightJustified(16, '0') +
                 "','name':'work','kind':2,'startTimeUnixNano':'1773745092000000000','endTimeUnixNano':'1773745093000000000'}";
    return json("{'resourceSpans':[{'resource':{'attributes':[{'key':'service.name','value':{'stringValue':'chat'}}]},'scopeSpans':[{'scope':{},'spans':[" + spans + "]}]}]}");
}

QByteArray jaegerTraces(int spans) {
    QByteArray list;
    for (int i = 1; i <= spans; ++i)
        list += (i > 1 ? "," : "") + QByteArray("{'traceID':'") + kTrace + "','spanID':'" + QByteArray::number(i).rightJustified(16, '0') +
                "','operationName':'work','references':[],'startTime':1773745092000000,'duration':1000,'tags':[],'logs':[],'processID':'p1'}";
    return json(QByteArray("{'data':[{'traceID':'") + kTrace + "','spans':[" + list + "],'processes':{'p1':{'serviceName':'chat','tags':[]}}}],'total':0,'limit':0,'offset':0,'errors':null}");
}

Told notFound(const char* body = "404 page not found") { return {404, json(body), "text/plain"}; }

size_t spanCount(const KeepingTarget& target) {
    size_t rows = 0;
    for (const Batch& batch : target.batches())
        rows += batch.spans.size();
    return rows;
}

QStringList bodies(const KeepingTarget& target) {
    QStringList out;
    for (const Batch& batch : target.batches())
        for (size_t row = 0; row < batch.logs.size(); ++row)
            out << QString::fromStdString(std::string(batch.logs.bodyText(row)));
    return out;
}

std::unique_ptr<Source> started(const SourceConfig& config, DeliveryTarget& target) {
    auto source = createSource(config, target);
    if (!source.ok() || !(*source)->start().ok())
        qFatal("%s", source.ok() ? "not started" : source.error().message.c_str());
    return std::move(*source);
}

bool ended(const Source& source) { return source.state().phase == SourceState::Phase::kDone || source.state().phase == SourceState::Phase::kFailed; }

// Runs the source to its end.
SourceState fetched(const SourceConfig& config, KeepingTarget& target) {
    const auto source = started(config, target);
    if (!QTest::qWaitFor([&] { return ended(*source); }, kPatience))
        qWarning("not done: %s", source->state().lastError.c_str());
    return source->state();
}

// A Loki with a line each second of the hour before kEnd, and three at the same time where `together` says so.
struct FakeLoki {
    int most = 5000;              // entries it gives at once
    DurationNs longest = 0;       // of a range; 0 = any
    int together = -1;
    std::vector<std::pair<TimeNs, QByteArray>> lines;

    FakeLoki() {
        for (int i = 0; i < 3600; ++i)
            add(kEnd - kHour + i * kSecond, "line " + QByteArray::number(i));
    }
    void add(TimeNs time, const QByteArray& line) { lines.emplace_back(time, line); }

    Told answer(const Asked& asked) const {
        if (asked.path != "/loki/api/v1/query_range")
            return notFound();
        const TimeNs from = asked.parameter("start").toLongLong(), to = asked.parameter("end").toLongLong();
        const int limit = asked.parameter("limit").toInt();
        if (limit > most)
            return {400, "max entries limit per query exceeded, limit > max_entries_limit (" + QByteArray::number(limit) + " > " + QByteArray::number(most) + ")", "text/plain"};
        if (longest > 0 && to - from > longest)
            return {400, "the query time range exceeds the limit (query length: 6h0m0s, limit: 1h0m0s)", "text/plain"};
        std::vector<std::pair<TimeNs, QByteArray>> found;
        for (const auto& line : lines)
            if (line.first >= from && line.first < to)
                found.push_back(line);
        std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        if (asked.parameter("direction") == QLatin1String("backward"))
            std::reverse(found.begin(), found.end());
        QByteArray values[2];
        for (int i = 0; i < std::min<int>(limit, static_cast<int>(found.size())); ++i)
            values[i % 2] += (values[i % 2].isEmpty() ? "" : ",") + QByteArray("['") + QByteArray::number(qint64(found[static_cast<size_t>(i)].first)) + "','" + found[static_cast<size_t>(i)].second +
                             "',{'structuredMetadata':{'trace_id':'" + kTrace + "'},'parsed':{}}]";
        QByteArray streams;
        for (int i = 0; i < 2; ++i)
            if (!values[i].isEmpty())
                streams += (streams.isEmpty() ? "" : ",") + QByteArray("{'stream':{'app':'chat-") + QByteArray::number(i) + "'},'values':[" + values[i] + "]}";
        return {200, json("{'status':'success','data':{'resultType':'streams','encodingFlags':['categorize-labels'],'result':[" + streams + "],'stats':{}}}")};
    }
};

SourceConfig lokiConfig(const LoopbackServer& server) { return {"loki", {{"url", server.url()}, {"query", "{app=~\"chat.*\"}"}, {"range", kRange}}}; }

// Each of the lines once?
QString onceEach(const KeepingTarget& target, const FakeLoki& loki) {
    QMap<QString, int> seen;
    for (const QString& body : bodies(target))
        ++seen[body];
    QStringList wrong;
    for (const auto& [time, line] : loki.lines)
        if (const int times = seen.take(QString::fromUtf8(line)); times != 1)
            wrong << QStringLiteral("%1: %2 times").arg(QString::fromUtf8(line)).arg(times);
    for (const QString& other : seen.keys())
        wrong << other + QStringLiteral(" is none");
    return wrong.mid(0, 10).join(QStringLiteral(", "));
}

}  // namespace

class FetchTest : public QObject {
    Q_OBJECT
private slots:
    void jaegerV3ById() {
        LoopbackServer server([](const Asked& asked) {
            if (asked.path == "/jaeger/api/v3/services")
                return Told{200, json("{'services':['chat','gateway']}")};
            if (asked.path == QByteArray("/jaeger/api/v3/traces/") + kTrace)
                return Told{200, "{\"result\":" + otlpSpans(3) + "}"};
            return notFound("{'error':{'httpCode':404,'message':'trace not found'}}");
        });
        KeepingTarget target;
        SourceConfig config{"jaeger", {{"url", server.url("/jaeger/")}, {"trace", QByteArray(kTrace).toUpper().toStdString()}, {"trace", "ab"}}};
        SourceState state = fetched(config, target);
        QCOMPARE(state.phase, SourceState::Phase::kDone);
        QCOMPARE(spanCount(target), size_t(3));
        QCOMPARE(state.lastError, std::string("the server has no trace ab"));
        config.values = {{"url", server.url("/jaeger")}, {"trace", "ab"}};
        state = fetched(config, target);
        QCOMPARE(state.phase, SourceState::Phase::kFailed);
        QCOMPARE(state.lastError, std::string("the server has none of these traces"));
    }

    void jaegerV3Search() {
        LoopbackServer server([](const Asked& asked) {
            if (asked.path == "/api/v3/services")
                return Told{200, json("{'services':['chat','silent']}")};
            if (asked.path != "/api/v3/traces")
                return notFound();
            if (asked.parameter("query.service_name") == QLatin1String("silent"))
                return notFound("{'error':{'httpCode':404,'message':'no traces found'}}");
            return Told{200, "{\"result\":" + otlpSpans(2) + "}"};
        });
        KeepingTarget target;
        const SourceConfig config{"jaeger", {{"url", server.url()}, {"range", kRange}, {"operation", "a b&c"}, {"tag", "error=true"}, {"min_duration", "2s"}, {"limit", "7"}, {"token", "secret"}}};
        QCOMPARE(fetched(config, target).phase, SourceState::Phase::kDone);
        QCOMPARE(spanCount(target), size_t(2));
        QCOMPARE(server.asked.size(), 3);
        const Asked& search = server.asked[1];
        QCOMPARE(search.parameter("query.start_time_min"), QStringLiteral("2026-03-17T10:00:00.000000000Z"));
        QCOMPARE(search.parameter("query.operation_name"), QStringLiteral("a b&c"));
        QCOMPARE(search.parameter("query.attributes"), QStringLiteral("{\"error\":\"true\"}"));
        QCOMPARE(search.parameter("query.duration_min"), QStringLiteral("2s"));
        QCOMPARE(search.parameter("query.num_traces"), QStringLiteral("7"));
        QCOMPARE(search.headers.value("authorization"), QByteArray("Bearer secret"));
    }

    // 1.x: paths it does not know are answered with its web page.
    void jaegerOfTheWebPage() {
        LoopbackServer server([](const Asked& asked) {
            if (asked.path == "/api/services")
                return Told{200, json("{'data':['chat'],'total':1,'limit':0,'offset':0,'errors':null}")};
            if (asked.path == "/api/traces" || asked.path == QByteArray("/api/traces/") + kTrace)
                return Told{200, jaegerTraces(asked.path == "/api/traces" ? 4 : 2)};
            return Told{200, "<!doctype html><html></html>", "text/html"};
        });
        KeepingTarget target;
        QCOMPARE(fetched({"jaeger", {{"url", server.url()}, {"range", kRange}, {"service", "chat"}}}, target).phase, SourceState::Phase::kDone);
        QCOMPARE(spanCount(target), size_t(4));
        const Asked& search = server.asked.back();
        QCOMPARE(search.parameter("service"), QStringLiteral("chat"));
        QCOMPARE(search.parameter("start"), QStringLiteral("1773741600000000"));
        QCOMPARE(search.parameter("end"), QStringLiteral("1773745200000000"));
        QCOMPARE(search.parameter("limit"), QStringLiteral("100"));
        QCOMPARE(fetched({"jaeger", {{"url", server.url()}, {"trace", kTrace}}}, target).phase, SourceState::Phase::kDone);
        QCOMPARE(spanCount(target), size_t(6));
        const auto probed = aside([&] { return findSourceKind("jaeger")->probe({"jaeger", {{"url", server.url()}}}, {}); });
        QCOMPARE(probed->summary, std::string("Jaeger (API of its web page): 1 service"));
    }

    void nobodyThere_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("jaeger") << QStringLiteral("jaeger");
        QTest::newRow("tempo") << QStringLiteral("tempo");
        QTest::newRow("loki") << QStringLiteral("loki");
    }
    // Something answers, but it is another program's page.
    void nobodyThere() {
        QFETCH(QString, kind);
        LoopbackServer server([](const Asked&) { return Told{200, "<html>welcome</html>", "text/html"}; });
        KeepingTarget target;
        SourceConfig config{kind.toStdString(), {{"url", server.url()}, {"query", "{app=\"a\"}"}}};
        if (kind == QLatin1String("jaeger"))
            config.values.pop_back();
        const SourceState state = fetched(config, target);
        QCOMPARE(state.phase, SourceState::Phase::kFailed);
        QVERIFY2(state.lastError.find("path prefix") != std::string::npos, state.lastError.c_str());
        QVERIFY(!aside([&] { return findSourceKind(config.kind)->probe(config, {}); }).ok());
    }

    void refused_data() { nobodyThere_data(); }
    void refused() {
        QFETCH(QString, kind);
        LoopbackServer server([](const Asked&) { return Told{401, json("{'message':'Invalid API key'}")}; });
        KeepingTarget target;
        SourceConfig config{kind.toStdString(), {{"url", server.url()}, {"query", "{app=\"a\"}"}}};
        if (kind == QLatin1String("jaeger"))
            config.values.pop_back();
        const SourceState state = fetched(config, target);
        QCOMPARE(state.phase, SourceState::Phase::kFailed);
        QVERIFY2(state.lastError.find("answered 401: Invalid API key (it wants a token") != std::string::npos, state.lastError.c_str());
    }

    void tempoById() {
        LoopbackServer server([](const Asked& asked) {
            if (asked.path == QByteArray("/api/v2/traces/") + kTrace)
                return Told{200, "{\"trace\":" + otlpSpans(3) + json(",'metrics':{},'status':'PARTIAL','message':'too large'}").replace("'", "\"")};
            return notFound();
        });
        KeepingTarget target;
        const SourceState state = fetched({"tempo", {{"url", server.url()}, {"trace", kTrace}, {"tenant", "team-a"}}}, target);
        QCOMPARE(state.phase, SourceState::Phase::kDone);
        QCOMPARE(spanCount(target), size_t(3));
        QVERIFY(state.lastError.find("a part of it came") != std::string::npos);
        QCOMPARE(server.asked.front().headers.value("x-scope-orgid"), QByteArray("team-a"));
    }

    // The first version of its API, which writes ids in base64; through Grafana.
    void tempoSearch() {
        LoopbackServer server([](const Asked& asked) {
            if (asked.path == "/api/datasources/proxy/uid/T/api/search")
                return Told{200, json("{'traces':[{'traceID':'102030405060708090a0b0c0d0e0f10','rootServiceName':'chat'},{'traceID':'ff','rootServiceName':'chat'}],'metrics':{}}")};
            if (asked.path == "/api/datasources/proxy/uid/T/api/traces/102030405060708090a0b0c0d0e0f10")
                return Told{200, json("{'batches':[{'resource':{'attributes':[]},'scopeSpans':[{'spans':[{'traceId':'AQIDBAUGBwgJCgsMDQ4PEA==','spanId':'AAAAAAAAAAE=','name':'work','kind':'SPAN_KIND_SERVER',"
                                      "'startTimeUnixNano':'1773745092000000000','endTimeUnixNano':'1773745093000000000'}]}]}]}")};
            return notFound();
        });
        KeepingTarget target;
        const SourceConfig config{"tempo", {{"url", server.url("/api/datasources/proxy/uid/T")}, {"query", "{ duration > 2s }"}, {"range", kRange}, {"limit", "5"}}};
        const SourceState state = fetched(config, target);
        QCOMPARE(state.phase, SourceState::Phase::kDone);
        QCOMPARE(spanCount(target), size_t(1));
        QCOMPARE(state.lastError, std::string("the server has no trace ff"));
        for (const Batch& batch : target.batches())
            if (batch.spans.size() > 0)
                QCOMPARE(batch.spans.traceId[0].hex(), std::string(kTrace));
        QCOMPARE(server.asked.front().parameter("q"), QStringLiteral("{ duration > 2s }"));
        QCOMPARE(server.asked.front().parameter("start"), QStringLiteral("1773741600"));
        QCOMPARE(server.asked.front().parameter("end"), QStringLiteral("1773745200"));
        const auto probed = aside([&] { return findSourceKind("tempo")->probe(config, {}); });
        QCOMPARE(probed->summary, std::string("Tempo: 2 traces match"));
    }

    // A server that is busy says when it wants to be asked again; a body that broke off is asked for again.
    void askedAgain_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<qsizetype>("promised");
        QTest::newRow("429") << 429 << qsizetype(-1);
        QTest::newRow("503") << 503 << qsizetype(-1);
        QTest::newRow("cut") << 200 << qsizetype(100'000);
    }
    void askedAgain() {
        QFETCH(int, status);
        QFETCH(qsizetype, promised);
        int answers = 0;
        LoopbackServer server([&](const Asked&) {
            if (answers++ > 0)
                return Told{200, "{\"trace\":" + otlpSpans(3) + "}"};
            Told told{status, otlpSpans(2), "application/json", "Retry-After: 1\r\n"};
            told.promised = promised;
            return told;
        });
        KeepingTarget target;
        const SourceState state = fetched({"tempo", {{"url", server.url()}, {"trace", kTrace}}}, target);
        QCOMPARE(state.phase, SourceState::Phase::kDone);
        QCOMPARE(state.retried, uint64_t(1));
        QCOMPARE(spanCount(target), size_t(3));   // nothing of the first answer
    }

    void wrongJson_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("half") << "{\"trace\":" + otlpSpans(3).left(200);
        QTest::newRow("other") << json("{'hello':'world','list':[1,2,3]}");
        QTest::newRow("text") << QByteArray("trace");
    }
    void wrongJson() {
        QFETCH(QByteArray, body);
        LoopbackServer server([&](const Asked&) { return Told{200, body}; });
        KeepingTarget target;
        const SourceState state = fetched({"tempo", {{"url", server.url()}, {"trace", kTrace}}}, target);
        QCOMPARE(state.phase, SourceState::Phase::kFailed);
        QVERIFY2(state.lastError.find("can't be read") != std::string::npos, state.lastError.c_str());
        QCOMPARE(spanCount(target), size_t(0));
    }

    void lokiPages_data() {
        QTest::addColumn<int>("most");
        QTest::newRow("one page") << 5000;
        QTest::newRow("many") << 700;
    }
    void lokiPages() {
        QFETCH(int, most);
        FakeLoki loki;
        loki.most = most;
        // Several at one time, where a page may end between them.
        for (int i = 0; i < 3600; i += 50)
            loki.add(kEnd - kHour + i * kSecond, "twin " + QByteArray::number(i));
        LoopbackServer server([&](const Asked& asked) { return loki.answer(asked); });
        KeepingTarget target;
        const SourceState state = fetched(lokiConfig(server), target);
        QVERIFY2(state.lastError.empty(), state.lastError.c_str());
        QCOMPARE(state.phase, SourceState::Phase::kDone);
        QCOMPARE(onceEach(target, loki), QString());
        // The newest came first, with what Loki knows of them.
        const Batch first = target.batches().front();
        QVERIFY(*std::max_element(first.logs.time.begin(), first.logs.time.end()) == kEnd - kSecond);
        QCOMPARE(first.logs.traceId[0].hex(), std::string(kTrace));
        QCOMPARE(server.asked.back().headers.value("x-loki-response-encoding-flags"), QByteArray("categorize-labels"));
        // Fetched before: nothing comes twice.
        const qsizetype asked = server.asked.size();
        QCOMPARE(fetched(lokiConfig(server), target).phase, SourceState::Phase::kDone);
        QCOMPARE(onceEach(target, loki), QString());
        QCOMPARE(server.asked.size(), asked);
    }

    void lokiGoesOnWhereItStopped() {
        FakeLoki loki;
        LoopbackServer server([&](const Asked& asked) { return loki.answer(asked); });
        loki.most = 400;
        KeepingTarget target;
        SourceConfig config = lokiConfig(server);
        config.add("limit", "1000");
        const SourceState state = fetched(config, target);
        QVERIFY2(state.lastError.starts_with("stopped after "), state.lastError.c_str());
        const qsizetype lines = bodies(target).size();
        QVERIFY(lines >= 1000 && lines < 1500);
        QVERIFY(bodies(target).contains(QStringLiteral("line 3599")));
        QCOMPARE(fetched(lokiConfig(server), target).phase, SourceState::Phase::kDone);
        QCOMPARE(onceEach(target, loki), QString());
        // A longer range adds what is missing at both ends.
        loki.add(kEnd - 2 * kHour, "older");
        loki.add(kEnd + kSecond, "newer");
        SourceConfig wider = lokiConfig(server);
        wider.set("range", "2026-03-17T08:00:00Z..2026-03-17T12:00:00Z");
        QCOMPARE(fetched(wider, target).phase, SourceState::Phase::kDone);
        QCOMPARE(onceEach(target, loki), QString());
    }

    void lokiShortRanges() {
        FakeLoki loki;
        loki.longest = kHour;
        LoopbackServer server([&](const Asked& asked) { return loki.answer(asked); });
        KeepingTarget target;
        SourceConfig config = lokiConfig(server);
        config.set("range", "2026-03-17T01:00:00Z..2026-03-17T11:00:00Z");
        QCOMPARE(fetched(config, target).phase, SourceState::Phase::kDone);
        QCOMPARE(onceEach(target, loki), QString());
    }

    void lokiFollows() {
        FakeLoki loki;
        loki.lines.clear();
        const TimeNs now = nowNs();
        for (int i = 0; i < 100; ++i)
            loki.add(now - kMinute + i * kMillisecond, "before " + QByteArray::number(i));
        LoopbackServer server([&](const Asked& asked) { return loki.answer(asked); });
        KeepingTarget target;
        SourceConfig config = lokiConfig(server);
        config.set("range", "10m");
        config.add("follow", "yes");
        config.add("interval", "1s");
        const auto source = started(config, target);
        QTRY_COMPARE_WITH_TIMEOUT(bodies(target).size(), 100, kPatience);
        loki.add(nowNs(), "after");
        QTRY_COMPARE_WITH_TIMEOUT(bodies(target).size(), 101, kPatience);
        source->stop();
        QCOMPARE(onceEach(target, loki), QString());
        QCOMPARE(source->state().phase, SourceState::Phase::kStopped);
    }

    void lokiCounts() {
        LoopbackServer server([](const Asked&) { return Told{200, json("{'status':'success','data':{'resultType':'matrix','result':[]}}")}; });
        KeepingTarget target;
        const SourceState state = fetched(lokiConfig(server), target);
        QCOMPARE(state.phase, SourceState::Phase::kFailed);
        QVERIFY(state.lastError.find("counts lines") != std::string::npos);
    }

    // More at one nanosecond than fit in a page: said, and passed.
    void lokiCrowd() {
        const QByteArray body = json("{'status':'success','data':{'resultType':'streams','result':[{'stream':{},'values':[['5','a'],['5','b']]}]}}");
        const auto page = readLokiPage(body.toStdString(), {0, 10}, 2, true);
        QVERIFY(page.ok());
        QVERIFY(page->crowded);
        QCOMPARE(page->entries, uint64_t(2));
        QCOMPARE(page->whole.from, TimeNs(5));
        const auto forward = readLokiPage(body.toStdString(), {0, 10}, 2, false);
        QCOMPARE(forward->whole.to, TimeNs(6));
    }

    void badSettings_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("id") << QStringLiteral("jaeger") << QStringLiteral("trace") << QStringLiteral("../../admin");
        QTest::newRow("long id") << QStringLiteral("tempo") << QStringLiteral("trace") << QString(33, QLatin1Char('a'));
        QTest::newRow("tag") << QStringLiteral("jaeger") << QStringLiteral("tag") << QStringLiteral("error");
        QTest::newRow("limit") << QStringLiteral("tempo") << QStringLiteral("limit") << QStringLiteral("0");
        QTest::newRow("range") << QStringLiteral("loki") << QStringLiteral("range") << QStringLiteral("yesterday");
    }
    void badSettings() {
        QFETCH(QString, kind);
        QFETCH(QString, field);
        QFETCH(QString, value);
        KeepingTarget target;
        SourceConfig config{kind.toStdString(), {{"url", "http://localhost:1"}, {"query", "{a=\"b\"}"}}};
        if (kind == QLatin1String("jaeger"))
            config.values.pop_back();
        QVERIFY(createSource(config, target).ok());
        config.add(field.toStdString(), value.toStdString());
        QCOMPARE(createSource(config, target).error().code, ErrorCode::kInvalidArgument);
    }
};

QTEST_MAIN(FetchTest)
#include "fetch_test.moc"

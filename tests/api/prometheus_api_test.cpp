// What the API answers to each request: statuses, error types, forms of times and durations, limits, escaped names; no sockets.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "api/prometheus_api.h"
#include "qt_test.h"
#include "served_data.h"

using namespace nj;
using namespace nj::api;
using nj::test::kT0;
using nj::test::lastSample;
using nj::test::need;

class PrometheusApiTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        capsule_.import(test::servedBatch());
        served_ = need(ServedCapsule::open(capsule_.path()));
    }

    void readsTimes_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("time");
        QTest::newRow("seconds") << QStringLiteral("1700000000") << qint64(1'700'000'000'000'000'000);
        QTest::newRow("fraction") << QStringLiteral("1435781451.781") << qint64(1'435'781'451'781'000'000);
        QTest::newRow("exponent") << QStringLiteral("1.7e9") << qint64(1'700'000'000'000'000'000);
        QTest::newRow("few seconds are no milliseconds") << QStringLiteral("12") << qint64(12'000'000'000);
        QTest::newRow("before 1970") << QStringLiteral("-1.5") << qint64(-1'500'000'000);
        QTest::newRow("date") << QStringLiteral("2015-07-01T20:10:51.781Z") << qint64(1'435'781'451'781'000'000);
        QTest::newRow("zone") << QStringLiteral("2015-07-01T22:10:51+02:00") << qint64(1'435'781'451'000'000'000);
        QTest::newRow("least") << QStringLiteral("-292273086-05-16T16:47:06Z") << qint64(INT64_MIN);
        QTest::newRow("most") << QStringLiteral("+292277025-08-18T07:12:54.999999999Z") << qint64(INT64_MAX);
        QTest::newRow("far") << QStringLiteral("9223372036854775") << qint64(INT64_MAX);
    }
    void readsTimes() {
        QFETCH(QString, text);
        QFETCH(qint64, time);
        const auto read = apiTime(text.toStdString());
        QVERIFY(read.has_value());
        QCOMPARE(qint64(*read), time);
    }
    void refusesTimes() {
        for (const char* text : {"", "now", "2015-07-01", "2015-07-01T20:10:51", "NaN", "1h", "12 s", "Thu Jul  1 2015"})
            QVERIFY2(!apiTime(text), text);
    }
    void readsDurations() {
        QCOMPARE(apiDuration("15"), std::optional<DurationNs>(15 * kSecond));
        QCOMPARE(apiDuration("0.25"), std::optional<DurationNs>(250 * kMillisecond));
        QCOMPARE(apiDuration("1h30m"), std::optional<DurationNs>(90 * kMinute));
        for (const char* text : {"", "x", "1e30", "NaN", "5 m"}) QVERIFY2(!apiDuration(text), text);
    }
    void readsForms() {
        const Parameters parameters("query=a%20b&match%5B%5D=x&match[]=y&empty=&query=later", "query=of+the%2Bbody&broken=%zz%4");
        QCOMPARE(parameters.first("query"), std::string_view("of the+body"));
        QCOMPARE(parameters.all("match[]"), (std::vector<std::string>{"x", "y"}));
        QCOMPARE(parameters.first("broken"), std::string_view("%zz%4"));
        QCOMPARE(parameters.first("none"), std::string_view());
    }
    void unescapesNames() {
        QCOMPARE(unescapedName("U__room_2e_name"), std::string("room.name"));
        QCOMPARE(unescapedName("U__a__b"), std::string("a_b"));
        QCOMPARE(unescapedName("U__h_e9__1f600_"), std::string("h\xc3\xa9\xf0\x9f\x98\x80"));
        QCOMPARE(unescapedName("U___1f600_"), std::string("\xf0\x9f\x98\x80"));
        for (const char* plain : {"job", "U_x", "U__x_", "U__x_zz_", "U__x_110000_", "U__x_d800_"})
            QCOMPARE(unescapedName(plain), std::string(plain));
    }

    void answers_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("says");  // a part of the body
        const QString at = QStringLiteral("&time=") + seconds(lastSample());
        const auto row = [](const char* name, const char* path, const QString& query, int status, const QString& says) {
            QTest::newRow(name) << QString::fromLatin1(path) << query << status << says;
        };
        row("vector", "query", QStringLiteral("query=sum(rate(requests_total[5m]))") + at, 200,
            QStringLiteral(
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[%1,\"3\"]}]}}")
                .arg(seconds(lastSample())));
        row("without a time the newest sample's", "query", QStringLiteral("query=requests_total{job=\"a\"}"), 200,
            QStringLiteral("[%1,\"600\"]").arg(seconds(lastSample())));
        row("scalar", "query", QStringLiteral("query=1+%2B+1&time=5.25"), 200,
            QStringLiteral("\"resultType\":\"scalar\",\"result\":[5.25,\"2\"]"));
        row("string", "query", QStringLiteral("query=\"x\"&time=5"), 200, QStringLiteral("\"resultType\":\"string\",\"result\":[5,\"x\"]"));
        row("matrix", "query", QStringLiteral("query=early[1h]") + at, 200,
            QStringLiteral("\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"early\"},\"values\":[["));
        row("infinity", "query", QStringLiteral("query={\"room.heat\"}") + at, 200, QStringLiteral("\"+Inf\""));
        row("native histogram", "query", QStringLiteral("query=wait_seconds") + at, 200, QStringLiteral("\"histogram\":["));
        row("info", "query", QStringLiteral("query=rate(early[1h])") + at, 200,
            QStringLiteral("\"infos\":[\"PromQL info: metric might not be a counter"));
        row("limit", "query", QStringLiteral("query=requests_total&limit=1") + at, 200,
            QStringLiteral("\"warnings\":[\"results truncated due to limit\"]"));
        row("lookback", "query", QStringLiteral("query=count(early)&lookback_delta=2h") + at, 200, QStringLiteral("\"1\""));
        row("no expression", "query", QStringLiteral("time=5"), 400, QStringLiteral("invalid parameter \\\"query\\\""));
        row("parse error", "query", QStringLiteral("query=sum("), 400,
            QStringLiteral("\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"query\\\": 1:5: parse error"));
        row("bad time", "query", QStringLiteral("query=1&time=soon"), 400,
            QStringLiteral("invalid parameter \\\"time\\\": cannot parse \\\"soon\\\" to a valid timestamp"));
        row("bad timeout", "query", QStringLiteral("query=1&timeout=soon"), 400, QStringLiteral("invalid parameter \\\"timeout\\\""));
        row("bad limit", "query", QStringLiteral("query=1&limit=-1"), 400, QStringLiteral("limit must be non-negative"));
        row("cannot execute", "query",
            QStringLiteral("query=requests_total + on(path) requests_total").replace(QLatin1Char('+'), QStringLiteral("%2B")) + at, 422,
            QStringLiteral("\"errorType\":\"execution\""));
        const QString span = QStringLiteral("&start=%1&end=%2").arg(seconds(kT0), seconds(lastSample()));
        row("range", "query_range", QStringLiteral("query=requests_total{job=\"a\"}&step=5m") + span, 200,
            QStringLiteral("\"values\":[[%1,\"0\"],[%2,\"300\"],[%3,\"600\"]]")
                .arg(seconds(kT0), seconds(kT0 + 5 * kMinute), seconds(lastSample())));
        row("range without a step", "query_range", QStringLiteral("query=1") + span, 400, QStringLiteral("invalid parameter \\\"step\\\""));
        row("no step at all", "query_range", QStringLiteral("query=1&step=0") + span, 400, QStringLiteral("zero or negative"));
        row("turned range", "query_range", QStringLiteral("query=1&step=1&start=10&end=9"), 400,
            QStringLiteral("end timestamp must not be before start time"));
        row("too many steps", "query_range", QStringLiteral("query=1&step=1&start=0&end=11001"), 400,
            QStringLiteral("exceeded maximum resolution of 11,000 points"));
        row("as many as may be", "query_range", QStringLiteral("query=1&step=1&start=0&end=11000"), 200, QStringLiteral("success"));
        row("range of a range", "query_range", QStringLiteral("query=early[5m]&step=1m") + span, 400,
            QStringLiteral("must be Scalar or instant Vector"));
        row("format", "format_query", QStringLiteral("query=sum(x)by(a)"), 200, QStringLiteral("\"data\":\"sum by (a) (x)\""));
        row("series", "series", QStringLiteral("match[]=requests_total{job=\"a\"}&match[]=early"), 200,
            QStringLiteral("\"data\":[{\"__name__\":\"early\"},{\"__name__\":\"requests_total\",\"job\":\"a\",\"path\":\"/x\"}]"));
        row("series of a time", "series",
            QStringLiteral("match[]=early&match[]=requests_total{job=\"a\"}&start=%1").arg(seconds(kT0 + 5 * kMinute)), 200,
            QStringLiteral("\"data\":[{\"__name__\":\"requests_total\",\"job\":\"a\",\"path\":\"/x\"}]"));
        row("series limit", "series", QStringLiteral("match[]=requests_total&limit=1"), 200, QStringLiteral("truncated"));
        row("no selector", "series", QString(), 400, QStringLiteral("no match[] parameter provided"));
        row("bad selector", "series", QStringLiteral("match[]=sum(x)"), 400, QStringLiteral("invalid parameter \\\"match[]\\\""));
        row("label names", "labels", QStringLiteral("match[]=requests_total"), 200,
            QStringLiteral("\"data\":[\"__name__\",\"job\",\"path\"]"));
        row("label values", "label/job/values", QString(), 200, QStringLiteral("\"data\":[\"a\",\"b\",\"svc\"]"));
        row("label values limit", "label/job/values", QStringLiteral("limit=1"), 200, QStringLiteral("\"data\":[\"a\"],\"warnings\""));
        row("escaped label", "label/U__room_2e_name/values", QString(), 200, QStringLiteral("\"data\":[\"cellar\"]"));
        row("label as it is", "label/room.name/values", QString(), 200, QStringLiteral("\"data\":[\"cellar\"]"));
        row("metric names", "label/__name__/values", QStringLiteral("match[]={job=\"a\"}"), 200,
            QStringLiteral("\"data\":[\"requests_total\"]"));
        row("no label", "label/\xff/values", QString(), 400, QStringLiteral("invalid label name"));
        row("metadata", "metadata", QStringLiteral("metric=requests_total"), 200,
            QStringLiteral("\"data\":{\"requests_total\":[{\"type\":\"counter\",\"help\":\"Requests \\\"taken\\\".\",\"unit\":\"\"}]}"));
        row("metadata of OTLP", "metadata", QStringLiteral("metric=wait_seconds"), 200,
            QStringLiteral("{\"wait_seconds\":[{\"type\":\"histogram\",\"help\":\"\",\"unit\":\"s\"}]}"));
        row("metadata limit", "metadata", QStringLiteral("limit=1"), 200,
            QStringLiteral("\"data\":{\"early\":[{\"type\":\"gauge\",\"help\":\"\",\"unit\":\"\"}]}"));
        row("exemplars", "query_exemplars", QStringLiteral("query=rate(wait_seconds_bucket[5m])"), 200,
            QStringLiteral("[{\"seriesLabels\":{\"__name__\":\"wait_seconds_bucket\",\"job\":\"svc\",\"le\":\"2\"},\"exemplars\":[{"
                           "\"labels\":{\"span_id\":"
                           "\"0300000000000000\",\"trace_id\":\"%1\",\"user\":\"u1\"},\"value\":\"1.5\",\"timestamp\":%2}]}]")
                .arg(QString::fromStdString(test::traceId(1, 2).hex()), seconds(kT0 + kMinute)));
        row("exemplars of another time", "query_exemplars",
            QStringLiteral("query=wait_seconds_bucket&start=%1").arg(seconds(kT0 + 2 * kMinute)), 200, QStringLiteral("\"data\":[]"));
        row("alerts", "alerts", QString(), 200,
            QStringLiteral("{\"alerts\":[{\"labels\":{\"alertname\":\"Slow\"},\"annotations\":{},\"state\":\"firing\""));
        row("rules", "rules", QString(), 200, QStringLiteral("\"name\":\"Slow\",\"query\":\"\""));
        row("rules that record", "rules", QStringLiteral("type=record"), 200, QStringLiteral("{\"groups\":[]}"));
        row("bad rules", "rules", QStringLiteral("type=x"), 400, QStringLiteral("not supported value"));
        row("build", "status/buildinfo", QString(), 200, QStringLiteral("\"version\":\"3."));
        row("flags", "status/flags", QString(), 200, QStringLiteral("{\"query.lookback-delta\":\"5m\",\"query.max-samples\":\"50000000\",\"query.timeout\":\"2m\"}"));
        row("configuration", "status/config", QString(), 200, QStringLiteral("\"data\":{\"yaml\":\"\"}"));
        row("storage", "status/tsdb", QString(), 200,
            QStringLiteral("\"minTime\":") + seconds(kT0) + QStringLiteral("000,\"maxTime\":") + seconds(lastSample()) + QStringLiteral("000}"));
        row("unknown", "nothing", QString(), 404, QStringLiteral("\"errorType\":\"not_found\""));
    }
    void answers() {
        QFETCH(QString, path);
        QFETCH(QString, query);
        QFETCH(int, status);
        QFETCH(QString, says);
        const Answer given = ask("/api/v1/" + path.toLatin1().toStdString(), query);
        const QString body = QString::fromStdString(given.body);
        QVERIFY2(given.status == unsigned(status) && body.contains(says), qPrintable(QStringLiteral("%1: %2").arg(given.status).arg(body)));
        const QJsonObject envelope = QJsonDocument::fromJson(QByteArray::fromStdString(given.body)).object();
        QCOMPARE(envelope.value(QStringLiteral("status")).toString(), status == 200 ? QStringLiteral("success") : QStringLiteral("error"));
    }
    // An answer in a form is that to a query string, and other methods have none.
    void methods() {
        const Parameters form("", "query=1&time=5");
        const auto by = [&](const char* method, const char* path) { return answer(*served_, {method, path, form}, {}, {}).status; };
        QCOMPARE(by("POST", "/api/v1/query"), 200U);
        QCOMPARE(by("POST", "/api/v1/metadata"), 405U);
        QCOMPARE(by("DELETE", "/api/v1/series"), 405U);
        QCOMPARE(by("GET", "/-/ready"), 200U);
        QCOMPARE(by("GET", "/v1/metrics"), 404U);
    }
    void boundsTheAnswer() {
        Limits limits;
        limits.maxAnswerPoints = 10;
        const QString query = QStringLiteral("query=1&step=1&start=0&end=10");
        const Answer given = answer(*served_, {"GET", "/api/v1/query_range", Parameters(query.toStdString(), "")}, limits, {});
        QCOMPARE(given.status, 422U);
        QVERIFY(given.body.find("larger step") != std::string::npos);
    }
    void timeoutsAreBounded() {
        Limits limits;
        QVERIFY(need(timeoutOf(Parameters("timeout=5s", ""), limits)) == std::chrono::seconds(5));
        QVERIFY(need(timeoutOf(Parameters("timeout=5h", ""), limits)) == limits.timeout);
        QVERIFY(need(timeoutOf(Parameters("", ""), limits)) == limits.timeout);
    }
    void stoppedIsCancelled() {
        std::stop_source stop;
        stop.request_stop();
        const Answer given = answer(*served_, {"GET", "/api/v1/query", Parameters("query=requests_total", "")}, {}, stop.get_token());
        QCOMPARE(given.status, 503U);
        QVERIFY(given.body.find("\"canceled\"") != std::string::npos);
    }
    // What was committed since the last request is there.
    void seesNewSamples() {
        Batch batch;
        const uint32_t series = test::addSeries(batch, "late_total", {});
        test::addSample(batch, series, lastSample(), 42);
        QVERIFY(ask("/api/v1/query", QStringLiteral("query=late_total")).body.find("\"result\":[]") != std::string::npos);
        capsule_.import(std::move(batch), "second");
        QVERIFY(ask("/api/v1/query", QStringLiteral("query=late_total")).body.find("\"42\"") != std::string::npos);
    }

private:
    static QString seconds(TimeNs time) { return QString::number(time / kSecond); }
    Answer ask(const std::string& path, const QString& query) {
        return answer(*served_, {"GET", path, Parameters(query.toStdString(), "")}, {}, {});
    }

    test::TestCapsule capsule_;
    std::unique_ptr<ServedCapsule> served_;
};

QTEST_GUILESS_MAIN(PrometheusApiTest)
#include "prometheus_api_test.moc"

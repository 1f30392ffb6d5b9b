// What people paste: addresses of graphs, searches, traces and explore pages, alerts as JSON, and everything that is none of it.
#include "qt_test.h"
#include "source/pasted.h"
#include "source/promql_selectors.h"

using namespace nj;
using namespace nj::source;

namespace {

constexpr TimeNs kNow = 1'773'745'200 * kSecond;   // 2026-03-17T11:00:00Z

QString text(const std::string& s) { return QString::fromStdString(s); }

// "kind field=value …" of the source, then expressions and range, in one line each.
QString shown(const Result<Pasted>& pasted) {
    if (!pasted.ok())
        return QStringLiteral("error: ") + text(pasted.error().message);
    QStringList lines(text(pasted->what));
    QStringList fields(text(pasted->source.kind));
    for (const auto& [name, value] : pasted->source.values)
        if (name != "range")
            fields << text(name) + QLatin1Char('=') + text(value);
    lines << fields.join(QLatin1Char(' '));
    for (const std::string& expression : pasted->expressions)
        lines << text(expression);
    lines << (pasted->range.empty() ? QStringLiteral("-") : text(formatRfc3339(pasted->range.from, 0) + ".." + formatRfc3339(pasted->range.to, 0)));
    return lines.join(QStringLiteral(" | "));
}

// Apostrophes stand for quotes.
std::string quoted(std::string json) {
    std::replace(json.begin(), json.end(), '\'', '"');
    return json;
}

std::string encoded(const char* json) { return QUrl::toPercentEncoding(text(quoted(json))).toStdString(); }

}  // namespace

class PastedTest : public QObject {
    Q_OBJECT
private slots:
    void addresses_data() {
        QTest::addColumn<QString>("pasted");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const std::string& pasted, const char* expected) { QTest::newRow(name) << text(pasted) << QString::fromUtf8(expected); };
        row("prometheus", "http://prom:9090/graph?g0.expr=rate(vllm%3Arequest_success_total%7Bjob%3D%22vllm%22%7D%5B5m%5D)&g0.tab=0&g0.range_input=2h&g0.end_input=2026-03-17%2010%3A30%3A00",
            "a Prometheus graph | prometheus url=http://prom:9090 match=vllm:request_success_total{job=\"vllm\"} | rate(vllm:request_success_total{job=\"vllm\"}[5m]) | 2026-03-17T08:30:00Z..2026-03-17T10:30:00Z");
        row("prometheus 3", "https://prom.example/p/query?g0.expr=up&g0.show_tree=0&g0.tab=graph&g0.range_input=30m&g0.res_type=auto&g1.expr=sum+by+%28pod%29+%28a%2Bb%29&g1.tab=table",
            "a Prometheus graph | prometheus url=https://prom.example/p match=up match=a match=b | up | sum by (pod) (a+b) | 2026-03-17T10:30:00Z..2026-03-17T11:00:00Z");
        row("alert's graph", "http://prom:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1", "a Prometheus graph | prometheus url=http://prom:9090 match=up | up == 0 | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("victoriametrics", "http://vm:8428/vmui/#/?g0.expr=up&g0.range_input=30m&g0.end_input=2026-03-17T10%3A00%3A00&g0.relative_time=none",
            "a Prometheus graph | prometheus url=http://vm:8428 match=up | up | 2026-03-17T09:30:00Z..2026-03-17T10:00:00Z");
        row("query_range", "http://prom:9090/api/v1/query_range?query=up&start=1773741600&end=1773745200&step=15", "a query to Prometheus | prometheus url=http://prom:9090 match=up | up | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("with a password", "<http://ann:p%40ss@prom:9090/graph?g0.expr=up>", "a Prometheus graph | prometheus url=http://prom:9090 user=ann password=p@ss match=up | up | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");

        row("explore, loki",
            "https://g.example/grafana/explore?schemaVersion=1&panes=" +
                encoded("{'abc':{'datasource':'L1','queries':[{'refId':'A','expr':'{app=\\'vllm\\'} |= `timeout`','datasource':{'type':'loki','uid':'L1'}}],'range':{'from':'1773741600000','to':'1773745200000'}}}") + "&orgId=1",
            "an explore page of Grafana on loki | loki url=https://g.example/grafana/api/datasources/proxy/uid/L1 query={app=\"vllm\"} |= `timeout` | {app=\"vllm\"} |= `timeout` | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("explore, prometheus",
            "http://g:3000/explore?left=" +
                encoded("{'datasource':'P1','queries':[{'refId':'A','expr':'rate(up{job=~\\'$job\\'}[$__rate_interval])','datasource':{'type':'prometheus','uid':'P1'}},{'refId':'B','expr':'x','datasource':{'type':'loki','uid':'L'}}],'range':{'from':'now-6h','to':'now'}}"),
            "an explore page of Grafana on prometheus | prometheus url=http://g:3000/api/datasources/proxy/uid/P1 match=up | rate(up{job=~\"$job\"}[$__rate_interval]) | 2026-03-17T05:00:00Z..2026-03-17T11:00:00Z");
        row("explore, old", "http://g:3000/explore?orgId=1&left=" + encoded("['now-1h','now','Prometheus 1',{'expr':'up'},{'mode':'Metrics'}]"),
            "an explore page of Grafana on prometheus | prometheus url=http://g:3000/api/datasources/proxy/uid/Prometheus%201 match=up | up | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("explore, a trace",
            "http://g:3000/explore?panes=" + encoded("{'a':{'datasource':'T','queries':[{'query':'0102030405060708090a0b0c0d0e0f10','queryType':'traceql','datasource':{'type':'tempo','uid':'T'}}],'range':{'from':'now-1h','to':'now'}}}"),
            "an explore page of Grafana on tempo | tempo url=http://g:3000/api/datasources/proxy/uid/T trace=0102030405060708090a0b0c0d0e0f10 | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("explore, TraceQL", "http://g:3000/explore?panes=" + encoded("{'a':{'datasource':'T','queries':[{'query':'{ duration > 2s }','queryType':'traceql','datasource':{'type':'tempo','uid':'T'}}],'range':{'from':'now/d','to':'now/d'}}}"),
            "an explore page of Grafana on tempo | tempo url=http://g:3000/api/datasources/proxy/uid/T query={ duration > 2s } | { duration > 2s } | 2026-03-17T00:00:00Z..2026-03-18T00:00:00Z");
        row("explore, jaeger", "http://g:3000/explore?panes=" + encoded("{'a':{'datasource':'J','queries':[{'queryType':'search','service':'chat','minDuration':'2s','limit':50,'datasource':{'type':'jaeger','uid':'J'}}],'range':{'from':'now-1h','to':'now'}}}"),
            "an explore page of Grafana on jaeger | jaeger url=http://g:3000/api/datasources/proxy/uid/J service=chat min_duration=2s limit=50 | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("explore, no way out", "http://g:3000/explore?left=" + encoded("{'datasource':'../../admin','queries':[{'expr':'up'}],'range':{'from':'now-1h','to':'now'}}"),
            "an explore page of Grafana on prometheus | prometheus url=http://g:3000/api/datasources/proxy/uid/..%2F..%2Fadmin match=up | up | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("dashboard", "https://g.example/d/abc123/vllm?orgId=1&from=1773741600000&to=1773745200000&var-job=vllm&viewPanel=4", "a dashboard of Grafana |  | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");

        row("jaeger trace", "http://j:16686/jaeger/trace/0102030405060708090a0b0c0d0e0f10?uiFind=x", "a trace in Jaeger | jaeger url=http://j:16686/jaeger trace=0102030405060708090a0b0c0d0e0f10 | -");
        row("jaeger search",
            "http://j:16686/search?end=1773745200000000&limit=20&lookback=custom&maxDuration&minDuration=2s&operation=all&service=chat&start=1773741600000000&tags=%7B%22error%22%3A%22true%22%7D",
            "a search in Jaeger | jaeger url=http://j:16686 service=chat min_duration=2s limit=20 tag=error=true | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("jaeger lookback", "http://j:16686/search?service=chat&lookback=2h", "a search in Jaeger | jaeger url=http://j:16686 service=chat | 2026-03-17T09:00:00Z..2026-03-17T11:00:00Z");
        row("tempo", "http://tempo:3200/api/v2/traces/ab12", "a trace in Tempo | tempo url=http://tempo:3200 trace=ab12 | -");
        row("loki", "http://loki:3100/loki/api/v1/query_range?query=%7Bapp%3D%22a%22%7D&start=1773741600000000000&end=1773745200000000000",
            "a query to Loki | loki url=http://loki:3100 query={app=\"a\"} | {app=\"a\"} | 2026-03-17T10:00:00Z..2026-03-17T11:00:00Z");
        row("alertmanager", "http://am:9093/#/alerts?silenced=false&filter=%7Balertname%3D%22TTFT%22%7D", "Alertmanager's page |  | ALERTS{alertname=\"TTFT\"} | -");
        row("metrics", "http://vllm-0:8000/metrics", "a metrics endpoint | scrape url=http://vllm-0:8000/metrics | -");
    }
    void addresses() {
        QFETCH(QString, pasted);
        QFETCH(QString, expected);
        const auto parsed = parsePasted("  " + pasted.toStdString() + "\n", kNow);
        QCOMPARE(shown(parsed), expected);
        // What it gives can be opened as it is.
        if (parsed.ok() && findSourceKind(parsed->source.kind) != nullptr) {
            const Status checked = checkConfig(parsed->source);
            QVERIFY2(checked.ok(), checked.ok() ? "" : checked.error().message.c_str());
        }
    }

    void webhook() {
        const std::string url = "'generatorURL':'http://prom:9090/graph?g0.expr=ttft+%3E+2&g0.tab=1'";
        const std::string json = quoted("{'version':'4','status':'firing','receiver':'team','externalURL':'http://am:9093','commonLabels':{'alertname':'TTFT'},'alerts':["
                                        "{'status':'resolved','labels':{'alertname':'TTFT','pod':'vllm-0'},'annotations':{'summary':'slow'},'startsAt':'2026-03-17T10:10:00Z','endsAt':'2026-03-17T10:20:00Z'," + url + "},"
                                        "{'status':'firing','labels':{'alertname':'TTFT','pod':'vllm-1'},'annotations':{},'startsAt':'2026-03-17T10:15:00Z','endsAt':'0001-01-01T00:00:00Z'," + url + "}]}");
        const auto pasted = parsePasted(json, kNow);
        QCOMPARE(shown(pasted), QStringLiteral("2 alerts, the first TTFT | prometheus url=http://prom:9090 match=ttft | ttft > 2 | 2026-03-17T09:40:00Z..2026-03-17T11:00:00Z"));
        QCOMPARE(pasted->alerts.size(), size_t(2));
        QCOMPARE(pasted->alerts[0].labels[1].second, std::string("vllm-0"));
        QCOMPARE(pasted->alerts[0].annotations[0].second, std::string("slow"));
        QVERIFY(pasted->alerts[0].to > pasted->alerts[0].from);
        QCOMPARE(pasted->alerts[1].to, TimeNs(0));
        QCOMPARE(pasted->source.value("range"), std::string("2026-03-17T09:40:00.000Z..2026-03-17T11:00:00.000Z"));
        // As the API lists them; pasted days later, the range stays where the alert was.
        const auto later = parsePasted(quoted("[{'labels':{'alertname':'A'},'annotations':{},'startsAt':'2026-03-17T10:00:00Z','endsAt':'2026-04-17T10:00:00Z'}]"), kNow + 30 * kDay);
        QCOMPARE(shown(later), QStringLiteral("the alert A |  | 2026-03-17T09:30:00Z..2026-03-17T12:00:00Z"));
    }

    void nonsense_data() {
        QTest::addColumn<QString>("pasted");
        QTest::newRow("empty") << QString();
        QTest::newRow("blank") << QStringLiteral(" \n\t");
        QTest::newRow("words") << QStringLiteral("the gateway is slow");
        QTest::newRow("file") << QStringLiteral("file:///etc/passwd");
        QTest::newRow("no host") << QStringLiteral("http:///graph?g0.expr=up");
        QTest::newRow("other page") << QStringLiteral("https://example.com/index.html");
        QTest::newRow("graph without") << QStringLiteral("http://prom:9090/graph?g0.tab=0");
        QTest::newRow("explore without") << QStringLiteral("http://g:3000/explore?left=%7B");
        QTest::newRow("explore, no kind of ours") << text("http://g:3000/explore?left=" + encoded("{'queries':[{'query':'x','datasource':{'type':'elasticsearch','uid':'E'}}]}"));
        QTest::newRow("trace of words") << QStringLiteral("http://j:16686/trace/hello");
        QTest::newRow("JSON") << QStringLiteral("{\"alerts\":[]}");
        QTest::newRow("broken JSON") << QStringLiteral("{\"alerts\":[{\"labels\":");
        QTest::newRow("deep JSON") << QString(100'000, QLatin1Char('['));
        QTest::newRow("numbers") << QStringLiteral("{\"alerts\":[1,2,3]}");
        QTest::newRow("long") << QStringLiteral("http://prom:9090/graph?g0.expr=") + QString(100'000, QLatin1Char('a'));
        QTest::newRow("longer") << QString(2'000'000, QLatin1Char('{'));
    }
    void nonsense() {
        QFETCH(QString, pasted);
        const auto parsed = parsePasted(pasted.toStdString(), kNow);
        QVERIFY(!parsed.ok());
        QVERIFY(!parsed.error().message.empty() && parsed.error().message.size() < 500);
    }

    // A range that is none is left out, not invented.
    void oddRanges() {
        const auto backwards = parsePasted("http://prom:9090/api/v1/query_range?query=up&start=1773745200&end=1773741600", kNow);
        QVERIFY(backwards.ok());
        QVERIFY(backwards->range.empty());
        QCOMPARE(backwards->source.value("range"), std::string());
        QVERIFY(parsePasted("http://g:3000/d/a/b?from=x&to=y", kNow)->range.empty());
    }

    void selectors_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("selectors");
        const auto row = [](const char* expression, const char* selectors) { QTest::newRow(expression) << QString::fromUtf8(expression) << QString::fromUtf8(selectors); };
        row("up", "up");
        row("histogram_quantile(0.99, sum by (le, pod) (rate(ttft_bucket{job=\"a}b\"}[5m])))", "ttft_bucket{job=\"a}b\"}");
        row("a{x='1'} / on (pod) group_left (node) b offset 1h > 1.5e3 and c", "a{x='1'} b c");
        row("{__name__=~\"vllm:.+\"}", "{__name__=~\"vllm:.+\"}");
        row("max_over_time(a:b:c[1h:5m] @ end()) or vector(0)", "a:b:c");
        row("sum(rate(x{job=~\"$job\",a=\"b\"}[$__rate_interval])) by (instance)", "x");
        row("${metric} + up == bool 1 # and b", "up");
        row("up - up", "up");
        row("1 + 2", "");
        row("rate(a{x=\"", "a");
        row("\"just a string\"", "");
    }
    void selectors() {
        QFETCH(QString, expression);
        QFETCH(QString, selectors);
        QStringList found;
        for (const std::string& selector : selectorsIn(expression.toStdString()))
            found << text(selector);
        QCOMPARE(found.join(QLatin1Char(' ')), selectors);
    }
};

QTEST_MAIN(PastedTest)
#include "pasted_test.moc"

// Filters over a capsule against the same rows judged one by one: spans by the trace list, log records by pages.
#include <functional>
#include <set>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/search_syntax.h"

using namespace nj;
using namespace nj::test;

namespace {

constexpr uint64_t kSpans = 4000, kLogs = 3000;

SpanSpec spanOf(uint64_t i) {
    SpanSpec s;
    s.trace = traceId(9, i);   // every span its own trace, so that the list names the rows
    s.span = spanId(i + 1);
    s.start = kT0 + static_cast<TimeNs>((i * 7919) % kSpans) * kMillisecond;
    s.end = s.start + static_cast<TimeNs>(i * i % 5'000'000) * 1000;
    s.name = "op" + std::to_string(i % 11);
    s.service = i % 3 == 0 ? "chat" : i % 3 == 1 ? "gateway" : "vllm-a";
    s.kind = static_cast<SpanKind>(i % 6);
    s.status = static_cast<SpanStatus>(i % 3);
    s.statusMessage = i % 97 == 0 ? "deadline exceeded upstream" : "";
    s.scope = i % 4 == 0 ? "scope-a" : "";
    if (i % 2 == 0)
        s.attributes.push_back({"code", AttributeValue::ofInt(static_cast<int64_t>(200 + i % 5 * 100))});
    else if (i % 5 == 1)
        s.attributes.push_back({"code", AttributeValue::ofString("200")});
    s.attributes.push_back({"request.id", AttributeValue::ofString("req-" + std::to_string(i))});
    if (i % 10 == 3)
        s.attributes.push_back({"host.name", AttributeValue::ofString("override")});
    if (i % 7 == 0)
        s.attributes.push_back({"ratio", AttributeValue::ofDouble(static_cast<double>(i) / 100)});
    if (i % 1500 == 0)
        s.attributes.push_back({"rare", AttributeValue::ofJson("[\"stop\",\"length\"]")});
    return s;
}

LogSpec logOf(uint64_t i) {
    LogSpec l;
    l.time = kT0 + static_cast<TimeNs>(i * 13 % kLogs) * kMillisecond;
    l.severity = static_cast<uint8_t>(i % 25);
    l.body = i % 10 == 0 ? "timeout after 30s for request req-" + std::to_string(i) : i % 10 == 1 ? "timeouts are not tokens" : "line number " + std::to_string(i) + " caf\xc3\xa9";
    l.service = i % 2 == 0 ? "chat" : "gateway";
    l.line = i + 1;
    if (i % 9 == 0)
        l.attributes.push_back({"user", AttributeValue::ofString("u" + std::to_string(i % 20))});
    return l;
}

DurationNs durationOf(uint64_t i) { return spanOf(i).end - spanOf(i).start; }
bool hasCode(uint64_t i, int64_t code) { return i % 2 == 0 ? static_cast<int64_t>(200 + i % 5 * 100) == code : i % 5 == 1 && code == 200; }

using Judge = std::function<bool(uint64_t)>;

}  // namespace

class FilterTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Batch batch;
        for (uint64_t i = 0; i < kSpans; ++i)
            addSpan(batch, spanOf(i));
        for (uint64_t i = 0; i < kLogs; ++i)
            addLog(batch, logOf(i));
        capsule_.import(std::move(batch));
        backend_ = need(query::openCapsuleBackend(capsule_.path()));
    }
    void spans() {
        const std::pair<const char*, Judge> cases[] = {
            {"", [](uint64_t) { return true; }},
            {"service:chat", [](uint64_t i) { return i % 3 == 0; }},
            {"-service:chat", [](uint64_t i) { return i % 3 != 0; }},
            {"service:(chat OR gateway)", [](uint64_t i) { return i % 3 != 2; }},
            {"service:vllm*", [](uint64_t i) { return i % 3 == 2; }},
            {"service:nobody", [](uint64_t) { return false; }},
            {"name:op1", [](uint64_t i) { return i % 11 == 1; }},
            {"name:op1*", [](uint64_t i) { return i % 11 == 1 || i % 11 == 10; }},
            {"name:/^op[23]$/", [](uint64_t i) { return i % 11 == 2 || i % 11 == 3; }},
            {"status:error", [](uint64_t i) { return i % 3 == 2; }},
            {"status:ERROR", [](uint64_t i) { return i % 3 == 2; }},
            {"-status:(ok OR unset)", [](uint64_t i) { return i % 3 == 2; }},
            {"kind:client", [](uint64_t i) { return i % 6 == 3; }},
            {"duration>2s", [](uint64_t i) { return durationOf(i) > 2 * kSecond; }},
            {"duration<=2500us", [](uint64_t i) { return durationOf(i) <= 2'500'000; }},
            {"duration:[10ms TO 1s]", [](uint64_t i) { return durationOf(i) >= 10 * kMillisecond && durationOf(i) <= kSecond; }},
            {"duration:0", [](uint64_t i) { return durationOf(i) == 0; }},
            {"code:200", [](uint64_t i) { return hasCode(i, 200); }},
            {"code:>=500", [](uint64_t i) { return hasCode(i, 500) || hasCode(i, 600); }},
            {"code:[400 TO 499]", [](uint64_t i) { return hasCode(i, 400); }},
            {"code:*", [](uint64_t i) { return i % 2 == 0 || i % 5 == 1; }},
            {"-code:*", [](uint64_t i) { return !(i % 2 == 0 || i % 5 == 1); }},
            {"code:2??", [](uint64_t i) { return hasCode(i, 200); }},
            {"ratio>20", [](uint64_t i) { return i % 7 == 0 && i > 2000; }},
            {"request.id:req-77", [](uint64_t i) { return i == 77; }},
            {"rare:stop", [](uint64_t i) { return i % 1500 == 0; }},
            {"scope:scope-a", [](uint64_t i) { return i % 4 == 0; }},
            // The row's own attribute hides its resource's.
            {"host.name:node-chat", [](uint64_t i) { return i % 3 == 0 && i % 10 != 3; }},
            {"host.name:override", [](uint64_t i) { return i % 10 == 3; }},
            {"resource.host.name:node-chat", [](uint64_t i) { return i % 3 == 0; }},
            {"host:node-chat", [](uint64_t i) { return i % 3 == 0; }},
            {"deadline", [](uint64_t i) { return i % 97 == 0; }},
            {"deadlin", [](uint64_t) { return false; }},
            {"\"line exceeded up\"", [](uint64_t i) { return i % 97 == 0; }},
            {"req-77", [](uint64_t i) { return i == 77; }},
            {"/req-77$/", [](uint64_t i) { return i == 77; }},
            {"vllm", [](uint64_t i) { return i % 3 == 2; }},
            {"op1 status:ok", [](uint64_t i) { return i % 11 == 1 && i % 3 == 1; }},
            {"(op1 OR op2) -service:chat duration>1s", [](uint64_t i) { return (i % 11 == 1 || i % 11 == 2) && i % 3 != 0 && durationOf(i) > kSecond; }},
            {"severity:error", [](uint64_t) { return false; }},
            {"nokey:1", [](uint64_t) { return false; }},
            {"-nokey:1", [](uint64_t) { return true; }},
        };
        const TimeRange part{kT0 + 500 * kMillisecond, kT0 + 1700 * kMillisecond};
        for (const auto& [text, judge] : cases)
            for (const TimeRange range : {TimeRange{}, part}) {
                std::set<TraceId> expected, found;
                for (uint64_t i = 0; i < kSpans; ++i)
                    if (judge(i) && (range.empty() || range.contains(spanOf(i).start)))
                        expected.insert(spanOf(i).trace);
                query::TraceListQuestion question;
                question.range = range;
                question.filter = need(query::parseSearch(text));
                question.limit = kSpans;
                const auto answer = need(backend_->traceList(question, {}));
                for (const auto& row : answer.rows)
                    found.insert(row.id);
                QVERIFY2(found == expected, qPrintable(QStringLiteral("%1: %2 rows, %3 expected").arg(QString::fromUtf8(text)).arg(found.size()).arg(expected.size())));
                QCOMPARE(answer.total, uint64_t(expected.size()));
            }
    }
    void logs() {
        const std::pair<const char*, Judge> cases[] = {
            {"", [](uint64_t) { return true; }},
            {"timeout", [](uint64_t i) { return i % 10 == 0; }},
            {"timeout*", [](uint64_t i) { return i % 10 <= 1; }},
            {"*meout*", [](uint64_t i) { return i % 10 <= 1; }},
            {"\"imeou\"", [](uint64_t i) { return i % 10 <= 1; }},
            {"-timeout", [](uint64_t i) { return i % 10 != 0; }},
            {"absentword", [](uint64_t) { return false; }},
            {"caf\xc3\xa9", [](uint64_t i) { return i % 10 > 1; }},
            {"req-70", [](uint64_t i) { return i == 70; }},
            {"/timeouts? a/", [](uint64_t i) { return i % 10 <= 1; }},
            {"body:/^line number 12$/", [](uint64_t) { return false; }},
            {"body:\"line number 12*\"", [](uint64_t i) { return i % 10 > 1 && std::to_string(i).starts_with("12"); }},
            {"severity:error", [](uint64_t i) { return i % 25 >= 17 && i % 25 <= 20; }},
            {"severity:>=error", [](uint64_t i) { return i % 25 >= 17; }},
            {"severity:>warn", [](uint64_t i) { return i % 25 >= 17; }},
            {"severity:<=warn", [](uint64_t i) { return i % 25 <= 16; }},
            {"severity:<warn", [](uint64_t i) { return i % 25 < 13; }},
            {"severity:18", [](uint64_t i) { return i % 25 == 18; }},
            {"user:u9", [](uint64_t i) { return i % 9 == 0 && i % 20 == 9; }},
            {"u9", [](uint64_t i) { return i % 9 == 0 && i % 20 == 9; }},
            {"service:chat timeout", [](uint64_t i) { return i % 10 == 0; }},
            {"service:gateway timeout", [](uint64_t) { return false; }},
        };
        for (const auto& [text, judge] : cases) {
            std::multiset<std::string> expected, found;
            for (uint64_t i = 0; i < kLogs; ++i)
                if (judge(i))
                    expected.insert(logOf(i).body);
            query::LogPageQuestion question;
            question.filter = need(query::parseSearch(text));
            question.limit = kLogs;
            const auto answer = need(backend_->logPage(question, {}));
            TimeNs last = 0;
            for (const auto& row : answer.rows) {
                found.insert(row.body);
                QVERIFY(row.time >= last);
                last = row.time;
            }
            QVERIFY2(found == expected, qPrintable(QStringLiteral("%1: %2 rows, %3 expected").arg(QString::fromUtf8(text)).arg(found.size()).arg(expected.size())));
        }
    }
    void wrongFiltersAreErrors() {
        query::TraceListQuestion question;
        for (const char* text : {"duration:soon", "trace:xyz", "duration:2*"}) {
            question.filter = need(query::parseSearch(text));
            const auto answer = backend_->traceList(question, {});
            QVERIFY2(!answer.ok() && answer.error().code == ErrorCode::kInvalidArgument, text);
        }
    }
    void aWithdrawnQuestionIsCancelled() {
        std::stop_source stop;
        stop.request_stop();
        const auto answer = backend_->traceList({}, stop.get_token());
        QVERIFY(!answer.ok() && answer.error().code == ErrorCode::kCancelled);
    }

private:
    TestCapsule capsule_;
    std::unique_ptr<query::Backend> backend_;
};

QTEST_APPLESS_MAIN(FilterTest)
#include "filter_test.moc"

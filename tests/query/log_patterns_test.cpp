// Log templates beside their baseline, the filters pattern: and file:, columns from attributes and whole rows for copies.
#include <numeric>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/log_questions.h"
#include "query/search_syntax.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;

namespace {

constexpr TimeRange kBaseline{kT0, kT0 + kHour};
constexpr TimeRange kWindow{kT0 + kHour, kT0 + 2 * kHour};

void add(Batch& batch, TimeNs time, const std::string& body, uint8_t severity, const std::string& service, AttributeList attributes = {}) {
    LogSpec log;
    log.time = time;
    log.body = body;
    log.severity = severity;
    log.service = service;
    log.attributes = std::move(attributes);
    addLog(batch, log);
}

}  // namespace

class LogPatternsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        Batch batch;
        for (int i = 0; i < 120; ++i) {   // steady in both hours, once a minute
            const TimeNs time = kT0 + i * kMinute;
            add(batch, time, "GET /health took " + std::to_string(i) + " ms", 9, "chat", {{"http.status", AttributeValue::ofInt(200 + i % 2)}, {"upstream", AttributeValue::ofString("vllm-a")}});
            if (i < 60 && i % 10 == 0)
                add(batch, time + kSecond, "cache warmed in " + std::to_string(i) + " s", 9, "cache");
            if (i >= 60 && i % 3 == 0)
                add(batch, time + kSecond, "deadline exceeded after " + std::to_string(30 + i) + " s", 17, i % 2 == 0 ? "gateway" : "envoy");
            if (i % 60 == 0 || i >= 60)
                add(batch, time + 2 * kSecond, "retry attempt " + std::to_string(i), 13, "gateway");
        }
        capsule_.import(std::move(batch));
        backend_ = need(openCapsuleBackend(capsule_.path()));
    }

    void newOnesStandFirst() {
        const LogPatternsAnswer answer = need(askLogPatterns(*backend_, {kWindow, kBaseline, {}, 24, 50}, {}));
        QVERIFY(answer.hasBaseline);
        QCOMPARE(answer.kinds, size_t{4});
        QCOMPARE(answer.fresh, size_t{1});
        QCOMPARE(answer.gone, size_t{1});
        QCOMPARE(answer.records, uint64_t{60 + 20 + 60});
        const auto& p = answer.patterns;
        QVERIFY(p[0].text.find("deadline exceeded") == 0);
        QVERIFY(p[0].fresh() && p[0].count == 20 && p[0].severity == 17 && p[0].services == 2);
        QVERIFY(std::abs(p[0].first - (kT0 + kHour + kSecond)) < kMillisecond);   // to the precision of the column that is scanned
        QVERIFY(p[1].text.find("retry") == 0);
        QCOMPARE(p[1].baselineCount, uint64_t{1});
        QVERIFY(p[2].text.find("GET") == 0);
        QVERIFY(p[3].gone() && p[3].baselineCount == 6);
        uint64_t sum = 0;
        for (const uint32_t n : p[0].perColumn)
            sum += n;
        QCOMPARE(sum, uint64_t{20});
        QCOMPARE(std::accumulate(p[0].perColumn.begin(), p[0].perColumn.begin() + 12, uint64_t{0}), uint64_t{0});
        QCOMPARE(answer.services.front().first, std::string("gateway"));
    }

    void withoutBaselineNothingIsNew() {
        const LogPatternsAnswer answer = need(askLogPatterns(*backend_, {kWindow, std::nullopt, {}, 24, 2}, {}));
        QCOMPARE(answer.fresh, size_t{0});
        QCOMPARE(answer.kinds, size_t{3});
        QCOMPARE(answer.patterns.size(), size_t{2});   // limited, most first
        QVERIFY(answer.patterns[0].count >= answer.patterns[1].count);
    }

    void aPatternIsAFilter() {
        const LogPatternsAnswer answer = need(askLogPatterns(*backend_, {kWindow, kBaseline, {}, 24, 50}, {}));
        for (const LogPattern& pattern : answer.patterns) {
            const Filter filter = need(parseSearch(searchTerm("pattern", pattern.id, false)));
            QCOMPARE(need(backend_->logPage({kWindow, filter, 0, 1}, {})).total, pattern.count);
        }
        const Filter byText = need(parseSearch(searchTerm("pattern", answer.patterns[0].text, false)));
        QCOMPARE(need(backend_->logPage({kWindow, byText, 0, 1}, {})).total, uint64_t{20});
        const Filter without = need(parseSearch("-pattern:" + answer.patterns[0].id + " service:gateway"));
        QCOMPARE(need(backend_->logPage({kWindow, without, 0, 1}, {})).total, uint64_t{60});
        // Spans have no pattern: the question holds and is empty.
        query::TraceListQuestion traces;
        traces.range = kWindow;
        traces.filter = byText;
        QCOMPARE(need(backend_->traceList(traces, {})).total, uint64_t{0});
    }

    void aFileIsAFilter() {
        QCOMPARE(need(backend_->logPage({kWindow, need(parseSearch("file:test")), 0, 1}, {})).total + need(backend_->logPage({kWindow, need(parseSearch("file:file")), 0, 1}, {})).total,
                 uint64_t{140});
        QCOMPARE(need(backend_->logPage({kWindow, need(parseSearch("file:other.log")), 0, 1}, {})).total, uint64_t{0});
    }

    void columnsCarryAttributes() {
        const Filter health = need(parseSearch("health"));
        const LogRowsAnswer page = need(askLogRows(*backend_, {{kWindow, health, 0, 3}, {"http.status", "upstream", "host.name", "absent"}, false}, {}));
        QCOMPARE(page.rows.size(), size_t{3});
        QCOMPARE(page.rows[0].cells, (std::vector<std::string>{"200", "vllm-a", "node-chat", ""}));
        QCOMPARE(page.rows[1].cells[0], std::string("201"));
        QVERIFY(page.rows[0].attributes.empty());
    }

    void wholePagesEndBeforeTheyAreTooLarge() {
        TestCapsule large;
        Batch batch;
        for (int i = 0; i < 5; ++i)
            add(batch, kT0 + i, std::string(6U << 20, static_cast<char>('a' + i)), 9, "big", {{"k", AttributeValue::ofInt(i)}});
        large.import(std::move(batch));
        auto backend = need(openCapsuleBackend(large.path()));
        uint64_t offset = 0;
        int pages = 0;
        for (;;) {
            const LogRowsAnswer page = need(askLogRows(*backend, {{{}, {}, offset, 100}, {}, true}, {}));
            if (page.rows.empty())
                break;
            QVERIFY(page.rows.size() <= 3);
            for (const DetailedLogRow& row : page.rows) {
                QCOMPARE(row.body.size(), size_t{6U << 20});
                QVERIFY(!row.bodyCut);
                QCOMPARE(row.attributes.size(), size_t{1});
            }
            offset += page.rows.size();
            ++pages;
        }
        QCOMPARE(offset, uint64_t{5});
        QVERIFY(pages >= 2);
        const LogPageAnswer cut = need(backend->logPage({{}, {}, 0, 5}, {}));
        QVERIFY(cut.rows.size() == 5 && cut.rows[0].bodyCut);
    }

private:
    TestCapsule capsule_;
    std::unique_ptr<Backend> backend_;
};

QTEST_GUILESS_MAIN(LogPatternsTest)
#include "log_patterns_test.moc"

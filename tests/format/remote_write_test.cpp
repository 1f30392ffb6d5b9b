// Remote write requests, well-formed and not.
#include <bit>
#include <protozero/pbf_writer.hpp>

#include "format/remote_write.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::format;

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

std::string labelMessage(const std::string& name, const std::string& value) {
    std::string out;
    protozero::pbf_writer label(out);
    label.add_string(1, name);
    label.add_string(2, value);
    return out;
}
std::string sampleMessage(double value, int64_t ms) {
    std::string out;
    protozero::pbf_writer sample(out);
    sample.add_double(1, value);
    sample.add_int64(2, ms);
    return out;
}
std::string seriesMessage(const Labels& labels, const std::vector<std::pair<double, int64_t>>& samples, const std::string& extra = {}) {
    std::string out;
    protozero::pbf_writer series(out);
    for (const auto& [name, value] : labels)
        series.add_message(1, labelMessage(name, value));
    for (const auto& [value, ms] : samples)
        series.add_message(2, sampleMessage(value, ms));
    return out + extra;
}
std::string request(const std::vector<std::string>& series, const std::string& extra = {}) {
    std::string out;
    protozero::pbf_writer all(out);
    for (const std::string& one : series)
        all.add_message(1, one);
    return out + extra;
}
std::string metadataField(int type, const std::string& family, const std::string& help) {
    std::string inner, out;
    protozero::pbf_writer metadata(inner);
    metadata.add_enum(1, type);
    metadata.add_string(2, family);
    metadata.add_string(4, help);
    protozero::pbf_writer(out).add_message(3, inner);
    return out;
}

constexpr int64_t kMs = 1'770'000'000'000;

}  // namespace

class RemoteWriteTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void samplesKeepTheirBits() {
        RemoteWriteDecoder decoder;
        const double stale = std::bit_cast<double>(kStaleNanBits);
        const auto batch = decoder.decode(request({seriesMessage({{"__name__", "up"}, {"job", "node"}, {"instance", "a:1"}, {"empty", ""}}, {{1, kMs}, {0.25, kMs + 15000}, {stale, kMs + 30000}})}));
        QVERIFY(batch.ok());
        QCOMPARE(batch->series.size(), size_t(1));
        const SeriesKey& key = batch->series[0];
        QCOMPARE(key.name, std::string("up"));
        QCOMPARE(key.origin, SeriesOrigin::kPrometheus);
        QCOMPARE(key.attributes.size(), size_t(2));
        QCOMPARE(key.attributes[0].key, std::string("instance"));   // sorted
        QCOMPARE(batch->samples.size(), size_t(3));
        QCOMPARE(batch->samples.time[1], TimeNs((kMs + 15000) * 1'000'000));
        QCOMPARE(batch->samples.valueBits[2], kStaleNanBits);
    }
    void metadataOfEarlierRequests() {
        RemoteWriteDecoder decoder;
        QVERIFY(decoder.decode(request({}, metadataField(1, "http_requests", "Requests."))).ok());
        const auto batch = decoder.decode(request({seriesMessage({{"__name__", "http_requests_total"}}, {{3, kMs}})}));
        QVERIFY(batch.ok());
        QCOMPARE(batch->series[0].kind, MetricKind::kCounter);
        QCOMPARE(batch->series[0].description, std::string("Requests."));
    }
    void nativeHistograms() {
        std::string histogram, span, field;
        protozero::pbf_writer s(span);
        s.add_sint32(1, -2);
        s.add_uint32(2, 2);
        std::string gap;
        protozero::pbf_writer g(gap);
        g.add_sint32(1, 3);
        g.add_uint32(2, 1);
        protozero::pbf_writer h(histogram);
        h.add_uint64(1, 10);
        h.add_double(3, 12.5);
        h.add_sint32(4, 1);
        h.add_double(5, 1e-9);
        h.add_uint64(6, 2);
        h.add_message(11, span);
        h.add_message(11, gap);
        const std::vector<int64_t> deltas{3, -1, 1};   // 3, 2, 3
        h.add_packed_sint64(12, deltas.begin(), deltas.end());
        h.add_int64(15, kMs);
        protozero::pbf_writer(field).add_message(4, histogram);
        RemoteWriteDecoder decoder;
        const auto batch = decoder.decode(request({seriesMessage({{"__name__", "latency"}}, {}, field)}));
        QVERIFY(batch.ok());
        QCOMPARE(batch->histograms.size(), size_t(1));
        const HistogramPoint& point = batch->histograms[0];
        QCOMPARE(point.scale, 1);
        QCOMPARE(point.zeroCount, uint64_t(2));
        // Prometheus' bucket -2 ends at base^-2: OTLP's begins at -3. Then two, a gap of three, one.
        QCOMPARE(point.positiveOffset, -3);
        QCOMPARE(point.positive, (std::vector<uint64_t>{3, 2, 0, 0, 0, 3}));
        QCOMPARE(batch->series[0].kind, MetricKind::kExponentialHistogram);
    }
    void badPartsAreCounted() {
        RemoteWriteDecoder decoder;
        const auto batch = decoder.decode(request({seriesMessage({{"job", "nameless"}}, {{1, kMs}}), seriesMessage({{"__name__", "good"}}, {{1, kMs}, {2, INT64_MAX}})}));
        QVERIFY(batch.ok());
        QCOMPARE(batch->samples.size(), size_t(1));
        QCOMPARE(batch->health.size(), size_t(2));
        QVERIFY(!decoder.decode("\xff\xff\xff not protobuf").ok());
        QVERIFY(decoder.decode("").ok());
        std::string newer;
        protozero::pbf_writer two(newer);
        two.add_string(4, "");
        two.add_message(5, std::string());
        const auto refused = decoder.decode(newer);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, ErrorCode::kUnsupported);
        // A few bytes may not ask for gigabytes of empty buckets.
        std::string histogram, field, all;
        for (const int64_t offset : {0, 60'000}) {
            std::string span;
            protozero::pbf_writer s(span);
            s.add_sint32(1, static_cast<int32_t>(offset));
            s.add_uint32(2, 1);
            protozero::pbf_writer(histogram).add_message(11, span);
        }
        const std::vector<int64_t> deltas{1, 0};
        protozero::pbf_writer h(histogram);
        h.add_packed_sint64(12, deltas.begin(), deltas.end());
        h.add_int64(15, kMs);
        for (int i = 0; i < 1000; ++i)
            protozero::pbf_writer(field).add_message(4, histogram);
        const auto bomb = decoder.decode(request({seriesMessage({{"__name__", "bomb"}}, {}, field)}));
        QVERIFY(bomb.ok());
        size_t buckets = 0;
        for (const HistogramPoint& point : bomb->histograms)
            buckets += point.positive.size();
        QVERIFY2(buckets < (2U << 20), "bounded");
        QVERIFY(!bomb->health.empty());
    }
    void cutRequestsKeepTheirStart() {
        RemoteWriteDecoder decoder;
        const std::string whole = request({seriesMessage({{"__name__", "a"}}, {{1, kMs}}), seriesMessage({{"__name__", "b"}}, {{1, kMs}})});
        for (size_t cut = 0; cut < whole.size(); ++cut) {
            const auto batch = decoder.decode(std::string_view(whole).substr(0, cut));
            if (batch.ok())
                QVERIFY(batch->samples.size() <= 2);
        }
        QCOMPARE(decoder.decode(whole)->samples.size(), size_t(2));
    }
};

QTEST_APPLESS_MAIN(RemoteWriteTest)
#include "remote_write_test.moc"

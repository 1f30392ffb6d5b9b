// Who departs from its peers: robust against one bad device, a common swing of load, noise, gaps and two peers only.
#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "analyze/peers.h"
#include "analyze/resource_catalogue.h"
#include "analyze/xid.h"
#include "qt_test.h"

using namespace nj::analyze;

namespace {

std::vector<std::vector<float>> rows(size_t count, size_t columns, const std::function<float(size_t, size_t)>& value) {
    std::vector<std::vector<float>> out(count, std::vector<float>(columns));
    for (size_t r = 0; r < count; ++r)
        for (size_t c = 0; c < columns; ++c)
            out[r][c] = value(r, c);
    return out;
}

}  // namespace

class PeersTest : public QObject {
    Q_OBJECT
private slots:
    void theOneThatFallsAndWhen() {
        const auto found = peerDepartures(rows(8, 100, [](size_t r, size_t c) { return r == 3 && c >= 60 && c < 90 ? 0.65F : 0.99F + 0.01F * static_cast<float>((r + c) % 2); }), 0.02, 0);
        for (size_t r = 0; r < 8; ++r)
            QCOMPARE(found[r].score > 0, r == 3);
        QCOMPARE(found[3].from, size_t(60));
        QCOMPARE(found[3].to, size_t(90));
        QVERIFY(std::abs(found[3].own - 0.65) < 1e-6);
        QVERIFY(found[3].peersLow >= 0.99 - 1e-6 && found[3].peersHigh <= 1.0 + 1e-6);
    }
    void aCommonSwingIsNoDeparture() {
        const auto found = peerDepartures(rows(6, 100, [](size_t r, size_t c) { return 300.0F + 250.0F * static_cast<float>(std::sin(static_cast<double>(c) / 9)) + static_cast<float>(r); }), 15, 0.05);
        for (const PeerDeparture& one : found)
            QCOMPARE(one.score, 0.0);
    }
    void twoCannotSayWhich() {
        const auto found = peerDepartures(rows(2, 50, [](size_t r, size_t) { return r == 0 ? 0.99F : 0.3F; }), 0.05, 0);
        QCOMPARE(found[0].score, 0.0);
        QCOMPARE(found[1].score, 0.0);
    }
    void gapsAreNoValues() {
        const auto found = peerDepartures(rows(5, 60, [](size_t r, size_t c) { return r == 2 && c > 30 ? std::nanf("") : 50.0F; }), 1, 0);
        for (const PeerDeparture& one : found)
            QCOMPARE(one.score, 0.0);
        QVERIFY(peerDepartures({}, 1, 0).empty());
        QCOMPARE(peerDepartures({{}, {}, {}}, 1, 0).size(), size_t(3));
    }
    void theCatalogueIsConsistent() {
        std::set<std::string_view> ids, names;
        for (const ResourceMetric& metric : resourceMetrics()) {
            QVERIFY(ids.insert(metric.id).second);
            QVERIFY(metric.floor > 0 || metric.floorShare > 0);
        }
        for (const ResourceName& name : resourceNames()) {
            QVERIFY2(ids.contains(name.metric), std::string(name.name).c_str());
            QVERIFY2(names.insert(name.name).second, std::string(name.name).c_str());   // one meaning each
            QCOMPARE(plainResourceName(name.name), std::string(name.name));
        }
        for (const ResourceMetric& metric : resourceMetrics())
            QVERIFY2(std::any_of(resourceNames().begin(), resourceNames().end(), [&](const ResourceName& n) { return n.metric == metric.id; }), std::string(metric.id).c_str());
        QCOMPARE(plainResourceName("ray_vllm_num_requests_waiting"), std::string("vllm:num_requests_waiting"));
        QCOMPARE(plainResourceName("ray_vllm:num_requests_waiting"), std::string("vllm:num_requests_waiting"));
        QCOMPARE(plainResourceName("amd_gpu_clock"), std::string("gpu_clock"));
        QCOMPARE(operatingLimitCelsius("NVIDIA H100 80GB HBM3"), 87.0);
        QCOMPARE(operatingLimitCelsius("unheard of"), 0.0);
    }
    void xidsHaveAnAction() {
        QVERIFY(xidMeaning(63).severity < 17 && xidMeaning(63).action.find("reset") != std::string_view::npos);
        QVERIFY(xidMeaning(79).severity > 17);
        QCOMPARE(xidMeaning(146).severity, uint8_t(17));
        QVERIFY(!xidMeaning(4242).what.empty() && !xidMeaning(-1).action.empty());
    }
};

QTEST_APPLESS_MAIN(PeersTest)
#include "peers_test.moc"

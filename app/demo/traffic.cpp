#include <algorithm>

#include "demo/day.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

constexpr double kSmallTalk = 0.03;          // requests that retrieve nothing
constexpr double kNewSession = 0.2;
constexpr uint32_t kRecentSessions = 120;
constexpr double kTenantShares[] = {0.31, 0.22, 0.16, 0.12, 0.09, 0.06, 0.04};

// Fills in what a request brings along. Draws in a fixed order, so that a change here moves only what comes after it.
class RequestMaker {
public:
    RequestMaker(const Scenario& s, uint64_t seed, uint8_t replica) : s_(s), rng_(seed, 20U + replica), replica_(replica) {}

    Request make(double prepared) {
        Request r;
        r.replica = replica_;
        r.prepared = prepared;
        r.start = prepared - 0.31 * detExp(0.15 * rng_.normal());
        r.retrieval = !rng_.chance(kSmallTalk);
        r.deployed = rng_.chance(s_.deployedShare(prepared - 0.2));
        const bool large = r.deployed && r.retrieval;
        const double z = rng_.normal();
        const double median = !r.retrieval ? 800 : large ? s_.promptMedianDeployed * 1.01 : s_.promptMedian * 1.01;
        r.output = static_cast<uint32_t>(std::clamp(rng_.lognormal(s_.outputMedian, s_.outputSigma), 4.0, 2048.0));
        r.prompt = static_cast<uint32_t>(std::clamp(median * detExp(s_.promptSigma * z), 60.0, s_.maxModelLen - r.output));
        const double hit = (large ? s_.prefixHitDeployed : s_.prefixHit) * rng_.uniform(0.55, 1.45);
        r.cached = static_cast<uint32_t>(hit * r.prompt) / 16 * 16;
        r.queryChars = static_cast<uint32_t>(std::clamp(rng_.lognormal(s_.queryMedian, s_.querySigma), 8.0, 4000.0));
        r.generated = r.output;
        session(r);
        for (size_t i = 0; i < 16; i += 8) {
            const uint64_t bits = rng_.next();
            for (size_t k = 0; k < 8; ++k)
                r.trace.bytes[i + k] = static_cast<unsigned char>(bits >> (56 - 8 * k));
        }
        r.sampled = sampled(r.trace);
        return r;
    }

private:
    // OpenTelemetry's consistent sampling: kept when the trace id's low 56 bits reach the threshold declared in tracestate.
    bool sampled(const TraceId& id) const {
        uint64_t random = 0;
        for (size_t i = 9; i < 16; ++i)
            random = random << 8 | id.bytes[i];
        return random >= 0xeb851eb851eb85ULL;
    }
    void session(Request& r) {
        if (sessions_ == 0 || rng_.chance(kNewSession)) {
            r.session = 2 * sessions_++ + replica_;
            double u = rng_.uniform();
            while (r.tenant < 6 && u > kTenantShares[r.tenant])
                u -= kTenantShares[r.tenant++];
            recent_.push_back({r.session, r.tenant});
            return;
        }
        const uint32_t back = rng_.below(std::min<uint32_t>(kRecentSessions, static_cast<uint32_t>(recent_.size())));
        const auto& [id, tenant] = recent_[recent_.size() - 1 - back];
        r.session = id;
        r.tenant = tenant;
    }

    const Scenario& s_;
    Rng rng_;
    uint8_t replica_;
    uint32_t sessions_ = 0;
    std::vector<std::pair<uint32_t, uint16_t>> recent_;
};

// A Poisson process at the day's rate between two times.
void poisson(const Scenario& s, Rng& rng, double from, double to, std::vector<double>& out) {
    constexpr double kMaxRate = 2.5;
    for (double t = from + rng.exponential(1 / kMaxRate); t < to; t += rng.exponential(1 / kMaxRate)) {
        if (rng.uniform() * kMaxRate < s.rateAt(t))
            out.push_back(t);
    }
}

// A Poisson process given its count: uniform times, sorted.
void exactly(Rng& rng, double from, double to, uint32_t count, std::vector<double>& out) {
    const size_t first = out.size();
    for (uint32_t i = 0; i < count; ++i)
        out.push_back(rng.uniform(from, to));
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
}

// The requests of the incident of one replica: as many as the story says, in two parts with seeds of their own.
std::vector<Request> incidentTraffic(const Scenario& s, uint64_t seed, uint8_t replica, bool tail) {
    const double share = (s.tailFrom - s.incidentFrom) / (s.incidentTo - s.incidentFrom);
    const uint32_t all = s.incidentRequests[replica];
    const auto early = static_cast<uint32_t>(all * share);
    const uint64_t partSeed = seed ^ ((tail ? s.tailSeed : s.incidentSeed) << 20);
    Rng rng(partSeed, (tail ? 14U : 12U) + replica);
    std::vector<double> times;
    exactly(rng, tail ? s.tailFrom : s.incidentFrom, tail ? s.incidentTo : s.tailFrom, tail ? all - early : early, times);
    RequestMaker maker(s, partSeed + (tail ? 1 : 0), replica);
    std::vector<Request> requests;
    for (const double t : times) {
        requests.push_back(maker.make(t));
        requests.back().session += tail ? 2'000'000 : 1'000'000;
    }
    return requests;
}

}  // namespace

std::vector<Request> makeTraffic(const Scenario& s, uint64_t seed, uint8_t replica) {
    Rng arrivals(seed, 10U + replica);
    std::vector<double> times;
    poisson(s, arrivals, -kWarmUp, s.incidentFrom, times);
    const size_t before = times.size();
    poisson(s, arrivals, s.incidentTo, s.duration, times);

    std::vector<Request> requests;
    requests.reserve(times.size() + s.incidentRequests[replica]);
    RequestMaker maker(s, seed, replica);
    for (size_t i = 0; i < times.size(); ++i) {
        if (i == before) {
            for (const bool tail : {false, true}) {
                const std::vector<Request> part = incidentTraffic(s, seed, replica, tail);
                requests.insert(requests.end(), part.begin(), part.end());
            }
        }
        requests.push_back(maker.make(times[i]));
    }
    return requests;
}

}  // namespace nj::demo

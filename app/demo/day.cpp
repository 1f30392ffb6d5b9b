#include "demo/day.h"

#include <algorithm>
#include <cmath>

#include "demo/rng.h"

namespace nj::demo {

namespace {

// One replica's engine and how far it has come through its requests.
struct ReplicaRun {
    Engine engine;
    size_t next = 0;   // first request not yet handed over
    size_t tick = 0;   // next scrape
};

// Runs to the scrape before `tickTo`, which is the same whether one goes there at once or in parts.
Status runReplica(const Scenario& s, ReplicaRun& run, std::vector<Request>& requests, size_t tickTo, std::vector<EngineGauges>& scrapes, const std::stop_token& stop) {
    const auto done = [&](Request& r, int attempt, double) {
        const Attempt& a = r.attempts[static_cast<size_t>(attempt)];
        if (a.outcome == Outcome::kDeadline && attempt == 0) {
            r.attempts[1].start = a.start + s.deadline + s.backoff;
            run.engine.submit(&r, 1);
        }
    };
    for (; run.tick < tickTo; ++run.tick) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "The demo was cancelled.");
        const double now = static_cast<double>(run.tick) * kScrape;
        for (; run.next < requests.size() && requests[run.next].prepared <= now; ++run.next) {
            requests[run.next].attempts[0].start = requests[run.next].prepared;
            run.engine.submit(&requests[run.next], 0);
        }
        run.engine.run(now, done);
        scrapes.push_back(run.engine.gauges());
    }
    return {};
}

void cutShort(Rng& rng, Request& r) {
    Attempt& a = r.attempts[r.attempts[1].outcome == Outcome::kAnswered ? 1 : 0];
    const double share = rng.uniform(0.15, 0.75);
    a.outcome = Outcome::kCut;
    a.end = a.firstToken + share * (a.end - a.firstToken);
    r.generated = static_cast<uint32_t>(std::max(2.0, std::floor(r.output * share)));
}

// The requests whose clients leave while the answer streams: an everyday few, and more where answers crawl.
void chooseCuts(const Scenario& s, uint64_t seed, std::vector<Request>& requests, uint8_t replica) {
    Rng rng(seed, 30U + replica);
    const double everyday = s.cutPerMinute / 60 / 2;
    std::vector<size_t> inside;
    for (size_t i = 0; i < requests.size(); ++i) {
        Request& r = requests[i];
        if (r.last().outcome != Outcome::kAnswered || r.output < 60)
            continue;
        // No everyday ones in the two hours of the story, so that its count is the scenario's.
        const bool story = r.prepared >= s.deploy - 1690 && r.prepared < s.rollback + 1140;
        if (!story && rng.uniform() < everyday / s.rateAt(r.prepared))
            cutShort(rng, r);
        else if (r.prepared >= s.incidentFrom + 300 && r.prepared < s.incidentTo && r.last().end - r.prepared > 15)
            inside.push_back(i);
    }
    for (uint32_t wanted = replica == 0 ? s.cutIncident : s.cutIncidentOther; wanted > 0 && !inside.empty(); --wanted) {
        const size_t pick = rng.below(static_cast<uint32_t>(inside.size()));
        cutShort(rng, requests[inside[pick]]);
        inside.erase(inside.begin() + static_cast<std::ptrdiff_t>(pick));
    }
}

void close(Request& r) {
    const Attempt& last = r.last();
    r.end = last.end + (last.outcome == Outcome::kAnswered ? 0.09 : 0.02);
    if (last.outcome == Outcome::kDeadline)
        r.generated = 0;
}

// The vector store's time; while it optimises its segments a request waits longer before its prompt is ready, so it began earlier.
void searchTimes(const Scenario& s, uint64_t seed, std::vector<Request>& requests) {
    Rng rng(seed, 40);
    for (Request& r : requests) {
        const double z = std::min(2.6, rng.normal());
        const bool busy = r.prepared >= s.vectorFrom && r.prepared < s.vectorTo;
        r.searchSeconds = static_cast<float>(busy ? 0.036 * detExp(0.95 * z) : 0.014 * detExp(0.43 * z));
        if (busy)
            r.start -= std::max(0.0, static_cast<double>(r.searchSeconds) - 0.02);
    }
}

// The one trace that the story tells: first attempt cancelled, the second queued, prefilled and decoded in the times of the page.
size_t makeHero(const Scenario& s, std::vector<Request>& requests) {
    const double wanted = static_cast<double>(*parseTime("2026-03-17T11:07:14.180Z", 0) - s.start) / 1e9;
    size_t best = requests.size();
    for (size_t i = 0; i < requests.size(); ++i) {
        const Request& r = requests[i];
        if (r.replica != 0 || r.attempts[0].outcome != Outcome::kDeadline || r.attempts[1].outcome != Outcome::kAnswered || !r.retrieval)
            continue;
        if (best == requests.size() || std::abs(r.start - wanted) < std::abs(requests[best].start - wanted))
            best = i;
    }
    if (best == requests.size())
        return 0;
    Request& r = requests[best];
    r.start = wanted;
    r.prepared = wanted + 0.310;
    r.attempts[0].start = r.prepared + 0.002;
    r.attempts[0].end = r.attempts[0].start + s.deadline;
    Attempt& second = r.attempts[1];
    second.start = r.attempts[0].end + s.backoff;
    second.scheduled = second.start + 0.006 + 28.6;
    second.firstToken = second.scheduled + 0.8;
    second.end = second.firstToken + 28.0;
    second.preemptions = 0;
    r.prompt = 4612;
    r.cached = 816;
    r.output = r.generated = 165;
    r.end = second.end + 0.09;
    r.trace = *TraceId::fromHex(kHeroTraceId);
    r.sampled = true;
    r.searchSeconds = 0.038F;
    return best;
}

}  // namespace

Result<Day> modelDay(const Scenario& scenario, uint64_t seed, std::stop_token stop) {
    Day day;
    day.scenario = scenario;
    day.seed = seed;
    const auto ticks = static_cast<size_t>(scenario.duration / kScrape);
    for (uint8_t replica = 0; replica < 2; ++replica) {
        std::vector<Request> requests = makeTraffic(scenario, seed, replica);
        ReplicaRun run{Engine(scenario, replica, -kWarmUp)};
        // Ten minutes more than are written, so that what is under way at the end finishes.
        NJ_RETURN_IF_ERROR(runReplica(scenario, run, requests, ticks + 40, day.scrapes[replica], stop));
        day.scrapes[replica].resize(ticks);
        chooseCuts(scenario, seed, requests, replica);
        for (Request& r : requests)
            close(r);
        day.requests.insert(day.requests.end(), requests.begin(), requests.end());
    }
    searchTimes(scenario, seed, day.requests);
    std::stable_sort(day.requests.begin(), day.requests.end(), [](const Request& a, const Request& b) { return a.start < b.start; });
    day.hero = makeHero(scenario, day.requests);
    return day;
}

IncidentCounts countIncident(const Day& day) {
    IncidentCounts c;
    const Scenario& s = day.scenario;
    for (const Request& r : day.requests) {
        const bool inside = r.prepared >= s.incidentFrom && r.prepared < s.incidentTo;
        for (size_t k = 0; k < 2; ++k) {
            const Attempt& a = r.attempts[k];
            if (a.outcome == Outcome::kNone)
                continue;
            c.attempts[r.replica] += inside ? 1 : 0;
            if (a.outcome != Outcome::kDeadline)
                continue;
            if (r.replica != 0) {
                ++c.otherReplica;
                continue;
            }
            ++(k == 0 ? c.firstDeadlines : c.secondDeadlines);
            c.firstDeadline = c.firstDeadline == 0 ? a.end : std::min(c.firstDeadline, a.end);
            c.lastDeadline = std::max(c.lastDeadline, a.end);
        }
    }
    return c;
}

}  // namespace nj::demo

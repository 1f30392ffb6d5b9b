#include "demo/scenario.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace nj::demo {

namespace {

using Json = nlohmann::json;

// Reads members, remembering the first that is missing or of another type.
class Fields {
public:
    explicit Fields(const Json& root) : root_(root) {}
    double number(const char* section, const char* key) {
        const Json* v = find(section, key);
        return v != nullptr && v->is_number() ? v->get<double>() : missing(key);
    }
    double clock(const char* key, TimeNs start, int index = -1) {
        const Json* v = find("times", key);
        if (v != nullptr && index >= 0 && v->is_array() && v->size() > static_cast<size_t>(index))
            v = &(*v)[static_cast<size_t>(index)];
        if (v == nullptr || !v->is_string())
            return missing(key);
        const std::string text = v->get<std::string>();
        const std::string day = text < "12:00:00" ? "2026-03-17T" : "2026-03-16T";
        const auto time = parseTime(day + text + "Z", 0);
        return time.ok() ? static_cast<double>(*time - start) / 1e9 : missing(key);
    }
    template <size_t N, typename T>
    void numbers(const char* section, const char* key, std::array<T, N>& out) {
        const Json* v = find(section, key);
        if (v == nullptr || !v->is_array() || v->size() != N) {
            missing(key);
            return;
        }
        for (size_t i = 0; i < N; ++i)
            out[i] = (*v)[i].is_number() ? (*v)[i].get<T>() : T(missing(key));
    }
    std::string text(const char* key) {
        const Json* v = find(nullptr, key);
        if (v == nullptr || !v->is_string()) {
            missing(key);
            return {};
        }
        return v->get<std::string>();
    }
    const std::string& firstMissing() const { return missing_; }

private:
    const Json* find(const char* section, const char* key) const {
        const Json* at = &root_;
        if (section != nullptr) {
            const auto it = root_.find(section);
            if (it == root_.end())
                return nullptr;
            at = &*it;
        }
        const auto it = at->find(key);
        return it == at->end() ? nullptr : &*it;
    }
    double missing(const char* key) {
        if (missing_.empty())
            missing_ = key;
        return 0;
    }
    const Json& root_;
    std::string missing_;
};

void readTimes(Fields& f, Scenario& s) {
    s.fanLow = f.clock("fanLow", s.start);
    s.xid63 = f.clock("xid63", s.start);
    s.gapFrom = f.clock("telemetryGap", s.start, 0);
    s.gapTo = f.clock("telemetryGap", s.start, 1);
    s.deploy = f.clock("deploy", s.start);
    s.heat = f.clock("heat", s.start);
    s.vectorFrom = f.clock("vectorStore", s.start, 0);
    s.vectorTo = f.clock("vectorStore", s.start, 1);
    s.throttle = f.clock("throttle", s.start);
    s.scan = f.clock("scan", s.start);
    s.incidentFrom = f.clock("incident", s.start, 0);
    s.incidentTo = f.clock("incident", s.start, 1);
    s.tailFrom = f.clock("incidentTail", s.start);
    s.rollback = f.clock("rollback", s.start);
    s.clockBack = f.clock("clockBack", s.start);
    s.rolloutSeconds = f.number(nullptr, "rolloutSeconds");
    s.clockRamp = f.number(nullptr, "clockRampSeconds");
    s.slowRamp = f.number(nullptr, "slowRampSeconds");
}

void readRequests(Fields& f, Scenario& s) {
    s.promptMedian = f.number("requests", "promptMedian");
    s.promptMedianDeployed = f.number("requests", "promptMedianDeployed");
    s.promptSigma = f.number("requests", "promptSigma");
    s.prefixHit = f.number("requests", "prefixHit");
    s.prefixHitDeployed = f.number("requests", "prefixHitDeployed");
    s.outputMedian = f.number("requests", "outputMedian");
    s.outputSigma = f.number("requests", "outputSigma");
    s.queryMedian = f.number("requests", "queryMedian");
    s.querySigma = f.number("requests", "querySigma");
    s.maxModelLen = f.number("requests", "maxModelLen");
    s.deadline = f.number("requests", "deadlineSeconds");
    s.backoff = f.number("requests", "backoffSeconds");
    f.numbers("requests", "incidentRequests", s.incidentRequests);
    s.clockFull = f.number("gpu", "clockFull");
    s.clockThrottled = f.number("gpu", "clockThrottled");
}

void readEngine(Fields& f, EngineModel& e) {
    e.stepBase = f.number("engine", "stepBase");
    e.stepPerRequest = f.number("engine", "stepPerRequest");
    e.prefillRate = f.number("engine", "prefillRate");
    e.prefillChunk = f.number("engine", "prefillChunk");
    e.decodeClockShare = f.number("engine", "decodeClockShare");
    e.kvTokens = f.number("engine", "kvTokens");
    e.prefillClockShare = f.number("engine", "prefillClockShare");
    e.admitShare = f.number("engine", "admitShare");
    e.sharedTokens = f.number("engine", "sharedTokens");
    e.maxSequences = f.number("engine", "maxSequences");
}

void readNoise(Fields& f, Scenario& s) {
    s.scannerRequests = static_cast<uint32_t>(f.number("noise", "scannerRequests"));
    s.cutIncident = static_cast<uint32_t>(f.number("noise", "cutIncident"));
    s.cutIncidentOther = static_cast<uint32_t>(f.number("noise", "cutIncidentOther"));
    s.cutPerMinute = f.number("noise", "cutPerMinute");
    s.tenantLimitPerMinute = f.number("noise", "tenantLimitPerMinute");
    s.badRequestPerMinute = f.number("noise", "badRequestPerMinute");
    s.notFoundPerMinute = f.number("noise", "notFoundPerMinute");
    f.numbers("noise", "rolloutErrors", s.rolloutErrors);
}

}  // namespace

Result<Scenario> readScenario(std::string_view json) {
    const Json root = Json::parse(json, nullptr, false);
    if (!root.is_object())
        return makeError(ErrorCode::kMalformed, "The demo scenario is not a JSON object.");
    Fields f(root);
    Scenario s;
    NJ_ASSIGN(s.start, parseTime(f.text("start"), 0));
    s.seed = static_cast<uint64_t>(f.number(nullptr, "seed"));
    s.incidentSeed = static_cast<uint64_t>(f.number(nullptr, "incidentSeed"));
    s.tailSeed = static_cast<uint64_t>(f.number(nullptr, "tailSeed"));
    s.duration = 3600 * f.number(nullptr, "hours");
    s.sampleShare = f.number(nullptr, "sampleShare");
    f.numbers(nullptr, "ratePerReplicaByHour", s.ratePerReplica);
    readTimes(f, s);
    readRequests(f, s);
    readEngine(f, s.engine);
    readNoise(f, s);
    if (!f.firstMissing().empty())
        return makeError(ErrorCode::kMalformed, "The demo scenario lacks \"" + f.firstMissing() + "\".");
    return s;
}

double Scenario::rateAt(double t) const {
    const double hour = static_cast<double>(start / kHour % 24) + t / 3600;
    const double floor = std::floor(hour);
    const size_t i = static_cast<size_t>(static_cast<int64_t>(floor) + 48) % 24;
    return ratePerReplica[i] + (ratePerReplica[(i + 1) % 24] - ratePerReplica[i]) * (hour - floor);
}

double Scenario::deployedShare(double t) const {
    const double up = std::clamp((t - deploy) / rolloutSeconds, 0.0, 1.0);
    return t >= rollback ? 0 : up;
}

double Scenario::clockShare(double t) const {
    if (t < throttle || t >= clockBack)
        return 1;
    return 1 + (clockThrottled / clockFull - 1) * std::clamp((t - throttle) / clockRamp, 0.0, 1.0);
}

double Scenario::effectiveClock(double t) const {
    if (t < throttle || t >= clockBack)
        return 1;
    return 1 + (clockThrottled / clockFull - 1) * std::clamp((t - throttle) / slowRamp, 0.0, 1.0);
}

}  // namespace nj::demo

// Envoy's access log (every request of the day) and the gateway's own log in zap's JSON (what it had to say about some).
#include <cmath>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "demo/background.h"
#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/log_lines.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

std::string requestUuid(uint64_t seed, size_t index) {
    const std::string h = hexId(seed, index, "uuid", 32);
    return fmt::format("{}-{}-4{}-a{}-{}", h.substr(0, 8), h.substr(8, 4), h.substr(13, 3), h.substr(17, 3), h.substr(20, 12));
}

std::string envoyLine(const Scenario& s, double start, std::string_view request, std::string_view result, uint64_t received, uint64_t sent, double seconds, std::string_view upstreamMs,
                      std::string_view client, std::string_view agent, std::string_view uuid, std::string_view host, std::string_view upstream) {
    return fmt::format(R"([{}] "{} HTTP/1.1" {} {} {} {} {} "{}" "{}" "{}" "{}" "{}")", isoMillis(s, start), request, result, received, sent,
                       static_cast<int64_t>(seconds * 1000), upstreamMs, client, agent, uuid, host, upstream);
}

constexpr std::string_view kHost = "chat.example.com";

void addChat(const Day& day, size_t i, LogLines& lines) {
    const Scenario& s = day.scenario;
    const Request& r = day.requests[i];
    const Attempt& last = r.last();
    const std::string_view result = r.failed() ? "504 UT" : last.outcome == Outcome::kCut ? "200 DC" : "200 -";
    const std::string first = r.failed() ? "-" : std::to_string(static_cast<int64_t>((last.firstToken + 0.004 - r.start) * 1000));
    const uint64_t sent = r.failed() ? 91 : 180 + 62ULL * r.generated;
    lines.add(r.end, envoyLine(s, r.start, "POST /v1/chat", result, 420 + r.queryChars, sent, r.end - r.start, first, clientAddress(r), userAgent(r), requestUuid(day.seed, i), kHost,
                               (r.session & 1) != 0 ? "10.42.11.20:8080" : "10.42.11.21:8080"));
}

void addSide(const Day& day, const SideRequest& r, size_t i, LogLines& lines) {
    const Scenario& s = day.scenario;
    const std::string uuid = requestUuid(day.seed + 5, i);
    switch (r.kind) {
    case SideKind::kTenantLimit:
        lines.add(r.time + 0.003, envoyLine(s, r.time, "POST /v1/chat", "429 -", 460, 74, 0.003, "2", r.client, "python-httpx/0.27.2", uuid, kHost, "10.42.11.20:8080"));
        break;
    case SideKind::kBadRequest:
        lines.add(r.time + 0.006, envoyLine(s, r.time, "POST /v1/chat", "400 -", 312, 118, 0.006, "5", r.client, "web/4.2", uuid, kHost, "10.42.11.21:8080"));
        break;
    case SideKind::kNotFound:
        lines.add(r.time, envoyLine(s, r.time, "GET " + r.path, "404 NR", 0, 0, 0, "-", r.client, "web/4.2", uuid, kHost, "-"));
        break;
    case SideKind::kScanner:
        lines.add(r.time, envoyLine(s, r.time, "GET " + r.path, "404 NR", 0, 0, 0, "-", r.client, "Mozilla/5.0 (compatible; CensysInspect/1.1)", uuid, "203.0.113.80", "-"));
        break;
    case SideKind::kRetrieverGone:
        lines.add(r.time + 0.001, envoyLine(s, r.time, "POST /retrieve", "503 UH", 188, 19, 0.001, "-", r.client, "chat-api/5.2.0", uuid, "retriever", "-"));
        break;
    case SideKind::kGuardrailTimeout:
        break;   // guardrail says so itself
    }
}

// {"level":…,"ts":…,"logger":"gateway","caller":…,"msg":…, fields in order}
class ZapLine {
public:
    ZapLine(const Scenario& s, double t, std::string_view level, std::string_view caller, std::string_view message) : writer_(text_) {
        writer_.beginObject().key("level").string(level).key("ts").string(isoMillis(s, t)).key("logger").string("gateway").key("caller").string(caller).key("msg").string(message);
    }
    ZapLine& field(std::string_view key, std::string_view value) {
        writer_.key(key).string(value);
        return *this;
    }
    ZapLine& field(std::string_view key, int64_t value) {
        writer_.key(key).integer(value);
        return *this;
    }
    std::string text() {
        writer_.endObject();
        return text_;
    }

private:
    std::string text_;
    JsonWriter writer_;
};

void addTrace(ZapLine& line, const Day& day, size_t i, size_t attempt) {
    const Request& r = day.requests[i];
    line.field("request_id", engineRequestId(day.seed, i, attempt)).field("session_id", sessionId(r)).field("tenant", tenantName(r.tenant));
    line.field("pod", deployments()[0].pods[r.session & 1]).field("trace_id", r.trace.hex());
}

void addGatewayChat(const Day& day, size_t i, LogLines& lines) {
    const Scenario& s = day.scenario;
    const Request& r = day.requests[i];
    for (size_t k = 0; k < 2; ++k) {
        const Attempt& a = r.attempts[k];
        if (a.outcome != Outcome::kDeadline)
            continue;
        const double jitter = static_cast<double>(mix(day.seed, i) % 3) / 1000;
        ZapLine late(s, a.end + jitter, "error", "gateway/upstream.go:214", "first byte deadline exceeded");
        late.field("upstream", kReplicaNames[r.replica]).field("attempt", static_cast<int64_t>(k + 1)).field("deadline", "30s").field("elapsed", fmt::format("{:.3f}s", s.deadline + jitter));
        addTrace(late, day, i, k);
        lines.add(a.end + jitter, late.text());
        if (k == 1)
            continue;
        ZapLine retry(s, a.end + jitter + 0.002, "warn", "gateway/retry.go:88", "retrying after first byte deadline");
        retry.field("upstream", kReplicaNames[r.replica]).field("attempt", int64_t{2}).field("backoff", "1s");
        addTrace(retry, day, i, 0);
        lines.add(a.end + jitter + 0.002, retry.text());
    }
    const size_t final = r.attempts[1].outcome == Outcome::kNone ? 0 : 1;
    if (r.last().outcome == Outcome::kCut) {
        ZapLine cut(s, r.end, "warn", "gateway/stream.go:131", "client closed the stream");
        cut.field("upstream", kReplicaNames[r.replica]).field("attempt", static_cast<int64_t>(final + 1)).field("tokens", r.generated);
        addTrace(cut, day, i, final);
        lines.add(r.end, cut.text());
    } else if (r.end - r.start > 45) {
        ZapLine slow(s, r.end, "warn", "gateway/server.go:402", "slow request");
        slow.field("upstream", kReplicaNames[r.replica]).field("duration", fmt::format("{:.1f}s", r.end - r.start)).field("status", int64_t{r.failed() ? 504 : 200});
        addTrace(slow, day, i, final);
        lines.add(r.end, slow.text());
    } else if (mix(17, i) % 60 == 0) {
        ZapLine done(s, r.end, "info", "gateway/server.go:397", "request completed");
        done.field("upstream", kReplicaNames[r.replica]).field("duration", fmt::format("{:.3f}s", r.end - r.start)).field("status", int64_t{200}).field("tokens_in", r.prompt).field("tokens_out", r.generated);
        addTrace(done, day, i, final);
        lines.add(r.end, done.text());
    }
}

}  // namespace

Status writeProxyLog(const Day& day, const std::string& directory) {
    LogLines lines;
    for (size_t i = 0; i < day.requests.size(); ++i) {
        if (day.requests[i].start >= 0)
            addChat(day, i, lines);
    }
    const Background background = makeBackground(day);
    for (size_t i = 0; i < background.requests.size(); ++i)
        addSide(day, background.requests[i], i, lines);
    return lines.write(directory + "/envoy-access.log.zst", day.scenario.duration);
}

Status writeGatewayLog(const Day& day, const std::string& directory) {
    const Scenario& s = day.scenario;
    LogLines lines;
    for (size_t i = 0; i < day.requests.size(); ++i) {
        if (day.requests[i].start >= 0)
            addGatewayChat(day, i, lines);
    }
    const Background background = makeBackground(day);
    for (const SideRequest& r : background.requests) {
        if (r.kind != SideKind::kTenantLimit)
            continue;
        ZapLine limited(s, r.time, "warn", "gateway/limits.go:57", "rate limited");
        limited.field("tenant", tenantName(r.tenant)).field("limit", "120/min").field("client", r.client).field("status", int64_t{429});
        lines.add(r.time, limited.text());
    }
    for (double t = 30; t < s.duration; t += 600) {
        ZapLine config(s, t, "info", "gateway/config.go:41", "routes reloaded");
        config.field("routes", int64_t{6}).field("version", "2026-03-11.2");
        lines.add(t, config.text());
    }
    return lines.write(directory + "/gateway.log.zst", s.duration);
}

}  // namespace nj::demo

// The application logs: chat-api (Python's logging with stack traces), retriever (structlog's JSON), vector-store (Rust's tracing),
// guardrail's few words among chat-api's.
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

std::string traceback(std::string_view head, std::string_view error) {
    return std::string(head) +
           "\nTraceback (most recent call last):\n"
           "  File \"/app/.venv/lib/python3.12/site-packages/httpx/_transports/default.py\", line 101, in map_httpcore_exceptions\n"
           "    yield\n"
           "  File \"/app/.venv/lib/python3.12/site-packages/httpcore/_async/http11.py\", line 231, in _receive_event\n"
           "    raise RemoteProtocolError(msg)\n"
           "httpcore.RemoteProtocolError: peer closed connection without sending complete message body (incomplete chunked read)\n"
           "\n"
           "The above exception was the direct cause of the following exception:\n"
           "\n"
           "Traceback (most recent call last):\n"
           "  File \"/app/chat_api/stream.py\", line 88, in relay\n"
           "    async for chunk in upstream.aiter_bytes():\n"
           "  File \"/app/.venv/lib/python3.12/site-packages/httpx/_models.py\", line 997, in aiter_bytes\n"
           "    async for raw_bytes in self.aiter_raw():\n"
           "  File \"/app/.venv/lib/python3.12/site-packages/httpx/_models.py\", line 1055, in aiter_raw\n"
           "    async for raw_stream_bytes in self.stream:\n" + std::string(error);
}

void chatLines(const Day& day, const Background& background, LogLines& lines) {
    const Scenario& s = day.scenario;
    const auto line = [&](double t, std::string_view logger, std::string_view level, const std::string& message) {
        return fmt::format("{} - {} - {} - {}", pythonTime(s, t), logger, level, message);
    };
    for (size_t i = 0; i < day.requests.size(); ++i) {
        const Request& r = day.requests[i];
        if (r.last().outcome == Outcome::kCut) {
            const std::string head = line(r.end + 0.004, "chat_api.stream", "ERROR", fmt::format("stream ended early session={} trace_id={}", sessionId(r), r.trace.hex()));
            lines.add(r.end + 0.004, traceback(head, "httpx.RemoteProtocolError: peer closed connection without sending complete message body (incomplete chunked read)"));
        } else if (r.failed()) {
            const std::string head = line(r.end + 0.003, "chat_api.turns", "ERROR", fmt::format("turn failed session={} tenant={} status=504 trace_id={}", sessionId(r), tenantName(r.tenant), r.trace.hex()));
            lines.add(r.end + 0.003, head);
        } else if (mix(23, i) % 90 == 0) {
            lines.add(r.prepared, line(r.prepared, "chat_api.prompt", "INFO", fmt::format("prompt ready tokens={} chunks={} history={} ms={:.0f} trace_id={}", r.prompt, r.retrieval ? 5 : 0, mix(3, i) % 7, (r.prepared - r.start) * 1000, r.trace.hex())));
        }
    }
    for (const SideRequest& r : background.requests) {
        if (r.kind == SideKind::kBadRequest) {
            lines.add(r.time, line(r.time, "chat_api.validation", "WARNING", fmt::format("invalid request: messages.{}.content: field required client={}", r.client.size() % 4, r.client)));
        } else if (r.kind == SideKind::kRetrieverGone) {
            lines.add(r.time + 0.002, line(r.time + 0.002, "chat_api.retrieval", "WARNING", "retriever unavailable status=503, retrying in 25 ms"));
        } else if (r.kind == SideKind::kGuardrailTimeout) {
            lines.add(r.time, line(r.time, "chat_api.guardrail", "WARNING", "guardrail deadline exceeded after 250 ms, fail open"));
        }
    }
    for (double t = 12; t < s.duration; t += 60)
        lines.add(t, line(t, "chat_api.pool", "INFO", fmt::format("db pool size=20 in_use={} overflow=0", 2 + mix(5, static_cast<uint64_t>(t)) % 6)));
}

void structured(const Scenario& s, LogLines& lines, double t, std::string_view level, std::string_view event, std::string_view version, const std::vector<std::pair<std::string, double>>& numbers, std::string_view text = {}) {
    std::string out;
    JsonWriter w(out);
    w.beginObject().key("event").string(event).key("level").string(level).key("timestamp").string(isoMicros(s, t)).key("logger").string("retriever").key("version").string(version);
    if (!text.empty())
        w.key("detail").string(text);
    for (const auto& [key, value] : numbers)
        w.key(key).number(value);
    w.endObject();
    lines.add(t, out);
}

void retrieverLines(const Day& day, LogLines& lines) {
    const Scenario& s = day.scenario;
    for (const double at : {s.deploy, s.rollback}) {
        const bool forward = at == s.deploy;
        const std::string_view to = forward ? "2.14.0" : "2.13.4";
        for (int pod = 0; pod < 2; ++pod) {
            const double t = at + 3 + 22 * pod;
            structured(s, lines, t, "info", "starting retriever", to, {}, forward ? "embedding_model=e5-large-v3 index=docs-e5-v3" : "embedding_model=bge-m3 index=docs-bge-m3");
            structured(s, lines, t + 2.1, "info", "index opened", to, {{"points", forward ? 412880.0 : 1388412.0}, {"mean_chunk_tokens", forward ? 830.0 : 240.0}});
            structured(s, lines, t + 2.6, "info", "ready", to, {});
            structured(s, lines, t + 9, "info", "shutting down, draining", forward ? "2.13.4" : "2.14.0", {});
        }
    }
    for (size_t i = 0; i < day.requests.size(); ++i) {
        const Request& r = day.requests[i];
        if (!r.retrieval || mix(29, i) % 60 != 0)
            continue;
        structured(s, lines, r.prepared - 0.15, "info", "retrieved", r.deployed ? "2.14.0" : "2.13.4",
                   {{"top_k", 5}, {"chunk_tokens", r.deployed ? 830.0 : 240.0}, {"search_ms", std::round(static_cast<double>(r.searchSeconds) * 1e4) / 10}}, "trace_id=" + r.trace.hex());
    }
}

void vectorLines(const Day& day, LogLines& lines) {
    const Scenario& s = day.scenario;
    Rng rng(day.seed, 80);
    const auto line = [&](double t, std::string_view level, std::string_view place, const std::string& message) {
        lines.add(t, fmt::format("{} {:>5} {}: {}", isoMicros(s, t), level, place, message));
    };
    for (double t = 20; t < s.duration; t += 30)
        line(t, "INFO", "vector_store::stats", fmt::format("collection=docs searches={} segments=14 ram_mb={}", static_cast<int>(60 * s.rateAt(t)), 6120 + rng.below(40)));
    line(s.deploy - 1400, "INFO", "vector_store::collections", "created collection docs-e5-v3, 412880 points uploaded");
    line(s.vectorFrom, "INFO", "vector_store::optimizer", "optimising collection docs-e5-v3: merging 14 segments");
    for (int i = 0; i < 34; ++i) {
        const double t = s.vectorFrom + 2 + (s.vectorTo - s.vectorFrom - 4) * rng.uniform();
        line(t, "WARN", "vector_store::search", fmt::format("search exceeded soft deadline 100 ms: took {} ms, waiting for segment lock", 130 + rng.below(240)));
    }
    for (double t = s.vectorFrom + 15; t < s.vectorTo; t += 15)
        line(t, "WARN", "vector_store::optimizer", fmt::format("optimiser holds segment {} for {} ms", rng.below(14), 90 + rng.below(300)));
    line(s.vectorTo, "INFO", "vector_store::optimizer", "optimisation finished, 3 segments");
}

}  // namespace

Status writeServiceLogs(const Day& day, const std::string& directory) {
    const Background background = makeBackground(day);
    const double duration = day.scenario.duration;
    LogLines chat;
    chatLines(day, background, chat);
    NJ_RETURN_IF_ERROR(chat.write(directory + "/chat-api.log.zst", duration));
    LogLines retriever;
    retrieverLines(day, retriever);
    NJ_RETURN_IF_ERROR(retriever.write(directory + "/retriever.log.zst", duration));
    LogLines store;
    vectorLines(day, store);
    return store.write(directory + "/vector-store.log.zst", duration);
}

}  // namespace nj::demo

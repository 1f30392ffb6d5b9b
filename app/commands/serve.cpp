// nightjar serve CAPSULE: takes telemetry of live sources into a capsule until it is told to stop, or until all of them are done.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <sstream>

#include "api/api_server.h"
#include "commands/command.h"
#include "commands/interrupt.h"
#include "data_folder.h"
#include "ingest/live_writer.h"
#include "source/listen_source.h"
#include "source/pasted.h"
#include "source/receiver.h"
#include "source/source.h"
#include "store/capsule_writer.h"

namespace nj::app {
namespace {

using source::SourceConfig;
using source::SourceState;

constexpr std::chrono::seconds kReport(10);
constexpr std::chrono::milliseconds kTick(200);
// Heaps of malloc: with one for each thread, what one thread freed is no room for another, and an overload takes a third more memory.
constexpr int kArenas = 2;

struct Options {
    std::string capsule;
    std::string grpc, http, remoteWrite, api;
    std::string token;
    std::string certificate, privateKey;
    bool plain = false;
    std::vector<std::string> hosts, origins;
    std::vector<std::string> prometheus, match, pack;
    std::string range, interval;
    bool noFollow = false;
    std::string tenant, user, password, serverToken, ca, proxy;
    std::vector<std::string> headers;
    std::vector<std::string> scrape, follow, pasted;
    std::vector<std::vector<std::string>> others;   // each: kind, then field=value
    std::vector<std::string> files;
    std::string retention;
    bool summaries = false;
    bool quiet = false;
};

// "24h", "10GB", or both: "24h,10GB".
Result<RetentionPolicy> retentionOf(const Options& options) {
    RetentionPolicy policy;
    policy.summaries = options.summaries;
    std::string_view rest = options.retention;
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        double number = 0;
        const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), number);
        const std::string_view unit(end, static_cast<size_t>(one.data() + one.size() - end));
        const std::pair<std::string_view, double> sizes[] = {{"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}};
        const auto* const size = std::find_if(std::begin(sizes), std::end(sizes), [&](const auto& s) { return s.first == unit; });
        if (error == std::errc() && number > 0 && size != std::end(sizes)) {
            policy.bytes = static_cast<uint64_t>(std::min(number * size->second, 1e18));
            continue;
        }
        const auto age = parseDuration(one);
        if (!age.ok() || *age <= 0)
            return makeError(ErrorCode::kInvalidArgument, fmt::format("--retention: '{}' is neither an age such as 24h nor a size such as 10GB", one));
        policy.age = *age;
    }
    return policy;
}

SourceConfig listening(const Options& options, const char* kind, const std::string& address) {
    SourceConfig config{kind, {}};
    if (!address.empty())
        config.set("address", address);
    if (!options.token.empty())
        config.set("token", options.token);
    if (!options.certificate.empty())
        config.set("certificate", options.certificate);
    if (!options.privateKey.empty())
        config.set("private_key", options.privateKey);
    if (options.plain)
        config.set("plain", "yes");
    for (const std::string& host : options.hosts)
        config.add("host", host);
    if (config.kind == "otlp_http")
        for (const std::string& origin : options.origins)
            config.add("origin", origin);
    return config;
}

// Where servers are, and how one is let in.
void addHttp(const Options& options, SourceConfig& config) {
    for (const auto& [field, value] : {std::pair("tenant", &options.tenant), std::pair("user", &options.user), std::pair("password", &options.password),
                                       std::pair("token", &options.serverToken), std::pair("ca", &options.ca), std::pair("proxy", &options.proxy)})
        if (!value->empty())
            config.set(field, *value);
    for (const std::string& header : options.headers)
        config.add("header", header);
}

// KIND FIELD=VALUE…
Result<SourceConfig> configOf(const std::vector<std::string>& words) {
    SourceConfig config{words.empty() ? std::string() : words.front(), {}};
    for (size_t i = 1; i < words.size(); ++i) {
        const size_t equals = words[i].find('=');
        if (equals == std::string::npos)
            return makeError(ErrorCode::kInvalidArgument, fmt::format("--add {}: '{}' is no FIELD=VALUE", config.kind, words[i]));
        config.add(words[i].substr(0, equals), words[i].substr(equals + 1));
    }
    NJ_RETURN_IF_ERROR(source::checkConfig(config));
    return config;
}

// What can be added, for --help.
std::string kindsText() {
    std::string text = "a source of any kind with its settings:";
    for (const source::SourceKind* kind : source::sourceKinds()) {
        text += fmt::format("\n  {}:", kind->name);
        for (const source::SourceField& field : kind->fields)
            text += fmt::format(" {}", field.name);
    }
    return text;
}

Result<std::vector<SourceConfig>> configsOf(const Options& options) {
    std::vector<SourceConfig> configs;
    for (const std::string& url : options.prometheus) {
        SourceConfig config{"prometheus", {}};
        config.set("url", url);
        for (const std::string& match : options.match)
            config.add("match", match);
        for (const std::string& pack : options.pack)
            config.add("pack", pack);
        if (!options.range.empty())
            config.set("range", options.range);
        if (!options.interval.empty())
            config.set("interval", options.interval);
        if (options.noFollow)
            config.set("follow", "no");
        addHttp(options, config);
        configs.push_back(std::move(config));
    }
    if (!options.scrape.empty()) {
        SourceConfig config{"scrape", {}};
        for (const std::string& url : options.scrape)
            config.add("url", url);
        if (!options.interval.empty())
            config.set("interval", options.interval);
        addHttp(options, config);
        configs.push_back(std::move(config));
    }
    if (!options.follow.empty()) {
        SourceConfig config{"follow", {}};
        for (const std::string& path : options.follow)
            config.add("path", path);
        configs.push_back(std::move(config));
    }
    for (const std::vector<std::string>& other : options.others) {
        NJ_ASSIGN(SourceConfig config, configOf(other));
        configs.push_back(std::move(config));
    }
    for (const std::string& text : options.pasted) {
        NJ_ASSIGN(source::Pasted found, source::parsePasted(text, nowNs()));
        if (found.source.kind.empty())
            return makeError(ErrorCode::kInvalidArgument, fmt::format("--paste: {} does not say which server to ask", found.what));
        addHttp(options, found.source);
        configs.push_back(std::move(found.source));
    }
    for (const std::string& path : options.files) {
        const std::ifstream file(path);
        if (!file)
            return makeError(ErrorCode::kNotFound, "cannot read " + path);
        std::ostringstream text;
        text << file.rdbuf();
        NJ_ASSIGN(auto more, source::sourcesFromJson(text.str()));
        for (SourceConfig& config : more) {
            configs.push_back(std::move(config));
        }
    }
    const bool nothing = configs.empty() && options.grpc.empty() && options.http.empty() && options.remoteWrite.empty() && options.api.empty();
    if (nothing || !options.grpc.empty())
        configs.push_back(listening(options, "otlp_grpc", options.grpc));
    if (nothing || !options.http.empty())
        configs.push_back(listening(options, "otlp_http", options.http));
    if (!options.remoteWrite.empty())
        configs.push_back(listening(options, "otlp_http", options.remoteWrite));
    return configs;
}

std::string stateText(const SourceState& state) {
    std::string text = fmt::format("{}: {} spans, {} logs, {} samples in {} requests", state.title, state.spans, state.logs, state.samples, state.requests);
    const std::pair<const char*, uint64_t> odd[] = {{"rows rejected", state.rejected}, {"requests delivered twice", state.duplicates}, {"tried again or told to come later", state.retried}};
    for (const auto& [what, n] : odd)
        if (n > 0)
            text += fmt::format(", {} {}", n, what);
    if (!state.activity.empty())
        text += "; " + state.activity;
    if (state.progress >= 0)
        text += fmt::format(" ({:.0f} %)", state.progress * 100);
    if (!state.lastError.empty())
        text += "; last problem: " + state.lastError;
    return printable(text);
}

bool ended(const SourceState& state) { return state.phase == SourceState::Phase::kDone || state.phase == SourceState::Phase::kFailed; }

void sayHowToSend(const std::vector<SourceConfig>& configs, const std::vector<std::unique_ptr<source::Source>>& sources) {
    bool told = false;
    for (size_t i = 0; i < sources.size(); ++i) {
        const SourceState state = sources[i]->state();
        fmt::print(stderr, "{}{}\n", printable(state.title), state.activity.empty() || state.activity == "listening" ? std::string() : ": " + printable(state.activity));
        const bool grpc = configs[i].kind == "otlp_grpc";
        if (told || (!grpc && configs[i].kind != "otlp_http"))
            continue;
        told = true;
        const std::string certificate = configs[i].value("plain") == "yes" ? std::string() : configs[i].value("certificate");
        fmt::print(stderr, "  An SDK sends here with: export OTEL_EXPORTER_OTLP_ENDPOINT={}://{} OTEL_EXPORTER_OTLP_PROTOCOL={}{}\n", certificate.empty() ? "http" : "https",
                   state.title.substr(state.title.rfind(' ') + 1), grpc ? "grpc" : "http/protobuf",
                   certificate.empty() ? std::string() : " OTEL_EXPORTER_OTLP_CERTIFICATE=" + printable(certificate));
    }
    fmt::print(stderr, "Ctrl+C ends it.\n");
}

Result<std::unique_ptr<api::ApiServer>> startApi(const Options& options) {
    if (options.api.empty())
        return std::unique_ptr<api::ApiServer>();
    api::ServerOptions server;
    NJ_ASSIGN(server.listen, source::parseListen(options.api, api::kUsualPort));
    server.listen.token = options.token;
    server.listen.hosts = options.hosts;
    server.listen.origins = options.origins;
    auto started = api::createApiServer(options.capsule, std::move(server));
    NJ_RETURN_IF_ERROR(started->start());
    if (!options.quiet)
        fmt::print(stderr, "Prometheus API at http://{}\n", printable(started->address()));
    return started;
}

// Until Ctrl+C, or until all sources have ended and nobody is answered either.
void follow(const Options& options, const std::stop_token& stop, const std::vector<std::unique_ptr<source::Source>>& sources, const ingest::LiveWriter* live) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    std::vector<std::string> shown(sources.size());
    uint64_t dropped = 0;
    auto nextReport = std::chrono::steady_clock::now() + kReport;
    while (!stop.stop_requested()) {
        wake.wait_for(lock, stop, kTick, [] { return false; });
        if (options.api.empty() && std::all_of(sources.begin(), sources.end(), [](const auto& source) { return ended(source->state()); }))
            break;
        if (options.quiet || live == nullptr || std::chrono::steady_clock::now() < nextReport)
            continue;
        nextReport = std::chrono::steady_clock::now() + kReport;
        for (size_t i = 0; i < sources.size(); ++i)
            if (std::string text = stateText(sources[i]->state()); text != shown[i]) {
                fmt::print(stderr, "{}\n", text);
                shown[i] = std::move(text);
            }
        if (const uint64_t now = live->counters().droppedRows; now != dropped) {
            dropped = now;
            fmt::print(stderr, "Retention has dropped {} rows so far\n", dropped);
        }
        if (const std::string problem = live->problem(); !problem.empty())
            fmt::print(stderr, "Nothing is taken for now: {}\n", printable(problem));
    }
}

// --api alone: what is there is answered, and nothing is written.
Status answerOnly(const Options& options, const std::stop_token& stop) {
    NJ_ASSIGN(const auto server, startApi(options));
    if (!options.quiet)
        fmt::print(stderr, "The capsule is only read. Ctrl+C ends it.\n");
    follow(options, stop, {}, nullptr);
    server->stop();
    return {};
}

Status run(const Options& options) {
    mallopt(M_ARENA_MAX, kArenas);
    const Interrupt interrupt;
    NJ_ASSIGN(std::vector<SourceConfig> configs, configsOf(options));
    if (configs.empty())
        return answerOnly(options, interrupt.token());
    for (SourceConfig& config : configs) {
        NJ_ASSIGN(config, source::withIdentity(config, dataFolder()));
    }
    ingest::LiveWriterOptions limits;
    NJ_ASSIGN(limits.retention, retentionOf(options));
    NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(options.capsule));
    Status outcome;
    {
        ingest::LiveWriter live(*writer, limits);
        std::vector<std::unique_ptr<source::Source>> sources;
        for (const SourceConfig& config : configs) {
            NJ_ASSIGN(auto made, source::createSource(config, live));
            sources.push_back(std::move(made));
        }
        NJ_ASSIGN(const auto server, startApi(options));
        for (const auto& source : sources)
            NJ_RETURN_IF_ERROR(source->start());
        if (options.plain)
            fmt::print(stderr, "WITHOUT TLS (--plain): tokens and telemetry can be read on their way, unless a proxy before it does TLS.\n");
        if (!options.quiet)
            sayHowToSend(configs, sources);
        follow(options, interrupt.token(), sources, &live);
        if (server)
            server->stop();
        for (const auto& source : sources)
            source->stop();
        live.stop();
        if (const uint64_t gone = live.counters().droppedRows; gone > 0)
            print(fmt::format("Retention dropped {} rows\n", gone));
        for (const auto& source : sources) {
            const SourceState state = source->state();
            print(stateText(state) + "\n");
            if (state.phase == SourceState::Phase::kFailed)
                outcome = makeError(ErrorCode::kIo, state.title + ": " + state.lastError);
        }
    }
    NJ_RETURN_IF_ERROR(writer->close());
    return outcome;
}

}  // namespace

void addServeCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "serve", "Take telemetry of live sources into a capsule: OTLP, remote write, Prometheus, scrapes, files, Jaeger, Tempo, Loki");
    command.option("CAPSULE", options->capsule, "capsule to create or add to").required();
    command.option("--otlp-grpc", options->grpc, "listen for OTLP/gRPC (127.0.0.1:4317)").group("Listen");
    command.option("--otlp-http", options->http, "listen for OTLP/HTTP and remote write (127.0.0.1:4318)").group("Listen");
    command.option("--remote-write", options->remoteWrite, "a further address for remote write (/api/v1/write)").group("Listen");
    command.option("--api", options->api, "answer the HTTP API of a Prometheus over the capsule (127.0.0.1:9090); alone: only read it").group("Listen");
    command.option("--token", options->token, "bearer token that senders must show; needed for addresses other computers reach").environment("NIGHTJAR_TOKEN").group("Listen");
    command.option("--tls-cert", options->certificate, "certificate (PEM) to show; without one an own is made where other computers reach the address").group("Listen");
    command.option("--tls-key", options->privateKey, "private key (PEM) of that certificate").group("Listen");
    command.flag("--plain", options->plain, "no TLS, behind a proxy that does it").group("Listen");
    command.option("--allow-host", options->hosts, "a name beside localhost by which senders may call").group("Listen");
    command.option("--allow-origin", options->origins, "a web page's origin that may post, such as http://localhost:3000").group("Listen");
    command.option("--prometheus", options->prometheus, "pull from a Prometheus-compatible server; Grafana's data-source proxy is one").group("Pull");
    command.option("--match", options->match, "selector of series to pull, such as '{job=\"vllm\"}'").group("Pull");
    command.option("--pack", options->pack, "series of a kind of system: vllm, sglang, tgi, triton, dcgm, node, kubernetes, gateway, http, genai, collector, runtime, up").group("Pull");
    command.option("--range", options->range, "how far back: 6h, or FROM..TO (1h)").group("Pull");
    command.option("--interval", options->interval, "how often what is new is fetched (the scrape interval)").group("Pull");
    command.flag("--no-follow", options->noFollow, "end when the range is there").group("Pull");
    command.option("--server-token", options->serverToken, "bearer or service-account token for the server").environment("NIGHTJAR_SERVER_TOKEN").group("Pull");
    command.option("--user", options->user, "user of the server").group("Pull");
    command.option("--password", options->password, "password of that user").environment("NIGHTJAR_SERVER_PASSWORD").group("Pull");
    command.option("--tenant", options->tenant, "sent as X-Scope-OrgID").group("Pull");
    command.option("--header", options->headers, "a further header, 'Name: value'").group("Pull");
    command.option("--ca", options->ca, "certificates (PEM) the server's is checked against").group("Pull");
    command.option("--proxy", options->proxy, "HTTP proxy").group("Pull");
    command.option("--scrape", options->scrape, "scrape a /metrics endpoint: localhost:8000 or a URL").group("Pull");
    command.option("--follow", options->follow, "follow a file, a folder, a pattern, or - for standard input").group("Pull");
    command.option("--paste", options->pasted, "fetch what an address out of Prometheus, Grafana, Jaeger, Tempo or Loki shows").group("Pull");
    command.option("--add", options->others, kindsText()).typeName("KIND FIELD=VALUE...").listEach();
    command.option("--retention", options->retention, "drop what is older than 24h, or the oldest beyond 10GB; both: 24h,10GB");
    command.flag("--summaries", options->summaries, "what retention drops leaves per-minute summaries behind");
    command.option("--sources", options->files, "JSON file with a list of sources");
    command.flag("--quiet", options->quiet, "no messages but the last");
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

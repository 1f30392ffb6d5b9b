// nightjar serve CAPSULE: receives telemetry into a capsule until it is told to stop.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "commands/command.h"
#include "commands/interrupt.h"
#include "ingest/live_writer.h"
#include "source/receiver.h"
#include "store/capsule_writer.h"

namespace nj::app {
namespace {

constexpr uint16_t kGrpcPort = 4317, kHttpPort = 4318;
constexpr std::chrono::seconds kReport(10);

struct Options {
    std::string capsule;
    std::string grpc, http, remoteWrite;
    std::string token;
    std::vector<std::string> hosts, origins;
    bool quiet = false;
};

struct Listening {
    std::string title;
    std::unique_ptr<source::Receiver> receiver;
};

Result<source::ListenOptions> listenOn(const Options& options, const std::string& address, uint16_t port) {
    NJ_ASSIGN(source::ListenOptions listen, source::parseListen(address, port));
    listen.token = options.token;
    listen.hosts = options.hosts;
    listen.origins = options.origins;
    return listen;
}

Result<std::vector<Listening>> receiversOf(const Options& options, source::DeliveryTarget& target) {
    std::vector<Listening> receivers;
    const bool nothing = options.grpc.empty() && options.http.empty() && options.remoteWrite.empty();
    if (nothing || !options.grpc.empty()) {
        NJ_ASSIGN(auto listen, listenOn(options, options.grpc, kGrpcPort));
        receivers.push_back({"OTLP/gRPC", source::createGrpcReceiver(std::move(listen), target)});
    }
    if (nothing || !options.http.empty()) {
        NJ_ASSIGN(auto listen, listenOn(options, options.http, kHttpPort));
        receivers.push_back({"OTLP/HTTP and remote write", source::createHttpReceiver(std::move(listen), target)});
    }
    if (!options.remoteWrite.empty()) {
        NJ_ASSIGN(auto listen, listenOn(options, options.remoteWrite, kHttpPort));
        receivers.push_back({"Remote write", source::createHttpReceiver(std::move(listen), target)});
    }
    return receivers;
}

std::string stateText(const Listening& listening) {
    const source::ReceiverCounters& c = listening.receiver->counters();
    std::string text = fmt::format("{} {}: {} spans, {} logs, {} samples in {} requests", listening.title, listening.receiver->address(), c.spans.load(), c.logs.load(), c.samples.load(), c.requests.load());
    const std::pair<const char*, uint64_t> odd[] = {{"rows rejected", c.rejectedRows},     {"requests delivered twice", c.duplicates}, {"told to come later", c.refusedBusy},
                                                    {"not understood", c.refusedBad},      {"too large", c.refusedLarge},              {"from strangers", c.refusedForeign}};
    for (const auto& [what, n] : odd)
        if (n > 0)
            text += fmt::format(", {} {}", n, what);
    return text;
}

void sayHowToSend(const std::vector<Listening>& receivers) {
    for (const Listening& listening : receivers)
        fmt::print(stderr, "{} on {}\n", listening.title, listening.receiver->address());
    fmt::print(stderr, "An SDK sends here with:\n  export OTEL_EXPORTER_OTLP_ENDPOINT=http://{} OTEL_EXPORTER_OTLP_PROTOCOL={}\nCtrl+C ends it.\n", receivers.front().receiver->address(),
               receivers.front().title == "OTLP/gRPC" ? "grpc" : "http/protobuf");
}

Status run(const Options& options) {
    const Interrupt interrupt;
    NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(options.capsule));
    Status outcome;
    {
        ingest::LiveWriter live(*writer);
        NJ_ASSIGN(std::vector<Listening> receivers, receiversOf(options, live));
        for (const Listening& listening : receivers)
            NJ_RETURN_IF_ERROR(listening.receiver->start());
        if (!options.quiet)
            sayHowToSend(receivers);
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        uint64_t shown = 0;
        while (!interrupt.token().stop_requested()) {
            wake.wait_for(lock, interrupt.token(), kReport, [] { return false; });
            const uint64_t commits = live.counters().commits;
            if (options.quiet || interrupt.token().stop_requested() || (commits == shown && live.problem().empty()))
                continue;
            shown = commits;
            for (const Listening& listening : receivers)
                fmt::print(stderr, "{}\n", stateText(listening));
            if (const std::string problem = live.problem(); !problem.empty())
                fmt::print(stderr, "Nothing is taken for now: {}\n", printable(problem));
        }
        for (const Listening& listening : receivers)
            listening.receiver->stop();
        live.stop();
        for (const Listening& listening : receivers)
            print(stateText(listening) + "\n");
    }
    return writer->close();
}

}  // namespace

void addServeCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CLI::App* command = parent.add_subcommand("serve", "Receive OTLP and Prometheus remote write into a capsule until Ctrl+C");
    command->add_option("CAPSULE", options->capsule, "capsule to create or add to")->required();
    command->add_option("--otlp-grpc", options->grpc, "address for OTLP/gRPC (127.0.0.1:4317)");
    command->add_option("--otlp-http", options->http, "address for OTLP/HTTP and remote write (127.0.0.1:4318)");
    command->add_option("--remote-write", options->remoteWrite, "a further address for remote write (/api/v1/write)");
    command->add_option("--token", options->token, "bearer token that senders must show; needed for addresses other computers reach")->envname("NIGHTJAR_TOKEN");
    command->add_option("--allow-host", options->hosts, "a name beside localhost by which senders may call");
    command->add_option("--allow-origin", options->origins, "a web page's origin that may post, such as http://localhost:3000");
    command->add_flag("--quiet", options->quiet, "no messages but the last");
    command->callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

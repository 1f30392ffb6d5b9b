// The receivers as sources.
#include "source/receiver.h"
#include "source/source.h"

namespace nj::source {
namespace {

using Create = std::unique_ptr<Receiver> (*)(ListenOptions, DeliveryTarget&);

class ListenSource final : public Source {
public:
    ListenSource(std::string title, std::unique_ptr<Receiver> receiver) : title_(std::move(title)), receiver_(std::move(receiver)) {}
    ~ListenSource() override { receiver_->stop(); }

    Status start() override {
        NJ_RETURN_IF_ERROR(receiver_->start());
        listening_ = true;
        return {};
    }
    void stop() override {
        receiver_->stop();
        listening_ = false;
    }
    [[nodiscard]] SourceState state() const override {
        const ReceiverCounters& c = receiver_->counters();
        SourceState state;
        state.phase = listening_ ? SourceState::Phase::kRunning : SourceState::Phase::kStopped;
        state.title = title_ + ' ' + receiver_->address();
        state.activity = listening_ ? "listening" : "";
        state.requests = c.requests;
        state.bytes = c.bytes;
        state.spans = c.spans;
        state.logs = c.logs;
        state.samples = c.samples;
        state.rejected = c.rejectedRows;
        state.retried = c.refusedBusy;
        state.duplicates = c.duplicates;
        state.newest = c.newest;
        const auto [problem, at] = c.lastProblem();
        state.lastError = problem;
        state.lastErrorAt = at;
        return state;
    }

private:
    const std::string title_;
    const std::unique_ptr<Receiver> receiver_;
    std::atomic<bool> listening_ = false;
};

Result<ListenOptions> optionsOf(const SourceConfig& config, uint16_t port) {
    NJ_ASSIGN(ListenOptions options, parseListen(config.value("address"), port));
    options.token = config.value("token");
    options.hosts = config.all("host");
    options.origins = config.all("origin");
    return options;
}

Result<std::unique_ptr<Source>> make(const SourceConfig& config, DeliveryTarget& target, std::string title, uint16_t port, Create create) {
    NJ_ASSIGN(ListenOptions options, optionsOf(config, port));
    return std::unique_ptr<Source>(std::make_unique<ListenSource>(std::move(title), create(std::move(options), target)));
}

// Whether the address can be had: it is listened on for a moment.
Result<SourceProbe> probe(const SourceConfig& config, uint16_t port, Create create) {
    class Nowhere final : public DeliveryTarget {
        void deliver(Delivery&& delivery) override { delivery.done(Outcome::kBusy, "a test only"); }
        [[nodiscard]] bool hasRoom(size_t) const override { return false; }
        [[nodiscard]] std::string cursor(const std::string&) const override { return {}; }
    } nowhere;
    NJ_ASSIGN(ListenOptions options, optionsOf(config, port));
    const auto receiver = create(std::move(options), nowhere);
    NJ_RETURN_IF_ERROR(receiver->start());
    SourceProbe found;
    found.summary = receiver->address() + " is free";
    receiver->stop();
    return found;
}

constexpr uint16_t kGrpcPort = 4317, kHttpPort = 4318;

constexpr SourceField kGrpcFields[] = {
    {"address", "Address", FieldKind::kAddress, "127.0.0.1:4317", "where senders find it"},
    {"token", "Token", FieldKind::kSecret, "", "senders must show it; needed where other computers reach the address"},
    {"host", "Names", FieldKind::kText, "", "beside localhost, by which senders may call", false, true},
};
constexpr SourceField kHttpFields[] = {
    {"address", "Address", FieldKind::kAddress, "127.0.0.1:4318", "where senders find it"},
    {"token", "Token", FieldKind::kSecret, "", "senders must show it; needed where other computers reach the address"},
    {"host", "Names", FieldKind::kText, "", "beside localhost, by which senders may call", false, true},
    {"origin", "Web pages", FieldKind::kText, "", "origins that may post, such as http://localhost:3000", false, true},
};

}  // namespace

extern const SourceKind kOtlpGrpc;
const SourceKind kOtlpGrpc = {
    "otlp_grpc",
    "OTLP/gRPC",
    "Takes what OpenTelemetry SDKs and collectors send over gRPC.",
    kGrpcFields,
    [](const SourceConfig& config, DeliveryTarget& target) { return make(config, target, "OTLP/gRPC", kGrpcPort, createGrpcReceiver); },
    [](const SourceConfig& config, std::stop_token) { return probe(config, kGrpcPort, createGrpcReceiver); },
};

extern const SourceKind kOtlpHttp;
const SourceKind kOtlpHttp = {
    "otlp_http",
    "OTLP/HTTP and remote write",
    "Takes what OpenTelemetry SDKs and collectors send over HTTP, and Prometheus' remote write at /api/v1/write.",
    kHttpFields,
    [](const SourceConfig& config, DeliveryTarget& target) { return make(config, target, "OTLP/HTTP and remote write", kHttpPort, createHttpReceiver); },
    [](const SourceConfig& config, std::stop_token) { return probe(config, kHttpPort, createHttpReceiver); },
};

}  // namespace nj::source

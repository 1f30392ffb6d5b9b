// The receivers as sources.
#include "source/listen_source.h"

#include "source/receiver.h"
#include "source/self_signed.h"
#include "source/source.h"

namespace nj::source {
namespace {

using Create = std::unique_ptr<Receiver> (*)(ListenOptions, DeliveryTarget&);

class ListenSource final : public Source {
public:
    // `activity`: how it listens.
    ListenSource(std::string title, std::string activity, std::unique_ptr<Receiver> receiver)
        : title_(std::move(title)), activity_(std::move(activity)), receiver_(std::move(receiver)) {}
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
        state.activity = listening_ ? activity_ : "";
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
    const std::string title_, activity_;
    const std::unique_ptr<Receiver> receiver_;
    std::atomic<bool> listening_ = false;
};

Result<ListenOptions> optionsOf(const SourceConfig& config, uint16_t port) {
    NJ_ASSIGN(ListenOptions options, parseListen(config.value("address"), port));
    options.token = config.value("token");
    options.hosts = config.all("host");
    options.origins = config.all("origin");
    options.plain = config.value("plain") == "yes";
    const TlsFiles files{config.value("certificate"), config.value("private_key")};
    if (files.certificate.empty() != files.privateKey.empty())
        return makeError(ErrorCode::kInvalidArgument, "a TLS certificate and its key are needed together");
    if (!files.certificate.empty() && !options.plain) {
        NJ_ASSIGN(TlsIdentity identity, readIdentity(files));
        options.certificate = std::move(identity.certificate);
        options.privateKey = std::move(identity.privateKey);
    }
    return options;
}

Result<std::string> activityOf(const ListenOptions& options) {
    if (options.certificate.empty())
        return std::string(isLoopback(options.host) ? "listening" : "listening without TLS");
    NJ_ASSIGN(const std::string fingerprint, fingerprintOf(options.certificate));
    return "listening with TLS, certificate SHA-256 " + fingerprint;
}

Result<std::unique_ptr<Source>> make(const SourceConfig& config, DeliveryTarget& target, std::string title, uint16_t port, Create create) {
    NJ_ASSIGN(ListenOptions options, optionsOf(config, port));
    NJ_ASSIGN(std::string activity, activityOf(options));
    return std::unique_ptr<Source>(std::make_unique<ListenSource>(std::move(title), std::move(activity), create(std::move(options), target)));
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

#define NJ_TLS_FIELDS                                                                                                                     \
    {"certificate", "TLS certificate", FieldKind::kPath, "", "PEM; without one an own is made where other computers reach the address"},      \
        {"private_key", "TLS key", FieldKind::kPath, "", "PEM, of that certificate"},                                                         \
        {"plain", "Without TLS", FieldKind::kSwitch, "no", "only behind a proxy that does it: all can be read on the way"}

constexpr SourceField kGrpcFields[] = {
    {"address", "Address", FieldKind::kAddress, "127.0.0.1:4317", "where senders find it"},
    {"token", "Token", FieldKind::kSecret, "", "senders must show it; needed where other computers reach the address"},
    {"host", "Names", FieldKind::kText, "", "beside localhost, by which senders may call", false, true},
    NJ_TLS_FIELDS,
};
constexpr SourceField kHttpFields[] = {
    {"address", "Address", FieldKind::kAddress, "127.0.0.1:4318", "where senders find it"},
    {"token", "Token", FieldKind::kSecret, "", "senders must show it; needed where other computers reach the address"},
    {"host", "Names", FieldKind::kText, "", "beside localhost, by which senders may call", false, true},
    {"origin", "Web pages", FieldKind::kText, "", "origins that may post, such as http://localhost:3000", false, true},
    NJ_TLS_FIELDS,
};

}  // namespace

Result<SourceConfig> withIdentity(SourceConfig config, const std::filesystem::path& folder) {
    if (config.kind != "otlp_grpc" && config.kind != "otlp_http")
        return config;
    NJ_ASSIGN(const ListenOptions options, parseListen(config.value("address"), 0));
    if (isLoopback(options.host) || config.value("plain") == "yes" || !config.value("certificate").empty() || !config.value("private_key").empty())
        return config;
    NJ_ASSIGN(const TlsFiles files, keptIdentity(folder));
    config.set("certificate", files.certificate.string());
    config.set("private_key", files.privateKey.string());
    return config;
}

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

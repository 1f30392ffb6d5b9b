// OTLP/gRPC on gRPC's generic service: requests come as bytes into the one OTLP decoder, without generated code.
// gRPC's own decompression is off: it would inflate a 1 MB bomb to 1 GB before it looks at its limit.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <chrono>

#include "source/inflater.h"
#include "source/otlp_request.h"
#include "source/receiver.h"
#include "source/request_guard.h"

namespace nj::source {
namespace {

constexpr int kRetrySeconds = 1;
constexpr std::chrono::seconds kStopPatience(5);
constexpr size_t kMemory = 96U << 20;      // gRPC's buffers of all calls
constexpr int kMetadataBytes = 16 << 10, kStreams = 100;

struct Method {
    std::string_view name;
    OtlpService service;
};
constexpr Method kMethods[] = {
    {"/opentelemetry.proto.collector.trace.v1.TraceService/Export", OtlpService::kTraces},
    {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", OtlpService::kMetrics},
    {"/opentelemetry.proto.collector.logs.v1.LogsService/Export", OtlpService::kLogs},
};

std::string bytesOf(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    std::string bytes;
    if (buffer.Valid() && buffer.Dump(&slices).ok())
        for (const grpc::Slice& slice : slices)
            bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return bytes;
}

grpc::Status refusal(grpc::StatusCode code, std::string_view message, int retrySeconds = 0) {
    return {code, std::string(message), statusBody(OtlpEncoding::kProtobuf, static_cast<RpcCode>(code), message, retrySeconds)};
}

}  // namespace

class GrpcReceiver final : public Receiver, private grpc::CallbackGenericService {
public:
    GrpcReceiver(ListenOptions options, DeliveryTarget& target) : options_(std::move(options)), target_(target) {}
    ~GrpcReceiver() override { stop(); }

    Status start() override {
        NJ_RETURN_IF_ERROR(checkListen(options_));
        grpc::ServerBuilder builder;
        grpc::ResourceQuota quota("otlp");
        quota.Resize(kMemory);
        builder.SetResourceQuota(quota);
        builder.AddListeningPort(hostText() + ":" + std::to_string(options_.port), credentials(), &port_);
        builder.RegisterCallbackGenericService(this);
        builder.SetMaxReceiveMessageSize(static_cast<int>(options_.maxBody));
        builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
        builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreams);
        builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
        builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);   // a taken port is an error, not a share of the requests
        server_ = builder.BuildAndStart();
        if (!server_ || port_ == 0) {
            server_.reset();
            return makeError(ErrorCode::kBusy, "cannot listen on " + hostText() + ":" + std::to_string(options_.port) + ": choose another port");
        }
        return {};
    }

    void stop() override {
        if (!server_)
            return;
        server_->Shutdown(std::chrono::system_clock::now() + kStopPatience);
        server_->Wait();
        server_.reset();
    }

    [[nodiscard]] std::string address() const override { return hostText() + ":" + std::to_string(port_); }
    [[nodiscard]] const ReceiverCounters& counters() const override { return counters_; }

private:
    // One unary call: read, decode, wait for the commit, answer. gRPC's threads; deletes itself.
    class Call final : public grpc::ServerGenericBidiReactor {
    public:
        Call(GrpcReceiver& receiver, grpc::GenericCallbackServerContext& context) : receiver_(receiver) {
            ++receiver_.counters_.requests;
            if (const grpc::Status refused = receiver_.admit(context, service_); !refused.ok())
                Finish(refused);
            else
                StartRead(&request_);
        }
        void OnReadDone(bool ok) override {
            if (!ok)
                return Finish(refusal(grpc::StatusCode::INVALID_ARGUMENT, "a request without a message"));
            receiver_.handle(*this);
        }
        void OnDone() override { delete this; }
        void reply(const std::string& body) {
            const grpc::Slice slice(body);
            response_ = grpc::ByteBuffer(&slice, 1);
            StartWriteAndFinish(&response_, {}, grpc::Status::OK);
        }

        GrpcReceiver& receiver_;
        OtlpService service_ = OtlpService::kTraces;
        grpc::ByteBuffer request_, response_;
    };

    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override { return new Call(*this, *context); }

    grpc::Status admit(const grpc::GenericCallbackServerContext& context, OtlpService& service) {
        const auto& metadata = context.client_metadata();
        const auto value = [&](const char* key) {
            const auto it = metadata.find(key);
            return it == metadata.end() ? std::string_view() : std::string_view(it->second.data(), it->second.size());
        };
        const Caller caller{context.host(), value("origin"), value("sec-fetch-site"), value("authorization"), value("x-otlp-api-key")};
        const Verdict verdict = judge(caller, options_);
        if (verdict != Verdict::kWelcome) {
            counters_.refuse(counters_.refusedForeign, verdictText(verdict));
            return refusal(verdict == Verdict::kNoToken ? grpc::StatusCode::UNAUTHENTICATED : grpc::StatusCode::PERMISSION_DENIED, verdictText(verdict));
        }
        for (const Method& method : kMethods)
            if (context.method() == method.name) {
                service = method.service;
                return grpc::Status::OK;
            }
        return refusal(grpc::StatusCode::UNIMPLEMENTED, "OTLP's trace, metrics and logs services are answered here");
    }

    void handle(Call& call) {
        if (!target_.hasRoom(call.request_.Length())) {
            counters_.refuse(counters_.refusedBusy, "more comes in than the disk takes");
            return call.Finish(refusal(grpc::StatusCode::UNAVAILABLE, "too much is being received: send it again later", kRetrySeconds));
        }
        std::string body = bytesOf(call.request_);
        call.request_.Clear();
        if (const Encoding encoding = encodingOfMessage(body); encoding != Encoding::kIdentity) {
            auto plain = inflate(encoding, body, options_.maxBody);
            if (!plain.ok()) {
                const bool large = plain.error().code == ErrorCode::kLimit;
                counters_.refuse(large ? counters_.refusedLarge : counters_.refusedBad, plain.error().message);
                return call.Finish(refusal(large ? grpc::StatusCode::RESOURCE_EXHAUSTED : grpc::StatusCode::INVALID_ARGUMENT, plain.error().message));
            }
            body = std::move(*plain);
        }
        counters_.bytes += body.size();
        auto batch = decodeOtlpRequest(call.service_, OtlpEncoding::kProtobuf, body);
        if (!batch.ok()) {
            counters_.refuse(counters_.refusedBad, batch.error().message);
            return call.Finish(refusal(grpc::StatusCode::INVALID_ARGUMENT, batch.error().message));
        }
        const Rejected rejected = rejectedOf(*batch);
        counters_.rejectedRows += rejected.rows;
        counters_.addRows(*batch);
        const std::string success = successBody(OtlpEncoding::kProtobuf, call.service_, rejected);
        if (batch->empty() && batch->health.empty())
            return call.reply(success);
        Delivery delivery{"OTLP/gRPC " + address(), "otlp_grpc", std::move(*batch), hash128(body), {}, {}};
        delivery.done = [this, &call, success](Outcome outcome, const std::string& why) {
            if (outcome == Outcome::kCommitted || outcome == Outcome::kDuplicate) {
                counters_.duplicates += outcome == Outcome::kDuplicate ? 1 : 0;
                return call.reply(success);
            }
            counters_.refuse(counters_.refusedBusy, why);
            call.Finish(refusal(grpc::StatusCode::UNAVAILABLE, why, kRetrySeconds));
        };
        target_.deliver(std::move(delivery));
    }

    [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> credentials() const {
        if (options_.certificate.empty())
            return grpc::InsecureServerCredentials();
        grpc::SslServerCredentialsOptions tls;
        tls.pem_key_cert_pairs.push_back({options_.privateKey, options_.certificate});
        return grpc::SslServerCredentials(tls);
    }

    [[nodiscard]] std::string hostText() const { return options_.host.find(':') != std::string::npos ? "[" + options_.host + "]" : options_.host; }

    const ListenOptions options_;
    DeliveryTarget& target_;
    ReceiverCounters counters_;
    int port_ = 0;
    std::unique_ptr<grpc::Server> server_;
};

std::unique_ptr<Receiver> createGrpcReceiver(ListenOptions options, DeliveryTarget& target) { return std::make_unique<GrpcReceiver>(std::move(options), target); }

}  // namespace nj::source

// A client of OTLP/gRPC without generated code.
#pragma once

#include <QByteArray>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nj::test {

inline constexpr const char* kTracesMethod = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
inline constexpr const char* kMetricsMethod = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
inline constexpr const char* kLogsMethod = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

struct GrpcAnswer {
    grpc::Status status;
    std::string body;
    [[nodiscard]] int code() const { return static_cast<int>(status.error_code()); }
};

struct GrpcExtras {
    std::vector<std::pair<std::string, std::string>> metadata;
    std::string authority;
    bool gzip = false;
};

class GrpcClient {
public:
    explicit GrpcClient(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials = grpc::InsecureChannelCredentials()) {
        grpc::ChannelArguments arguments;
        arguments.SetInt("grpc.use_local_subchannel_pool", 1);   // a connection each, as separate processes have
        arguments.SetInt("grpc.enable_retries", 0);
        channel_ = grpc::CreateCustomChannel(address, credentials, arguments);
        stub_ = std::make_unique<grpc::GenericStub>(channel_);
    }
    GrpcAnswer send(const char* method, const QByteArray& body, const GrpcExtras& extras = {}) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(120));
        for (const auto& [key, value] : extras.metadata)
            context.AddMetadata(key, value);
        if (!extras.authority.empty())
            context.set_authority(extras.authority);
        if (extras.gzip)
            context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
        const grpc::Slice slice(body.constData(), static_cast<size_t>(body.size()));
        const grpc::ByteBuffer request(&slice, 1);
        grpc::ByteBuffer response;
        grpc::CompletionQueue queue;
        GrpcAnswer answer;
        const auto call = stub_->PrepareUnaryCall(&context, method, request, &queue);
        call->StartCall();
        call->Finish(&response, &answer.status, nullptr);
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
        std::vector<grpc::Slice> slices;
        if (answer.status.ok() && response.Valid() && response.Dump(&slices).ok())
            for (const grpc::Slice& piece : slices)
                answer.body.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
        return answer;
    }

private:
    std::shared_ptr<grpc::Channel> channel_;
    std::unique_ptr<grpc::GenericStub> stub_;
};

}  // namespace nj::test

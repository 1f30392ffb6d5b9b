// OTLP/HTTP and Prometheus remote write on libmicrohttpd: two threads read and decode, a request waits suspended for its commit.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <optional>
#include <set>

#include "format/remote_write.h"
#include "source/connection_watch.h"
#include "source/inflater.h"
#include "source/open_files.h"
#include "source/otlp_request.h"
#include "source/receiver.h"
#include "source/request_guard.h"

namespace nj::source {
namespace {

constexpr unsigned kThreads = 2;
constexpr size_t kHeaderBytes = 16U << 10;
constexpr size_t kReceiving = 64U << 20;      // wire bytes of all requests being read
constexpr uint64_t kReserve = 4U << 20;       // of a body whose length is said
constexpr int kRetrySeconds = 1;
constexpr std::string_view kTooMuch = "more comes in than the disk takes";
constexpr std::chrono::seconds kStopPatience(5);
constexpr const char* kProtobuf = "application/x-protobuf";
constexpr const char* kJson = "application/json";
constexpr const char* kText = "text/plain; charset=utf-8";

enum class Route : uint8_t { kNone, kTraces, kMetrics, kLogs, kRemoteWrite, kHealth };

struct Path {
    std::string_view path;
    Route route;
};
// Beside OTLP's own, the paths under which senders know other receivers of the same bodies.
constexpr Path kPaths[] = {
    {"/v1/traces", Route::kTraces},       {"/v1/metrics", Route::kMetrics},     {"/v1/logs", Route::kLogs},   {"/api/v1/otlp/v1/metrics", Route::kMetrics},
    {"/otlp/v1/logs", Route::kLogs},      {"/api/v1/write", Route::kRemoteWrite}, {"/healthz", Route::kHealth},
};

Route routeOf(std::string_view url) {
    const auto* const it = std::find_if(std::begin(kPaths), std::end(kPaths), [&](const Path& p) { return p.path == url; });
    return it == std::end(kPaths) ? Route::kNone : it->route;
}

std::string_view header(MHD_Connection* connection, const char* name) {
    const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value ? std::string_view(value) : std::string_view();
}

// "application/json; charset=utf-8" → "application/json"
std::string_view mediaType(std::string_view value) {
    value = value.substr(0, value.find(';'));
    while (value.ends_with(' '))
        value.remove_suffix(1);
    return value;
}

struct Answer {
    unsigned status = 200;
    std::string body;
    const char* type = kText;
    bool retry = false;
    bool close = false;
};

struct Request {
    Route route = Route::kNone;
    OtlpEncoding encoding = OtlpEncoding::kProtobuf;
    Encoding compression = Encoding::kIdentity;
    std::string body;
    uint64_t received = 0;
    bool tooLarge = false, waiting = false;
    std::optional<Answer> answer;   // set before the connection is resumed
};

OtlpService serviceOf(Route route) { return route == Route::kTraces ? OtlpService::kTraces : route == Route::kMetrics ? OtlpService::kMetrics : OtlpService::kLogs; }

}  // namespace

class HttpReceiver final : public Receiver {
public:
    HttpReceiver(ListenOptions options, DeliveryTarget& target) : options_(std::move(options)), target_(target), watch_({}) {}
    ~HttpReceiver() override { stop(); }

    Status start() override;
    void stop() override;
    [[nodiscard]] std::string address() const override;
    [[nodiscard]] const ReceiverCounters& counters() const override { return counters_; }

private:
    static MHD_Result onRequest(void* self, MHD_Connection* connection, const char* url, const char* method, const char* version, const char* data, size_t* size, void** request);
    static void onCompleted(void* self, MHD_Connection* connection, void** request, MHD_RequestTerminationCode why);
    static void onConnection(void* self, MHD_Connection* connection, void** socket, MHD_ConnectionNotificationCode what);

    std::optional<Answer> refuse(MHD_Connection* connection, const char* url, const char* method, Request& request);
    MHD_Result take(MHD_Connection* connection, Request& request, std::string_view data);
    MHD_Result finish(MHD_Connection* connection, Request& request);
    std::optional<Answer> decode(Request& request, Delivery& delivery, Rejected& rejected);
    static Answer error(Route route, OtlpEncoding encoding, unsigned status, RpcCode code, std::string_view message, bool retry = false);
    MHD_Result send(MHD_Connection* connection, const Answer& answer) const;
    void resume(MHD_Connection* connection, Request* request, Answer answer);

    const ListenOptions options_;
    DeliveryTarget& target_;
    ConnectionWatch watch_;
    ReceiverCounters counters_;
    MHD_Daemon* daemon_ = nullptr;
    uint16_t port_ = 0;
    std::atomic<size_t> receiving_ = 0;   // wire bytes held by requests being read
    std::mutex mutex_;
    std::condition_variable done_;
    std::set<std::pair<MHD_Connection*, Request*>> waiting_;   // guarded by mutex_: suspended until their delivery is answered
    bool stopping_ = false;               // guarded by mutex_
    std::mutex remoteWriteMutex_;
    format::RemoteWriteDecoder remoteWrite_;   // guarded by remoteWriteMutex_
};

Status HttpReceiver::start() {
    NJ_RETURN_IF_ERROR(checkListen(options_));
    allowOpenFiles(options_.maxConnections);
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = false;
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &found) != 0 || !found)
        return makeError(ErrorCode::kInvalidArgument, "'" + options_.host + "' is no address of this computer");
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (found->ai_family == AF_INET6 ? static_cast<unsigned>(MHD_USE_IPv6) : 0U);
    std::vector<MHD_OptionItem> tls;
    if (!options_.certificate.empty()) {
        flags |= MHD_USE_TLS;
        tls.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(options_.certificate.c_str())});
        tls.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(options_.privateKey.c_str())});
    }
    tls.push_back({MHD_OPTION_END, 0, nullptr});
    daemon_ = MHD_start_daemon(flags, 0, nullptr, nullptr, &HttpReceiver::onRequest, this, MHD_OPTION_SOCK_ADDR, found->ai_addr, MHD_OPTION_THREAD_POOL_SIZE, kThreads,
                               MHD_OPTION_CONNECTION_LIMIT, options_.maxConnections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, kHeaderBytes + (32U << 10), MHD_OPTION_NOTIFY_COMPLETED,
                               &HttpReceiver::onCompleted, this, MHD_OPTION_NOTIFY_CONNECTION, &HttpReceiver::onConnection, this, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_END);
    if (!daemon_)
        return makeError(ErrorCode::kBusy, "cannot listen on " + options_.host + ":" + std::to_string(options_.port) + " (" + std::strerror(errno) + "): choose another port");
    const MHD_DaemonInfo* bound = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT);
    port_ = bound ? bound->port : options_.port;
    return {};
}

void HttpReceiver::stop() {
    if (!daemon_)
        return;
    // Not MHD_quiesce_daemon: it and the daemon's own thread both take the listening socket out of epoll, and the one that comes second ends the
    // program ("Failed to remove listen FD from epoll set", libmicrohttpd 0.9.75). What still arrives is told to come later.
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        done_.wait_for(lock, kStopPatience, [this] { return waiting_.empty(); });
        // libmicrohttpd ends the program where a connection is suspended when it stops: a commit that takes longer is told to come later.
        for (const auto& [connection, request] : waiting_) {
            request->answer = error(request->route, request->encoding, 503, RpcCode::kUnavailable, "the receiver goes down: send it again later", true);
            MHD_resume_connection(connection);
        }
        waiting_.clear();
    }
    MHD_stop_daemon(daemon_);
    daemon_ = nullptr;
}

std::string HttpReceiver::address() const {
    const bool v6 = options_.host.find(':') != std::string::npos;
    return (v6 ? "[" + options_.host + "]" : options_.host) + ":" + std::to_string(port_);
}

void HttpReceiver::onConnection(void* self, MHD_Connection* connection, void** /*socket*/, MHD_ConnectionNotificationCode what) {
    auto& watch = static_cast<HttpReceiver*>(self)->watch_;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch.closed(connection);
        return;
    }
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        watch.opened(connection, info->connect_fd);
}

void HttpReceiver::onCompleted(void* self, MHD_Connection* connection, void** request, MHD_RequestTerminationCode /*why*/) {
    auto* receiver = static_cast<HttpReceiver*>(self);
    auto* done = static_cast<Request*>(*request);
    if (done)
        receiver->receiving_ -= done->body.size();
    delete done;
    *request = nullptr;
    receiver->watch_.idle(connection);
}

MHD_Result HttpReceiver::onRequest(void* self, MHD_Connection* connection, const char* url, const char* method, const char* /*version*/, const char* data, size_t* size,
                                   void** context) {
    auto* receiver = static_cast<HttpReceiver*>(self);
    if (!*context) {
        auto request = std::make_unique<Request>();
        ++receiver->counters_.requests;
        receiver->watch_.receiving(connection, 0);
        auto refusal = receiver->refuse(connection, url, method, *request);
        *context = request.release();   // onCompleted deletes it
        return refusal ? receiver->send(connection, *refusal) : MHD_YES;
    }
    auto& request = *static_cast<Request*>(*context);
    if (*size > 0) {
        const std::string_view piece(data, *size);
        *size = 0;
        return receiver->take(connection, request, piece);
    }
    if (request.waiting)
        return request.answer ? receiver->send(connection, *request.answer) : MHD_YES;
    return receiver->finish(connection, request);
}

// Before a byte of the body is read.
std::optional<Answer> HttpReceiver::refuse(MHD_Connection* connection, const char* url, const char* method, Request& request) {
    const Caller caller{header(connection, "Host"), header(connection, "Origin"), header(connection, "Sec-Fetch-Site"), header(connection, "Authorization"), header(connection, "x-otlp-api-key")};
    if (const Verdict verdict = judge(caller, options_); verdict != Verdict::kWelcome) {
        counters_.refuse(counters_.refusedForeign, verdictText(verdict));
        const unsigned status = verdict == Verdict::kWrongHost ? 421 : verdict == Verdict::kForeignPage ? 403 : 401;
        return Answer{status, std::string(verdictText(verdict)), kText, false, true};
    }
    request.route = routeOf(url);
    if (request.route == Route::kNone)
        return Answer{404, "Send OTLP to /v1/traces, /v1/metrics or /v1/logs, remote write to /api/v1/write.", kText, false, true};
    if (request.route == Route::kHealth)
        return std::strcmp(method, "GET") == 0 ? Answer{200, "ok\n", kText} : Answer{405, "GET only", kText, false, true};
    if (std::strcmp(method, "POST") != 0)
        return Answer{405, "POST only", kText, false, true};
    const std::string_view type = mediaType(header(connection, "Content-Type"));
    request.encoding = type == kJson ? OtlpEncoding::kJson : OtlpEncoding::kProtobuf;
    const auto compression = encodingOf(header(connection, "Content-Encoding"));
    const bool typed = type == kProtobuf || (type == kJson && request.route != Route::kRemoteWrite);
    if (!typed || !compression.ok()) {
        const std::string why = compression.ok() ? "Content-Type must be application/x-protobuf or, for OTLP, application/json." : compression.error().message;
        counters_.refuse(counters_.refusedBad, why);
        return Answer{415, why, kText, false, true};
    }
    // Remote write is always a snappy block, also where a sender leaves the header out.
    request.compression = request.route == Route::kRemoteWrite ? Encoding::kSnappy : *compression;
    const std::string length(header(connection, "Content-Length"));
    const uint64_t bytes = length.empty() ? 0 : std::strtoull(length.c_str(), nullptr, 10);
    if (bytes > options_.maxBody) {
        counters_.refuse(counters_.refusedLarge, "a body of " + std::to_string(bytes) + " bytes");
        Answer answer = error(request.route, request.encoding, 413, RpcCode::kResourceExhausted, "the body is larger than " + std::to_string(options_.maxBody) + " bytes");
        answer.close = true;
        return answer;
    }
    if (receiving_ + bytes > kReceiving || !target_.hasRoom(bytes)) {
        Answer answer = error(request.route, request.encoding, 503, RpcCode::kUnavailable, "too much is being received: send it again later", true);
        if (header(connection, "Expect").empty()) {
            // Its body is read and thrown away: a connection that is closed under a client that still writes takes the answer with it.
            request.answer = std::move(answer);
            return std::nullopt;
        }
        counters_.refuse(counters_.refusedBusy, kTooMuch);
        answer.close = true;
        return answer;
    }
    request.body.reserve(std::min(bytes, kReserve));
    return std::nullopt;
}

MHD_Result HttpReceiver::take(MHD_Connection* connection, Request& request, std::string_view data) {
    request.received += data.size();
    watch_.receiving(connection, request.received);
    if (request.received > options_.maxBody || (!request.answer && receiving_ + data.size() > kReceiving)) {
        // A body of unknown length: what still comes is thrown away, for a while, so that the answer can be read.
        request.tooLarge = request.received > options_.maxBody;
        receiving_ -= request.body.size();
        request.body = {};
        request.answer = request.tooLarge ? error(request.route, request.encoding, 413, RpcCode::kResourceExhausted, "the body is larger than " + std::to_string(options_.maxBody) + " bytes")
                                          : error(request.route, request.encoding, 503, RpcCode::kUnavailable, "too much is being received: send it again later", true);
        request.answer->close = true;
        return request.received > 2 * options_.maxBody ? MHD_NO : MHD_YES;
    }
    if (!request.answer) {
        request.body.append(data);
        receiving_ += data.size();
    }
    return MHD_YES;
}

MHD_Result HttpReceiver::finish(MHD_Connection* connection, Request& request) {
    watch_.answering(connection);
    if (request.answer) {
        counters_.refuse(request.tooLarge ? counters_.refusedLarge : counters_.refusedBusy, request.tooLarge ? std::string_view("a body without an end") : kTooMuch);
        return send(connection, *request.answer);
    }
    Delivery delivery;
    Rejected rejected;
    if (const auto failed = decode(request, delivery, rejected))
        return send(connection, *failed);
    counters_.addRows(delivery.batch);
    counters_.rejectedRows += rejected.rows;
    Answer success;
    success.status = request.route == Route::kRemoteWrite ? 204 : 200;
    if (request.route != Route::kRemoteWrite) {
        success.body = successBody(request.encoding, serviceOf(request.route), rejected);
        success.type = request.encoding == OtlpEncoding::kJson ? kJson : kProtobuf;
    }
    if (delivery.batch.empty() && delivery.batch.health.empty())
        return send(connection, success);
    request.waiting = true;
    MHD_suspend_connection(connection);
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            request.answer = error(request.route, request.encoding, 503, RpcCode::kUnavailable, "the receiver goes down: send it again later", true);
            MHD_resume_connection(connection);
            return MHD_YES;
        }
        waiting_.emplace(connection, &request);
    }
    delivery.done = [this, connection, request = &request, route = request.route, encoding = request.encoding, success = std::move(success)](Outcome outcome, const std::string& why) mutable {
        const bool taken = outcome == Outcome::kCommitted || outcome == Outcome::kDuplicate;
        counters_.duplicates += outcome == Outcome::kDuplicate ? 1 : 0;
        if (!taken)
            counters_.refuse(counters_.refusedBusy, why);
        resume(connection, request, taken ? std::move(success) : error(route, encoding, 503, RpcCode::kUnavailable, why, true));
    };
    target_.deliver(std::move(delivery));
    return MHD_YES;
}

// Not where the receiver stopped meanwhile: the request is gone then.
void HttpReceiver::resume(MHD_Connection* connection, Request* request, Answer answer) {
    const std::scoped_lock lock(mutex_);
    if (waiting_.erase({connection, request}) == 0)
        return;
    request->answer = std::move(answer);
    MHD_resume_connection(connection);
    done_.notify_all();
}

std::optional<Answer> HttpReceiver::decode(Request& request, Delivery& delivery, Rejected& rejected) {
    auto plain = request.compression == Encoding::kIdentity ? Result<std::string>(std::string()) : inflate(request.compression, request.body, options_.maxBody);
    if (!plain.ok()) {
        const bool large = plain.error().code == ErrorCode::kLimit;
        counters_.refuse(large ? counters_.refusedLarge : counters_.refusedBad, plain.error().message);
        return error(request.route, request.encoding, large ? 413 : 400, large ? RpcCode::kResourceExhausted : RpcCode::kInvalidArgument, plain.error().message);
    }
    const std::string_view body = request.compression == Encoding::kIdentity ? std::string_view(request.body) : std::string_view(*plain);
    counters_.bytes += body.size();
    const auto read = [&]() -> Result<Batch> {
        if (request.route != Route::kRemoteWrite)
            return decodeOtlpRequest(serviceOf(request.route), request.encoding, body);
        const std::scoped_lock lock(remoteWriteMutex_);
        return remoteWrite_.decode(body);
    };
    auto batch = read();
    if (!batch.ok()) {
        counters_.refuse(counters_.refusedBad, batch.error().message);
        const bool unsupported = batch.error().code == ErrorCode::kUnsupported;
        return error(request.route, request.encoding, unsupported ? 415 : 400, RpcCode::kInvalidArgument, batch.error().message);
    }
    rejected = rejectedOf(*batch);
    delivery.source = (request.route == Route::kRemoteWrite ? "Prometheus remote write " : "OTLP/HTTP ") + address();
    delivery.format = request.route == Route::kRemoteWrite ? "remote_write" : "otlp_http";
    delivery.request = hash128(body);
    delivery.batch = std::move(*batch);
    receiving_ -= request.body.size();
    request.body = {};
    return std::nullopt;
}

Answer HttpReceiver::error(Route route, OtlpEncoding encoding, unsigned status, RpcCode code, std::string_view message, bool retry) {
    Answer answer;
    answer.status = status;
    answer.retry = retry;
    if (route == Route::kRemoteWrite) {
        answer.body = message;
        return answer;
    }
    answer.body = statusBody(encoding, code, message, retry ? kRetrySeconds : 0);
    answer.type = encoding == OtlpEncoding::kJson ? kJson : kProtobuf;
    return answer;
}

MHD_Result HttpReceiver::send(MHD_Connection* connection, const Answer& answer) const {
    const std::unique_ptr<MHD_Response, void (*)(MHD_Response*)> response(
        MHD_create_response_from_buffer(answer.body.size(), const_cast<char*>(answer.body.data()), MHD_RESPMEM_MUST_COPY), MHD_destroy_response);
    if (!response)
        return MHD_NO;
    if (answer.status != 204)
        MHD_add_response_header(response.get(), "Content-Type", answer.type);
    if (answer.retry)
        MHD_add_response_header(response.get(), "Retry-After", std::to_string(kRetrySeconds).c_str());
    if (answer.status == 405)
        MHD_add_response_header(response.get(), "Allow", "POST");
    if (answer.close)
        MHD_add_response_header(response.get(), "Connection", "close");
    return MHD_queue_response(connection, answer.status, response.get());
}

std::unique_ptr<Receiver> createHttpReceiver(ListenOptions options, DeliveryTarget& target) { return std::make_unique<HttpReceiver>(std::move(options), target); }

}  // namespace nj::source

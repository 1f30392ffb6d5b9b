// The API on libmicrohttpd: one thread for the connections, a request waits suspended for its answer.
#include "api/api_server.h"

#include <microhttpd.h>
#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>

#include "api/query_pool.h"
#include "source/connection_watch.h"
#include "source/request_guard.h"

namespace nj::api {
namespace {

constexpr size_t kHeaderBytes = 64U << 10;
constexpr size_t kMaxForm = 4U << 20;
constexpr unsigned kMaxConnections = 64;
constexpr unsigned kUnreadSeconds = 60;      // an answer nobody reads
constexpr size_t kUnsent = size_t{1} << 30;  // bytes of answers under way above which no more are made
constexpr const char* kPlainText = "text/plain; charset=utf-8";
constexpr const char* kForm = "application/x-www-form-urlencoded";

std::string_view header(MHD_Connection* connection, const char* name) {
    const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value ? std::string_view(value) : std::string_view();
}

struct Exchange {
    std::string target;  // path and query string as they came
    std::string form;
    bool begun = false, waiting = false;
    std::optional<Answer> answer;  // set before the connection is resumed
};

class MicroServer final : public ApiServer {
public:
    MicroServer(std::string capsule, ServerOptions options)
        : options_(std::move(options)), pool_(std::move(capsule), options_.limits, options_.threads, options_.maxWaiting), watch_({}) {}
    ~MicroServer() override { stop(); }

    Status start() override;
    void stop() override;
    [[nodiscard]] std::string address() const override {
        const std::string& host = options_.listen.host;
        return (host.find(':') != std::string::npos ? "[" + host + "]" : host) + ":" + std::to_string(port_);
    }

private:
    // An answer's bytes while they are sent, counted.
    struct Sending {
        std::string body;
        std::atomic<size_t>& unsent;
    };
    static void* onTarget(void* self, const char* target, MHD_Connection* connection);
    static MHD_Result onRequest(void* self, MHD_Connection* connection, const char* url, const char* method, const char* version,
                                const char* data, size_t* size, void** context);
    static void onCompleted(void* self, MHD_Connection* connection, void** context, MHD_RequestTerminationCode why);
    static void onConnection(void* self, MHD_Connection* connection, void** socket, MHD_ConnectionNotificationCode what);

    std::optional<Answer> refuse(MHD_Connection* connection) const;
    MHD_Result finish(MHD_Connection* connection, const char* method, Exchange& exchange);
    MHD_Result send(MHD_Connection* connection, Answer answer, bool close = false);

    const ServerOptions options_;
    QueryPool pool_;
    source::ConnectionWatch watch_;
    std::atomic<size_t> unsent_ = 0;
    MHD_Daemon* daemon_ = nullptr;
    uint16_t port_ = 0;
};

Status MicroServer::start() {
    const source::ListenOptions& listen = options_.listen;
    if (!source::isLoopback(listen.host) && listen.token.empty())
        return makeError(ErrorCode::kInvalidArgument, listen.host + " can be reached from other computers: a token is needed (--token)");
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(listen.host.c_str(), std::to_string(listen.port).c_str(), &hints, &found) != 0 || !found)
        return makeError(ErrorCode::kInvalidArgument, "'" + listen.host + "' is no address of this computer");
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);
    NJ_RETURN_IF_ERROR(pool_.start());
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                           (found->ai_family == AF_INET6 ? static_cast<unsigned>(MHD_USE_IPv6) : 0U);
    daemon_ = MHD_start_daemon(flags, 0, nullptr, nullptr, &MicroServer::onRequest, this, MHD_OPTION_SOCK_ADDR, found->ai_addr,
                               MHD_OPTION_CONNECTION_LIMIT, kMaxConnections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, kHeaderBytes + (64U << 10),
                               MHD_OPTION_CONNECTION_TIMEOUT, kUnreadSeconds, MHD_OPTION_URI_LOG_CALLBACK, &MicroServer::onTarget, this,
                               MHD_OPTION_NOTIFY_COMPLETED, &MicroServer::onCompleted, this, MHD_OPTION_NOTIFY_CONNECTION,
                               &MicroServer::onConnection, this, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!daemon_) {
        const std::string why = std::strerror(errno);
        pool_.stop();
        return makeError(ErrorCode::kBusy,
                         "cannot listen on " + listen.host + ":" + std::to_string(listen.port) + " (" + why + "): choose another port");
    }
    const MHD_DaemonInfo* bound = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT);
    port_ = bound ? bound->port : listen.port;
    return {};
}

void MicroServer::stop() {
    if (!daemon_)
        return;
    // Not MHD_quiesce_daemon: its race with the daemon's own thread ends the program (as in source/http_receiver.cpp).
    pool_.stop();  // all suspended connections are resumed: libmicrohttpd ends the program where one is not
    MHD_stop_daemon(daemon_);
    daemon_ = nullptr;
}

void* MicroServer::onTarget(void* /*self*/, const char* target, MHD_Connection* /*connection*/) {
    auto exchange = std::make_unique<Exchange>();
    exchange->target = target;
    return exchange.release();  // onCompleted deletes it
}

void MicroServer::onConnection(void* self, MHD_Connection* connection, void** /*socket*/, MHD_ConnectionNotificationCode what) {
    auto& watch = static_cast<MicroServer*>(self)->watch_;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED)
        watch.closed(connection);
    else if (const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD))
        watch.opened(connection, info->connect_fd);
}

void MicroServer::onCompleted(void* self, MHD_Connection* connection, void** context, MHD_RequestTerminationCode /*why*/) {
    delete static_cast<Exchange*>(*context);
    *context = nullptr;
    static_cast<MicroServer*>(self)->watch_.idle(connection);
}

MHD_Result MicroServer::onRequest(void* self, MHD_Connection* connection, const char* /*url*/, const char* method, const char* /*version*/,
                                  const char* data, size_t* size, void** context) {
    auto* server = static_cast<MicroServer*>(self);
    auto& exchange = *static_cast<Exchange*>(*context);
    if (!exchange.begun) {
        exchange.begun = true;
        server->watch_.receiving(connection, 0);
        auto refusal = server->refuse(connection);
        return refusal ? server->send(connection, std::move(*refusal), true) : MHD_YES;
    }
    if (*size > 0) {
        const std::string_view piece(data, *size);
        *size = 0;
        if (exchange.form.size() + piece.size() > kMaxForm)
            return MHD_NO;
        exchange.form.append(piece);
        server->watch_.receiving(connection, exchange.form.size());
        return MHD_YES;
    }
    if (exchange.waiting)
        return exchange.answer ? server->send(connection, std::move(*exchange.answer)) : MHD_YES;
    return server->finish(connection, method, exchange);
}

// Before a byte of the body is read.
std::optional<Answer> MicroServer::refuse(MHD_Connection* connection) const {
    const source::Caller caller{header(connection, "Host"), header(connection, "Origin"), header(connection, "Sec-Fetch-Site"),
                                header(connection, "Authorization"), header(connection, "x-otlp-api-key")};
    if (const source::Verdict verdict = source::judge(caller, options_.listen); verdict != source::Verdict::kWelcome) {
        const unsigned status = verdict == source::Verdict::kWrongHost ? 421 : verdict == source::Verdict::kForeignPage ? 403 : 401;
        return Answer{status, std::string(source::verdictText(verdict)), kPlainText};
    }
    const std::string length(header(connection, "Content-Length"));
    if (!length.empty() && std::strtoull(length.c_str(), nullptr, 10) > kMaxForm)
        return Answer{413, "the form is larger than " + std::to_string(kMaxForm) + " bytes\n", kPlainText};
    return std::nullopt;
}

MHD_Result MicroServer::finish(MHD_Connection* connection, const char* method, Exchange& exchange) {
    watch_.answering(connection);
    const std::string_view target = exchange.target;
    const size_t mark = std::min(target.find('?'), target.size());
    const bool form = header(connection, "Content-Type").starts_with(kForm);
    Request request{
        method, percentDecoded(target.substr(0, mark), false),
        Parameters(target.substr(std::min(target.size(), mark + 1)), form ? std::string_view(exchange.form) : std::string_view())};
    exchange.form = {};
    if (unsent_ > kUnsent)
        return send(connection, failure(makeError(ErrorCode::kBusy, "too many answers are under way")));
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    exchange.waiting = true;
    MHD_suspend_connection(connection);
    const bool taken = pool_.submit(std::move(request), info ? info->connect_fd : -1, [connection, exchange = &exchange](Answer answer) {
        exchange->answer = std::move(answer);
        MHD_resume_connection(connection);
    });
    if (!taken) {
        exchange.answer = failure(makeError(ErrorCode::kBusy, "too many queries wait: try again later"));
        MHD_resume_connection(connection);
    }
    return MHD_YES;
}

MHD_Result MicroServer::send(MHD_Connection* connection, Answer answer, bool close) {
    const size_t size = answer.body.size();
    unsent_ += size;
    auto sending = std::make_unique<Sending>(Sending{std::move(answer.body), unsent_});
    const auto read = [](void* context, uint64_t at, char* into, size_t room) -> ssize_t {
        const std::string& body = static_cast<Sending*>(context)->body;
        const size_t n = std::min(room, body.size() - static_cast<size_t>(at));
        std::memcpy(into, body.data() + at, n);
        return static_cast<ssize_t>(n);
    };
    const auto release = [](void* context) {
        const std::unique_ptr<Sending> sent(static_cast<Sending*>(context));
        sent->unsent -= sent->body.size();
    };
    const std::unique_ptr<MHD_Response, void (*)(MHD_Response*)> response(
        MHD_create_response_from_callback(size, 256U << 10, read, sending.get(), release), MHD_destroy_response);
    if (!response) {
        unsent_ -= size;
        return MHD_NO;
    }
    (void)sending.release();  // the response's now
    MHD_add_response_header(response.get(), "Content-Type", answer.type);
    if (const std::string origin(header(connection, "Origin")); !origin.empty() && answer.status != 403) {
        MHD_add_response_header(response.get(), "Access-Control-Allow-Origin", origin.c_str());  // judge() knows it
        MHD_add_response_header(response.get(), "Vary", "Origin");
    }
    if (answer.status == 405)
        MHD_add_response_header(response.get(), "Allow", "GET, POST");
    if (answer.status == 401)
        MHD_add_response_header(response.get(), "WWW-Authenticate", "Bearer");
    if (close)
        MHD_add_response_header(response.get(), "Connection", "close");
    return MHD_queue_response(connection, answer.status, response.get());
}

}  // namespace

std::unique_ptr<ApiServer> createApiServer(std::string capsule, ServerOptions options) {
    return std::make_unique<MicroServer>(std::move(capsule), std::move(options));
}

}  // namespace nj::api

#include "source/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <chrono>

#include "base/json_writer.h"
#include "base/utf8.h"

namespace nj::source {
namespace {

constexpr long kConnectSeconds = 10;
constexpr size_t kErrorBody = 16U << 10;   // kept of an answer that is no success
constexpr size_t kErrorWords = 300;

struct Transfer {
    const HttpClient::BodySink* sink = nullptr;
    const std::stop_token* stop = nullptr;
    CURL* curl = nullptr;
    HttpResponse response;
    size_t maxBody = 0;
    bool tooLong = false, ended = false;
};

size_t onBody(char* data, size_t, size_t n, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    long status = 0;
    curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.bytes += n;
    if (transfer.response.bytes > transfer.maxBody) {
        transfer.tooLong = true;
        return 0;
    }
    if (status / 100 != 2) {
        if (transfer.response.body.size() < kErrorBody)
            transfer.response.body.append(data, std::min(n, kErrorBody - transfer.response.body.size()));
        return n;
    }
    if (!*transfer.sink) {
        transfer.response.body.append(data, n);
        return n;
    }
    if ((*transfer.sink)(std::string_view(data, n)))
        return n;
    transfer.ended = true;
    return 0;
}

int onProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return static_cast<Transfer*>(user)->stop->stop_requested() ? 1 : 0; }

// What a server said in its refusal, in one line: "error" of Prometheus' JSON, "message" of Grafana's, else the text.
std::string wordsOf(std::string_view body) {
    for (const std::string_view key : {"\"error\":\"", "\"message\":\"", "\"error\": \"", "\"message\": \""})
        if (const size_t at = body.find(key); at != std::string_view::npos) {
            body = body.substr(at + key.size());
            size_t end = 0;
            while (end < body.size() && body[end] != '"')
                end += body[end] == '\\' ? 2 : 1;
            body = body.substr(0, std::min(end, body.size()));
            break;
        }
    std::string words = repairUtf8(body.substr(0, kErrorWords));
    for (char& c : words)
        if (static_cast<unsigned char>(c) < ' ')
            c = ' ';
    while (words.ends_with(' '))
        words.pop_back();
    return words;
}

// scheme://host[:port] of a URL, without what may be secret in it.
std::string hostOf(std::string_view url) {
    const size_t scheme = url.find("://");
    const size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
    std::string_view host = url.substr(start, url.find_first_of("/?#", start) - start);
    host = host.substr(host.find('@') == std::string_view::npos ? 0 : host.find('@') + 1);
    return std::string(url.substr(0, start)) + std::string(host);
}

}  // namespace

struct HttpClient::Handle {
    Handle() {
        static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
        (void)global;
        curl = curl_easy_init();
    }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    CURL* curl = nullptr;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)), handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request, const std::stop_token& stop, const BodySink& sink) {
    CURL* curl = handle_->curl;
    if (curl == nullptr)
        return makeError(ErrorCode::kInternal, "libcurl can't be set up");
    curl_easy_reset(curl);   // keeps the connections
    Transfer transfer;
    transfer.sink = &sink;
    transfer.stop = &stop;
    transfer.curl = curl;
    transfer.maxBody = options_.maxBody;
    char reason[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout / kMillisecond));
    if (!request.asIs)
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "nightjar");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, onProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    if (!options_.token.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, options_.token.c_str());
    } else if (!options_.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
    }
    if (!options_.caFile.empty())
        curl_easy_setopt(curl, CURLOPT_CAINFO, options_.caFile.c_str());
    if (!options_.proxy.empty())
        curl_easy_setopt(curl, CURLOPT_PROXY, options_.proxy.c_str());
    if (!request.contentType.empty()) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    curl_slist* list = nullptr;
    const auto addHeader = [&](const std::string& line) {
        // A line end would begin a header of its own.
        if (line.find_first_of("\r\n") == std::string::npos)
            list = curl_slist_append(list, line.c_str());
    };
    for (const auto* headers : {static_cast<const std::vector<std::string>*>(&options_.headers), &request.headers})
        for (const std::string& line : *headers)
            addHeader(line);
    if (!request.contentType.empty())
        addHeader("Content-Type: " + request.contentType);
    addHeader("Expect:");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    const auto before = std::chrono::steady_clock::now();
    const CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(list);
    transfer.response.took = std::chrono::nanoseconds(std::chrono::steady_clock::now() - before).count();
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &transfer.response.status);
    const char* type = nullptr;
    if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK && type != nullptr)
        transfer.response.contentType = type;
    if (curl_off_t seconds = 0; curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
        transfer.response.retryAfter = std::min<curl_off_t>(seconds, 3600) * kSecond;
    const std::string host = hostOf(request.url);
    if (stop.stop_requested())
        return makeError(ErrorCode::kCancelled, "stopped");
    if (transfer.tooLong)
        return makeError(ErrorCode::kLimit, fmt::format("{}: the answer is longer than {} MiB", host, options_.maxBody >> 20));
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no http or https URL", repairUtf8(request.url.substr(0, 200))));
    if (code != CURLE_OK && !transfer.ended)
        return makeError(ErrorCode::kIo, fmt::format("{}: {}", host, reason[0] != '\0' ? reason : curl_easy_strerror(code)));
    return std::move(transfer.response);
}

Result<HttpResponse> HttpClient::fetch(const HttpRequest& request, const std::stop_token& stop, const BodySink& sink) {
    NJ_ASSIGN(HttpResponse response, send(request, stop, sink));
    if (response.status / 100 == 2)
        return response;
    return refusal(request, response);
}

Error HttpClient::refusal(const HttpRequest& request, const HttpResponse& response) {
    const std::string words = wordsOf(response.body);
    std::string message = fmt::format("{} answered {}", hostOf(request.url), response.status);
    if (!words.empty())
        message += ": " + words;
    if (response.status == 401 || response.status == 403)
        message += " (it wants a token, or a user and a password)";
    const bool passes = response.status == 429 || response.status == 502 || response.status == 503 || response.status == 504;
    return makeError(passes ? ErrorCode::kIo : response.status == 404 ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument, std::move(message));
}

HttpOptions httpOptions(const SourceConfig& config) {
    HttpOptions options;
    options.token = config.value("token");
    options.user = config.value("user");
    options.password = config.value("password");
    options.caFile = config.value("ca");
    options.proxy = config.value("proxy");
    options.headers = config.all("header");
    if (const std::string tenant = config.value("tenant"); !tenant.empty())
        options.headers.push_back("X-Scope-OrgID: " + tenant);
    return options;
}

std::string urlEncoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string formEncoded(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string out;
    for (const auto& [name, value] : pairs)
        out += (out.empty() ? "" : "&") + urlEncoded(name) + '=' + urlEncoded(value);
    return out;
}

}  // namespace nj::source

// An HTTP client for sources, on libcurl: bounded, cancellable, without surprises (http and https only, credentials stay with their host).
// Used by one thread; keeps its connection between requests.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "source/source.h"

namespace nj::source {

struct HttpOptions {
    std::string token;                 // bearer
    std::string user, password;        // basic
    std::vector<std::string> headers;  // "X-Scope-OrgID: team-a"
    std::string caFile, proxy;         // "" = the system's
    size_t maxBody = 256U << 20;       // after decompression
    DurationNs timeout = 2 * kMinute;  // of a whole request
};

// The fields that sources on HTTP have in common.
#define NJ_HTTP_FIELDS                                                                                                                        \
    {"tenant", "Tenant", FieldKind::kText, "", "sent as X-Scope-OrgID"}, {"user", "User", FieldKind::kText, "", "for basic authentication"},   \
        {"password", "Password", FieldKind::kSecret}, {"token", "Token", FieldKind::kSecret, "", "bearer or service-account token"},         \
        {"header", "Headers", FieldKind::kText, "", "Name: value", false, true}, {"ca", "CA file", FieldKind::kPath, "", "PEM, for a private certificate"}, \
        {"proxy", "Proxy", FieldKind::kText, "", "http://proxy:3128"}

HttpOptions httpOptions(const SourceConfig& config);

struct HttpRequest {
    std::string url;
    std::string body;                  // POST where contentType is not empty
    std::string contentType;
    std::vector<std::string> headers;  // beside the client's
    bool asIs = false;                 // the body is handed out in the encoding it came in
};

struct HttpResponse {
    long status = 0;
    std::string contentType;
    std::string body;                  // "" where a sink took it
    uint64_t bytes = 0;                // decompressed
    DurationNs took = 0;
    DurationNs retryAfter = 0;         // what Retry-After asks for, 0 = it does not
};

class HttpClient {
public:
    explicit HttpClient(HttpOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Takes a piece of the body of a 2xx answer; false ends the request.
    using BodySink = std::function<bool(std::string_view)>;
    // Any status is an answer. Errors: kIo (not reached, timed out, broken off), kLimit (body too long), kCancelled, kInvalidArgument (URL).
    Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop, const BodySink& sink = {});
    // As send, but what is not 2xx is an error: kIo for 429 and 5xx, which pass; kInvalidArgument with the server's words for others.
    Result<HttpResponse> fetch(const HttpRequest& request, const std::stop_token& stop, const BodySink& sink = {});

    // What fetch() makes of an answer that is not 2xx.
    static Error refusal(const HttpRequest& request, const HttpResponse& response);

private:
    struct Handle;
    HttpOptions options_;
    std::unique_ptr<Handle> handle_;
};

// "a b&c" → "a%20b%26c"
std::string urlEncoded(std::string_view text);
// name=value&…, both encoded.
std::string formEncoded(const std::vector<std::pair<std::string, std::string>>& pairs);
inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

}  // namespace nj::source

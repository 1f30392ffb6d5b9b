#include "source/request_guard.h"

#include <algorithm>
#include <charconv>

namespace nj::source {
namespace {

// The name in "name:port", "[::1]:port".
std::string_view nameOf(std::string_view host) {
    if (host.starts_with('['))
        return host.substr(0, host.find(']') == std::string_view::npos ? 0 : host.find(']') + 1);
    return host.substr(0, host.rfind(':'));
}

bool contains(const std::vector<std::string>& list, std::string_view name) { return std::find(list.begin(), list.end(), name) != list.end(); }

bool hasToken(const Caller& caller, const std::string& token) {
    constexpr std::string_view kBearer = "Bearer ";
    const std::string_view bearer = caller.authorization.starts_with(kBearer) ? caller.authorization.substr(kBearer.size()) : std::string_view();
    const bool byHeader = equalSecrets(bearer, token), byKey = equalSecrets(caller.apiKey, token);
    return byHeader || byKey;
}

}  // namespace

bool equalSecrets(std::string_view a, std::string_view b) {
    unsigned different = a.size() == b.size() ? 0U : 1U;
    for (size_t i = 0; i < a.size(); ++i)
        different |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[b.empty() ? 0 : i % b.size()]));
    return different == 0 && !b.empty();
}

Status checkListen(const ListenOptions& options) {
    if (options.certificate.empty() != options.privateKey.empty())
        return makeError(ErrorCode::kInvalidArgument, "a TLS certificate and its key are needed together (--tls-cert, --tls-key)");
    if (isLoopback(options.host))
        return {};
    if (options.token.empty())
        return makeError(ErrorCode::kInvalidArgument, options.host + " can be reached from other computers: a token is needed (--token)");
    if (options.certificate.empty() && !options.plain)
        return makeError(ErrorCode::kInvalidArgument, options.host + " can be reached from other computers: TLS is needed (--tls-cert, --tls-key, or --plain behind a proxy that does it)");
    return {};
}

Verdict judge(const Caller& caller, const ListenOptions& options) {
    const std::string_view name = nameOf(caller.host);
    // A receiver of other addresses is called by names we can't know: its token is the check.
    if (isLoopback(options.host) && !isLoopback(name) && !contains(options.hosts, name))
        return Verdict::kWrongHost;
    if (!caller.origin.empty() && !contains(options.origins, caller.origin))
        return Verdict::kForeignPage;
    if (caller.fetchSite == "cross-site" && caller.origin.empty())
        return Verdict::kForeignPage;
    if (!options.token.empty() && !hasToken(caller, options.token))
        return Verdict::kNoToken;
    return Verdict::kWelcome;
}

std::string_view verdictText(Verdict verdict) {
    switch (verdict) {
    case Verdict::kWelcome: return "";
    case Verdict::kWrongHost: return "This receiver answers to localhost only. Allow another name with --allow-host.";
    case Verdict::kForeignPage: return "Web pages may not post here. Allow one with --allow-origin.";
    case Verdict::kNoToken: return "A token is needed: Authorization: Bearer … or x-otlp-api-key.";
    }
    return "";
}

bool isLoopback(std::string_view host) {
    if (host == "localhost" || host == "::1" || host == "[::1]")
        return true;
    // 127.0.0.0/8, in four decimal numbers and nothing else: "127.0.0.1.evil.example" is a name.
    int parts = 0;
    for (bool more = true; more && parts < 4; ++parts) {
        const size_t dot = host.find('.');
        const std::string_view part = host.substr(0, dot);
        unsigned value = 256;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (error != std::errc() || end != part.data() + part.size() || part.size() > 3 || value > 255 || (parts == 0 && value != 127))
            return false;
        more = dot != std::string_view::npos;
        host = more ? host.substr(dot + 1) : std::string_view();
        if (!more)
            return parts == 3;
    }
    return false;
}

Result<ListenOptions> parseListen(std::string_view text, uint16_t defaultPort) {
    ListenOptions options;
    options.port = defaultPort;
    std::string_view host = text, port;
    const size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    if (const size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    } else if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
        host = {};
        port = text;
    }
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    if (!host.empty())
        options.host = host;
    if (!port.empty()) {
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
        if (error != std::errc() || end != port.data() + port.size())
            return makeError(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is no address: use HOST:PORT, such as 127.0.0.1:4318");
    }
    return options;
}

}  // namespace nj::source

// Access logs: nginx and Apache (common, combined, with a virtual host in front), Envoy, uvicorn.
#include "format/log_shapes.h"
#include "format/log_text.h"
#include "format/severity_words.h"

namespace nj::format {
namespace {

using text::isDigit;

// The next blank-separated token from `at`, which moves behind it.
std::string_view nextToken(std::string_view line, size_t& at) {
    while (at < line.size() && line[at] == ' ')
        ++at;
    const size_t from = at;
    while (at < line.size() && line[at] != ' ')
        ++at;
    return line.substr(from, at - from);
}

// The next "…" from `at`; false when the next thing is no quote.
bool nextQuoted(std::string_view line, size_t& at, std::string_view& inner) {
    while (at < line.size() && line[at] == ' ')
        ++at;
    bool escaped = false;
    size_t end = 0;
    if (at >= line.size() || line[at] != '"' || !text::quoted(line, at, inner, end, escaped))
        return false;
    at = end;
    return true;
}

void addStatus(std::string_view token, LogLine& out) {
    int64_t status = 0;
    if (!text::parseInt(token, status) || status < 0 || status > 999)
        return;
    out.addInt("http.response.status_code", status);
    out.severity = severityFromHttpStatus(status);
}

void addIntNamed(std::string_view key, std::string_view token, LogLine& out) {
    int64_t value = 0;
    if (text::parseInt(token, value))
        out.addInt(key, value);
}

// "10.0.0.1", "host:443 10.0.0.1", "10.0.0.1 - frank": the words in front of the time.
void addClient(std::string_view head, LogLine& out) {
    size_t at = 0;
    std::string_view client;
    std::string_view words[6];
    size_t count = 0;
    while (count < 6) {
        const std::string_view word = nextToken(head, at);
        if (word.empty())
            break;
        words[count++] = word;
    }
    size_t clientIndex = 0;
    for (size_t i = 0; i < count; ++i) {
        std::string_view word = words[i];
        if (word.size() > 2 && word.back() == ',')
            word.remove_suffix(1);
        if (text::looksLikeIp(word)) {
            client = word;
            clientIndex = i;
            break;
        }
    }
    if (client.empty() && count > 0)
        client = words[0];
    if (clientIndex > 0)
        out.addString("server.address", words[0].substr(0, words[0].find(':')));
    out.addString("client.address", client);
    if (count >= clientIndex + 3 && words[clientIndex + 2] != "-")
        out.addString("user.name", words[clientIndex + 2]);
}

}  // namespace

bool parseAccessLine(std::string_view line, LogLine& out) {
    const size_t open = line.substr(0, 300).find(" [");
    if (open == std::string_view::npos || open == 0 || open + 2 >= line.size() || !isDigit(line[open + 2]))
        return false;
    const size_t length = parseTimestamp(line.substr(open + 2), out.time);
    size_t at = open + 2 + length;
    if (length == 0 || at + 2 >= line.size() || line[at] != ']')
        return false;
    ++at;
    while (at < line.size() && line[at] == ' ')
        ++at;
    const size_t bodyAt = at;
    std::string_view request;
    if (!nextQuoted(line, at, request))
        return false;
    addClient(line.substr(0, open), out);
    parseRequestLine(request, out);
    addStatus(nextToken(line, at), out);
    addIntNamed("http.response.body.size", nextToken(line, at), out);
    std::string_view referrer, agent;
    if (nextQuoted(line, at, referrer)) {
        if (referrer != "-")
            out.addString("http.request.header.referer", referrer);
        if (nextQuoted(line, at, agent) && agent != "-")
            out.addString("user_agent.original", agent);
    }
    out.body = line.substr(bodyAt);
    return true;
}

bool parseEnvoyLine(std::string_view line, LogLine& out) {
    if (line.size() < 30 || line[0] != '[')
        return false;
    const size_t length = parseTimestamp(line.substr(1), out.time);
    size_t at = 1 + length;
    if (length == 0 || line.substr(at, 3) != "] \"")
        return false;
    ++at;
    const size_t bodyAt = at + 1;
    std::string_view request;
    if (!nextQuoted(line, at, request) || !parseRequestLine(request, out))
        return false;
    addStatus(nextToken(line, at), out);
    const std::string_view flags = nextToken(line, at);
    if (!flags.empty() && flags != "-" && !isDigit(flags[0])) {
        out.addString("envoy.response_flags", flags);
        // A cut stream is no success, whatever its status says.
        if (out.severity < 13)
            out.severity = 13;
    }
    std::string_view token = nextToken(line, at);
    if (!token.empty() && !isDigit(token[0])) {   // Istio: response code details, connection details, "upstream failure"
        if (token != "-")
            out.addString("envoy.response_code_details", token);
        token = nextToken(line, at);
        std::string_view failure;
        if (nextQuoted(line, at, failure) && failure != "-")
            out.addString("envoy.upstream_failure", failure);
        token = nextToken(line, at);
    }
    addIntNamed("http.request.body.size", token, out);
    addIntNamed("http.response.body.size", nextToken(line, at), out);
    addIntNamed("envoy.duration_ms", nextToken(line, at), out);
    addIntNamed("envoy.upstream_service_time_ms", nextToken(line, at), out);
    constexpr std::string_view kNames[] = {"client.address", "user_agent.original", "http.request.header.x-request-id", "server.address", "envoy.upstream_host"};
    for (const std::string_view name : kNames) {
        std::string_view value;
        if (!nextQuoted(line, at, value))
            break;
        if (value != "-")
            out.addString(name, value);
    }
    const std::string_view cluster = nextToken(line, at);
    if (!cluster.empty() && cluster != "-" && cluster.find('|') != std::string_view::npos)
        out.addString("envoy.upstream_cluster", cluster);
    out.body = line.substr(bodyAt);
    return true;
}

bool parseUvicornLine(std::string_view line, LogLine& out) {
    const size_t colon = line.substr(0, 10).find(':');
    if (colon == std::string_view::npos || colon < 4)
        return false;
    const std::string_view level = line.substr(0, colon);
    out.severity = severityFromWord(level);
    if (out.severity == 0 || line.substr(colon + 1, 2) != "  " || !text::isUpper(level[0]))
        return false;
    out.severityText = level;
    size_t at = colon + 1;
    while (at < line.size() && line[at] == ' ')
        ++at;
    out.body = line.substr(at);
    const size_t dash = line.find(" - \"", at);
    if (dash == std::string_view::npos || dash - at > 60)
        return true;
    size_t next = dash + 3;
    std::string_view request;
    std::string_view host;
    int64_t port = 0;
    text::splitHostPort(line.substr(at, dash - at), host, port);
    if (!nextQuoted(line, next, request) || !parseRequestLine(request, out))
        return true;
    out.addString("client.address", host);
    if (port > 0)
        out.addInt("client.port", port);
    const std::string_view word = out.severityText;
    addStatus(nextToken(line, next), out);
    out.severityText = word;
    return true;
}

}  // namespace nj::format

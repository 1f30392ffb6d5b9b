#include "source/pasted_url.h"

#include "base/utf8.h"

namespace nj::source {
namespace {

constexpr size_t kMaxParameters = 1000;

int digitOf(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

std::vector<std::pair<std::string, std::string>> pairsOf(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!text.empty() && pairs.size() < kMaxParameters) {
        const std::string_view one = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const size_t equals = one.find('=');
        if (!one.empty())
            pairs.emplace_back(urlDecoded(one.substr(0, equals)), equals == std::string_view::npos ? std::string() : urlDecoded(one.substr(equals + 1)));
    }
    return pairs;
}

}  // namespace

std::string urlDecoded(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digitOf(text[i + 1]) >= 0 && digitOf(text[i + 2]) >= 0) {
            out += static_cast<char>(digitOf(text[i + 1]) * 16 + digitOf(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return isValidUtf8(out) ? out : repairUtf8(out);
}

std::optional<PastedUrl> PastedUrl::parse(std::string_view text) {
    const size_t scheme = text.starts_with("http://") ? 7 : text.starts_with("https://") ? 8 : 0;
    if (scheme == 0 || text.find_first_of(" \t\r\n") != std::string_view::npos)
        return std::nullopt;
    PastedUrl url;
    std::string_view rest = text.substr(scheme);
    std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    rest.remove_prefix(host.size());
    if (const size_t at = host.rfind('@'); at != std::string_view::npos) {
        const std::string_view who = host.substr(0, at);
        url.user = urlDecoded(who.substr(0, who.find(':')));
        url.password = who.find(':') == std::string_view::npos ? std::string() : urlDecoded(who.substr(who.find(':') + 1));
        host.remove_prefix(at + 1);
    }
    if (host.empty() || host.find_first_of("\"<>\\^`{|}") != std::string_view::npos)
        return std::nullopt;
    url.origin = std::string(text.substr(0, scheme)) + std::string(host);
    if (const size_t hash = rest.find('#'); hash != std::string_view::npos) {
        const std::string_view fragment = rest.substr(hash + 1);
        rest = rest.substr(0, hash);
        url.fragmentPath = urlDecoded(fragment.substr(0, fragment.find('?')));
        if (const size_t question = fragment.find('?'); question != std::string_view::npos)
            url.fragment = pairsOf(fragment.substr(question + 1));
    }
    if (const size_t question = rest.find('?'); question != std::string_view::npos) {
        url.query = pairsOf(rest.substr(question + 1));
        rest = rest.substr(0, question);
    }
    url.path = rest.empty() ? "/" : std::string(rest);
    return url;
}

std::string PastedUrl::value(std::string_view name) const {
    for (const auto* pairs : {&query, &fragment})
        for (const auto& [key, text] : *pairs)
            if (key == name)
                return text;
    return {};
}

std::string PastedUrl::serverBefore(size_t tail) const {
    std::string prefix = path.substr(0, tail);
    while (prefix.ends_with('/'))
        prefix.pop_back();
    return origin + prefix;
}

}  // namespace nj::source

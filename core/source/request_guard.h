// Who may post to a port of this computer. A web page can reach loopback too (DNS rebinding, forms), so the name it was called by and the
// page it comes from are checked before anything is read. Plain values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/receiver.h"

namespace nj::source {

struct Caller {
    std::string_view host;          // Host or :authority
    std::string_view origin;        // "" = none sent
    std::string_view fetchSite;     // Sec-Fetch-Site
    std::string_view authorization;
    std::string_view apiKey;        // x-otlp-api-key
};

enum class Verdict : uint8_t {
    kWelcome,
    kWrongHost,      // 421
    kForeignPage,    // 403
    kNoToken,        // 401
};

// An address that other computers reach needs a token and TLS.
Status checkListen(const ListenOptions& options);

Verdict judge(const Caller& caller, const ListenOptions& options);
// What to tell the caller.
std::string_view verdictText(Verdict verdict);

// In a time that does not depend on where they differ.
bool equalSecrets(std::string_view a, std::string_view b);

}  // namespace nj::source

// Answers the HTTP API of a Prometheus over a capsule on an address of this computer. Started and stopped by its owner's thread; answers on
// threads of its own, while others may write into the capsule.
#pragma once

#include <memory>
#include <string>

#include "api/prometheus_api.h"
#include "source/receiver.h"

namespace nj::api {

inline constexpr uint16_t kUsualPort = 9090;

struct ServerOptions {
    source::ListenOptions listen;
    Limits limits;
    unsigned threads = 2;    // requests that are answered at once
    size_t maxWaiting = 64;  // further ones are told to come later
};

class ApiServer {
public:
    virtual ~ApiServer() = default;
    // Errors: kBusy for a taken port, kInvalidArgument for an address or one that needs a token, those of opening the capsule.
    virtual Status start() = 0;
    virtual void stop() = 0;
    // "127.0.0.1:9090", with the port that was bound.
    [[nodiscard]] virtual std::string address() const = 0;
};

std::unique_ptr<ApiServer> createApiServer(std::string capsule, ServerOptions options);

}  // namespace nj::api

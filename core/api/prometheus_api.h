// The HTTP API of a Prometheus, answered from a capsule: a request in, a status and JSON out; no sockets. Any thread, each with a
// ServedCapsule of its own.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "api/answer.h"
#include "api/parameters.h"
#include "api/served_capsule.h"

namespace nj::api {

struct Request {
    std::string method;
    std::string path;  // decoded, without the query string
    Parameters parameters;
};

struct Limits {
    std::chrono::nanoseconds timeout = std::chrono::minutes(2);  // the most a request may ask for
    size_t maxPoints = 11'000;                                   // per series of a range query
    size_t maxAnswerPoints = 20'000'000;                         // of all series of one answer
};

// The timeout a request asks for, within the limits.
Result<std::chrono::nanoseconds> timeoutOf(const Parameters& parameters, const Limits& limits);

// A request that was stopped is answered as cancelled; its caller knows why it stopped it.
Answer answer(ServedCapsule& capsule, const Request& request, const Limits& limits, const std::stop_token& stop);

}  // namespace nj::api

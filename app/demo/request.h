// One request of the demo's day and what became of it. Times are seconds after the scenario's start. Plain values.
#pragma once

#include <array>
#include <cstdint>

#include "base/ids.h"

namespace nj::demo {

enum class Outcome : uint8_t {
    kNone,       // no such attempt
    kAnswered,
    kDeadline,   // no first byte within the gateway's deadline: 504, cancelled in the engine
    kCut,        // the client went away while the answer streamed: 200 with flag DC
};

struct Attempt {
    double start = 0;         // at the gateway
    double scheduled = 0;     // first taken from the engine's queue; meaningless when never scheduled
    double firstToken = 0;    // at the engine
    double end = 0;           // at the engine; for kDeadline at the gateway
    uint16_t preemptions = 0;
    Outcome outcome = Outcome::kNone;
};

struct Request {
    double start = 0;         // arrival at the gateway
    double prepared = 0;      // prompt ready, the first attempt starts
    double end = 0;
    TraceId trace;
    uint32_t prompt = 0, cached = 0, output = 0, queryChars = 0;   // tokens, of them in the prefix cache, tokens, characters
    uint32_t generated = 0;   // tokens delivered
    uint32_t session = 0;
    uint16_t tenant = 0;
    uint8_t replica = 0;      // 0 = vllm-a, 1 = vllm-b
    bool deployed = false;    // served by retriever 2.14.0
    bool sampled = false;
    bool retrieval = true;    // small talk needs no documents
    float searchSeconds = 0;  // in the vector store
    std::array<Attempt, 2> attempts;

    [[nodiscard]] const Attempt& last() const { return attempts[attempts[1].outcome == Outcome::kNone ? 0 : 1]; }
    [[nodiscard]] bool failed() const { return last().outcome == Outcome::kDeadline; }
};

}  // namespace nj::demo

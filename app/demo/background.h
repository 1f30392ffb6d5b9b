// The requests that never reach a replica: everyday refusals, the scanner, and the rollouts' moments without a retriever.
// Deterministic in the day; plain values.
#pragma once

#include <string>
#include <vector>

#include "demo/day.h"

namespace nj::demo {

enum class SideKind : uint8_t { kTenantLimit, kBadRequest, kNotFound, kScanner, kRetrieverGone, kGuardrailTimeout };

struct SideRequest {
    double time = 0;
    SideKind kind = SideKind::kTenantLimit;
    uint16_t tenant = 0;
    std::string client;
    std::string path;
};

struct Background {
    std::vector<SideRequest> requests;   // by time
};

Background makeBackground(const Day& day);

}  // namespace nj::demo

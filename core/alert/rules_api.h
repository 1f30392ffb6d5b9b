// The answer of Prometheus's /api/v1/rules, as a capsule keeps it. Untrusted input; pure function, any thread.
#pragma once

#include <string_view>

#include "alert/alert_state.h"
#include "alert/rule.h"
#include "base/result.h"

namespace nj::alert {

// An alert that was pending or firing when the server was asked.
struct ActiveAlert {
    std::string rule, group;
    NamedTexts labels, annotations;
    AlertState state = AlertState::kInactive;
    TimeNs since = 0;
    std::string value;
    bool operator==(const ActiveAlert&) const = default;
};

struct RulesAnswer {
    RuleSet rules;
    std::vector<ActiveAlert> alerts;
};
Result<RulesAnswer> readRulesAnswer(std::string_view json);

}  // namespace nj::alert

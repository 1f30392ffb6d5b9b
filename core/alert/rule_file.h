// A Prometheus rule file (YAML), or a PrometheusRule object of Kubernetes, → its rules. Untrusted input; pure function, any thread; what
// the YAML library throws stays inside. Rules are checked as promtool does: an error leaves that rule out and is listed.
#pragma once

#include <string_view>

#include "alert/rule.h"
#include "base/result.h"

namespace nj::alert {

inline constexpr size_t kMaxRuleFileBytes = size_t{4} << 20;
inline constexpr size_t kMostGroups = 2'000;
inline constexpr size_t kMostRules = 20'000;

// Errors: not YAML ("rules.yml:3: …"), no rule file at all, out of bounds.
Result<RuleSet> readRuleFile(std::string_view yaml, std::string_view fileName);

}  // namespace nj::alert

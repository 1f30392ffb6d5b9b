// Alerting and recording rules as Prometheus has them. Plain values: any thread may hold one. Labels' and annotations' templates are as
// their author wrote them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace nj::alert {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;   // in the order of the file

struct Rule {
    bool recording = false;
    std::string name;              // the alert's, or the metric recorded
    std::string expr;
    DurationNs hold = 0;           // `for`: pending so long before it fires
    DurationNs keepFiring = 0;     // `keep_firing_for`
    NamedTexts labels, annotations;
    int line = 0;                  // in its file, from 1; 0 = not from a file
    bool operator==(const Rule&) const = default;
};

inline constexpr DurationNs kDefaultInterval = kMinute;   // Prometheus's evaluation_interval unless it is told otherwise

struct RuleGroup {
    std::string name, file;
    DurationNs interval = 0;       // 0 = the default
    DurationNs queryOffset = 0;
    int limit = 0;                 // most series of one rule; 0 = none
    NamedTexts labels;             // of each of its rules
    std::vector<Rule> rules;
    int line = 0;
    bool operator==(const RuleGroup&) const = default;
};

// What is wrong in a rule file, as promtool would say it.
struct RuleProblem {
    std::string where;             // "rules.yml:12"
    std::string what;              // "rule 'HighLatency': expr: 1:5: parse error: …"
    bool operator==(const RuleProblem&) const = default;
};

struct RuleSet {
    std::vector<RuleGroup> groups; // only rules without a problem
    std::vector<RuleProblem> problems;
    [[nodiscard]] size_t ruleCount() const {
        size_t count = 0;
        for (const RuleGroup& group : groups)
            count += group.rules.size();
        return count;
    }
};

}  // namespace nj::alert

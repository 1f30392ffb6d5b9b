// What promtool checks of a rule. Pure function, any thread.
#pragma once

#include <string>
#include <vector>

#include "alert/rule.h"

namespace nj::alert {

struct Wrong {
    std::string part;   // "expr", "label 'severity'"
    std::string what;
};
// What is wrong with a rule, in the order of its parts; none = it can be evaluated.
std::vector<Wrong> checkRule(const Rule& rule);
std::vector<Wrong> checkLabels(const NamedTexts& labels, const char* kind, bool templates = true);

}  // namespace nj::alert

// Rule files and the API's rules: read or refused; every rule kept is one that passes the checks, and its templates expand.
#include <cstdlib>
#include <string_view>

#include "alert/rule_check.h"
#include "alert/rule_file.h"
#include "alert/rule_template.h"
#include "alert/rules_api.h"
#include "fuzz_entry.h"

namespace {

void check(const nj::alert::RuleSet& set) {
    for (const nj::alert::RuleGroup& group : set.groups)
        for (const nj::alert::Rule& rule : group.rules) {
            if (!checkRule(rule).empty())
                std::abort();
            for (const auto& [name, text] : rule.annotations)
                static_cast<void>(nj::alert::expandTemplate(text, rule.labels, 1.5));
        }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(nj::alert::expandTemplate(text, {{"a", "b"}}, 2));
    static_cast<void>(nj::alert::templateProblem(text));
    if (const auto set = nj::alert::readRuleFile(text, "fuzz.yml"); set.ok())
        check(*set);
    if (const auto answer = nj::alert::readRulesAnswer(text); answer.ok())
        check(answer->rules);
    return 0;
}

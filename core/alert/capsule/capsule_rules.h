// The rules a capsule holds: the rule files people saved in it, and those of the Prometheus it was filled from. Reads only; used by the
// thread that owns the reader.
#pragma once

#include <string>
#include <vector>

#include "alert/rules_api.h"
#include "store/capsule_reader.h"

namespace nj::alert {

// One saved file, or the rules of one server as they were told last.
struct CapsuleRules {
    std::string name;       // the file's; of a server the address that was asked
    std::string id;         // of the saved definition; "" = a server's
    RuleSet rules;          // problems: also that nothing could be read
    std::vector<ActiveAlert> alerts;   // of a server: active when it was asked
};

// Saved files by name, then servers in the order they were asked first.
Result<std::vector<CapsuleRules>> rulesOf(store::CapsuleReader& reader);

// The end of the path under which a server's rules are kept as a document: its address and this.
inline constexpr std::string_view kRulesPath = "/api/v1/rules";

}  // namespace nj::alert

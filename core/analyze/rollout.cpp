#include "analyze/rollout.h"

namespace nj::analyze {

bool RolloutHistory::isReturn(std::string_view text) {
    constexpr std::string_view kNamed = "replica set ";
    const size_t at = text.find(kNamed);
    if (at == std::string_view::npos)
        return false;
    std::string_view name = text.substr(at + kNamed.size());
    name = name.substr(0, name.find(' '));
    if (text.find("Scaled down") != std::string_view::npos) {
        left_.emplace(name);
        return false;
    }
    return left_.find(name) != left_.end();
}

}  // namespace nj::analyze

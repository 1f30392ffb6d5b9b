// Filters over labels that hold for every selector of every query of a dashboard (Grafana's adhoc variables), each as a matcher's text:
// job="api". Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nj::dashboard {

// What a person types: gpu=3, gpu = "3", job=~"a|b" → its matcher's text; nothing of what is none.
std::optional<std::string> filterOf(std::string_view typed);
// The expression with the filters added to each of its selectors; as it is where it does not parse, or there are none.
std::string filtered(const std::string& expression, const std::vector<std::string>& filters);

}  // namespace nj::dashboard

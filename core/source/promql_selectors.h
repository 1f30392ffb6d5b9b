// The series a PromQL expression reads, as selectors by themselves: what has to be fetched to evaluate it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nj::source {

// "sum by (pod) (rate(http_requests_total{job=\"a\"}[5m])) / up" → http_requests_total{job="a"}, up. Each once, in order. Matchers with a
// dashboard's variables ($job) are left out. Text that is no PromQL gives whatever looks like a selector in it.
std::vector<std::string> selectorsIn(std::string_view expression);

}  // namespace nj::source

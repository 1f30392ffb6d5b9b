// A PromQL vector selector, taken apart: what remote read asks for instead of an expression. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nj::source {

struct LabelMatcher {
    enum class Type : uint8_t { kEqual = 0, kNotEqual = 1, kRegex = 2, kNotRegex = 3 } type = Type::kEqual;   // numbers of prompb.LabelMatcher
    std::string name, value;
    bool operator==(const LabelMatcher&) const = default;
};

// up{job="a", instance!~'b.*'}, {__name__=~"vllm:.+"}, {"utf-8 name", x="y"}. kInvalidArgument says at which character it goes wrong.
Result<std::vector<LabelMatcher>> parseSelector(std::string_view text);

}  // namespace nj::source

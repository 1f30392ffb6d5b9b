// Packs: the series of a kind of system, so that nobody has to write matchers at 3 a.m. Constant data.
#pragma once

#include <span>
#include <string_view>

namespace nj::source {

struct PrometheusPack {
    std::string_view name;       // "vllm"
    std::string_view title;      // "vLLM"
    std::string_view selector;   // {__name__=~"vllm:.+"}
};

std::span<const PrometheusPack> prometheusPacks();
const PrometheusPack* findPack(std::string_view name);

}  // namespace nj::source

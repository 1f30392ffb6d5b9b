// The files of resources/demo, compiled into the program. Immutable, any thread.
#pragma once

#include <string_view>

namespace nj::demo {

std::string_view scenarioJson();
std::string_view truthJson();

}  // namespace nj::demo

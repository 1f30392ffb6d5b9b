// Runs the commands of a promqltest script against the engine and says what did not come out as expected. One thread.
#pragma once

#include <string>
#include <vector>

#include "promql/engine.h"
#include "promql/memory_querier.h"
#include "promql/test_script.h"

namespace nj::test {

struct ScriptOutcome {
    size_t passed = 0;
    std::vector<std::string> failures;   // one text per failed eval, or why the script can't be read
};
ScriptOutcome runScript(const std::string& text);

}  // namespace nj::test

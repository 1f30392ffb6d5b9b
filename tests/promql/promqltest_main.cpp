// promqltest FILE.test…: runs scripts of Prometheus's test language for PromQL against Nightjar's engine. Exit status 1 if any failed.
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

#include "promql/test_run.h"

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: promqltest FILE.test...\n", stderr);
        return 2;
    }
    bool anyFailed = false;
    for (int i = 1; i < argc; ++i) {
        const std::string path = argv[i];
        const std::string name = path.substr(path.find_last_of('/') + 1);
        std::ifstream file(path, std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        nj::test::ScriptOutcome outcome = nj::test::runScript(text.str());
        if (!file)
            outcome = {0, {"the file can't be read"}};
        for (const std::string& failure : outcome.failures)
            fmt::print("{}: {}\n", name, failure);
        fmt::print("{}: {} passed, {} failed\n", name, outcome.passed, outcome.failures.size());
        anyFailed = anyFailed || !outcome.failures.empty();
    }
    return anyFailed ? 1 : 0;
}

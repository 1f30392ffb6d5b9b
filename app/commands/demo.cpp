// nightjar demo: builds the demo incident from its scenario, by the ordinary import, and opens it.
#include <cstdio>

#include <fmt/format.h>

#include "commands/command.h"
#include "commands/import_printer.h"
#include "commands/interrupt.h"
#include "import_job.h"
#include "open_window.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule;
    bool noWindow = false;
};

Status build(const Options& options) {
    if (options.capsule.empty())
        return makeError(ErrorCode::kInvalidArgument, "--no-window needs --capsule PATH: where to write the demo");
    const Interrupt interrupt;
    ImportPrinter printer(false);
    const auto writing = [](std::string_view what, double share) { fmt::print(stderr, "\r\x1b[Kwriting the demo's files: {} {:.0f} %", what, share * 100); };
    NJ_ASSIGN(const ingest::ImportReport report, runDemoImport(options.capsule, {}, writing, std::ref(printer), interrupt.token()));
    print(importReportText(report));
    return {};
}

}  // namespace

void addDemoCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "demo", "Build the demo incident and open it");
    command.option("--capsule", options->capsule, "where to write it");
    command.flag("--no-window", options->noWindow, "only build it");
    command.callback([options, &exitCode] {
        if (!options->noWindow) {
            WindowRequest request;
            request.demo = true;
            request.demoCapsule = options->capsule;
            exitCode = openWindow(request, 0, nullptr);
            return;
        }
        const Status status = build(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

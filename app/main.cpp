// nightjar: the command line. Without a subcommand, paths open the window.
#include <CLI/CLI.hpp>

#include "commands/command.h"
#include "open_window.h"

int main(int argc, char** argv) {
    CLI::App app("Nightjar opens an incident: metrics, logs and traces in one local file");
    app.name("nightjar");
    app.set_version_flag("--version", NIGHTJAR_VERSION);
    app.require_subcommand(0, 1);
    nj::app::WindowRequest window;
    app.add_option("PATH", window.paths, "a capsule, or files, directories and archives to open in a new one, or a nightjar: link");
    app.add_option("--view", window.view, "view to show: nightjar views lists them");
    app.add_option("--range", window.range, "FROM..TO");
    app.add_option("--filter", window.filter, "search");
    app.add_option("--select", window.select, "a trace id, trace:<id>, span:<seq>, log:<seq>, event:<seq>, series:<id>");
    app.add_option("--theme", window.theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));
    int exitCode = 0;
    nj::app::addCommands(app, exitCode);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 reports --help and usage errors by exceptions; they end here.
        return app.exit(error) == 0 ? 0 : nj::app::kExitUsage;
    }
    if (app.get_subcommands().empty())
        return nj::app::openWindow(window, argc, argv);
    return exitCode;
}

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
    app.add_option("PATH", window.paths, "a capsule, or files, directories and archives to open in a new one");
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

// Opens the window and runs it until it is closed. Main thread. Built without the window, it says so.
#pragma once

#include <string>
#include <vector>

namespace nj::app {

struct WindowRequest {
    std::vector<std::string> paths;   // one capsule, or files to import into a new one; empty = start page
    bool demo = false;                // build the demo incident
    std::string demoCapsule;          // "" = in the user's data folder
    std::string theme;                // "dark", "light", "" = as last time
    // Where to look, of one capsule: view id, FROM..TO, search, selection; "" = where it was left.
    std::string view, range, filter, select;
};

// Returns the exit code.
int openWindow(const WindowRequest& request, int argc, char** argv);

}  // namespace nj::app

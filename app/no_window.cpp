// Stands in for app/window where Nightjar is built without the window (NIGHTJAR_UI=OFF).
#include <cstdio>

#include "open_window.h"

namespace nj::app {

int openWindow(const WindowRequest&, int, char**) {
    std::fputs("nightjar: this build has no window; use the subcommands (nightjar --help)\n", stderr);
    return 1;
}

}  // namespace nj::app

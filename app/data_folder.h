// Where the program keeps what is the user's and of no capsule.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace nj::app {

// "" where neither XDG_DATA_HOME nor HOME says where.
inline std::filesystem::path dataFolder() {
    const char* data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr && data[0] == '/')
        return std::filesystem::path(data) / "nightjar";
    const char* home = std::getenv("HOME");
    return home != nullptr && home[0] == '/' ? std::filesystem::path(home) / ".local/share/nightjar" : std::filesystem::path();
}

}  // namespace nj::app

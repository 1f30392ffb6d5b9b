// Which files a source follows: paths, patterns such as /var/log/pods/*/*/*.log, and folders with all that is in them. Any thread.
#pragma once

#include <string>
#include <vector>

namespace nj::source {

class FollowPlaces {
public:
    // Absolute paths; "-" is no place.
    explicit FollowPlaces(std::vector<std::string> places) : places_(std::move(places)) {}

    struct Found {
        std::vector<std::string> files;     // without hidden and compressed ones; sorted, each once
        std::vector<std::string> folders;   // in which new ones may appear
        std::vector<std::string> problems;  // "/var/log/x: Permission denied"
        bool cut = false;                   // there are more files than `most`: the newest are given
    };
    [[nodiscard]] Found find(size_t most) const;

    // Files that logrotate and its like made of `path`: "app.log.1", "app.log-20260317"; not compressed, the oldest first.
    static std::vector<std::string> rotatedFrom(const std::string& path);
    // Whether `path` has the name of a file that was made of `of` by rotating it.
    static bool isRotated(const std::string& path, const std::string& of);
    static bool isCompressed(const std::string& path);

private:
    const std::vector<std::string> places_;
};

}  // namespace nj::source

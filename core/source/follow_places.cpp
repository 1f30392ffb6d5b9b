#include "source/follow_places.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

namespace nj::source {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 8;
constexpr size_t kMostEntries = 100'000;   // looked at in folders

bool isHidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

bool isPlain(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

fs::file_time_type changedAt(const std::string& path) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    return error ? fs::file_time_type::min() : time;
}

void takeFolder(const fs::path& folder, std::set<std::string>& files, FollowPlaces::Found& found) {
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(folder, error);
    if (error)
        found.problems.push_back(fmt::format("{}: {}", folder.native(), error.message()));
    found.folders.push_back(folder.native());
    size_t seen = 0;
    for (; !error && entry != fs::recursive_directory_iterator() && ++seen <= kMostEntries; entry.increment(error)) {
        std::error_code ignored;
        if (isHidden(entry->path())) {
            entry.disable_recursion_pending();
        } else if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
            if (entry.depth() >= kDeepest)
                entry.disable_recursion_pending();
            else
                found.folders.push_back(entry->path().native());
        } else if (isPlain(entry->path()) && !FollowPlaces::isCompressed(entry->path().native())) {
            files.insert(entry->path().native());
        }
    }
}

void takePattern(const std::string& pattern, std::set<std::string>& files, FollowPlaces::Found& found) {
    glob_t matches{};
    if (::glob(pattern.c_str(), GLOB_NOSORT | GLOB_BRACE, nullptr, &matches) == 0)
        for (size_t i = 0; i < matches.gl_pathc; ++i) {
            const fs::path path = matches.gl_pathv[i];
            std::error_code ignored;
            if (fs::is_directory(path, ignored))
                takeFolder(path, files, found);
            else if (isPlain(path) && !FollowPlaces::isCompressed(path.native()))
                files.insert(path.native());
        }
    ::globfree(&matches);
    // The folder before the first wildcard: there the rest of the path may come into being.
    const size_t wild = pattern.find_first_of("*?[{");
    found.folders.push_back(pattern.substr(0, std::max<size_t>(pattern.rfind('/', wild), 1)));
}

}  // namespace

bool FollowPlaces::isCompressed(const std::string& path) {
    for (const char* end : {".gz", ".zst", ".xz", ".bz2", ".lz4", ".zip", ".Z", ".br", ".7z", ".tgz", ".tar"})
        if (path.ends_with(end))
            return true;
    return false;
}

FollowPlaces::Found FollowPlaces::find(size_t most) const {
    Found found;
    std::set<std::string> files;
    for (const std::string& place : places_) {
        std::error_code ignored;
        if (fs::is_directory(place, ignored))
            takeFolder(place, files, found);
        else if (place.find_first_of("*?[{") != std::string::npos && !isPlain(place))
            takePattern(place, files, found);
        else if (isCompressed(place))
            found.problems.push_back(place + " is compressed: open it instead");
        else
            files.insert(place);
    }
    found.files.assign(files.begin(), files.end());
    if (found.files.size() > most) {
        std::vector<std::pair<fs::file_time_type, std::string>> dated;
        for (std::string& path : found.files)
            dated.emplace_back(changedAt(path), std::move(path));
        std::sort(dated.rbegin(), dated.rend());
        found.files.clear();
        for (size_t i = 0; i < most; ++i)
            found.files.push_back(std::move(dated[i].second));
        std::sort(found.files.begin(), found.files.end());
        found.cut = true;
    }
    for (const std::string& path : found.files)
        found.folders.push_back(fs::path(path).parent_path().native());
    std::sort(found.folders.begin(), found.folders.end());
    found.folders.erase(std::unique(found.folders.begin(), found.folders.end()), found.folders.end());
    return found;
}

bool FollowPlaces::isRotated(const std::string& path, const std::string& of) {
    return path.size() > of.size() && path.starts_with(of) && std::strchr(".-_", path[of.size()]) != nullptr && path.find('/', of.size()) == std::string::npos &&
           path.find_first_of("0123456789oO", of.size()) != std::string::npos;   // .1, -20260317, .old
}

std::vector<std::string> FollowPlaces::rotatedFrom(const std::string& path) {
    std::vector<std::pair<fs::file_time_type, std::string>> dated;
    std::error_code error;
    size_t seen = 0;
    for (auto entry = fs::directory_iterator(fs::path(path).parent_path(), error); !error && entry != fs::directory_iterator() && ++seen <= kMostEntries; entry.increment(error))
        if (const std::string& name = entry->path().native(); isRotated(name, path) && !isCompressed(name) && isPlain(name))
            dated.emplace_back(changedAt(name), name);
    std::sort(dated.begin(), dated.end());
    std::vector<std::string> paths;
    for (auto& one : dated)
        paths.push_back(std::move(one.second));
    return paths;
}

}  // namespace nj::source

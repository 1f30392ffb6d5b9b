#include "ingest/path_list.h"

#include <algorithm>
#include <filesystem>

namespace nj::ingest {
namespace {

namespace fs = std::filesystem;

class Walk {
public:
    Walk(const DecodeLimits& limits, std::stop_token stop) : limits_(limits), stop_(std::move(stop)) {}

    void add(const std::string& given) {
        if (given == "-") {
            list_.files.push_back({given, 0});
            return;
        }
        std::error_code error;
        const fs::file_status status = fs::status(given, error);
        if (status.type() == fs::file_type::directory)
            addDirectory(given);
        else if (status.type() == fs::file_type::not_found)
            refuse(given, ErrorCode::kNotFound, given + " does not exist");
        else if (error)
            refuse(given, ErrorCode::kIo, given + ": " + error.message());
        else
            addFile(given, status);
    }
    PathList take() { return std::move(list_); }

private:
    void refuse(const std::string& path, ErrorCode code, std::string message) { list_.refused.push_back({path, makeError(code, std::move(message))}); }

    void addFile(const std::string& path, const fs::file_status& status) {
        if (status.type() != fs::file_type::regular)
            return refuse(path, ErrorCode::kUnsupported, path + " is no regular file (a pipe, socket or device) and was not read; '-' reads standard input");
        if (path.size() > limits_.pathBytes)
            return refuse(path.substr(0, 200), ErrorCode::kLimit, "a path is over " + std::to_string(limits_.pathBytes) + " bytes");
        std::error_code error;
        const auto size = fs::file_size(path, error);
        list_.files.push_back({path, error ? 0 : static_cast<uint64_t>(size)});
    }

    void addDirectory(const std::string& root) {
        std::error_code error;
        const fs::path canonicalRoot = fs::canonical(root, error);
        const size_t first = list_.files.size();
        auto it = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
        if (error)
            return refuse(root, ErrorCode::kIo, root + ": " + error.message());
        uint64_t seen = 0;
        for (; it != fs::recursive_directory_iterator() && !stop_.stop_requested(); it.increment(error)) {
            if (error)
                break;
            if (++seen > limits_.entries) {
                refuse(root, ErrorCode::kLimit, root + " holds more than " + std::to_string(limits_.entries) + " entries; the rest was not read");
                break;
            }
            addEntry(*it, canonicalRoot);
        }
        if (error)
            refuse(root, ErrorCode::kIo, root + ": " + error.message() + "; the rest of the directory was not read");
        std::sort(list_.files.begin() + static_cast<std::ptrdiff_t>(first), list_.files.end(), [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; });
    }

    // The iterator does not enter linked directories; a link to a file counts when the file lies in the same tree.
    void addEntry(const fs::directory_entry& entry, const fs::path& canonicalRoot) {
        std::error_code error;
        const std::string path = entry.path().string();
        const fs::file_status own = entry.symlink_status(error);
        if (own.type() == fs::file_type::directory)
            return;
        if (own.type() != fs::file_type::symlink)
            return addFile(path, own);
        const fs::path target = fs::canonical(entry.path(), error);
        if (error)
            return refuse(path, ErrorCode::kNotFound, path + " is a link to nothing");
        const bool inside = std::mismatch(canonicalRoot.begin(), canonicalRoot.end(), target.begin(), target.end()).first == canonicalRoot.end();
        if (!inside)
            return refuse(path, ErrorCode::kUnsupported, path + " is a link out of the directory and was not followed");
        // Its target is read where it lies.
    }

    const DecodeLimits& limits_;
    const std::stop_token stop_;
    PathList list_;
};

}  // namespace

PathList listFiles(const std::vector<std::string>& paths, const DecodeLimits& limits, std::stop_token stop) {
    Walk walk(limits, std::move(stop));
    for (const std::string& path : paths)
        walk.add(path);
    return walk.take();
}

}  // namespace nj::ingest

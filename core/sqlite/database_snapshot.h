// A state of a database file on disk that nobody changes while it is read. A file that is at rest is taken as it is; one with a write-ahead
// log or a journal beside it, or written a moment ago, is copied to a private folder first, where SQLite brings it to its last committed
// state. The original is only ever read, and not locked but for the last resort. One thread; owns its descriptor.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace nj::sqlite {

class DatabaseSnapshot {
public:
    struct Options {
        uint64_t maxCopyBytes = 4ULL << 30;   // one larger, with nothing beside it, is taken as it is: unchanged() tells
        int64_t atRestSeconds = 10;        // a file not written for so long is at rest
        int patienceMs = 3'000;            // for a file that changes all the time
        std::function<bool()> stop;        // true ends it with kCancelled
    };
    // Errors: kIo, kLimit and kDiskFull (no room for the copy), kBusy (its writer leaves no pause), kCancelled.
    static Result<DatabaseSnapshot> take(const std::string& path, const Options& options);
    DatabaseSnapshot(DatabaseSnapshot&& other) noexcept;
    DatabaseSnapshot& operator=(DatabaseSnapshot&& other) noexcept;
    ~DatabaseSnapshot();

    [[nodiscard]] int descriptor() const { return fd_; }
    [[nodiscard]] bool copied() const { return copied_; }
    // A log or journal stood beside it and was taken in.
    [[nodiscard]] bool recovered() const { return recovered_; }
    // The log or journal beside it could not be taken in, and why; "" = it could, or there was none.
    [[nodiscard]] const std::string& leftOut() const { return leftOut_; }
    // Nothing wrote to the file since: true for a copy.
    [[nodiscard]] bool unchanged() const;

private:
    struct State {
        uint64_t device = 0, inode = 0, size = 0;
        int64_t modified = 0, changed = 0;
        bool operator==(const State&) const = default;
    };
    class Taking;
    DatabaseSnapshot() = default;

    int fd_ = -1;
    bool copied_ = false, recovered_ = false;
    std::string leftOut_;
    State state_;
};

}  // namespace nj::sqlite

// The one writer of a capsule: a lock on a file beside it, held while the writer lives. Binds Nightjar only.
#pragma once

#include <string>

#include "base/result.h"

namespace nj::store {

class WriteLock {
public:
    // kBusy where another process, or another writer of this one, holds it.
    static Result<WriteLock> take(const std::string& capsule);
    WriteLock(WriteLock&& other) noexcept;
    WriteLock& operator=(WriteLock&&) = delete;
    ~WriteLock();

private:
    WriteLock(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    int fd_;
    std::string path_;
};

}  // namespace nj::store

#include "store/write_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace nj::store {

Result<WriteLock> WriteLock::take(const std::string& capsule) {
    const std::string path = capsule + "-lock";
    for (int attempt = 0; attempt < 16; ++attempt) {
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0)
            return makeError(errno == EACCES || errno == EROFS ? ErrorCode::kReadOnly : ErrorCode::kIo, path + " cannot be made: " + std::strerror(errno));
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
            ::close(fd);
            return makeError(ErrorCode::kBusy, capsule + " is being written by another Nightjar. Close it there, or open the capsule for reading.");
        }
        // The holder before may have removed the file between our open and our lock.
        struct stat mine {}, named {};
        if (::fstat(fd, &mine) == 0 && ::stat(path.c_str(), &named) == 0 && mine.st_ino == named.st_ino)
            return WriteLock(fd, path);
        ::close(fd);
    }
    return makeError(ErrorCode::kBusy, capsule + " is being opened by several writers at once");
}

WriteLock::WriteLock(WriteLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
WriteLock::~WriteLock() {
    if (fd_ < 0)
        return;
    ::unlink(path_.c_str());
    ::close(fd_);
}

}  // namespace nj::store

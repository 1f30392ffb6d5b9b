#include "ingest/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace nj::ingest {
namespace {

Error ioError(const std::string& what) { return makeError(ErrorCode::kIo, what + ": " + std::strerror(errno)); }

const char* kindOf(mode_t mode) {
    if (S_ISFIFO(mode))
        return "a named pipe";
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

// A file without a name: gone when the descriptor is closed, however the process ends.
int openUnnamedFile() {
    const char* configured = std::getenv("TMPDIR");
    const std::string folder = configured && *configured ? configured : "/tmp";
#ifdef O_TMPFILE
    const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    std::string name = folder + "/nightjar-XXXXXX";
    const int named = ::mkstemp(name.data());
    if (named >= 0)
        ::unlink(name.c_str());
    return named;
}

Status writeAll(int fd, const char* bytes, size_t size) {
    while (size > 0) {
        const ssize_t n = ::write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return makeError(errno == ENOSPC ? ErrorCode::kDiskFull : ErrorCode::kIo, std::string("writing a temporary file: ") + std::strerror(errno));
        bytes += n;
        size -= static_cast<size_t>(n);
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path, FileBudget& budget) {
    // O_NONBLOCK: opening a FIFO without a writer must not wait; it changes nothing for regular files.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ioError(path);
    std::unique_ptr<FileSource> source(new FileSource(fd, true, budget));
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        return ioError(path);
    if (!S_ISREG(info.st_mode))
        return makeError(ErrorCode::kUnsupported, path + " is " + kindOf(info.st_mode) + " and was not read; '-' reads standard input");
    source->seekable_ = true;
    source->size_ = static_cast<uint64_t>(info.st_size);
    source->modifiedAt_ = static_cast<TimeNs>(info.st_mtim.tv_sec) * kSecond + info.st_mtim.tv_nsec;
    return source;
}

std::unique_ptr<FileSource> FileSource::standardInput(FileBudget& budget) { return std::unique_ptr<FileSource>(new FileSource(0, false, budget)); }

Result<std::unique_ptr<FileSource>> FileSource::spool(ByteSource& from, FileBudget& budget) {
    const int fd = openUnnamedFile();
    if (fd < 0)
        return ioError("creating a temporary file");
    std::unique_ptr<FileSource> source(new FileSource(fd, true, budget));
    source->seekable_ = true;
    source->counted_ = false;
    std::vector<char> buffer(256U << 10);
    while (true) {
        NJ_ASSIGN(const size_t n, from.read(buffer.data(), buffer.size()));
        if (n == 0)
            break;
        if (source->size_ + n > budget.limits().spoolBytes)
            return makeError(ErrorCode::kLimit, "an archive inside an archive is over " + std::to_string(budget.limits().spoolBytes >> 20) + " MiB; unpack it and import it by itself");
        NJ_RETURN_IF_ERROR(writeAll(fd, buffer.data(), n));
        source->size_ += n;
    }
    NJ_RETURN_IF_ERROR(source->seek(0));
    return source;
}

FileSource::~FileSource() {
    if (owned_)
        ::close(fd_);
}

Result<size_t> FileSource::read(char* buffer, size_t size) {
    while (true) {
        NJ_RETURN_IF_ERROR(budget_.chargeRead(0));
        if (!seekable_) {
            pollfd waiting{fd_, POLLIN, 0};
            if (::poll(&waiting, 1, 50) == 0)
                continue;
        }
        const ssize_t n = ::read(fd_, buffer, size);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return ioError("reading");
        position_ += static_cast<uint64_t>(n);
        const auto read = static_cast<uint64_t>(n);
        const uint64_t fresh = seekable_ ? std::min(read, size_ - std::min(size_, charged_)) : read;
        charged_ += fresh;
        if (counted_)
            NJ_RETURN_IF_ERROR(budget_.chargeRead(fresh));
        return static_cast<size_t>(n);
    }
}

Status FileSource::seek(uint64_t offset) {
    if (::lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0)
        return ioError("seeking");
    position_ = offset;
    return {};
}

bool FileSource::ready(std::chrono::milliseconds patience) {
    if (seekable_)
        return true;
    // In steps, as read() waits: a stop is not kept waiting.
    const auto end = std::chrono::steady_clock::now() + patience;
    do {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 50) != 0 || !budget_.chargeRead(0).ok())
            return true;
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

PeekedSource::PeekedSource(ByteSource& inner) : inner_(inner) { peekMore(); }

void PeekedSource::peekMore() {
    size_t filled = sample_.size();
    while (filled < kSampleBytes && !complete_ && !error_) {
        // Grows with what is there: archives may hold very many tiny entries.
        if (filled == sample_.size())
            sample_.resize(std::min(kSampleBytes, std::max<size_t>(4'096, filled * 4)));
        auto n = inner_.read(sample_.data() + filled, sample_.size() - filled);
        if (!n.ok())
            error_ = n.error();
        else if (*n == 0)
            complete_ = true;
        else
            filled += *n;
        const bool hasLine = filled > 0 && std::memchr(sample_.data(), '\n', filled) != nullptr;
        if (hasLine && !complete_ && !error_ && filled < kSampleBytes && !inner_.ready(kPatience))
            break;
    }
    sample_.resize(filled);
}

Result<size_t> PeekedSource::read(char* buffer, size_t size) {
    if (given_ < sample_.size()) {
        const size_t n = std::min(size, sample_.size() - given_);
        std::memcpy(buffer, sample_.data() + given_, n);
        given_ += n;
        return n;
    }
    if (error_)
        return *error_;
    if (complete_)
        return size_t{0};
    return inner_.read(buffer, size);
}

}  // namespace nj::ingest

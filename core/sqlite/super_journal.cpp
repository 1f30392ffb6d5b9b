#include "sqlite/super_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace nj::sqlite {
namespace {

constexpr std::array<unsigned char, 8> kMagic = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
constexpr off_t kShortest = 16;

class File {
public:
    File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK)) {}
    ~File() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    // Where the magic lies, -1 = nowhere.
    [[nodiscard]] off_t end() const {
        struct stat info {};
        if (fd_ < 0 || ::fstat(fd_, &info) != 0 || info.st_size < kShortest)
            return -1;
        std::array<unsigned char, 8> bytes{};
        const off_t at = info.st_size - static_cast<off_t>(bytes.size());
        return ::pread(fd_, bytes.data(), bytes.size(), at) == static_cast<ssize_t>(bytes.size()) && bytes == kMagic ? at : -1;
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    const int fd_;
};

}  // namespace

bool namesSuperJournal(const std::string& journal) { return File(journal, O_RDONLY).end() >= 0; }

Status forgetSuperJournal(const std::string& journal) {
    const File file(journal, O_RDWR | O_NOFOLLOW);
    const off_t at = file.end();
    if (at < 0)
        return {};
    const std::array<unsigned char, 8> nothing{};
    if (::pwrite(file.get(), nothing.data(), nothing.size(), at) != static_cast<ssize_t>(nothing.size()))
        return makeError(ErrorCode::kIo, journal + ": " + std::strerror(errno));
    return {};
}

}  // namespace nj::sqlite

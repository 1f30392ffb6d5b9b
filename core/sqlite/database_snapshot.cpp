#include "sqlite/database_snapshot.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <thread>
#include <utility>
#include <vector>

#include "sqlite/database.h"
#include "sqlite/super_journal.h"

namespace nj::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kPiece = 1U << 20;
constexpr size_t kWalHeader = 32;
constexpr int kBackupPages = 256;

class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

// A folder of this user alone; what is in it goes with it.
class PrivateFolder {
public:
    static Result<PrivateFolder> make() {
        const char* configured = std::getenv("TMPDIR");
        std::string pattern = std::string(configured != nullptr && *configured != '\0' ? configured : "/tmp") + "/nightjar-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr)
            return makeError(ErrorCode::kIo, "no private folder can be made for a copy of the database: " + std::string(std::strerror(errno)));
        return PrivateFolder(pattern);
    }
    PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    PrivateFolder& operator=(PrivateFolder&&) = delete;
    ~PrivateFolder() {
        if (path_.empty())
            return;
        for (const char* suffix : {"", "-wal", "-journal", "-shm"})
            ::unlink(file(suffix).c_str());
        ::rmdir(path_.c_str());
    }
    [[nodiscard]] std::string file(const char* suffix) const { return path_ + "/copy.db" + suffix; }

private:
    explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

Status copyError(int error, uint64_t size) {
    if (error == ENOSPC || error == EDQUOT)
        return makeError(ErrorCode::kDiskFull, "there is no room for a private copy of the database (" + std::to_string(size >> 20) + " MiB); TMPDIR names another folder");
    return makeError(ErrorCode::kIo, std::string("copying the database: ") + std::strerror(error));
}

Status writeAll(int fd, const char* bytes, size_t size) {
    while (size > 0) {
        const ssize_t n = ::write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return copyError(errno, size);
        bytes += n;
        size -= static_cast<size_t>(n);
    }
    return {};
}

Status copyBytes(int from, const std::string& to, uint64_t size, const std::function<bool()>& stop) {
    const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (out.get() < 0)
        return copyError(errno, size);
    std::vector<char> buffer(kPiece);
    for (uint64_t at = 0; at < size;) {
        if (stop && stop())
            return makeError(ErrorCode::kCancelled, "reading was stopped");
        const ssize_t n = ::pread(from, buffer.data(), std::min<uint64_t>(buffer.size(), size - at), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return copyError(errno, size);
        if (n == 0)
            break;
        NJ_RETURN_IF_ERROR(writeAll(out.get(), buffer.data(), static_cast<size_t>(n)));
        at += static_cast<uint64_t>(n);
    }
    return {};
}

// Waits a little for locks of others, then copies page by page under one read lock: the writer waits meanwhile, as for any reader.
Status backUp(const std::string& from, const std::string& to, const std::function<bool()>& stop) {
    NJ_ASSIGN(Database source, Database::open(from, OpenMode::kReadOnly));
    NJ_ASSIGN(Database target, Database::open(to, OpenMode::kCreate));
    NJ_RETURN_IF_ERROR(source.execute("BEGIN; SELECT count(*) FROM sqlite_schema"));
    sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    if (backup == nullptr)
        return makeError(ErrorCode::kIo, sqlite3_errmsg(target.handle()));
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK && !(stop && stop()))
        rc = sqlite3_backup_step(backup, kBackupPages);
    sqlite3_backup_finish(backup);
    if (rc == SQLITE_OK)
        return makeError(ErrorCode::kCancelled, "reading was stopped");
    return rc == SQLITE_DONE ? Status() : makeError(ErrorCode::kBusy, sqlite3_errstr(rc));
}

}  // namespace

// One attempt after the other until nothing changed meanwhile.
class DatabaseSnapshot::Taking {
public:
    Taking(std::string path, const Options& options) : path_(std::move(path)), options_(options) {}

    Result<DatabaseSnapshot> run() {
        Descriptor main(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (main.get() < 0)
            return makeError(ErrorCode::kIo, path_ + ": " + std::strerror(errno));
        const State state = stateOf(main.get());
        if (stateOf(path_ + "-wal").size == 0 && stateOf(path_ + "-journal").size == 0 && (atRest(state) || state.size > options_.maxCopyBytes)) {
            snapshot_.fd_ = main.release();
            snapshot_.state_ = state;
            return std::move(snapshot_);
        }
        NJ_ASSIGN(const PrivateFolder folder, PrivateFolder::make());
        NJ_RETURN_IF_ERROR(copy(main.get(), folder));
        NJ_RETURN_IF_ERROR(recover(main.get(), folder));
        snapshot_.fd_ = ::open(folder.file("").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (snapshot_.fd_ < 0)
            return copyError(errno, 0).error();
        snapshot_.copied_ = true;
        snapshot_.state_ = stateOf(snapshot_.fd_);
        return std::move(snapshot_);
    }

    static State stateOf(int fd) {
        struct stat info {};
        return ::fstat(fd, &info) == 0 ? from(info) : State();
    }

private:
    static State from(const struct stat& info) {
        const auto ns = [](const timespec& t) { return static_cast<int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec; };
        return {static_cast<uint64_t>(info.st_dev), static_cast<uint64_t>(info.st_ino), static_cast<uint64_t>(info.st_size), ns(info.st_mtim), ns(info.st_ctim)};
    }
    static State stateOf(const std::string& path) {
        struct stat info {};
        return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? from(info) : State();
    }
    [[nodiscard]] bool atRest(const State& state) const {
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME, &now);
        return static_cast<int64_t>(now.tv_sec) - state.modified / 1'000'000'000 >= options_.atRestSeconds;
    }

    Status copy(int main, const PrivateFolder& folder) {
        const auto end = Clock::now() + std::chrono::milliseconds(options_.patienceMs);
        do {
            NJ_ASSIGN(const bool whole, copyOnce(main, folder));
            if (whole)
                return {};
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
        } while (Clock::now() < end);
        for (const char* suffix : {"", "-wal", "-journal"})
            ::unlink(folder.file(suffix).c_str());
        const Status backedUp = backUp(path_, folder.file(""), options_.stop);
        if (!backedUp.ok() && backedUp.error().code != ErrorCode::kCancelled && backedUp.error().code != ErrorCode::kDiskFull)
            return makeError(ErrorCode::kBusy, "another program is writing to " + path_ + " without a pause (" + backedUp.error().message + "); end it, or import a copy of the file");
        return backedUp;
    }

    // The log may grow meanwhile: its frames are checked, those behind the last whole commit are left out. A log that was begun anew, or a
    // database that changed, makes the pair worthless.
    Result<bool> copyOnce(int main, const PrivateFolder& folder) {
        const State before = stateOf(main), journal = stateOf(path_ + "-journal");
        const uint64_t bytes = before.size + journal.size + stateOf(path_ + "-wal").size;
        if (bytes > options_.maxCopyBytes)
            return makeError(ErrorCode::kLimit, "the database is in use and over " + std::to_string(options_.maxCopyBytes >> 20) + " MiB: end the program that writes to it, then import it");
        NJ_RETURN_IF_ERROR(copyBytes(main, folder.file(""), before.size, options_.stop));
        for (const char* suffix : {"-wal", "-journal"})
            ::unlink(folder.file(suffix).c_str());
        const Descriptor wal(::open((path_ + "-wal").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        const auto header = headerOf(wal.get());
        if (wal.get() >= 0)
            NJ_RETURN_IF_ERROR(copyBytes(wal.get(), folder.file("-wal"), stateOf(wal.get()).size, options_.stop));
        if (journal.size > 0) {
            const Descriptor file(::open((path_ + "-journal").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
            if (file.get() < 0)
                return false;
            NJ_RETURN_IF_ERROR(copyBytes(file.get(), folder.file("-journal"), journal.size, options_.stop));
            NJ_RETURN_IF_ERROR(forgetSuperJournal(folder.file("-journal")));
        }
        const Descriptor again(::open((path_ + "-wal").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        return stateOf(main) == before && stateOf(path_ + "-journal") == journal && (again.get() < 0) == (wal.get() < 0) && headerOf(again.get()) == header;
    }

    static std::array<char, kWalHeader> headerOf(int fd) {
        std::array<char, kWalHeader> header{};
        if (fd >= 0 && ::pread(fd, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size()))
            header.fill(0);
        return header;
    }

    Status recover(int main, const PrivateFolder& folder) {
        if (stateOf(folder.file("-wal")).size == 0 && stateOf(folder.file("-journal")).size == 0)
            return {};
        const Status done = [&]() -> Status {
            NJ_ASSIGN(Database db, Database::open(folder.file(""), OpenMode::kReadWrite));
            db.setProgressHandler(10'000, [this] { return options_.stop && options_.stop(); });
            NJ_RETURN_IF_ERROR(db.execute("SELECT count(*) FROM sqlite_schema"));
            NJ_ASSIGN([[maybe_unused]] const auto moved, db.checkpoint("TRUNCATE"));
            return {};
        }();
        if (done.ok()) {
            snapshot_.recovered_ = true;
            return {};
        }
        if (options_.stop && options_.stop())
            return makeError(ErrorCode::kCancelled, "reading was stopped");
        snapshot_.leftOut_ = done.error().message;
        for (const char* suffix : {"-wal", "-journal", "-shm"})
            ::unlink(folder.file(suffix).c_str());
        return copyBytes(main, folder.file(""), stateOf(main).size, options_.stop);
    }

    const std::string path_;
    const Options& options_;
    DatabaseSnapshot snapshot_;
};

Result<DatabaseSnapshot> DatabaseSnapshot::take(const std::string& path, const Options& options) {
    char* real = ::realpath(path.c_str(), nullptr);   // the log lies beside the file itself, not beside a link to it
    const std::string file = real != nullptr ? real : path;
    std::free(real);
    return Taking(file, options).run();
}

DatabaseSnapshot::DatabaseSnapshot(DatabaseSnapshot&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), copied_(other.copied_), recovered_(other.recovered_), leftOut_(std::move(other.leftOut_)), state_(other.state_) {}
DatabaseSnapshot& DatabaseSnapshot::operator=(DatabaseSnapshot&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(state_, other.state_);
    std::swap(leftOut_, other.leftOut_);
    copied_ = other.copied_;
    recovered_ = other.recovered_;
    return *this;
}
DatabaseSnapshot::~DatabaseSnapshot() {
    if (fd_ >= 0)
        ::close(fd_);
}

bool DatabaseSnapshot::unchanged() const {
    const State now = Taking::stateOf(fd_);
    return copied_ || (now.size == state_.size && now.modified == state_.modified);
}

}  // namespace nj::sqlite

#include "sqlite/descriptor_vfs.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

namespace nj::sqlite {
namespace {

constexpr const char* kVfsName = "nightjar-descriptor";
constexpr std::string_view kPrefix = "descriptor:";

struct DescriptorFile {
    sqlite3_file base;   // first: SQLite sees only this
    int fd;
    uint64_t read;
};

DescriptorFile& self(sqlite3_file* file) { return *reinterpret_cast<DescriptorFile*>(file); }

int fileClose(sqlite3_file*) { return SQLITE_OK; }

int fileRead(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
    auto* out = static_cast<char*>(buffer);
    const auto wanted = static_cast<size_t>(amount);
    size_t have = 0;
    while (have < wanted) {
        const ssize_t n = ::pread(self(file).fd, out + have, wanted - have, static_cast<off_t>(offset) + static_cast<off_t>(have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return SQLITE_IOERR_READ;
        if (n == 0)
            break;
        have += static_cast<size_t>(n);
    }
    self(file).read += have;
    if (have == wanted)
        return SQLITE_OK;
    std::memset(out + have, 0, wanted - have);
    return SQLITE_IOERR_SHORT_READ;
}

int fileWrite(sqlite3_file*, const void*, int, sqlite3_int64) { return SQLITE_READONLY; }
int fileTruncate(sqlite3_file*, sqlite3_int64) { return SQLITE_READONLY; }
int fileSync(sqlite3_file*, int) { return SQLITE_OK; }

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
    struct stat info {};
    if (::fstat(self(file).fd, &info) != 0)
        return SQLITE_IOERR_FSTAT;
    *size = info.st_size;
    return SQLITE_OK;
}

int fileLock(sqlite3_file*, int) { return SQLITE_OK; }
int fileReserved(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}
int fileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int fileSector(sqlite3_file*) { return 4096; }
int fileTraits(sqlite3_file*) { return SQLITE_IOCAP_IMMUTABLE; }

const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods kMethods = [] {
        sqlite3_io_methods m{};
        m.iVersion = 1;
        m.xClose = fileClose;
        m.xRead = fileRead;
        m.xWrite = fileWrite;
        m.xTruncate = fileTruncate;
        m.xSync = fileSync;
        m.xFileSize = fileSize;
        m.xLock = fileLock;
        m.xUnlock = fileLock;
        m.xCheckReservedLock = fileReserved;
        m.xFileControl = fileControl;
        m.xSectorSize = fileSector;
        m.xDeviceCharacteristics = fileTraits;
        return m;
    }();
    return &kMethods;
}

int vfsOpen(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* outFlags) {
    file->pMethods = nullptr;
    const std::string_view text = name != nullptr ? name : "";
    int fd = -1;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0 || !text.starts_with(kPrefix) ||
        std::from_chars(text.data() + kPrefix.size(), text.data() + text.size(), fd).ec != std::errc{})
        return SQLITE_CANTOPEN;
    self(file).fd = fd;
    self(file).read = 0;
    file->pMethods = methods();
    if (outFlags != nullptr)
        *outFlags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

int vfsDelete(sqlite3_vfs*, const char*, int) { return SQLITE_READONLY; }
int vfsAccess(sqlite3_vfs*, const char*, int, int* result) {
    *result = 0;
    return SQLITE_OK;
}
int vfsFullName(sqlite3_vfs*, const char* name, int size, char* out) {
    const std::string_view text(name);
    if (text.size() + 1 > static_cast<size_t>(size))
        return SQLITE_CANTOPEN;
    std::copy(text.begin(), text.end(), out);
    out[text.size()] = '\0';
    return SQLITE_OK;
}

int registerVfs() {
    static sqlite3_vfs vfs{};
    const sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    if (system == nullptr)
        return SQLITE_ERROR;
    // Clock, randomness and sleeping are the system's; loading code stays impossible.
    vfs = *system;
    vfs.pNext = nullptr;
    vfs.zName = kVfsName;
    vfs.szOsFile = sizeof(DescriptorFile);
    vfs.xOpen = vfsOpen;
    vfs.xDelete = vfsDelete;
    vfs.xAccess = vfsAccess;
    vfs.xFullPathname = vfsFullName;
    vfs.xDlOpen = nullptr;
    return sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

Result<const char*> descriptorVfs() {
    static const int registered = registerVfs();
    if (registered != SQLITE_OK)
        return makeError(ErrorCode::kInternal, "SQLite takes no file system of ours");
    return kVfsName;
}

std::string descriptorName(int fd) { return std::string(kPrefix) + std::to_string(fd); }

uint64_t bytesRead(sqlite3* db) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr || file->pMethods != methods())
        return 0;
    return self(file).read;
}

}  // namespace nj::sqlite

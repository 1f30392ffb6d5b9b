#include "support/fault_vfs.h"

#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <new>
#include <thread>
#include <utility>

namespace nj::test {
namespace {

FaultVfs* gCurrent = nullptr;
sqlite3_vfs* gReal = nullptr;
sqlite3_vfs gVfs;

struct File {
    sqlite3_file base;
    std::string* path;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(this) + sizeof(File)); }
};
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }

int closeFile(sqlite3_file* file) {
    const int rc = real(file)->pMethods->xClose(real(file));
    delete reinterpret_cast<File*>(file)->path;
    file->pMethods = nullptr;
    return rc;
}
int readFile(sqlite3_file* f, void* to, int size, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, size, at); }
int writeFile(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    if ((gCurrent->room -= size) < 0) {
        gCurrent->room += size;
        return SQLITE_FULL;
    }
    return real(f)->pMethods->xWrite(real(f), from, size, at);
}
int truncateFile(sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); }
int syncFile(sqlite3_file* f, int flags) {
    if (gCurrent->failSyncs)
        return SQLITE_IOERR_FSYNC;
    ++gCurrent->syncs;
    if (const int ms = gCurrent->syncMs; ms > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    if (gCurrent->keepsSynced()) {
        sqlite3_int64 size = 0;
        if (const int rc = real(f)->pMethods->xFileSize(real(f), &size); rc != SQLITE_OK)
            return rc;
        std::string bytes(static_cast<size_t>(size), '\0');
        if (const int rc = size > 0 ? readFile(f, bytes.data(), static_cast<int>(size), 0) : SQLITE_OK; rc != SQLITE_OK)
            return rc;
        gCurrent->synced(*reinterpret_cast<File*>(f)->path, std::move(bytes));
    }
    return real(f)->pMethods->xSync(real(f), flags);
}
int fileSize(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lockFile(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlockFile(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int checkReserved(sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
int fileControl(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int sectorSize(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shmMap(sqlite3_file* f, int page, int size, int extend, void volatile** out) { return real(f)->pMethods->xShmMap(real(f), page, size, extend, out); }
int shmLock(sqlite3_file* f, int offset, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), offset, n, flags); }
void shmBarrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shmUnmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

const sqlite3_io_methods kMethods = {2,        closeFile,     readFile,    writeFile,  truncateFile,    syncFile, fileSize, lockFile,   unlockFile, checkReserved,
                                     fileControl, sectorSize, characteristics, shmMap, shmLock, shmBarrier, shmUnmap, nullptr, nullptr};

int openFile(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* outFlags) {
    auto* file = reinterpret_cast<File*>(f);
    f->pMethods = nullptr;
    const int rc = gReal->xOpen(gReal, name, file->real(), flags, outFlags);
    if (file->real()->pMethods == nullptr)
        return rc;
    if (rc != SQLITE_OK) {
        file->real()->pMethods->xClose(file->real());
        return rc;
    }
    file->path = new std::string(name != nullptr ? name : "");
    f->pMethods = &kMethods;
    return rc;
}

}  // namespace

FaultVfs::FaultVfs() {
    gReal = sqlite3_vfs_find(nullptr);
    gVfs = *gReal;
    gVfs.zName = "nightjar-faults";
    gVfs.szOsFile = static_cast<int>(sizeof(File)) + gReal->szOsFile;
    gVfs.xOpen = openFile;
    gVfs.pNext = nullptr;
    gCurrent = this;
    sqlite3_vfs_register(&gVfs, 1);
}

FaultVfs::~FaultVfs() {
    sqlite3_vfs_unregister(&gVfs);
    sqlite3_vfs_register(gReal, 1);
    gCurrent = nullptr;
}

FaultVfs* FaultVfs::current() { return gCurrent; }

void FaultVfs::synced(const std::string& path, std::string bytes) {
    const std::scoped_lock lock(mutex_);
    synced_[path] = std::move(bytes);
}

void FaultVfs::losePower(const std::string& path, const std::string& copy) const {
    const std::scoped_lock lock(mutex_);
    for (const char* suffix : {"", "-wal"}) {
        const auto it = synced_.find(path + suffix);
        if (it != synced_.end())
            std::ofstream(copy + suffix, std::ios::binary | std::ios::trunc).write(it->second.data(), static_cast<std::streamsize>(it->second.size()));
    }
}

}  // namespace nj::test

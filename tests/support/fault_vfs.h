// A disk that can be full, slow, fail to sync, or lose what was not synced: SQLite's default file system with faults in front. Installed as
// the default for the life of the object; one at a time, files must be closed before it goes. Used by one thread beside SQLite's.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace nj::test {

class FaultVfs {
public:
    FaultVfs();
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    // Bytes that may still be written beyond the ends of files or over them; then the disk is full.
    std::atomic<int64_t> room = INT64_MAX;
    std::atomic<bool> failSyncs = false;
    std::atomic<int> syncMs = 0;   // what each sync takes longer
    std::atomic<uint64_t> syncs = 0;
    // From here on keeps of each file what a loss of power would leave: its bytes at its last sync.
    void keepSynced() { keepSynced_ = true; }
    // Writes what is left of path and its WAL to `copy`.
    void losePower(const std::string& path, const std::string& copy) const;

    // For the functions that SQLite calls.
    void synced(const std::string& path, std::string bytes);
    [[nodiscard]] bool keepsSynced() const { return keepSynced_; }
    static FaultVfs* current();

private:
    std::atomic<bool> keepSynced_ = false;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> synced_;   // guarded by mutex_
};

}  // namespace nj::test

// What the readers and the writer of one capsule share within a process: the cache of hot columns (128 MiB) and the pins that keep
// retired segments until their last reader goes. Any thread.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace nj::store {

class CapsuleShared {
public:
    // The one of that capsule (path and id), made when nobody holds it yet.
    static std::shared_ptr<CapsuleShared> of(const std::string& path, const std::string& capsuleId);

    // ---- cache of whole blobs by rowid
    std::shared_ptr<const std::string> find(int64_t rowid);
    void put(int64_t rowid, std::shared_ptr<const std::string> blob);

    // ---- pins
    void pin(int64_t segment);
    void unpin(int64_t segment);
    [[nodiscard]] bool pinned(int64_t segment) const;

private:
    static constexpr size_t kCacheBytes = 128U << 20;
    struct Entry {
        std::shared_ptr<const std::string> blob;
        std::list<int64_t>::iterator age;
    };
    mutable std::mutex mutex_;
    // guarded by mutex_
    std::unordered_map<int64_t, Entry> blobs_;
    std::list<int64_t> ages_;   // newest first
    size_t bytes_ = 0;
    std::unordered_map<int64_t, size_t> pins_;
};

}  // namespace nj::store

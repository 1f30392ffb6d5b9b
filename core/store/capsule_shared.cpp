#include "store/capsule_shared.h"

#include <filesystem>
#include <map>

namespace nj::store {

std::shared_ptr<CapsuleShared> CapsuleShared::of(const std::string& path, const std::string& capsuleId) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<CapsuleShared>> known;
    std::error_code error;
    const std::string key = std::filesystem::weakly_canonical(path, error).string() + '\0' + capsuleId;
    const std::scoped_lock lock(mutex);
    std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
    auto& slot = known[key];
    auto shared = slot.lock();
    if (shared == nullptr) {
        shared = std::make_shared<CapsuleShared>();
        slot = shared;
    }
    return shared;
}

std::shared_ptr<const std::string> CapsuleShared::find(int64_t rowid) {
    const std::scoped_lock lock(mutex_);
    const auto it = blobs_.find(rowid);
    if (it == blobs_.end())
        return nullptr;
    ages_.splice(ages_.begin(), ages_, it->second.age);
    return it->second.blob;
}

void CapsuleShared::put(int64_t rowid, std::shared_ptr<const std::string> blob) {
    const std::scoped_lock lock(mutex_);
    if (blob->size() > kCacheBytes / 8 || blobs_.contains(rowid))
        return;
    bytes_ += blob->size();
    ages_.push_front(rowid);
    blobs_.emplace(rowid, Entry{std::move(blob), ages_.begin()});
    while (bytes_ > kCacheBytes) {
        const auto oldest = blobs_.find(ages_.back());
        bytes_ -= oldest->second.blob->size();
        blobs_.erase(oldest);
        ages_.pop_back();
    }
}

void CapsuleShared::pin(int64_t segment) {
    const std::scoped_lock lock(mutex_);
    ++pins_[segment];
}

void CapsuleShared::unpin(int64_t segment) {
    const std::scoped_lock lock(mutex_);
    if (const auto it = pins_.find(segment); it != pins_.end() && --it->second == 0)
        pins_.erase(it);
}

bool CapsuleShared::pinned(int64_t segment) const {
    const std::scoped_lock lock(mutex_);
    return pins_.contains(segment);
}

}  // namespace nj::store

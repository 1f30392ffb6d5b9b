// Where a segment's blobs come from: the capsule's tables, or memory for rows that are still in the journal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "store/frames.h"

namespace nj::store {

class BlobSource {
public:
    virtual ~BlobSource() = default;
    // The whole blob, nullptr where the segment has no such column. Shared and immutable.
    virtual Result<std::shared_ptr<const std::string>> whole(uint16_t column) const = 0;
    // The blob for reading in pieces, nullptr where there is none.
    virtual Result<std::shared_ptr<const ByteSource>> pieces(uint16_t column) const = 0;
};

class MemoryBlobs final : public BlobSource {
public:
    void add(uint16_t column, std::string blob) { blobs_[column] = std::make_shared<const std::string>(std::move(blob)); }
    Result<std::shared_ptr<const std::string>> whole(uint16_t column) const override {
        const auto it = blobs_.find(column);
        return it == blobs_.end() ? nullptr : it->second;
    }
    Result<std::shared_ptr<const ByteSource>> pieces(uint16_t column) const override {
        const auto it = blobs_.find(column);
        return it == blobs_.end() ? nullptr : std::shared_ptr<const ByteSource>(std::make_shared<MemorySource>(*it->second));
    }
    [[nodiscard]] const std::unordered_map<uint16_t, std::shared_ptr<const std::string>>& all() const { return blobs_; }

private:
    std::unordered_map<uint16_t, std::shared_ptr<const std::string>> blobs_;
};

}  // namespace nj::store

// The blobs of a sealed segment: rows of nj_column, through the shared cache. Used by the thread of its database.
#pragma once

#include <memory>
#include <string>

#include "sqlite/database.h"
#include "store/blob_source.h"
#include "store/capsule_shared.h"

namespace nj::store {

class StoredBlobs final : public BlobSource {
public:
    StoredBlobs(sqlite::Database& db, std::shared_ptr<CapsuleShared> shared, int64_t segment) : db_(db), shared_(std::move(shared)), segment_(segment) {}
    Result<std::shared_ptr<const std::string>> whole(uint16_t column) const override;
    Result<std::shared_ptr<const ByteSource>> pieces(uint16_t column) const override;

private:
    sqlite::Database& db_;
    std::shared_ptr<CapsuleShared> shared_;
    int64_t segment_;
};

}  // namespace nj::store

#include "store/stored_blobs.h"

#include "store/segment_columns.h"

namespace nj::store {
namespace {

// Columns worth the cache: those that every scan reads.
bool hot(uint16_t column) {
    return column <= static_cast<uint16_t>(Column::kParents) || column == static_cast<uint16_t>(Column::kOrder) ||
           column == static_cast<uint16_t>(Column::kTokenFilters) || column >= static_cast<uint16_t>(Column::kFirstAttribute);
}

class BlobPieces final : public ByteSource {
public:
    explicit BlobPieces(sqlite::Blob blob) : blob_(std::move(blob)) {}
    [[nodiscard]] size_t size() const override { return blob_.size(); }
    Result<std::string> read(size_t offset, size_t length) const override {
        if (offset > size() || length > size() - offset)
            return makeError(ErrorCode::kMalformed, "the capsule is damaged: a column is shorter than its directory says");
        std::string bytes(length, '\0');
        NJ_RETURN_IF_ERROR(blob_.read(offset, length, bytes.data()));
        return bytes;
    }

private:
    sqlite::Blob blob_;
};

// A blob that the cache holds, kept alive.
class SharedPieces final : public ByteSource {
public:
    explicit SharedPieces(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] size_t size() const override { return bytes_->size(); }
    Result<std::string> read(size_t offset, size_t length) const override { return MemorySource(*bytes_).read(offset, length); }

private:
    std::shared_ptr<const std::string> bytes_;
};

}  // namespace

Result<std::shared_ptr<const std::string>> StoredBlobs::whole(uint16_t column) const {
    const int64_t id = segment_ << kColumnBits | column;
    if (auto cached = shared_->find(id))
        return cached;
    NJ_ASSIGN(auto statement, db_.prepare("SELECT data FROM nj_column WHERE id = ?1"));
    NJ_ASSIGN(const bool row, statement.bind(1, id).step());
    if (!row)
        return std::shared_ptr<const std::string>();
    auto bytes = std::make_shared<const std::string>(statement.blob(0));
    if (hot(column))
        shared_->put(id, bytes);
    return bytes;
}
Result<std::shared_ptr<const ByteSource>> StoredBlobs::pieces(uint16_t column) const {
    const int64_t id = segment_ << kColumnBits | column;
    if (auto cached = shared_->find(id))
        return std::shared_ptr<const ByteSource>(std::make_shared<SharedPieces>(std::move(cached)));
    auto blob = db_.openBlob("nj_column", "data", id);
    if (!blob.ok() && blob.error().code == ErrorCode::kNotFound)
        return std::shared_ptr<const ByteSource>();
    if (!blob.ok())
        return blob.error();
    return std::shared_ptr<const ByteSource>(std::make_shared<BlobPieces>(std::move(*blob)));
}

}  // namespace nj::store

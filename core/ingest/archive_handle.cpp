#include "ingest/archive_handle.h"

#include <algorithm>
#include <cstdio>

namespace nj::ingest {

ArchiveHandle::ArchiveHandle(ByteSource& from) : archive_(archive_read_new()), from_(from), buffer_(128U << 10) {}

ArchiveHandle::~ArchiveHandle() { archive_read_free(archive_); }

la_ssize_t ArchiveHandle::onRead(archive* a, void* self, const void** buffer) {
    auto& handle = *static_cast<ArchiveHandle*>(self);
    auto n = handle.from_.read(handle.buffer_.data(), handle.buffer_.size());
    if (!n.ok()) {
        handle.sourceError_ = n.error();
        archive_set_error(a, -1, "%s", n.error().message.c_str());
        return -1;
    }
    *buffer = handle.buffer_.data();
    return static_cast<la_ssize_t>(*n);
}

la_int64_t ArchiveHandle::onSeek(archive*, void* self, la_int64_t offset, int whence) {
    FileSource& file = *static_cast<ArchiveHandle*>(self)->file_;
    const auto base = whence == SEEK_SET ? 0 : static_cast<la_int64_t>(whence == SEEK_END ? file.size() : file.position());
    la_int64_t target = 0;
    if (__builtin_add_overflow(base, offset, &target) || target < 0 || !file.seek(static_cast<uint64_t>(target)).ok())
        return ARCHIVE_FATAL;
    return target;
}

la_int64_t ArchiveHandle::onSkip(archive*, void* self, la_int64_t request) {
    FileSource& file = *static_cast<ArchiveHandle*>(self)->file_;
    if (request <= 0 || file.position() >= file.size())
        return 0;
    const uint64_t step = std::min(static_cast<uint64_t>(request), file.size() - file.position());
    return file.seek(file.position() + step).ok() ? static_cast<la_int64_t>(step) : 0;
}

bool ArchiveHandle::openStream() {
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, &ArchiveHandle::onRead);
    return archive_read_open1(archive_) == ARCHIVE_OK;
}

bool ArchiveHandle::openSeekable(FileSource& file) {
    file_ = &file;
    archive_read_set_seek_callback(archive_, &ArchiveHandle::onSeek);
    archive_read_set_skip_callback(archive_, &ArchiveHandle::onSkip);
    return openStream();
}

Error ArchiveHandle::error(const char* what) {
    if (sourceError_)
        return *sourceError_;
    const char* text = archive_error_string(archive_);
    return makeError(ErrorCode::kMalformed, std::string(what) + " is damaged: " + (text ? text : "unknown reason"));
}

}  // namespace nj::ingest

// libarchive's reader over a ByteSource: owns the handle, the input buffer and the error of the source beneath. One thread.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <optional>
#include <string>
#include <vector>

#include "ingest/byte_source.h"

namespace nj::ingest {

class ArchiveHandle {
public:
    explicit ArchiveHandle(ByteSource& from);
    ~ArchiveHandle();
    ArchiveHandle(const ArchiveHandle&) = delete;
    ArchiveHandle& operator=(const ArchiveHandle&) = delete;

    [[nodiscard]] archive* get() { return archive_; }
    // Filters and formats are set before; false = error().
    bool openStream();
    // The same with seeking; `file` is the source given to the constructor.
    bool openSeekable(FileSource& file);
    // The source's own error where it had one, else libarchive's; `what` names the thing for the message.
    [[nodiscard]] Error error(const char* what);

private:
    static la_ssize_t onRead(archive* a, void* self, const void** buffer);
    static la_int64_t onSeek(archive* a, void* self, la_int64_t offset, int whence);
    static la_int64_t onSkip(archive* a, void* self, la_int64_t request);

    archive* const archive_;
    ByteSource& from_;
    FileSource* file_ = nullptr;
    std::vector<char> buffer_;
    std::optional<Error> sourceError_;
};

}  // namespace nj::ingest

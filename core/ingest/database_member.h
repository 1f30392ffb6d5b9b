// A member that is a SQLite database: taken as a snapshot where it lies on disk (with the log beside it), as a temporary file where it comes
// out of an archive or a pipe, and read through dbfile. One decode thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/hash.h"
#include "format/format.h"
#include "ingest/import_options.h"
#include "ingest/member_walker.h"

namespace nj::ingest {

bool isDatabase(const Member& member);

// Files that SQLite keeps beside a database: its write-ahead log, the log's index, a journal.
enum class BesideDatabase : uint8_t {
    kNo,
    kOnDisk,   // with its database: read, or of no use, together with it
    kAlone,    // without it, or in an archive
};
BesideDatabase besideDatabase(const Member& member);

class DatabaseMember {
public:
    DatabaseMember(Member& member, const ImportOptions& options, std::optional<int32_t> zone) : member_(member), options_(options), zone_(zone) {}
    // `tick` is called now and then. Errors: kCancelled, and what kept the file from being read at all.
    Status read(const format::BatchConsumer& out, const std::function<void()>& tick);

    [[nodiscard]] const Hash128& contentHash() const { return hash_; }
    [[nodiscard]] uint64_t bytes() const { return bytes_; }
    [[nodiscard]] const std::string& format() const { return format_; }
    [[nodiscard]] const std::string& note() const { return note_; }
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    Status readFrom(int fd, const format::BatchConsumer& out, const std::function<void()>& tick);
    Status hash(int fd);
    [[nodiscard]] bool stopped() const { return !member_.budget->chargeRead(0).ok(); }

    Member& member_;
    const ImportOptions& options_;
    const std::optional<int32_t> zone_;
    Hash128 hash_{};
    uint64_t bytes_ = 0, charged_ = 0;
    std::string format_, note_, problem_;
};

}  // namespace nj::ingest

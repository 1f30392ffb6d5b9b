#include "ingest/database_member.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "dbfile/database_reader.h"

namespace nj::ingest {
namespace {

void join(std::string& text, const std::string& more) {
    if (!more.empty())
        text += (text.empty() ? "" : "; ") + more;
}

}  // namespace

bool isDatabase(const Member& member) { return member.budget != nullptr && dbfile::looksLikeDatabase(member.bytes.sample()); }

BesideDatabase besideDatabase(const Member& member) {
    using namespace std::string_view_literals;
    const std::string_view start = member.bytes.sample();
    std::string_view suffix;
    if (start.starts_with("\x37\x7f\x06\x82"sv) || start.starts_with("\x37\x7f\x06\x83"sv))
        suffix = "-wal";
    else if (start.starts_with("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv))
        suffix = "-journal";
    else if (start.starts_with("\x18\xe2\x2d\x00"sv) || start.starts_with("\x00\x2d\xe2\x18"sv))
        suffix = "-shm";
    if (suffix.empty() || !member.namePath.ends_with(suffix))
        return BesideDatabase::kNo;
    struct stat info {};
    const std::string& path = member.diskPath;
    const bool there = !path.empty() && ::stat(path.substr(0, path.size() - suffix.size()).c_str(), &info) == 0 && S_ISREG(info.st_mode);
    return there ? BesideDatabase::kOnDisk : BesideDatabase::kAlone;
}

Status DatabaseMember::read(const format::BatchConsumer& out, const std::function<void()>& tick) {
    if (dbfile::looksLikeCapsule(member_.bytes.sample()))
        return makeError(ErrorCode::kUnsupported, "a Nightjar capsule is opened, not imported: nightjar FILE shows it");
    if (member_.diskPath.empty()) {
        NJ_ASSIGN(const auto spool, FileSource::spool(member_.bytes, *member_.budget));
        return readFrom(spool->descriptor(), out, tick);
    }
    sqlite::DatabaseSnapshot::Options options;
    options.maxCopyBytes = options_.limits.spoolBytes;
    options.stop = [this] { return stopped(); };
    NJ_ASSIGN(const sqlite::DatabaseSnapshot snapshot, sqlite::DatabaseSnapshot::take(member_.diskPath, options));
    charged_ = member_.bytes.sample().size();
    NJ_RETURN_IF_ERROR(readFrom(snapshot.descriptor(), out, tick));
    if (snapshot.recovered())
        join(note_, "The log beside the file was read with it.");
    if (!snapshot.leftOut().empty())
        join(problem_, "the log beside the file could not be read (" + snapshot.leftOut() + "): the rows in it are missing");
    if (!snapshot.unchanged())
        join(problem_, "the file changed while it was read: import it again");
    return {};
}

Status DatabaseMember::readFrom(int fd, const format::BatchConsumer& out, const std::function<void()>& tick) {
    NJ_RETURN_IF_ERROR(hash(fd));
    dbfile::DatabaseOptions options;
    options.mappings = options_.mappings;
    options.zoneOffsetMinutes = zone_;
    options.stop = [this] { return stopped(); };
    const bool onDisk = !member_.diskPath.empty();
    const auto charge = [this, onDisk](uint64_t bytes) {
        // Pages are read more than once: at most the file counts. Bytes of an archive were counted when they came out of it.
        const uint64_t upTo = std::min(bytes, bytes_);
        if (onDisk && upTo > charged_)
            static_cast<void>(member_.budget->chargeRead(upTo - charged_));
        charged_ = std::max(charged_, upTo);
    };
    options.progress = [&](uint64_t bytes) {
        charge(bytes);
        tick();
    };
    NJ_ASSIGN(const dbfile::DatabaseReport report, dbfile::readDatabase(fd, options, out));
    charge(bytes_);
    format_ = report.format.empty() ? "sqlite" : report.format;
    note_ = report.note;
    problem_ = report.problem;
    return {};
}

Status DatabaseMember::hash(int fd) {
    Hasher128 hasher;
    std::vector<char> buffer(1U << 20);
    while (true) {
        NJ_RETURN_IF_ERROR(member_.budget->chargeRead(0));
        const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(bytes_));
        if (n < 0)
            return makeError(ErrorCode::kIo, "reading the database failed");
        if (n == 0)
            break;
        hasher.add({buffer.data(), static_cast<size_t>(n)});
        bytes_ += static_cast<uint64_t>(n);
    }
    hash_ = hasher.value();
    return {};
}

}  // namespace nj::ingest

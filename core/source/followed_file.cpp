#include "source/followed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

namespace nj::source {
namespace {

constexpr size_t kHeadBytes = 1024;
constexpr size_t kSampleBytes = 64U << 10;
constexpr std::chrono::milliseconds kQuiet(300);      // a record of several lines is written in one go, or nearly
constexpr std::chrono::seconds kLongestWait(2);
constexpr uint64_t kMostUnsettled = 64U << 20;

std::string folderOf(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

std::string FileMark::text() const { return fmt::format("{} {} {} {}", offset, batches, headLength, head); }

std::optional<FileMark> FileMark::parse(std::string_view text) {
    FileMark mark;
    for (uint64_t* part : {&mark.offset, &mark.batches, &mark.headLength, &mark.head}) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
        if (error != std::errc())
            return std::nullopt;
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        if (text.starts_with(' '))
            text.remove_prefix(1);
    }
    return text.empty() && mark.headLength <= kHeadBytes ? std::optional(mark) : std::nullopt;
}

Result<std::unique_ptr<FollowedFile>> FollowedFile::open(std::string path, std::string_view format) {
    // Without O_NONBLOCK a pipe of that name would be waited for.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return makeError(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return makeError(ErrorCode::kUnsupported, fmt::format("{} is no plain file", path));
    }
    return std::unique_ptr<FollowedFile>(new FollowedFile(std::move(path), format, descriptor, {status.st_dev, status.st_ino}));
}

FollowedFile::FollowedFile(std::string path, std::string_view format, int descriptor, FileIdentity identity)
    : path_(std::move(path)), format_(format), folder_(folderOf(path_)), descriptor_(descriptor), identity_(identity), lines_(std::make_unique<FollowedLines>(path_, format_)) {}

FollowedFile::~FollowedFile() { ::close(descriptor_); }

uint64_t FollowedFile::size() const {
    struct stat status {};
    return ::fstat(descriptor_, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

std::string FollowedFile::cursorName() const { return fmt::format("follow {:016x} {}", fastHash(folder_), identity_.inode); }

std::string FollowedFile::bytesAt(uint64_t offset, size_t length) const {
    std::string bytes(length, '\0');
    const ssize_t n = ::pread(descriptor_, bytes.data(), length, static_cast<off_t>(offset));
    bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return bytes;
}

bool FollowedFile::fits(const FileMark& mark) const {
    const std::string head = bytesAt(0, mark.headLength);
    return size() >= mark.offset && head.size() == mark.headLength && fastHash(head) == mark.head;
}

void FollowedFile::rememberHead() {
    if (head_.size() < kHeadBytes && head_.size() < readOffset_)
        head_ = bytesAt(0, std::min<size_t>(kHeadBytes, readOffset_));
}

void FollowedFile::startAt(const FileMark& mark) {
    mark_ = mark;
    readOffset_ = mark.offset;
    skip_ = mark.batches;
    rememberHead();
    if (mark.offset > 0)
        lines_->beginAfter(bytesAt(0, kSampleBytes));
}

FileMark FollowedFile::markAt(uint64_t offset) const {
    const std::string head = bytesAt(0, std::min<size_t>(kHeadBytes, offset));
    return {offset, 0, head.size(), fastHash(head)};
}

FileMark FollowedFile::markAtEnd() const {
    const uint64_t end = size(), from = end > kSampleBytes ? end - kSampleBytes : 0;
    const std::string tail = bytesAt(from, static_cast<size_t>(end - from));
    const size_t newline = tail.rfind('\n');
    return markAt(newline == std::string::npos ? end : from + newline + 1);
}

FollowedFile::Likeness FollowedFile::likeness(const Past& past) const {
    if (past.head.empty())
        return Likeness::kNone;
    const std::string head = bytesAt(0, past.head.size());
    if (!past.head.starts_with(head))
        return Likeness::kNone;
    return head.size() < past.head.size() || size() < past.offset ? Likeness::kGrowing : Likeness::kCopy;
}

// Another content under the same inode: cut to nothing and written anew.
bool FollowedFile::wasReplaced() const { return size() < readOffset_ || (!head_.empty() && bytesAt(0, head_.size()) != head_); }

void FollowedFile::restart() {
    past_ = here();
    lines_ = std::make_unique<FollowedLines>(path_, format_);
    head_.clear();
    mark_ = {};
    readOffset_ = skip_ = unsettled_ = 0;
}

// Where the rows came from stands with them.
void FollowedFile::dress(Batch& batch) const {
    if (batch.logs.size() == 0)
        return;
    for (Resource& resource : batch.resources)
        if (findAttribute(resource.attributes, "log.file.path") == nullptr)
            resource.attributes.push_back({"log.file.path", AttributeValue::ofString(path_)});
    placeUntimed(batch);
}

Status FollowedFile::take(Batch&& batch, const Commit& commit) {
    if (skip_ > 0) {
        --skip_;
        return {};
    }
    dress(batch);
    const FileMark next = markNow(mark_.offset, mark_.batches + 1);
    NJ_RETURN_IF_ERROR(commit(std::move(batch), {cursorName(), next.text()}));
    mark_ = next;
    return {};
}

// All of them but the last count on from the mark before; with the last all up to `offset` is in the capsule.
Status FollowedFile::commitAll(std::vector<Batch>&& batches, uint64_t offset, const Commit& commit) {
    // Nothing was handed out: what was read may be kept by the reader until it knows more.
    if (batches.empty())
        return {};
    for (size_t i = 0; i + 1 < batches.size(); ++i)
        NJ_RETURN_IF_ERROR(take(std::move(batches[i]), commit));
    if (skip_ > 0)
        batches.back() = Batch();
    skip_ = 0;
    dress(batches.back());
    const FileMark next = markNow(offset, 0);
    NJ_RETURN_IF_ERROR(commit(std::move(batches.back()), {cursorName(), next.text()}));
    mark_ = next;
    return {};
}

Result<FollowedFile::Step> FollowedFile::step(size_t most, const Commit& commit) {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0)
        return Step::kNothing;
    const auto changed = std::pair(status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    if (changed == changed_ && static_cast<uint64_t>(status.st_size) == readOffset_)
        return Step::kNothing;
    changed_ = changed;
    if (wasReplaced()) {
        NJ_RETURN_IF_ERROR(settle(true, commit));
        restart();
        return Step::kTruncated;
    }
    const std::string bytes = bytesAt(readOffset_, most);
    if (bytes.empty() || !problem().empty())
        return Step::kNothing;
    grown_ = Clock::now();
    if (unsettled_ == 0)
        firstUnsettled_ = grown_;
    unsettled_ += bytes.size();
    readOffset_ += bytes.size();
    rememberHead();
    Status committed;
    lines_->add(bytes, [&](Batch&& batch) {
        committed = take(std::move(batch), commit);
        return committed.ok();
    });
    NJ_RETURN_IF_ERROR(committed);
    return Step::kRead;
}

Status FollowedFile::settle(bool now, const Commit& commit) {
    if (unsettled_ == 0)
        return {};
    // What is in the capsule already is passed over in the same pieces in which it came.
    if (skip_ > 0 && !now && readOffset_ < size())
        return {};
    if (!now && !quietFor(kQuiet) && Clock::now() - firstUnsettled_ < kLongestWait && unsettled_ < kMostUnsettled)
        return {};
    unsettled_ = 0;
    std::vector<Batch> batches;
    lines_->settle([&](Batch&& batch) {
        batches.push_back(std::move(batch));
        return true;
    });
    return commitAll(std::move(batches), readOffset_ - lines_->held(), commit);
}

Status FollowedFile::finish(const Commit& commit) {
    std::vector<Batch> batches;
    lines_->finish([&](Batch&& batch) {
        batches.push_back(std::move(batch));
        return true;
    });
    unsettled_ = 0;
    return commitAll(std::move(batches), readOffset_, commit);
}

}  // namespace nj::source

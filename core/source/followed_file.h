// One file that is followed, through its open descriptor: wherever it is renamed to, it is read to its end. How far its rows are in the
// capsule is a mark, kept under the file's own name (folder and inode) together with the rows, so that a restart neither loses a line nor
// takes one twice. Used by one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "source/delivery.h"
#include "source/followed_lines.h"

namespace nj::source {

struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const FileIdentity&) const = default;
    auto operator<=>(const FileIdentity&) const = default;
};

struct FileMark {
    uint64_t offset = 0;    // the rows of all bytes before it are in the capsule
    uint64_t batches = 0;   // and so many batches of what follows
    uint64_t headLength = 0, head = 0;   // hash of the file's first bytes: an inode may be another file by now
    [[nodiscard]] std::string text() const;
    static std::optional<FileMark> parse(std::string_view text);
};

class FollowedFile {
public:
    // Makes a batch durable together with the cursor. An error is final: the source stops.
    using Commit = std::function<Status(Batch&&, LiveCursor)>;

    // kNotFound, kIo (no permission), kUnsupported (no plain file).
    static Result<std::unique_ptr<FollowedFile>> open(std::string path, std::string_view format);
    ~FollowedFile();
    FollowedFile(const FollowedFile&) = delete;
    FollowedFile& operator=(const FollowedFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    void movedTo(std::string path) { path_ = std::move(path); }
    [[nodiscard]] FileIdentity identity() const { return identity_; }
    [[nodiscard]] uint64_t size() const;
    [[nodiscard]] uint64_t offset() const { return readOffset_; }
    // Under which its mark is kept.
    [[nodiscard]] std::string cursorName() const;
    // Whether the mark is of this file: its first bytes are still those.
    [[nodiscard]] bool fits(const FileMark& mark) const;
    // What a file was read to, by its first bytes.
    struct Past {
        std::string head;
        uint64_t offset = 0;
    };
    [[nodiscard]] Past here() const { return {head_, readOffset_ - lines_->held()}; }
    [[nodiscard]] const Past& beforeTruncation() const { return past_; }
    // Whether this file is a copy of that one, or may become one: it is still being written.
    enum class Likeness : uint8_t { kNone, kGrowing, kCopy };
    [[nodiscard]] Likeness likeness(const Past& past) const;
    [[nodiscard]] FileMark markAt(uint64_t offset) const;
    // Behind the last line end.
    [[nodiscard]] FileMark markAtEnd() const;
    // Before the first step: goes on from there.
    void startAt(const FileMark& mark);

    enum class Step : uint8_t { kNothing, kRead, kTruncated };
    // Reads up to `most` bytes of what is new. After kTruncated it goes on from the start; beforeTruncation() says what it was.
    Result<Step> step(size_t most, const Commit& commit);
    // Hands out what was read when the writer has been quiet for a while, or has not been for long; `now` = at once.
    Status settle(bool now, const Commit& commit);
    // No more comes: the last line needs no end.
    Status finish(const Commit& commit);
    [[nodiscard]] bool quietFor(std::chrono::nanoseconds duration) const { return Clock::now() - grown_ >= duration; }
    // Something was read that settle() has not handed out.
    [[nodiscard]] bool unsettled() const { return unsettled_ > 0; }
    [[nodiscard]] const std::string& problem() const { return lines_->problem(); }

private:
    using Clock = std::chrono::steady_clock;
    FollowedFile(std::string path, std::string_view format, int descriptor, FileIdentity identity);
    [[nodiscard]] std::string bytesAt(uint64_t offset, size_t length) const;
    [[nodiscard]] bool wasReplaced() const;
    [[nodiscard]] FileMark markNow(uint64_t offset, uint64_t batches) const { return {offset, batches, head_.size(), fastHash(head_)}; }
    void rememberHead();
    void restart();
    Status take(Batch&& batch, const Commit& commit);
    Status commitAll(std::vector<Batch>&& batches, uint64_t offset, const Commit& commit);
    void dress(Batch& batch) const;

    std::string path_;
    const std::string format_, folder_;
    const int descriptor_;
    const FileIdentity identity_;
    std::unique_ptr<FollowedLines> lines_;
    std::string head_;             // the first bytes, as far as they were read
    uint64_t readOffset_ = 0;
    uint64_t skip_ = 0;            // batches behind the mark that are in the capsule already
    uint64_t unsettled_ = 0;       // bytes read since the last settling
    FileMark mark_;
    Past past_;
    std::pair<time_t, long> changed_{};   // the file's time when it was last looked at
    Clock::time_point grown_ = Clock::now(), firstUnsettled_ = grown_;
};

}  // namespace nj::source

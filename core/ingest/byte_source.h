// Where bytes come from: a file, a pipe, or another source decoded. Used by one thread; whoever makes a source owns it, and a
// source that reads from another one must not outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "ingest/decode_budget.h"

namespace nj::ingest {

class ByteSource {
public:
    virtual ~ByteSource() = default;
    // Up to `size` bytes; 0 = the end. After an error the source is finished and repeats it.
    virtual Result<size_t> read(char* buffer, size_t size) = 0;
    // False when a read would still wait after `patience`: the source pauses (a pipe nobody writes to). Most sources never do.
    virtual bool ready(std::chrono::milliseconds /*patience*/) { return true; }
};

// A file descriptor: a regular file, the spool of one, or a pipe. Waits on a pipe in short steps, so that a stop is noticed.
class FileSource : public ByteSource {
public:
    // Refuses what is no regular file (a FIFO would hang, a device never end).
    static Result<std::unique_ptr<FileSource>> open(const std::string& path, FileBudget& budget);
    // Takes no ownership of the descriptor 0.
    static std::unique_ptr<FileSource> standardInput(FileBudget& budget);
    // The rest of `from` as an unnamed temporary file, at most limits.spoolBytes.
    static Result<std::unique_ptr<FileSource>> spool(ByteSource& from, FileBudget& budget);
    ~FileSource() override;
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    Result<size_t> read(char* buffer, size_t size) override;
    bool ready(std::chrono::milliseconds patience) override;
    [[nodiscard]] bool seekable() const { return seekable_; }
    Status seek(uint64_t offset);
    [[nodiscard]] uint64_t position() const { return position_; }
    [[nodiscard]] uint64_t size() const { return size_; }
    // Owned by this source.
    [[nodiscard]] int descriptor() const { return fd_; }
    [[nodiscard]] TimeNs modifiedAt() const { return modifiedAt_; }

private:
    FileSource(int fd, bool owned, FileBudget& budget) : fd_(fd), owned_(owned), budget_(budget) {}

    const int fd_;
    const bool owned_;
    FileBudget& budget_;
    bool counted_ = true;       // a spool's bytes were counted when they were read the first time
    bool seekable_ = false;
    uint64_t charged_ = 0;      // what is read again after a seek does not count again
    uint64_t position_ = 0;
    uint64_t size_ = 0;
    TimeNs modifiedAt_ = 0;
};

// A source whose first bytes were looked at: 64 KiB, or what a pipe held (whole lines at least) when it paused.
class PeekedSource : public ByteSource {
public:
    static constexpr size_t kSampleBytes = 64U << 10;
    static constexpr std::chrono::milliseconds kPatience{300};
    explicit PeekedSource(ByteSource& inner);
    [[nodiscard]] std::string_view sample() const { return sample_; }
    // The sample is all there is.
    [[nodiscard]] bool complete() const { return complete_; }
    // Nothing more can be looked at.
    [[nodiscard]] bool full() const { return complete_ || error_ || sample_.size() >= kSampleBytes; }
    // Waits for more bytes and looks on, until the next pause. Before the first read; makes views of the sample void.
    void peekMore();
    // Reads the sample again, then the rest.
    Result<size_t> read(char* buffer, size_t size) override;
    bool ready(std::chrono::milliseconds patience) override { return given_ < sample_.size() || complete_ || error_ || inner_.ready(patience); }

private:
    ByteSource& inner_;
    std::string sample_;
    size_t given_ = 0;
    bool complete_ = false;
    std::optional<Error> error_;   // met while looking; delivered after the sample
};

}  // namespace nj::ingest

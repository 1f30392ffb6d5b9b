// Turns members into batches: detects the format, feeds its reader, hashes the bytes, keeps a file without times as a document.
// One per decode thread; everything it finds goes into the queue.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/bounded_queue.h"
#include "base/hash.h"
#include "format/format.h"
#include "ingest/decode_message.h"
#include "ingest/import_options.h"
#include "ingest/member_walker.h"

namespace nj::ingest {

using DecodeQueue = BoundedQueue<DecodeMessage>;

// Shared by the decode threads of one import.
struct DecodeShared {
    DecodeQueue& queue;
    const ImportOptions& options;
    TimeNs now = 0;
    std::atomic<size_t> nextMember = 0;
    std::atomic<uint64_t> emptyMembers = 0;
};

class MemberDecoder : public MemberVisitor {
public:
    explicit MemberDecoder(DecodeShared& shared) : shared_(shared), buffer_(1U << 20) {}
    void onMember(Member& member) override;
    void onProblem(const std::string& label, const Error& error) override;
    // False once the queue was closed.
    [[nodiscard]] bool running() const { return running_; }

private:
    // One member while it is read.
    struct Reading {
        Reading(size_t number, Member& what) : id(number), member(what) {}
        const size_t id;
        Member& member;
        const format::Format* format = nullptr;
        std::unique_ptr<format::FormatReader> reader;
        Hasher128 hash;
        uint64_t bytes = 0;
        uint64_t rows = 0;
        bool assumedZone = false;
        std::string kept;            // its text, while it may still turn out to be a document
        bool keeping = false;
        std::optional<Error> sourceError;
        std::optional<Error> formatError;
    };

    void begin(const Reading& reading, const std::string& path);
    static const format::Format* detect(Member& member);
    void readAll(Reading& reading);
    void pause(Reading& reading);
    void take(Reading& reading, std::string_view chunk);
    void finishReader(Reading& reading);
    void readDatabase(Member& member);
    void finishDocument(Reading& reading);
    void end(Reading& reading);
    bool pushBatch(Reading& reading, Batch&& batch);
    bool push(DecodeMessage message, size_t cost);
    void tick();
    [[nodiscard]] std::optional<int32_t> zoneFor(const std::string& label) const;

    DecodeShared& shared_;
    std::vector<char> buffer_;
    bool running_ = true;
    std::chrono::steady_clock::time_point lastMessage_;
};

}  // namespace nj::ingest

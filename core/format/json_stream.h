// Splits a stream of bytes into its top-level JSON values: JSON lines, concatenated and pretty-printed objects, RFC 7464
// sequences and (by default) the elements of top-level arrays. Takes arbitrary chunks; holds at most one value.
// It only balances brackets and strings: whether a value is well-formed is for whoever parses it to say.
// One thread; it owns the buffer, a view handed out is good during the call only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "model/batch.h"

namespace nj::format {

struct JsonStreamLimits {
    size_t maxBytes = 256U << 20;   // of one value; a larger one is rejected
    uint32_t maxDepth = 512;
    bool unwrapArrays = true;       // top-level arrays (also nested ones) are taken apart, their objects are the values
};

class JsonStream {
public:
    // At least this many bytes behind a value's end may be read (not written), as simdjson wants it.
    static constexpr size_t kPadding = 64;

    struct Value {
        std::string_view bytes;   // from its first to its last bracket
        uint64_t offset = 0;      // in the stream
        uint64_t line = 0;        // 1-based line of its first byte
    };
    enum class Verdict : uint8_t {
        kTaken,       // go on
        kMalformed,   // no JSON after all: the lines inside it are tried one by one (a cut line swallows its successors)
        kStop,        // feed returns false
    };
    using OnValue = std::function<Verdict(const Value&)>;
    // What was skipped: text that is no object or array, values over a limit, a cut end. Reasons are stable phrases.
    using OnReject = std::function<void(HealthRecord&&)>;

    explicit JsonStream(const JsonStreamLimits& limits = {}) : limits_(limits) {}

    // False when a callback said stop; then nothing further may be fed.
    bool feed(std::string_view chunk, const OnValue& value, const OnReject& reject);
    // The stream ended; an unfinished value is rejected, what stands in its later lines is still tried.
    bool finish(const OnValue& value, const OnReject& reject);

    // Where brackets and strings stand after some bytes.
    struct Balance {
        uint32_t depth = 0;
        bool inString = false;
        bool escaped = false;       // the next byte follows a backslash
        bool lineStart = false;     // the byte before was a line end
    };

private:
    enum class State : uint8_t { kBetween, kInValue, kSkipLine };
    struct Callbacks {
        const OnValue& value;
        const OnReject& reject;
    };
    bool run(const Callbacks& calls);
    void betweenValues();
    bool insideValue(const Callbacks& calls);
    void skipLine(const Callbacks& calls);
    void startSkipping(const char* reason, size_t from, uint64_t line);
    bool deliver(const Callbacks& calls);
    // Gives up the value read so far, up to at_.
    bool abandon(const Callbacks& calls, const char* reason);
    bool retryLines(const Callbacks& calls, std::string_view region, uint64_t offset, uint64_t line);
    [[nodiscard]] bool bracketMayFollow() const;
    void compact();

    const JsonStreamLimits limits_;
    std::string buffer_;
    size_t at_ = 0;              // next byte to look at
    uint64_t base_ = 0;          // stream offset of buffer_[0]
    uint64_t line_ = 1;          // of at_
    State state_ = State::kBetween;
    size_t start_ = 0;           // kInValue: its first byte
    uint64_t startLine_ = 1;
    Balance balance_;
    HealthRecord skipped_;       // kSkipLine: told at the line's end, when it has a reason
};

}  // namespace nj::format

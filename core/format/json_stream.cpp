#include "format/json_stream.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nj::format {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kExampleBytes = 256;

// One bit per byte of a block.
struct Masks {
    uint64_t quote = 0, backslash = 0, open = 0, close = 0, newline = 0;
};

#ifdef __SSE2__
uint64_t equal(const __m128i* v, char c) {
    const __m128i wanted = _mm_set1_epi8(c);
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; ++i)
        mask |= static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], wanted)))) << (16 * i);
    return mask;
}

Masks masksOf(const char* p) {
    __m128i v[4];
    __m128i lower[4];   // '[' | 0x20 is '{', ']' | 0x20 is '}'
    for (unsigned i = 0; i < 4; ++i) {
        v[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
        lower[i] = _mm_or_si128(v[i], _mm_set1_epi8(0x20));
    }
    return {equal(v, '"'), equal(v, '\\'), equal(lower, '{'), equal(lower, '}'), equal(v, '\n')};
}
#else
Masks masksOf(const char* p) {
    Masks m;
    for (size_t i = 0; i < kBlock; ++i) {
        const uint64_t bit = uint64_t{1} << i;
        switch (p[i]) {
        case '"': m.quote |= bit; break;
        case '\\': m.backslash |= bit; break;
        case '{':
        case '[': m.open |= bit; break;
        case '}':
        case ']': m.close |= bit; break;
        case '\n': m.newline |= bit; break;
        default: break;
        }
    }
    return m;
}
#endif

// Bits of the bytes that follow an unescaped backslash (Langdale and Lemire, "Parsing Gigabytes of JSON per Second").
uint64_t escapedBytes(uint64_t backslash, bool carry) {
    if (backslash == 0)
        return carry ? 1 : 0;
    constexpr uint64_t kEven = 0x5555555555555555ULL;
    if (carry)
        backslash &= ~uint64_t{1};
    const uint64_t follows = backslash << 1 | (carry ? 1 : 0);
    const uint64_t oddStarts = backslash & ~kEven & ~follows;
    const uint64_t invert = (oddStarts + backslash) << 1;
    return (kEven ^ invert) & follows;
}

uint64_t prefixXor(uint64_t x) {
    for (unsigned shift = 1; shift < 64; shift *= 2)
        x ^= x << shift;
    return x;
}

enum class Event : uint8_t { kNone, kClosed, kLineEndInString, kTooDeep, kBracketAtLineStart };

struct Scan {
    Event event = Event::kNone;
    size_t used = 0;       // bytes; an event's own byte is included for kClosed only
    size_t lines = 0;      // line ends among them
};

uint64_t below(size_t bit) { return bit >= 64 ? ~uint64_t{0} : (uint64_t{1} << bit) - 1; }

Scan stopAt(Event event, size_t used, uint64_t newline) {
    return {event, used, static_cast<size_t>(std::popcount(newline & below(used)))};
}

// Looks at n ≤ 64 bytes at p, of which 64 must be readable.
Scan scanBlock(const char* p, size_t n, JsonStream::Balance& b, uint32_t maxDepth) {
    Masks m = masksOf(p);
    const uint64_t valid = below(n);
    const uint64_t escaped = escapedBytes(m.backslash & valid, b.escaped);
    const uint64_t inString = prefixXor(m.quote & valid & ~escaped) ^ (b.inString ? ~uint64_t{0} : 0);
    m.open &= valid & ~inString;
    m.close &= valid & ~inString;
    m.newline &= valid;
    const uint64_t lineStarts = m.newline << 1 | (b.lineStart ? 1 : 0);
    const uint64_t bad = (m.newline & inString) | (m.open & lineStarts);
    const auto opens = static_cast<uint32_t>(std::popcount(m.open));
    const auto closes = static_cast<uint32_t>(std::popcount(m.close));
    if (bad != 0 || closes >= b.depth || b.depth + opens > maxDepth) {
        for (uint64_t bits = m.open | m.close | bad; bits != 0; bits &= bits - 1) {
            const auto at = static_cast<size_t>(std::countr_zero(bits));
            const uint64_t bit = uint64_t{1} << at;
            if (m.newline & bit)
                return stopAt(Event::kLineEndInString, at, m.newline);
            if (m.close & bit) {
                if (--b.depth == 0)
                    return stopAt(Event::kClosed, at + 1, m.newline);
                continue;
            }
            if (lineStarts & bit && b.depth > 0) {
                // The caller looks at what precedes and comes back with lineStart cleared.
                b.inString = false;
                b.escaped = false;
                return stopAt(Event::kBracketAtLineStart, at, m.newline);
            }
            if (++b.depth > maxDepth)
                return stopAt(Event::kTooDeep, at, m.newline);
        }
    } else {
        b.depth += opens;
        b.depth -= closes;
    }
    const uint64_t last = uint64_t{1} << (n - 1);
    b.inString = (inString & last) != 0;
    b.escaped = (m.backslash & ~escaped & last) != 0;
    b.lineStart = (m.newline & last) != 0;
    return stopAt(Event::kNone, n, m.newline);
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

bool JsonStream::feed(std::string_view chunk, const OnValue& value, const OnReject& reject) {
    const Callbacks calls{value, reject};
    // Pieces keep the buffer near the size of one value, whatever the chunk's.
    while (!chunk.empty()) {
        const std::string_view piece = chunk.substr(0, 1U << 20);
        chunk.remove_prefix(piece.size());
        buffer_.reserve(buffer_.size() + piece.size() + kPadding);
        buffer_.append(piece);
        if (!run(calls))
            return false;
        compact();
    }
    return true;
}

bool JsonStream::finish(const OnValue& value, const OnReject& reject) {
    const Callbacks calls{value, reject};
    if (state_ == State::kSkipLine && !skipped_.reason.empty())
        reject(std::move(skipped_));
    const bool cut = state_ == State::kInValue;
    bool going = true;
    if (cut)
        going = abandon(calls, "JSON value is cut off");
    state_ = State::kBetween;
    base_ += buffer_.size();
    buffer_.clear();
    at_ = 0;
    return going;
}

bool JsonStream::run(const Callbacks& calls) {
    while (at_ < buffer_.size()) {
        switch (state_) {
        case State::kBetween:
            betweenValues();
            break;
        case State::kInValue:
            if (!insideValue(calls))
                return false;
            break;
        case State::kSkipLine: skipLine(calls); break;
        }
    }
    return true;
}

void JsonStream::betweenValues() {
    for (; at_ < buffer_.size(); ++at_) {
        const char c = buffer_[at_];
        if (c == '\n') {
            ++line_;
        } else if (c == '{' || (c == '[' && !limits_.unwrapArrays)) {
            state_ = State::kInValue;
            start_ = at_;
            startLine_ = line_;
            balance_ = {};
            return;
        } else if (isBlank(c) || c == '\x1e' || c == '\0' || (limits_.unwrapArrays && (c == '[' || c == ']' || c == ','))) {
            continue;
        } else if ((c == '\xEF' || c == '\xBB' || c == '\xBF') && base_ + at_ < 3) {
            continue;   // byte order mark
        } else {
            startSkipping("text that is no JSON object", at_, line_);
            return;
        }
    }
}

bool JsonStream::insideValue(const Callbacks& calls) {
    while (at_ < buffer_.size()) {
        const size_t n = std::min(kBlock, buffer_.size() - at_);
        const Scan scan = scanBlock(buffer_.data() + at_, n, balance_, limits_.maxDepth);
        at_ += scan.used;
        line_ += scan.lines;
        if (at_ - start_ > limits_.maxBytes) {
            // Exactly behind the limit, so that the chunks' sizes make no difference.
            line_ -= static_cast<uint64_t>(std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(start_ + limits_.maxBytes + 1),
                                                      buffer_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
            at_ = start_ + limits_.maxBytes + 1;
            const bool going = abandon(calls, "JSON value over the size limit");
            startSkipping("", at_, line_);
            return going;
        }
        switch (scan.event) {
        case Event::kNone: break;
        case Event::kClosed: return deliver(calls);
        case Event::kLineEndInString: return abandon(calls, "JSON string is not closed on its line");
        case Event::kTooDeep: {
            const bool going = abandon(calls, "JSON value nested too deep");
            startSkipping("", at_, line_);
            return going;
        }
        case Event::kBracketAtLineStart:
            if (!bracketMayFollow())
                return abandon(calls, "JSON value is cut off");
            balance_.lineStart = false;
            break;
        }
    }
    return true;
}

// An object at the start of a line inside another value: only after one of these is it JSON, else the value before was cut.
bool JsonStream::bracketMayFollow() const {
    size_t i = at_;
    while (i > start_ && isBlank(buffer_[i - 1]))
        --i;
    const char c = buffer_[i - 1];
    return c == ',' || c == '[' || c == ':';
}

bool JsonStream::deliver(const Callbacks& calls) {
    state_ = State::kBetween;
    const std::string_view bytes(buffer_.data() + start_, at_ - start_);
    const uint64_t offset = base_ + start_;
    switch (calls.value({bytes, offset, startLine_})) {
    case Verdict::kTaken: return true;
    case Verdict::kMalformed: return retryLines(calls, bytes, offset, startLine_);
    case Verdict::kStop: break;
    }
    return false;
}

bool JsonStream::abandon(const Callbacks& calls, const char* reason) {
    state_ = State::kBetween;
    const std::string_view region(buffer_.data() + start_, at_ - start_);
    HealthRecord record;
    record.severity = HealthSeverity::kRejected;
    record.reason = reason;
    record.example = region.substr(0, kExampleBytes);
    record.offset = base_ + start_;
    record.line = startLine_;
    calls.reject(std::move(record));
    return retryLines(calls, region, base_ + start_, startLine_);
}

// The region is no value. Its first line is lost; a later line that is a whole object is one.
bool JsonStream::retryLines(const Callbacks& calls, std::string_view region, uint64_t offset, uint64_t line) {
    size_t from = 0;
    while ((from = region.find('\n', from)) != std::string_view::npos) {
        ++from;
        ++line;
        if (from >= region.size() || region[from] != '{')
            continue;
        const size_t end = std::min(region.find('\n', from), region.size());
        Balance balance;
        Scan scan;
        size_t at = from;
        while (at < end && scan.event == Event::kNone) {
            scan = scanBlock(region.data() + at, std::min(kBlock, end - at), balance, limits_.maxDepth);
            at += scan.used;
        }
        if (scan.event != Event::kClosed || !std::all_of(region.begin() + static_cast<std::ptrdiff_t>(at), region.begin() + static_cast<std::ptrdiff_t>(end), isBlank))
            continue;
        if (calls.value({region.substr(from, at - from), offset + from, line}) == Verdict::kStop)
            return false;
    }
    return true;
}

void JsonStream::startSkipping(const char* reason, size_t from, uint64_t line) {
    state_ = State::kSkipLine;
    skipped_ = {};
    skipped_.severity = HealthSeverity::kRejected;
    skipped_.reason = reason;
    skipped_.offset = base_ + from;
    skipped_.line = line;
}

void JsonStream::skipLine(const Callbacks& calls) {
    const size_t end = std::min(buffer_.find('\n', at_), buffer_.size());
    if (!skipped_.reason.empty() && skipped_.example.size() < kExampleBytes)
        skipped_.example.append(buffer_, at_, std::min(end - at_, kExampleBytes - skipped_.example.size()));
    at_ = end;
    if (end == buffer_.size())
        return;
    if (!skipped_.reason.empty())
        calls.reject(std::move(skipped_));
    state_ = State::kBetween;
}

void JsonStream::compact() {
    const size_t keep = state_ == State::kInValue ? start_ : at_;
    if (keep < buffer_.size() && keep < (1U << 16) && keep * 2 < buffer_.size())
        return;
    buffer_.erase(0, keep);
    base_ += keep;
    at_ -= keep;
    start_ -= std::min(start_, keep);
}

}  // namespace nj::format

#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace nj {
namespace {

// Length of the valid sequence at the start of bytes, 0 when there is none (RFC 3629: no surrogates, no overlong forms).
size_t sequenceLength(std::string_view bytes) {
    const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const auto continues = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) { return i < bytes.size() && at(i) >= low && at(i) <= high; };
    const unsigned c = at(0);
    if (c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return continues(1) ? 2 : 0;
    if (c >= 0xE0 && c <= 0xEF)
        return continues(1, c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF) && continues(2) ? 3 : 0;
    if (c >= 0xF0 && c <= 0xF4)
        return continues(1, c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF) && continues(2) && continues(3) ? 4 : 0;
    return 0;
}

constexpr uint64_t kHighBits = 0x8080808080808080ULL;

template <typename Word>
uint64_t wordAt(const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// Whole words, the last one overlapping what was seen.
bool isAscii(std::string_view bytes) {
    const char* data = bytes.data();
    const size_t size = bytes.size();
    if (size >= 8) {
        for (size_t from = 0; from + 8 < size; from += 8)
            if ((wordAt<uint64_t>(data + from) & kHighBits) != 0)
                return false;
        return (wordAt<uint64_t>(data + size - 8) & kHighBits) == 0;
    }
    if (size >= 4)
        return ((wordAt<uint32_t>(data) | wordAt<uint32_t>(data + size - 4)) & kHighBits) == 0;
    unsigned all = 0;
    for (const char c : bytes)
        all |= static_cast<unsigned char>(c);
    return all < 0x80;
}

}  // namespace

bool isValidUtf8(std::string_view bytes) {
    if (isAscii(bytes))
        return true;
    size_t i = 0;
    while (i < bytes.size()) {
        if (i + 8 <= bytes.size() && (wordAt<uint64_t>(bytes.data() + i) & kHighBits) == 0) {
            i += 8;
            continue;
        }
        const size_t length = sequenceLength(bytes.substr(i));
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

std::string repairUtf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + 8);
    for (size_t i = 0; i < bytes.size();) {
        const size_t length = sequenceLength(bytes.substr(i));
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++i;
        } else {
            out.append(bytes.substr(i, length));
            i += length;
        }
    }
    return out;
}

std::string_view utf8Prefix(std::string_view text, size_t maxBytes) {
    if (text.size() <= maxBytes)
        return text;
    size_t end = maxBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end);
}

}  // namespace nj

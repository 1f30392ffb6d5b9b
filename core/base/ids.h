// Trace and span ids as raw bytes, in the order of their hex text. All-zero means absent. Plain values.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace nj {

template <size_t N>
struct Id {
    static_assert(N % 8 == 0);
    std::array<unsigned char, N> bytes{};

    [[nodiscard]] bool empty() const { return *this == Id{}; }
    // Word by word: the array's own comparison is a call into the C library, millions of times a question.
    bool operator==(const Id& other) const {
        uint64_t differing = 0;
        for (size_t at = 0; at < N; at += 8)
            differing |= word(at) ^ other.word(at);
        return differing == 0;
    }
    std::strong_ordering operator<=>(const Id& other) const {
        for (size_t at = 0; at < N; at += 8)
            if (const uint64_t own = word(at), others = other.word(at); own != others)
                return ordered(own) <=> ordered(others);
        return std::strong_ordering::equal;
    }
    // Lower-case hex, 2 N characters.
    [[nodiscard]] std::string hex() const;
    // Hex of either case; a shorter text is padded with zeros on the left (Tempo and old Jaeger drop them).
    // Nothing where a character is no hex digit or the text is empty or too long.
    static std::optional<Id> fromHex(std::string_view text);
    // Exactly N bytes, else nothing.
    static std::optional<Id> fromBytes(std::string_view raw);

    // Eight of the bytes, in the machine's order.
    [[nodiscard]] uint64_t word(size_t at) const {
        uint64_t value;
        std::memcpy(&value, bytes.data() + at, 8);
        return value;
    }

private:
    static uint64_t ordered(uint64_t value) { return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value; }
};

using TraceId = Id<16>;
using SpanId = Id<8>;

template <size_t N>
struct IdHash {
    size_t operator()(const Id<N>& id) const {
        uint64_t low;
        std::memcpy(&low, id.bytes.data() + (N - 8), 8);
        low *= 0x9E3779B97F4A7C15ULL;
        return static_cast<size_t>(low ^ (low >> 29));
    }
};

}  // namespace nj

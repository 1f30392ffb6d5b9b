// Trace and span ids as raw bytes, in the order of their hex text. All-zero means absent. Plain values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace nj {

template <size_t N>
struct Id {
    std::array<unsigned char, N> bytes{};

    [[nodiscard]] bool empty() const { return *this == Id{}; }
    auto operator<=>(const Id&) const = default;
    // Lower-case hex, 2 N characters.
    [[nodiscard]] std::string hex() const;
    // Hex of either case; a shorter text is padded with zeros on the left (Tempo and old Jaeger drop them).
    // Nothing where a character is no hex digit or the text is empty or too long.
    static std::optional<Id> fromHex(std::string_view text);
    // Exactly N bytes, else nothing.
    static std::optional<Id> fromBytes(std::string_view raw);
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

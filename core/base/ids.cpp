#include "base/ids.h"

namespace nj {
namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

}  // namespace

template <size_t N>
std::string Id<N>::hex() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(2 * N, '0');
    for (size_t i = 0; i < N; ++i) {
        text[2 * i] = kDigits[bytes[i] >> 4];
        text[2 * i + 1] = kDigits[bytes[i] & 15];
    }
    return text;
}

template <size_t N>
std::optional<Id<N>> Id<N>::fromHex(std::string_view text) {
    if (text.empty() || text.size() > 2 * N)
        return std::nullopt;
    Id id;
    size_t nibble = 2 * N - text.size();
    for (char c : text) {
        const int digit = hexDigit(c);
        if (digit < 0)
            return std::nullopt;
        id.bytes[nibble / 2] = static_cast<unsigned char>(id.bytes[nibble / 2] | (digit << (nibble % 2 == 0 ? 4 : 0)));
        ++nibble;
    }
    return id;
}

template <size_t N>
std::optional<Id<N>> Id<N>::fromBytes(std::string_view raw) {
    if (raw.size() != N)
        return std::nullopt;
    Id id;
    std::memcpy(id.bytes.data(), raw.data(), N);
    return id;
}

template struct Id<16>;
template struct Id<8>;

}  // namespace nj

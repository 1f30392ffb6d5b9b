// Bits, most significant first. The reader yields zeros and fails once past its end. Plain values.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace nj::store {

class BitWriter {
public:
    void bits(uint64_t value, int count) {
        while (count > 0) {
            const int room = 8 - used_;
            const int n = count < room ? count : room;
            byte_ = static_cast<unsigned>((byte_ << n) | (value >> (count - n) & ((1U << n) - 1)));
            used_ += n;
            count -= n;
            if (used_ == 8)
                flush();
        }
    }
    std::string take() {
        if (used_ > 0) {
            byte_ <<= 8 - used_;
            flush();
        }
        return std::move(bytes_);
    }

private:
    void flush() {
        bytes_ += static_cast<char>(byte_);
        byte_ = 0;
        used_ = 0;
    }
    std::string bytes_;
    unsigned byte_ = 0;
    int used_ = 0;
};

class BitReader {
public:
    explicit BitReader(std::string_view bytes) : bytes_(bytes) {}
    uint64_t bits(int count) {
        if (count <= kPeeked && near())
            return count == 0 ? 0 : take(peek(), count);
        uint64_t value = 0;
        while (count > 0) {
            const size_t byte = at_ / 8;
            if (byte >= bytes_.size()) {
                failed_ = true;
                return 0;
            }
            const int room = 8 - static_cast<int>(at_ % 8);
            const int n = count < room ? count : room;
            value = value << n | (static_cast<unsigned char>(bytes_[byte]) >> (room - n) & ((1U << n) - 1));
            at_ += static_cast<size_t>(n);
            count -= n;
        }
        return value;
    }
    // For decoders of many small numbers: while near(), the next kPeeked bits and more are the upper ones of peek().
    static constexpr int kPeeked = 57;
    [[nodiscard]] bool near() const { return at_ / 8 + 8 <= bytes_.size(); }
    [[nodiscard]] uint64_t peek() const {
        uint64_t word = 0;
        std::memcpy(&word, bytes_.data() + at_ / 8, sizeof word);
        if constexpr (std::endian::native == std::endian::little)
            word = __builtin_bswap64(word);
        return word << (at_ % 8);
    }
    void skip(int count) { at_ += static_cast<size_t>(count); }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    uint64_t take(uint64_t word, int count) {
        at_ += static_cast<size_t>(count);
        return word >> (64 - count);
    }

    std::string_view bytes_;
    size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace nj::store

// Little-endian bytes of the capsule's blobs. ByteReader never reads outside its view: a short read sets failed() and yields
// zeros, so decoders check once at the end or before they allocate. Plain values, one thread at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace nj::store {

class ByteWriter {
public:
    template <typename T>
    void fixed(T value) {
        static_assert(std::is_trivially_copyable_v<T>);
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void varint(uint64_t value) {
        while (value >= 0x80) {
            bytes_ += static_cast<char>(value | 0x80);
            value >>= 7;
        }
        bytes_ += static_cast<char>(value);
    }
    void zigzag(int64_t value) { varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63)); }
    // Length, then bytes.
    void text(std::string_view value) {
        varint(value.size());
        bytes_.append(value);
    }
    void raw(std::string_view value) { bytes_.append(value); }
    [[nodiscard]] size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::string& bytes() { return bytes_; }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
    template <typename T>
    T fixed() {
        static_assert(std::is_trivially_copyable_v<T>);
        T value{};
        if (sizeof value > left()) {
            failed_ = true;
            return value;
        }
// g++ 12 takes the inner buffer of a short std::string, once inlined here, for uninitialised.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
#pragma GCC diagnostic pop
        at_ += sizeof value;
        return value;
    }
    uint64_t varint() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at_ >= bytes_.size())
                break;
            const auto byte = static_cast<unsigned char>(bytes_[at_++]);
            value |= static_cast<uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80)
                return value;
        }
        failed_ = true;
        return 0;
    }
    int64_t zigzag() {
        const uint64_t value = varint();
        return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
    }
    std::string_view text() { return raw(varint()); }
    std::string_view raw(uint64_t length) {
        if (length > bytes_.size() - at_) {
            failed_ = true;
            return {};
        }
        const std::string_view piece = bytes_.substr(at_, length);
        at_ += length;
        return piece;
    }
    // A count of things that take at least `unit` bytes each; 0 and failed() when they cannot be there.
    uint64_t count(uint64_t unit = 1) {
        const uint64_t n = varint();
        if (n > left() / unit) {
            failed_ = true;
            return 0;
        }
        return n;
    }
    [[nodiscard]] size_t left() const { return bytes_.size() - at_; }
    [[nodiscard]] size_t position() const { return at_; }
    [[nodiscard]] bool failed() const { return failed_; }
    void fail() { failed_ = true; }

private:
    std::string_view bytes_;
    size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace nj::store

// Protobuf's wire format, read field by field from a message in memory. Unlike protozero::pbf_reader it never throws and gives
// out what is there of a field that was cut off, so that the good part of a truncated request is kept.
// A plain value, used by one thread; the bytes belong to the caller.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <protozero/types.hpp>

namespace nj::format {

class WireReader {
public:
    using Type = protozero::pbf_wire_type;

    explicit WireReader(std::string_view message) : at_(message.data()), end_(message.data() + message.size()) {}

    // Moves to the next field and past its value. False at the end, and where the bytes are no protobuf: then broken().
    bool next() {
        if (at_ == end_)
            return false;
        uint64_t tag = 0;
        if (!varint(tag) || tag >> 3 == 0 || tag > UINT32_MAX)
            return fail();
        field_ = static_cast<uint32_t>(tag >> 3);
        type_ = static_cast<Type>(tag & 7);
        number_ = 0;
        bytes_ = {};
        switch (type_) {
        case Type::varint: return varint(number_) || fail();
        case Type::fixed64: return fixed(8);
        case Type::fixed32: return fixed(4);
        case Type::length_delimited: return lengthDelimited();
        default: return fail();
        }
    }
    [[nodiscard]] uint32_t field() const { return field_; }
    [[nodiscard]] bool is(Type type) const { return type_ == type; }
    [[nodiscard]] bool isVarint() const { return type_ == Type::varint; }
    [[nodiscard]] bool isFixed64() const { return type_ == Type::fixed64; }
    [[nodiscard]] bool isFixed32() const { return type_ == Type::fixed32; }
    [[nodiscard]] bool isBytes() const { return type_ == Type::length_delimited; }
    // Value of a varint, fixed64 or fixed32 field, 0 for another type.
    [[nodiscard]] uint64_t number() const { return number_; }
    [[nodiscard]] double real() const {
        double value;
        std::memcpy(&value, &number_, sizeof value);
        return value;
    }
    // Value of a length-delimited field, of a cut one what is there; empty for another type.
    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    // The last field reaches past the message's end. It was handed out; next() is false from here on.
    [[nodiscard]] bool cut() const { return cut_; }
    [[nodiscard]] bool broken() const { return broken_; }
    [[nodiscard]] bool good() const { return !cut_ && !broken_; }

    // A varint at the front of `bytes`, taken off. False when it is cut or longer than ten bytes.
    static bool takeVarint(std::string_view& bytes, uint64_t& value) {
        WireReader reader(bytes);
        if (!reader.varint(value))
            return false;
        bytes.remove_prefix(static_cast<size_t>(reader.at_ - bytes.data()));
        return true;
    }

private:
    bool varint(uint64_t& value) {
        if (at_ != end_ && static_cast<signed char>(*at_) >= 0) {
            value = static_cast<unsigned char>(*at_++);
            return true;
        }
        uint64_t result = 0;
        for (unsigned shift = 0; shift < 70 && at_ != end_; shift += 7) {
            const auto byte = static_cast<unsigned char>(*at_++);
            if (shift < 64)
                result |= static_cast<uint64_t>(byte & 0x7FU) << shift;
            if (byte < 0x80) {
                value = result;
                return true;
            }
        }
        return false;
    }
    bool fixed(size_t size) {
        if (static_cast<size_t>(end_ - at_) < size)
            return fail();
        static_assert(std::endian::native == std::endian::little, "numbers on the wire are little-endian");
        std::memcpy(&number_, at_, size);
        at_ += size;
        return true;
    }
    bool lengthDelimited() {
        uint64_t length = 0;
        if (!varint(length))
            return fail();
        const auto left = static_cast<size_t>(end_ - at_);
        cut_ = length > left;
        bytes_ = {at_, cut_ ? left : static_cast<size_t>(length)};
        at_ += bytes_.size();
        return true;
    }
    bool fail() {
        broken_ = true;
        at_ = end_;
        return false;
    }

    const char* at_;
    const char* end_;
    uint32_t field_ = 0;
    Type type_ = Type::unknown;
    bool cut_ = false;
    bool broken_ = false;
    uint64_t number_ = 0;
    std::string_view bytes_;
};

inline int64_t zigzagDecoded(uint64_t value) { return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1)); }

}  // namespace nj::format

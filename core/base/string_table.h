// Distinct strings under dense codes 0, 1, 2 … in order of first sight. Owns the bytes. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nj {

class StringTable {
public:
    // The code of the text, added when new. Views of earlier entries may move: do not keep them across a call.
    uint32_t intern(std::string_view text);
    // Adds without looking for an equal one (for values known to be distinct, and for decoding).
    uint32_t append(std::string_view text);
    // The code, or kMissing.
    [[nodiscard]] uint32_t find(std::string_view text) const;
    [[nodiscard]] std::string_view view(uint32_t code) const {
        const uint32_t from = code == 0 ? 0 : ends_[code - 1];
        return {bytes_.data() + from, ends_[code] - from};
    }
    [[nodiscard]] size_t size() const { return ends_.size(); }
    [[nodiscard]] size_t byteSize() const { return bytes_.size(); }
    void clear();

    static constexpr uint32_t kMissing = 0xffffffffU;

private:
    void grow();

    std::string bytes_;
    std::vector<uint32_t> ends_;
    std::vector<uint64_t> hashes_;
    std::vector<uint32_t> slots_;   // code + 1, 0 = free; size is a power of two
};

// Strings by row, not deduplicated: text(row) of a column of long values. Total under 4 GiB by the batch's limits.
class TextArena {
public:
    void append(std::string_view text) {
        bytes_.append(text);
        ends_.push_back(static_cast<uint32_t>(bytes_.size()));
    }
    [[nodiscard]] std::string_view view(size_t row) const {
        const uint32_t from = row == 0 ? 0 : ends_[row - 1];
        return {bytes_.data() + from, ends_[row] - from};
    }
    [[nodiscard]] size_t size() const { return ends_.size(); }
    [[nodiscard]] size_t byteSize() const { return bytes_.size(); }
    void reserve(size_t rows, size_t bytes) {
        bytes_.reserve(bytes);
        ends_.reserve(rows);
    }

private:
    std::string bytes_;
    std::vector<uint32_t> ends_;
};

}  // namespace nj

// A set of rows of one segment, one bit each. Plain value.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nj::query {

// Half-open rows of a segment.
struct RowSpan {
    uint32_t from = 0, to = 0;
    [[nodiscard]] bool empty() const { return to <= from; }
    [[nodiscard]] uint32_t size() const { return empty() ? 0 : to - from; }
};

class RowSet {
public:
    RowSet() = default;
    explicit RowSet(uint32_t rows) : rows_(rows), words_((static_cast<size_t>(rows) + 63) / 64, 0) {}
    RowSet(uint32_t rows, RowSpan set) : RowSet(rows) { addSpan(set); }

    [[nodiscard]] uint32_t rows() const { return rows_; }
    [[nodiscard]] bool test(uint32_t row) const { return (words_[row / 64] >> (row % 64) & 1U) != 0; }
    void add(uint32_t row) { words_[row / 64] |= uint64_t{1} << (row % 64); }
    void addSpan(RowSpan span) {
        for (uint32_t row = span.from; row < span.to;) {
            if (row % 64 == 0 && row + 64 <= span.to) {
                words_[row / 64] = ~uint64_t{0};
                row += 64;
            } else {
                add(row++);
            }
        }
    }
    RowSet& operator&=(const RowSet& other) {
        for (size_t i = 0; i < words_.size(); ++i)
            words_[i] &= other.words_[i];
        return *this;
    }
    RowSet& operator|=(const RowSet& other) {
        for (size_t i = 0; i < words_.size(); ++i)
            words_[i] |= other.words_[i];
        return *this;
    }
    // Rows of this set that the other lacks.
    RowSet& operator-=(const RowSet& other) {
        for (size_t i = 0; i < words_.size(); ++i)
            words_[i] &= ~other.words_[i];
        return *this;
    }
    [[nodiscard]] bool none() const {
        for (const uint64_t word : words_)
            if (word != 0)
                return false;
        return true;
    }
    [[nodiscard]] uint32_t count() const {
        uint32_t n = 0;
        for (const uint64_t word : words_)
            n += static_cast<uint32_t>(std::popcount(word));
        return n;
    }
    // Calls visit(row) in ascending order for the rows of the span.
    template <typename Visit>
    void forEach(RowSpan span, Visit&& visit) const {
        if (span.empty())
            return;
        const size_t lastWord = (span.to - 1) / 64;
        for (size_t w = span.from / 64; w <= lastWord; ++w) {
            uint64_t word = words_[w];
            if (w == span.from / 64)
                word &= ~uint64_t{0} << (span.from % 64);
            if (w == lastWord && span.to % 64 != 0)
                word &= ~uint64_t{0} >> (64 - span.to % 64);
            for (; word != 0; word &= word - 1)
                visit(static_cast<uint32_t>(w * 64) + static_cast<uint32_t>(std::countr_zero(word)));
        }
    }
    template <typename Visit>
    void forEach(Visit&& visit) const {
        forEach({0, rows_}, visit);
    }
    [[nodiscard]] const std::vector<uint64_t>& words() const { return words_; }
    [[nodiscard]] std::vector<uint64_t>& words() { return words_; }

private:
    uint32_t rows_ = 0;
    std::vector<uint64_t> words_;
};

}  // namespace nj::query

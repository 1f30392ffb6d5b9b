// Counts of durations by sketch bin, in 64 blocks of 64 bins so that reading and clearing touch only what was filled. Plain value.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sketch/latency_sketch.h"

namespace nj::query {

template <typename Count>
class BinCounts {
public:
    static constexpr size_t kBlock = 64;

    // kBinInvalid and other numbers no bin has are left out.
    void add(uint16_t bin, Count n = 1) {
        const size_t at = bin < bins_.size() ? bin : bins_.size() - 1;
        bins_[at] += n;
        blocks_[at / kBlock] += n;
    }
    template <typename Other>
    void merge(const BinCounts<Other>& other) {
        for (size_t block = 0; block < kBlock; ++block) {
            if (other.blocks()[block] == 0)
                continue;
            blocks_[block] += other.blocks()[block];
            for (size_t i = block * kBlock; i < (block + 1) * kBlock; ++i)
                bins_[i] += other.bins()[i];
        }
    }
    [[nodiscard]] uint64_t count() const {
        uint64_t n = 0;
        for (const Count block : blocks_)
            n += block;
        return n - bins_.back();
    }
    // Nearest rank, the middle of its bin, in ns; NaN when empty.
    [[nodiscard]] double quantile(double q) const {
        const uint64_t n = count();
        if (n == 0)
            return std::numeric_limits<double>::quiet_NaN();
        const auto wanted = static_cast<uint64_t>(std::ceil(q * static_cast<double>(n)));
        const uint64_t rank = std::min(std::max<uint64_t>(wanted, 1), n);
        uint64_t seen = 0;
        size_t block = 0;
        while (seen + blocks_[block] < rank)
            seen += blocks_[block++];
        size_t bin = block * kBlock;
        while (seen + bins_[bin] < rank)
            seen += bins_[bin++];
        return sketch::binMiddle(static_cast<uint16_t>(bin));
    }
    // Calls visit(bin, count) for the filled bins, ascending.
    template <typename Visit>
    void forEach(Visit&& visit) const {
        for (size_t block = 0; block < kBlock; ++block) {
            if (blocks_[block] == 0)
                continue;
            for (size_t i = block * kBlock; i < (block + 1) * kBlock && i + 1 < bins_.size(); ++i)
                if (bins_[i] != 0)
                    visit(static_cast<uint16_t>(i), bins_[i]);
        }
    }
    void clear() {
        for (size_t block = 0; block < kBlock; ++block) {
            if (blocks_[block] == 0)
                continue;
            blocks_[block] = 0;
            std::fill(bins_.begin() + block * kBlock, bins_.begin() + (block + 1) * kBlock, Count{0});
        }
    }
    [[nodiscard]] const std::array<Count, 4096>& bins() const { return bins_; }
    [[nodiscard]] const std::array<Count, 64>& blocks() const { return blocks_; }

private:
    std::array<Count, 4096> bins_{};   // the last one collects what is no duration
    std::array<Count, 64> blocks_{};
};

}  // namespace nj::query

// A mergeable distribution of non-negative values: a base-2 exponential histogram of scale 6 (OpenTelemetry's mapping,
// base = 2^(2^-6), one bin ≤ 0.54 % from its middle), plus count, sum, min, max. Plain value; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nj::sketch {

inline constexpr int kScale = 6;
inline constexpr uint16_t kBinInvalid = 0xffff;   // end before start

// Bin of a duration in ns: 0 for 0 and 1 ns, else 1 + floor(log2(ns) · 64); at most 4,033. Exact and fast: integer log2 plus a table.
uint16_t binOf(int64_t durationNs);
// Geometric middle, lower and upper edge of a bin in ns. Bin b > 0 covers [2^((b-1)/64), 2^(b/64)).
double binMiddle(uint16_t bin);
double binLower(uint16_t bin);
double binUpper(uint16_t bin);
// The smallest whole ns of a bin: capsules store durations as the bin and what exceeds this.
int64_t binFirst(uint16_t bin);

class LatencySketch {
public:
    void add(uint16_t bin, uint64_t count = 1);
    void merge(const LatencySketch& other);
    [[nodiscard]] uint64_t count() const { return count_; }
    // q in [0, 1]; nearest rank, the middle of its bin, in ns; NaN when empty.
    [[nodiscard]] double quantile(double q) const;
    [[nodiscard]] const std::vector<uint64_t>& bins() const { return bins_; }

private:
    std::vector<uint64_t> bins_;
    uint64_t count_ = 0;
};

// q over an array of bin counts (as the scans fill them) without a sketch object.
double quantileOfBins(const uint32_t* bins, size_t size, uint64_t count, double q);

}  // namespace nj::sketch

#include "sketch/latency_sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace nj::sketch {
namespace {

constexpr int kPerOctave = 1 << kScale;

// Where each of an octave's 64 bins begins, as a 64-bit fraction of the octave with the top bit set; and, by the eight bits
// below it, the last bin that begins at or before that fraction (two begins never share 1/256 of an octave).
struct Octave {
    std::array<uint64_t, kPerOctave + 1> begin{};
    std::array<uint8_t, 256> first{};
    Octave() {
        for (int j = 0; j < kPerOctave; ++j)
            begin[static_cast<size_t>(j)] = static_cast<uint64_t>(std::ceil(std::exp2(63.0L + static_cast<long double>(j) / kPerOctave)));
        begin[kPerOctave] = std::numeric_limits<uint64_t>::max();
        uint8_t j = 0;
        for (size_t cell = 0; cell < first.size(); ++cell) {
            const uint64_t from = (uint64_t{1} << 63) | (static_cast<uint64_t>(cell) << 55);
            while (j + 1 < kPerOctave && begin[j + 1U] <= from)
                ++j;
            first[cell] = j;
        }
    }
};
const Octave kOctave;

template <typename Count>
double quantileIn(const Count* bins, size_t size, uint64_t count, double q) {
    if (count == 0)
        return std::numeric_limits<double>::quiet_NaN();
    const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count));
    const uint64_t rank = std::clamp<uint64_t>(static_cast<uint64_t>(wanted), 1, count);
    uint64_t seen = 0;
    for (size_t bin = 0; bin < size; ++bin) {
        seen += bins[bin];
        if (seen >= rank)
            return binMiddle(static_cast<uint16_t>(bin));
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

uint16_t binOf(int64_t durationNs) {
    if (durationNs <= 1)
        return durationNs < 0 ? kBinInvalid : 0;
    const auto value = static_cast<uint64_t>(durationNs);
    const int exponent = 63 - std::countl_zero(value);
    const uint64_t fraction = value << (63 - exponent);
    unsigned j = kOctave.first[fraction >> 55 & 0xff];
    if (j + 1 < kPerOctave && fraction >= kOctave.begin[j + 1])
        ++j;
    return static_cast<uint16_t>(1 + exponent * kPerOctave + static_cast<int>(j));
}

int64_t binFirst(uint16_t bin) {
    if (bin == 0 || bin > 1 + 62 * kPerOctave + kPerOctave - 1)
        return 0;
    const int exponent = (bin - 1) / kPerOctave;
    const uint64_t begin = kOctave.begin[static_cast<size_t>((bin - 1) % kPerOctave)];
    const int drop = 63 - exponent;
    const uint64_t floor = begin >> drop;
    return static_cast<int64_t>(floor + ((floor << drop) != begin ? 1 : 0));
}
double binLower(uint16_t bin) { return bin == 0 ? 0.0 : std::exp2((bin - 1) / static_cast<double>(kPerOctave)); }
double binUpper(uint16_t bin) { return bin == 0 ? 1.0 : std::exp2(bin / static_cast<double>(kPerOctave)); }
double binMiddle(uint16_t bin) {
    static const std::vector<double> kMiddles = [] {
        std::vector<double> middles(kPerOctave * 64U, 0);
        for (size_t i = 1; i < middles.size(); ++i)
            middles[i] = std::exp2((static_cast<double>(i) - 0.5) / static_cast<double>(kPerOctave));
        return middles;
    }();
    return bin < kMiddles.size() ? kMiddles[bin] : std::exp2((bin - 0.5) / static_cast<double>(kPerOctave));
}

void LatencySketch::add(uint16_t bin, uint64_t count) {
    if (bin == kBinInvalid)
        return;
    if (bin >= bins_.size())
        bins_.resize(bin + 1U, 0);
    bins_[bin] += count;
    count_ += count;
}

void LatencySketch::merge(const LatencySketch& other) {
    if (other.bins_.size() > bins_.size())
        bins_.resize(other.bins_.size(), 0);
    for (size_t i = 0; i < other.bins_.size(); ++i)
        bins_[i] += other.bins_[i];
    count_ += other.count_;
}

double LatencySketch::quantile(double q) const { return quantileIn(bins_.data(), bins_.size(), count_, q); }
double quantileOfBins(const uint32_t* bins, size_t size, uint64_t count, double q) { return quantileIn(bins, size, count, q); }

}  // namespace nj::sketch

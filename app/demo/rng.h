// Random numbers that are the same everywhere (xoshiro256**, seeded by splitmix64), with the distributions the demo needs.
// The standard library's distributions differ between implementations. One thread at a time.
#pragma once

#include <cmath>
#include <cstdint>

#include "demo/det_math.h"

namespace nj::demo {

class Rng {
public:
    // Streams of one seed are independent: what one part draws never moves another part.
    Rng(uint64_t seed, uint64_t stream) {
        uint64_t x = seed * 0x9E3779B97F4A7C15ULL + stream * 0xD1B54A32D192ED03ULL + 1;
        for (uint64_t& s : state_) {
            x += 0x9E3779B97F4A7C15ULL;
            uint64_t z = x;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
            s = z ^ (z >> 31);
        }
    }
    uint64_t next() {
        const uint64_t result = rotl(state_[1] * 5, 7) * 9;
        const uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = rotl(state_[3], 45);
        return result;
    }
    // In (0, 1).
    double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1.0p-52; }
    double uniform(double from, double to) { return from + (to - from) * uniform(); }
    bool chance(double p) { return uniform() < p; }
    // In [0, n).
    uint32_t below(uint32_t n) { return static_cast<uint32_t>((static_cast<uint64_t>(static_cast<uint32_t>(next() >> 32)) * n) >> 32); }
    double exponential(double mean) { return -mean * detLog(uniform()); }
    double normal() { return normalQuantile(uniform()); }
    double lognormal(double median, double sigma) { return median * detExp(sigma * normal()); }

private:
    static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    uint64_t state_[4];
};

}  // namespace nj::demo

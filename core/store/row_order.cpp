#include "store/row_order.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace nj::store {
namespace {

struct Key {
    uint64_t time;
    uint32_t row;
};

// Least significant digit first over the bits in use: a few linear passes instead of n log n comparisons.
void radixSort(std::vector<Key>& keys, uint64_t largest) {
    constexpr int kBits = 11;
    constexpr uint64_t kMask = (1U << kBits) - 1;
    std::vector<Key> other(keys.size());
    for (int shift = 0; shift < 64 && (largest >> shift) != 0; shift += kBits) {
        std::array<uint32_t, kMask + 2> starts{};
        for (const Key& key : keys)
            ++starts[(key.time >> shift & kMask) + 1];
        for (size_t i = 1; i < starts.size(); ++i)
            starts[i] += starts[i - 1];
        for (const Key& key : keys)
            other[starts[key.time >> shift & kMask]++] = key;
        keys.swap(other);
    }
}

}  // namespace

RowOrder orderByTime(std::span<const TimeNs> times) {
    RowOrder order;
    order.newOf.resize(times.size());
    order.oldOf.resize(times.size());
    std::iota(order.newOf.begin(), order.newOf.end(), 0U);
    std::iota(order.oldOf.begin(), order.oldOf.end(), 0U);
    if (std::is_sorted(times.begin(), times.end()))
        return order;
    order.identity = false;
    const TimeNs least = *std::min_element(times.begin(), times.end());
    std::vector<Key> keys(times.size());
    uint64_t largest = 0;
    for (uint32_t i = 0; i < keys.size(); ++i) {
        keys[i] = {static_cast<uint64_t>(times[i]) - static_cast<uint64_t>(least), i};
        largest = std::max(largest, keys[i].time);
    }
    radixSort(keys, largest);
    for (uint32_t i = 0; i < keys.size(); ++i) {
        order.oldOf[i] = keys[i].row;
        order.newOf[keys[i].row] = i;
    }
    return order;
}

}  // namespace nj::store

#include "store/id_filter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/hash.h"

namespace nj::store {
namespace {

constexpr size_t kWords = 8;
constexpr size_t kBlockBytes = kWords * 4;
constexpr std::array<uint32_t, kWords> kSalt = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU, 0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};

size_t blockOf(uint64_t key, size_t blocks) { return static_cast<size_t>(((key >> 32) * blocks) >> 32); }
uint32_t bitOf(uint64_t key, size_t word) { return 1U << ((static_cast<uint32_t>(key) * kSalt[word]) >> 27); }

}  // namespace

std::string buildFilter(std::span<const uint64_t> keys, int bitsPerKey) {
    const size_t bits = std::max<size_t>(1, keys.size() * static_cast<size_t>(bitsPerKey));
    const size_t blocks = (bits + kBlockBytes * 8 - 1) / (kBlockBytes * 8);
    std::vector<uint32_t> words(blocks * kWords, 0);
    for (const uint64_t key : keys) {
        uint32_t* block = words.data() + blockOf(key, blocks) * kWords;
        for (size_t word = 0; word < kWords; ++word)
            block[word] |= bitOf(key, word);
    }
    return {reinterpret_cast<const char*>(words.data()), words.size() * 4};
}

bool filterMayContain(std::string_view filter, uint64_t key) {
    if (filter.empty() || filter.size() % kBlockBytes != 0)
        return true;
    const char* block = filter.data() + blockOf(key, filter.size() / kBlockBytes) * kBlockBytes;
    for (size_t word = 0; word < kWords; ++word) {
        uint32_t bits = 0;
        std::memcpy(&bits, block + word * 4, 4);
        if ((bits & bitOf(key, word)) == 0)
            return false;
    }
    return true;
}

uint64_t filterKey(const TraceId& id) { return fastHash({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}); }

uint64_t filterKey(const TraceId& trace, const SpanId& span) {
    std::array<char, 24> both{};
    std::memcpy(both.data(), trace.bytes.data(), 16);
    std::memcpy(both.data() + 16, span.bytes.data(), 8);
    return fastHash({both.data(), both.size()});
}

}  // namespace nj::store

#include "store/token_filter.h"

#include <array>

#include "store/id_filter.h"

namespace nj::store {
namespace {

constexpr int kBitsPerToken = 10;
constexpr uint64_t kSeed = 0x9E3779B97F4A7C15ULL;
constexpr uint64_t kMultiplier = 0xff51afd7ed558ccdULL;

// The byte a token holds for each input byte, 0 where it ends one.
constexpr std::array<unsigned char, 256> tokenBytes() {
    std::array<unsigned char, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
        table[c] = static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : letter ? c : 0);
    }
    return table;
}
constexpr std::array<unsigned char, 256> kTokenByte = tokenBytes();

// Eight lower-cased bytes at a time, then the length.
struct KeyBuilder {
    uint64_t hash = kSeed, word = 0;
    uint64_t length = 0;
    void add(unsigned char byte) {
        word = word << 8 | byte;
        if ((++length & 7) == 0)
            flush();
    }
    void flush() {
        hash = (hash ^ word) * kMultiplier;
        hash ^= hash >> 32;
        word = 0;
    }
    uint64_t finish() {
        if ((length & 7) != 0)
            flush();
        hash = (hash ^ length) * kMultiplier;
        return hash ^ hash >> 29;
    }
};

}  // namespace

uint64_t tokenKey(std::string_view token) {
    KeyBuilder key;
    for (const char c : token)
        key.add(kTokenByte[static_cast<unsigned char>(c)]);
    return key.finish();
}

std::vector<std::string_view> tokensOf(std::string_view text) {
    std::vector<std::string_view> tokens;
    for (size_t i = 0; i < text.size();) {
        const size_t from = i;
        while (i < text.size() && kTokenByte[static_cast<unsigned char>(text[i])] != 0)
            ++i;
        if (i > from)
            tokens.push_back(text.substr(from, i - from));
        else
            ++i;
    }
    return tokens;
}

TokenSet::TokenSet() : slots_(1U << 12, 0) {}

void TokenSet::addKey(uint64_t key) {
    if (key == 0)
        key = 1;
    const size_t mask = slots_.size() - 1;
    size_t slot = key >> 20 & mask;
    while (slots_[slot] != 0) {
        if (slots_[slot] == key)
            return;
        slot = (slot + 1) & mask;
    }
    slots_[slot] = key;
    keys_.push_back(key);
    if (keys_.size() * 2 > slots_.size()) {
        slots_.assign(slots_.size() * 4, 0);
        const size_t wide = slots_.size() - 1;
        for (const uint64_t k : keys_) {
            size_t s = k >> 20 & wide;
            while (slots_[s] != 0)
                s = (s + 1) & wide;
            slots_[s] = k;
        }
    }
}

void TokenSet::addText(std::string_view text) {
    KeyBuilder key;
    for (const char c : text) {
        const unsigned char byte = kTokenByte[static_cast<unsigned char>(c)];
        if (byte != 0) {
            key.add(byte);
        } else if (key.length != 0) {
            addKey(key.finish());
            key = {};
        }
    }
    if (key.length != 0)
        addKey(key.finish());
}

std::string TokenSet::takeFilter() {
    std::string filter = buildFilter(keys_, kBitsPerToken);
    slots_.assign(slots_.size(), 0);
    keys_.clear();
    return filter;
}

}  // namespace nj::store

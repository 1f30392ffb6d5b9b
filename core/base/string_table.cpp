#include "base/string_table.h"

#include "base/hash.h"

namespace nj {

uint32_t StringTable::intern(std::string_view text) {
    if ((ends_.size() + 1) * 2 > slots_.size())
        grow();
    const uint64_t hash = fastHash(text);
    const size_t mask = slots_.size() - 1;
    size_t slot = hash & mask;
    while (slots_[slot] != 0) {
        const uint32_t code = slots_[slot] - 1;
        if (hashes_[code] == hash && view(code) == text)
            return code;
        slot = (slot + 1) & mask;
    }
    bytes_.append(text);
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
    hashes_.push_back(hash);
    slots_[slot] = static_cast<uint32_t>(ends_.size());
    return static_cast<uint32_t>(ends_.size() - 1);
}

uint32_t StringTable::append(std::string_view text) {
    if ((ends_.size() + 1) * 2 > slots_.size())
        grow();
    const uint64_t hash = fastHash(text);
    const size_t mask = slots_.size() - 1;
    size_t slot = hash & mask;
    while (slots_[slot] != 0)
        slot = (slot + 1) & mask;
    bytes_.append(text);
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
    hashes_.push_back(hash);
    slots_[slot] = static_cast<uint32_t>(ends_.size());
    return static_cast<uint32_t>(ends_.size() - 1);
}

uint32_t StringTable::find(std::string_view text) const {
    if (slots_.empty())
        return kMissing;
    const uint64_t hash = fastHash(text);
    const size_t mask = slots_.size() - 1;
    for (size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
        const uint32_t code = slots_[slot] - 1;
        if (hashes_[code] == hash && view(code) == text)
            return code;
    }
    return kMissing;
}

void StringTable::clear() {
    bytes_.clear();
    ends_.clear();
    hashes_.clear();
    slots_.assign(slots_.size(), 0);
}

void StringTable::grow() {
    std::vector<uint32_t> slots(slots_.empty() ? 16 : slots_.size() * 4, 0);
    const size_t mask = slots.size() - 1;
    for (size_t code = 0; code < hashes_.size(); ++code) {
        size_t slot = hashes_[code] & mask;
        while (slots[slot] != 0)
            slot = (slot + 1) & mask;
        slots[slot] = static_cast<uint32_t>(code + 1);
    }
    slots_.swap(slots);
    ends_.reserve(slots_.size() / 2);
    hashes_.reserve(slots_.size() / 2);
}

}  // namespace nj

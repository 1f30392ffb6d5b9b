// Hashes of byte strings (xxHash, BSD-2). fastHash is for tables in memory; hash128 for content identity in files, so its
// definition (XXH3 128 bits, seed 0) is part of the capsule's format.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace nj {

using Hash128 = std::array<unsigned char, 16>;   // big-endian canonical form

uint64_t fastHash(std::string_view bytes);
Hash128 hash128(std::string_view bytes);
// As a statement binds it; it lies in `hash`.
inline std::string_view viewOf(const Hash128& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

// The same hash128 over a stream of pieces. One thread at a time.
class Hasher128 {
public:
    Hasher128();
    ~Hasher128();
    Hasher128(const Hasher128&) = delete;
    Hasher128& operator=(const Hasher128&) = delete;
    void add(std::string_view bytes);
    [[nodiscard]] Hash128 value() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace nj

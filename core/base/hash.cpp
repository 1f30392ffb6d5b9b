#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace nj {
namespace {

Hash128 canonical(XXH128_hash_t hash) {
    XXH128_canonical_t text;
    XXH128_canonicalFromHash(&text, hash);
    Hash128 out;
    std::memcpy(out.data(), text.digest, out.size());
    return out;
}

}  // namespace

uint64_t fastHash(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Hash128 hash128(std::string_view bytes) { return canonical(XXH3_128bits(bytes.data(), bytes.size())); }

struct Hasher128::State {
    XXH3_state_t* xxh = XXH3_createState();
    State() { XXH3_128bits_reset(xxh); }
    ~State() { XXH3_freeState(xxh); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Hasher128::Hasher128() : state_(std::make_unique<State>()) {}
Hasher128::~Hasher128() = default;
void Hasher128::add(std::string_view bytes) { XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size()); }
Hash128 Hasher128::value() const { return canonical(XXH3_128bits_digest(state_->xxh)); }

}  // namespace nj

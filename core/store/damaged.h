// What a capsule's own bytes that can't be read are answered with.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace nj::store {

// `what` names the part: "a chunk of samples cannot be read".
inline Error damaged(std::string_view what) { return makeError(ErrorCode::kMalformed, "the capsule is damaged: " + std::string(what)); }

}  // namespace nj::store

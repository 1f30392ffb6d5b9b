// The zone map of a segment as capsules store it. Keys of attributes are dictionary ids there. Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/segment_view.h"

namespace nj::store {

std::string encodeSegmentInfo(const SegmentInfo& info, const std::function<uint32_t(std::string_view)>& internKey);
// Fills what the blob holds; `info.rows` is set by the caller before.
Status decodeSegmentInfo(std::string_view bytes, const std::function<std::string_view(uint32_t)>& keyText, SegmentInfo& info);

}  // namespace nj::store

// Grafana's transformations on frames, in order. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "dashboard/frame.h"
#include "dashboard/transformation.h"

namespace nj::dashboard {

// What could not be done stays undone and is a sentence in `notes`. Rows are bounded by kMostFrameCells in all.
inline constexpr size_t kMostFrameCells = 5'000'000;
std::vector<Frame> transformed(std::vector<Frame> frames, const std::vector<Transformation>& transformations, std::vector<std::string>& notes);

}  // namespace nj::dashboard

// Chunks of one series' samples, sorted by time: delta-of-delta times, XORed doubles or scaled integer deltas. FORMAT.md, "Sample
// chunks". Pure functions; the decoder takes untrusted bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/batch.h"
#include "store/capsule_reader.h"

namespace nj::store {

inline constexpr size_t kChunkSamples = 1440;
inline constexpr size_t kChunkBytes = 3072;

std::string encodeSampleChunk(std::span<const SamplePoint> points);
Result<std::vector<SamplePoint>> decodeSampleChunk(std::string_view bytes);
// The same without starts and flags, behind what `out` holds.
Status decodeSampleArrays(std::string_view bytes, SampleArrays& out);
// As it stands in such arrays.
double arrayValue(const SamplePoint& point);

// Composite histogram points of one series.
std::string encodeHistogramChunk(std::span<const HistogramPoint> points);
Result<std::vector<HistogramPoint>> decodeHistogramChunk(std::string_view bytes);

}  // namespace nj::store

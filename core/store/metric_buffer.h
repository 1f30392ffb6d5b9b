// Samples and histogram points of one import on their way into chunks: kept by series until a chunk is full. Used by the writer's
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/batch.h"
#include "store/capsule_reader.h"

namespace nj::store {

enum class ChunkKind : uint8_t { kSamples = 0, kHistograms = 1 };

struct ChunkRow {
    int64_t series = 0;
    ChunkKind kind = ChunkKind::kSamples;
    TimeNs from = 0, last = 0;
    size_t count = 0;
    double min = 0, max = 0;             // of the finite values; NaN without one
    uint64_t firstBits = 0, lastBits = 0;
    std::string data;
};

class MetricBuffer {
public:
    // `ids`: series ids by the batch's series. Takes the points.
    void add(Batch& batch, const std::vector<int64_t>& ids);
    // Full chunks; with `all` what is left too. Empties what it returns.
    std::vector<ChunkRow> take(bool all);
    // What take(true) would give; the points stay.
    [[nodiscard]] std::vector<ChunkRow> chunks() const;
    [[nodiscard]] bool wantsTake() const { return fullSeries_ > 256 || buffered_ > kMaxBuffered; }
    [[nodiscard]] bool empty() const { return buffered_ == 0; }

private:
    static constexpr size_t kMaxBuffered = 2'000'000;
    struct Series {
        std::vector<SamplePoint> samples;
        std::vector<HistogramPoint> histograms;
        bool full = false;
    };
    std::unordered_map<int64_t, Series> series_;
    size_t buffered_ = 0, fullSeries_ = 0;
};

// Sorted, one per time (the later wins), cut at the chunk limits.
void appendSampleChunks(int64_t series, std::vector<SamplePoint>& points, std::vector<ChunkRow>& out);
void appendHistogramChunks(int64_t series, std::vector<HistogramPoint>& points, std::vector<ChunkRow>& out);

}  // namespace nj::store

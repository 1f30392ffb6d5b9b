#include "store/metric_buffer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "store/sample_chunk.h"

namespace nj::store {
namespace {

// Sorts by time and keeps the last delivered of each instant.
template <typename Point>
void sortAndThin(std::vector<Point>& points) {
    const auto earlier = [](const Point& a, const Point& b) { return a.time < b.time; };
    if (!std::is_sorted(points.begin(), points.end(), earlier))
        std::stable_sort(points.begin(), points.end(), earlier);
    size_t kept = 0;
    for (size_t i = 0; i < points.size(); ++i) {
        if (i + 1 < points.size() && points[i + 1].time == points[i].time)
            continue;
        if (kept != i)
            points[kept] = std::move(points[i]);
        ++kept;
    }
    points.resize(kept);
}

void appendSamples(int64_t series, std::span<const SamplePoint> points, std::vector<ChunkRow>& out) {
    std::string data = encodeSampleChunk(points);
    if (data.size() > kChunkBytes && points.size() > 1) {
        appendSamples(series, points.first(points.size() / 2), out);
        appendSamples(series, points.subspan(points.size() / 2), out);
        return;
    }
    ChunkRow row;
    row.series = series;
    row.from = points.front().time;
    row.last = points.back().time;
    row.count = points.size();
    row.firstBits = points.front().valueBits;
    row.lastBits = points.back().valueBits;
    row.min = row.max = std::numeric_limits<double>::quiet_NaN();
    for (const SamplePoint& point : points) {
        row.min = std::fmin(row.min, point.value());
        row.max = std::fmax(row.max, point.value());
    }
    row.data = std::move(data);
    out.push_back(std::move(row));
}

void appendHistograms(int64_t series, std::span<const HistogramPoint> points, std::vector<ChunkRow>& out) {
    std::string data = encodeHistogramChunk(points);
    if (data.size() > kChunkBytes && points.size() > 1) {
        appendHistograms(series, points.first(points.size() / 2), out);
        appendHistograms(series, points.subspan(points.size() / 2), out);
        return;
    }
    ChunkRow row;
    row.series = series;
    row.kind = ChunkKind::kHistograms;
    row.from = points.front().time;
    row.last = points.back().time;
    row.count = points.size();
    row.min = row.max = std::numeric_limits<double>::quiet_NaN();
    row.data = std::move(data);
    out.push_back(std::move(row));
}

}  // namespace

void appendSampleChunks(int64_t series, std::vector<SamplePoint>& points, std::vector<ChunkRow>& out) {
    sortAndThin(points);
    for (size_t first = 0; first < points.size(); first += kChunkSamples)
        appendSamples(series, std::span(points).subspan(first, std::min(kChunkSamples, points.size() - first)), out);
}

void appendHistogramChunks(int64_t series, std::vector<HistogramPoint>& points, std::vector<ChunkRow>& out) {
    sortAndThin(points);
    for (size_t first = 0; first < points.size(); first += kChunkSamples)
        appendHistograms(series, std::span(points).subspan(first, std::min(kChunkSamples, points.size() - first)), out);
}

void MetricBuffer::add(Batch& batch, const std::vector<int64_t>& ids) {
    const SampleColumns& in = batch.samples;
    std::vector<Series*> slots(ids.size(), nullptr);
    const auto slotOf = [&](uint32_t series) -> Series& {
        if (slots[series] == nullptr)
            slots[series] = &series_[ids[series]];
        return *slots[series];
    };
    for (size_t i = 0; i < in.size(); ++i) {
        if (in.series[i] >= ids.size())
            continue;
        Series& series = slotOf(in.series[i]);
        series.samples.push_back({in.start[i], in.time[i], in.valueBits[i], in.flags[i]});
        if (series.samples.size() >= kChunkSamples && !series.full) {
            series.full = true;
            ++fullSeries_;
        }
    }
    for (HistogramPoint& point : batch.histograms) {
        if (point.series >= ids.size())
            continue;
        Series& series = slotOf(point.series);
        series.histograms.push_back(std::move(point));
        if (series.histograms.size() >= kChunkSamples / 4 && !series.full) {
            series.full = true;
            ++fullSeries_;
        }
    }
    buffered_ += in.size() + batch.histograms.size() * 8;
    batch.samples = {};
    batch.histograms.clear();
}

std::vector<ChunkRow> MetricBuffer::take(bool all) {
    std::vector<ChunkRow> rows;
    const bool everything = all || buffered_ > kMaxBuffered;
    for (auto it = series_.begin(); it != series_.end();) {
        Series& series = it->second;
        if (!everything && !series.full) {
            ++it;
            continue;
        }
        buffered_ -= std::min(buffered_, series.samples.size() + series.histograms.size() * 8);
        appendSampleChunks(it->first, series.samples, rows);
        appendHistogramChunks(it->first, series.histograms, rows);
        it = series_.erase(it);
    }
    fullSeries_ = 0;
    if (everything)
        buffered_ = 0;
    return rows;
}

std::vector<ChunkRow> MetricBuffer::chunks() const {
    std::vector<ChunkRow> rows;
    for (const auto& [id, series] : series_) {
        auto samples = series.samples;
        auto histograms = series.histograms;
        appendSampleChunks(id, samples, rows);
        appendHistogramChunks(id, histograms, rows);
    }
    return rows;
}

}  // namespace nj::store

#include <algorithm>
#include <bit>

#include "store/byte_io.h"
#include "store/damaged.h"
#include "store/sample_chunk.h"
#include "store/segment_columns.h"

namespace nj::store {
namespace {

constexpr size_t kMaxBounds = 4U << 20;

enum PointFlag : uint8_t { kHasSum = 1, kHasMin = 2, kHasMax = 4, kSameBounds = 8, kExponential = 16, kHasValues = 32 };

void putDoubles(ByteWriter& out, const std::vector<double>& values) {
    out.varint(values.size());
    for (const double value : values)
        out.fixed(value);
}
std::vector<double> getDoubles(ByteReader& in) {
    std::vector<double> values(in.count(8));
    for (double& value : values)
        value = in.fixed<double>();
    return values;
}

// Counts as differences to the point before where that has as many, else as they are.
void putCounts(ByteWriter& out, const std::vector<uint64_t>& counts, const std::vector<uint64_t>& before) {
    out.varint(counts.size());
    for (size_t i = 0; i < counts.size(); ++i)
        out.zigzag(wrapMinus(static_cast<int64_t>(counts[i]), before.size() == counts.size() ? static_cast<int64_t>(before[i]) : 0));
}
std::vector<uint64_t> getCounts(ByteReader& in, const std::vector<uint64_t>& before) {
    std::vector<uint64_t> counts(in.count());
    for (size_t i = 0; i < counts.size(); ++i)
        counts[i] = static_cast<uint64_t>(wrapPlus(in.zigzag(), before.size() == counts.size() ? static_cast<int64_t>(before[i]) : 0));
    return counts;
}

bool exponential(const HistogramPoint& p) {
    return p.scale != 0 || p.zeroCount != 0 || p.zeroThreshold != 0 || p.positiveOffset != 0 || p.negativeOffset != 0 || !p.positive.empty() || !p.negative.empty();
}

bool sameBits(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y); });
}

void putPoint(ByteWriter& out, const HistogramPoint& p, const HistogramPoint& before) {
    const bool same = sameBits(p.bounds, before.bounds);
    out.fixed(static_cast<uint8_t>((p.hasSum ? kHasSum : 0) | (p.hasMin ? kHasMin : 0) | (p.hasMax ? kHasMax : 0) | (same ? kSameBounds : 0) |
                                   (exponential(p) ? kExponential : 0) | (p.values.empty() ? 0 : kHasValues)));
    out.zigzag(wrapMinus(p.time, before.time));
    out.zigzag(wrapMinus(p.time, p.start));
    out.varint(p.flags);
    out.zigzag(wrapMinus(static_cast<int64_t>(p.count), static_cast<int64_t>(before.count)));
    if (p.hasSum)
        out.fixed(p.sum);
    if (p.hasMin)
        out.fixed(p.min);
    if (p.hasMax)
        out.fixed(p.max);
    if (!same)
        putDoubles(out, p.bounds);
    putCounts(out, p.buckets, before.buckets);
    if (!p.values.empty())
        putDoubles(out, p.values);
    if (!exponential(p))
        return;
    out.zigzag(p.scale);
    out.varint(p.zeroCount);
    out.fixed(p.zeroThreshold);
    out.zigzag(p.positiveOffset);
    putCounts(out, p.positive, before.positive);
    out.zigzag(p.negativeOffset);
    putCounts(out, p.negative, before.negative);
}

HistogramPoint getPoint(ByteReader& in, const HistogramPoint& before) {
    HistogramPoint p;
    const auto parts = in.fixed<uint8_t>();
    p.time = wrapPlus(in.zigzag(), before.time);
    p.start = wrapMinus(p.time, in.zigzag());
    p.flags = static_cast<uint32_t>(in.varint());
    p.count = static_cast<uint64_t>(wrapPlus(in.zigzag(), static_cast<int64_t>(before.count)));
    p.hasSum = (parts & kHasSum) != 0;
    p.hasMin = (parts & kHasMin) != 0;
    p.hasMax = (parts & kHasMax) != 0;
    p.sum = p.hasSum ? in.fixed<double>() : 0;
    p.min = p.hasMin ? in.fixed<double>() : 0;
    p.max = p.hasMax ? in.fixed<double>() : 0;
    p.bounds = (parts & kSameBounds) != 0 ? before.bounds : getDoubles(in);
    p.buckets = getCounts(in, before.buckets);
    if ((parts & kHasValues) != 0)
        p.values = getDoubles(in);
    if ((parts & kExponential) == 0)
        return p;
    p.scale = static_cast<int32_t>(in.zigzag());
    p.zeroCount = in.varint();
    p.zeroThreshold = in.fixed<double>();
    p.positiveOffset = static_cast<int32_t>(in.zigzag());
    p.positive = getCounts(in, before.positive);
    p.negativeOffset = static_cast<int32_t>(in.zigzag());
    p.negative = getCounts(in, before.negative);
    return p;
}

}  // namespace

std::string encodeHistogramChunk(std::span<const HistogramPoint> points) {
    ByteWriter out;
    out.varint(points.size());
    HistogramPoint none;
    const HistogramPoint* before = &none;
    for (const HistogramPoint& point : points) {
        putPoint(out, point, *before);
        before = &point;
    }
    return out.take();
}

Result<std::vector<HistogramPoint>> decodeHistogramChunk(std::string_view bytes) {
    ByteReader in(bytes);
    const uint64_t count = in.varint();
    if (in.failed() || count == 0 || count > kChunkSamples)
        return damaged("a chunk of histograms cannot be read");
    std::vector<HistogramPoint> points;
    HistogramPoint none;
    size_t bounds = 0;   // repeated ones take no bytes
    for (uint64_t i = 0; i < count && !in.failed() && bounds <= kMaxBounds; ++i) {
        points.push_back(getPoint(in, points.empty() ? none : points.back()));
        bounds += points.back().bounds.size();
    }
    if (bounds > kMaxBounds || in.failed() || in.left() != 0)
        return damaged("a chunk of histograms cannot be read");
    return points;
}

}  // namespace nj::store

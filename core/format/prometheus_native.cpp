// Native histograms as Prometheus prints them, back into schema and bucket indexes.
#include <algorithm>
#include <cmath>

#include "format/prometheus_line.h"

namespace nj::format {
namespace {

constexpr int kMinSchema = -4;
constexpr int kMaxSchema = 8;
constexpr int64_t kMaxBuckets = 1 << 16;
constexpr double kMaxCount = 9e18;

uint64_t wholeCount(double count, bool& rounded) {
    rounded = rounded || count != std::floor(count);
    return static_cast<uint64_t>(std::llround(std::clamp(count, 0.0, kMaxCount)));
}

bool isZeroBucket(const NativeBucket& b) { return b.lower <= 0 && b.upper >= 0 && b.lower == -b.upper; }

// upper / lower = 2^(2^-schema); 99 where that is no schema.
int schemaOf(double lower, double upper) {
    if (!(lower > 0) || !std::isfinite(upper) || !(upper > lower))
        return 99;
    const double schema = -std::log2(std::log2(upper / lower));
    const double nearest = std::round(schema);
    return std::abs(schema - nearest) < 1e-3 && nearest >= kMinSchema && nearest <= kMaxSchema ? static_cast<int>(nearest) : 99;
}

struct Indexed {
    int64_t index;
    double count;
};

bool fill(const std::vector<Indexed>& found, int32_t& offset, std::vector<uint64_t>& counts, bool& rounded) {
    if (found.empty())
        return true;
    const auto [low, high] = std::minmax_element(found.begin(), found.end(), [](const Indexed& a, const Indexed& b) { return a.index < b.index; });
    if (high->index - low->index >= kMaxBuckets)
        return false;
    offset = static_cast<int32_t>(low->index);
    counts.resize(static_cast<size_t>(high->index - low->index + 1));
    for (const Indexed& b : found)
        counts[static_cast<size_t>(b.index - offset)] += wholeCount(b.count, rounded);
    return true;
}

bool fillExponential(const std::vector<NativeBucket>& buckets, HistogramPoint& h, bool& rounded) {
    int schema = 99;
    std::vector<Indexed> positive;
    std::vector<Indexed> negative;
    for (const NativeBucket& b : buckets) {
        if (isZeroBucket(b)) {
            h.zeroThreshold = b.upper;
            h.zeroCount = wholeCount(b.count, rounded);
            continue;
        }
        const bool below = b.upper < 0 || (b.upper == 0 && b.lower < 0);
        const double lower = below ? -b.upper : b.lower;
        const double upper = below ? -b.lower : b.upper;
        const int own = schemaOf(lower, upper);
        if (own == 99 || (schema != 99 && own != schema))
            return false;
        schema = own;
        const double index = std::round(std::log2(lower) * std::ldexp(1.0, schema));
        (below ? negative : positive).push_back({static_cast<int64_t>(index), b.count});
    }
    h.scale = schema == 99 ? 0 : schema;
    return fill(positive, h.positiveOffset, h.positive, rounded) && fill(negative, h.negativeOffset, h.negative, rounded);
}

// Buckets side by side; a gap between two of them is an empty one.
bool fillExplicit(const std::vector<NativeBucket>& buckets, HistogramPoint& h, bool& rounded) {
    for (const NativeBucket& b : buckets) {
        if (std::isnan(b.lower) || std::isnan(b.upper) || !(b.upper > b.lower))
            return false;
        if (h.buckets.empty() && std::isfinite(b.lower)) {
            h.bounds.push_back(b.lower);
            h.buckets.push_back(0);
        } else if (!h.bounds.empty() && b.lower > h.bounds.back()) {
            h.bounds.push_back(b.lower);
            h.buckets.push_back(0);
        } else if (!h.bounds.empty() && b.lower < h.bounds.back()) {
            return false;
        }
        h.buckets.push_back(wholeCount(b.count, rounded));
        if (std::isfinite(b.upper))
            h.bounds.push_back(b.upper);
    }
    if (h.buckets.size() == h.bounds.size() && !h.buckets.empty())
        h.buckets.push_back(0);   // nothing above the last bound
    return h.buckets.empty() ? h.bounds.empty() : h.buckets.size() == h.bounds.size() + 1;
}

}  // namespace

std::optional<HistogramPoint> nativeHistogram(double count, double sum, const std::vector<NativeBucket>& buckets, bool& exponential, bool& rounded) {
    HistogramPoint h;
    h.count = wholeCount(count, rounded);
    h.hasSum = true;
    h.sum = sum;
    exponential = true;
    if (fillExponential(buckets, h, rounded))
        return h;
    exponential = false;
    HistogramPoint plain;
    plain.count = h.count;
    plain.hasSum = true;
    plain.sum = sum;
    return fillExplicit(buckets, plain, rounded) ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace nj::format

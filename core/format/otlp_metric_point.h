// What protobuf and JSON data points have in common: they are checked here before they enter the builder. `series` is called
// only for a point that is kept.
#pragma once

#include <cstring>
#include <optional>
#include <utility>

#include "format/otlp_builder.h"

namespace nj::format {

template <typename Series>
bool addNumberPoint(OtlpBuilder& builder, std::optional<uint64_t> bits, uint32_t flags, TimeNs start, TimeNs time, Series&& series) {
    if ((flags & kSampleNoRecordedValue) != 0) {
        builder.addSample(series(), start, time, kStaleNanBits, kSampleNoRecordedValue);
        return true;
    }
    if (!bits) {
        builder.health(HealthSeverity::kRejected, "data point without value");
        return false;
    }
    builder.addSample(series(), start, time, *bits, flags);
    return true;
}

template <typename Series>
bool addHistogramPoint(OtlpBuilder& builder, HistogramPoint&& point, Series&& series) {
    if (!(point.buckets.empty() && point.bounds.empty()) && point.buckets.size() != point.bounds.size() + 1) {
        builder.health(HealthSeverity::kRejected, "histogram whose bounds do not fit its buckets");
        return false;
    }
    point.series = series();
    builder.addHistogram(std::move(point));
    return true;
}

template <typename Series>
bool addExponentialPoint(OtlpBuilder& builder, HistogramPoint&& point, Series&& series) {
    constexpr int32_t kMaxScale = 64;          // SDKs use -10 to 20
    constexpr int64_t kMaxIndex = 1U << 30;    // keeps sums of offset and position inside an int32
    const auto outside = [&](int32_t offset, size_t size) { return offset < -kMaxIndex || offset + static_cast<int64_t>(size) > kMaxIndex; };
    if (point.scale < -kMaxScale || point.scale > kMaxScale || outside(point.positiveOffset, point.positive.size()) ||
        outside(point.negativeOffset, point.negative.size())) {
        builder.health(HealthSeverity::kRejected, "exponential histogram beyond the range of a double");
        return false;
    }
    point.series = series();
    builder.addHistogram(std::move(point));
    return true;
}

}  // namespace nj::format

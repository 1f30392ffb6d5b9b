#include "query/capsule/resource_samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace nj::query {
namespace {

using analyze::ResourceJoin;
using Role = analyze::ResourceName::Role;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr DurationNs kLookback = 5 * kMinute;   // as Prometheus looks back
constexpr double kHold = 2.5;
constexpr DurationNs kLongestHold = 30 * kDay;

DurationNs usualDistance(const SampleList& samples) {
    constexpr size_t kMost = 512;
    std::vector<DurationNs> distances;
    const size_t every = std::max<size_t>(1, samples.size() / kMost);
    for (size_t i = 1; i < samples.size(); i += every)
        if (samples[i].first > samples[i - 1].first)
            distances.push_back(samples[i].first - samples[i - 1].first);
    if (distances.empty())
        return 0;
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return *middle;
}

void merge(std::vector<float>& into, const std::vector<float>& other, float (*join)(float, float)) {
    if (into.empty()) {
        into = other;
        return;
    }
    for (size_t i = 0; i < into.size() && i < other.size(); ++i)
        into[i] = std::isnan(into[i]) ? other[i] : std::isnan(other[i]) ? into[i] : join(into[i], other[i]);
}

float sum(float a, float b) { return a + b; }
float later(float, float b) { return b; }
float most(float a, float b) { return std::max(a, b); }

// Parts of one whole: what is used of it.
struct Whole {
    std::vector<float> used, free, rest, total, value;
    bool simple = true;                            // one series that is the figure
    ResourceFold direct;

    [[nodiscard]] std::vector<float> figure(size_t columns) const {
        if (!value.empty())
            return value;
        std::vector<float> out(columns, kMissing);
        const auto at = [](const std::vector<float>& list, size_t c, float otherwise) { return c < list.size() ? list[c] : otherwise; };
        for (size_t c = 0; c < columns; ++c) {
            const float whole = total.empty() ? at(used, c, kMissing) + at(free, c, kMissing) + at(rest, c, 0) : at(total, c, kMissing);
            const float part = used.empty() ? whole - at(free, c, kMissing) : at(used, c, kMissing);
            // An idle counter pair (nothing ran) is no share of anything: not known.
            out[c] = whole > 0 ? std::clamp(part / whole, 0.0F, 1.0F) : kMissing;
        }
        return out;
    }
};

}  // namespace

TimeRange workableRange(TimeRange range) {
    constexpr TimeNs kFar = std::numeric_limits<TimeNs>::max() / 2;
    return {std::clamp(range.from, -kFar, kFar), std::clamp(range.to, -kFar, kFar)};
}

Status readSamples(QueryContext& context, const store::SeriesRow& series, TimeRange range, bool rate, double scale, SampleList& out) {
    out.clear();
    const bool delta = series.temporality == Temporality::kDelta;
    const TimeNs from = range.from > std::numeric_limits<TimeNs>::min() + kLookback ? range.from - kLookback : range.from;
    double last = std::numeric_limits<double>::quiet_NaN();
    TimeNs lastTime = 0;
    NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series.id, {from, range.to}, [&](const store::SamplePoint& point) {
        const bool gone = point.valueBits == kStaleNanBits || (point.flags & kSampleNoRecordedValue) != 0;
        const double value = gone ? std::numeric_limits<double>::quiet_NaN() : point.value();
        double shown = value;
        if (rate) {
            const TimeNs since = delta && point.start > 0 && point.start < point.time ? point.start : lastTime;
            const double seconds = static_cast<double>(point.time - since) / 1e9;
            const double increase = delta || value < last ? value : value - last;   // a counter that fell was reset
            shown = seconds > 0 && since > 0 && (delta || !std::isnan(last)) ? increase / seconds : std::numeric_limits<double>::quiet_NaN();
        }
        last = value;
        lastTime = point.time;
        if (!rate || !std::isnan(shown) || gone)
            out.emplace_back(point.time, std::isfinite(shown) ? shown * scale : std::numeric_limits<double>::quiet_NaN());
        return !context.stop().stop_requested();
    }));
    return context.checkStop();
}

ResourceFold foldSamples(const SampleList& samples, TimeRange range, const Columns& columns) {
    ResourceFold fold;
    fold.low.assign(columns.count, kMissing);
    fold.mean.assign(columns.count, kMissing);
    fold.high.assign(columns.count, kMissing);
    fold.step = usualDistance(samples);
    std::vector<uint32_t> counts(columns.count, 0);
    std::vector<double> sums(columns.count, 0);
    for (size_t i = 0; i < samples.size(); ++i) {
        const auto [time, value] = samples[i];
        if (time >= range.to || std::isnan(value))
            continue;
        const auto v = static_cast<float>(value);
        if (time >= range.from) {
            const size_t c = columns.at(time);
            ++fold.samples;
            fold.low[c] = counts[c] == 0 ? v : std::min(fold.low[c], v);
            fold.high[c] = counts[c] == 0 ? v : std::max(fold.high[c], v);
            sums[c] += value;
            ++counts[c];
        }
        // Until the next one, where that is near.
        const DurationNs hold = std::min(kLongestHold, fold.step > kLongestHold ? kLongestHold : static_cast<DurationNs>(kHold * static_cast<double>(fold.step)));
        const TimeNs until = std::min({i + 1 < samples.size() ? samples[i + 1].first : range.to, time + std::max<DurationNs>(hold, 1), range.to});
        if (until <= range.from)
            continue;
        const size_t lastHeld = columns.at(until - 1);
        for (size_t c = time >= range.from ? columns.at(time) + 1 : 0; c <= lastHeld; ++c)
            if (counts[c] == 0)
                fold.low[c] = fold.mean[c] = fold.high[c] = v;
    }
    for (size_t c = 0; c < columns.count; ++c)
        if (counts[c] > 0)
            fold.mean[c] = static_cast<float>(sums[c] / counts[c]);
    return fold;
}

Result<ResourceFold> foldEntry(QueryContext& context, const ResourceEntry& entry, const analyze::ResourceMetric& metric, TimeRange range, const Columns& columns) {
    ResourceFold out;
    int choice = std::numeric_limits<int>::max();
    for (const ResourceSource& source : entry.sources)
        if (source.name->metric == metric.id)
            choice = std::min(choice, source.name->choice);
    std::map<std::string, Whole> wholes;
    SampleList samples;
    for (const ResourceSource& source : entry.sources) {
        if (source.name->metric != metric.id || source.name->choice != choice)
            continue;
        NJ_RETURN_IF_ERROR(readSamples(context, *source.series, range, source.name->rate, source.name->scale, samples));
        ResourceFold fold = foldSamples(samples, range, columns);
        out.samples = std::max(out.samples, fold.samples);
        out.step = std::max(out.step, fold.step);
        Whole& whole = wholes[source.part];
        switch (source.name->role) {
        case Role::kValue:
            // Two series of one thing: it went on under other labels.
            whole.simple = whole.simple && whole.value.empty();
            merge(whole.value, fold.mean, later);
            merge(whole.direct.low, fold.low, [](float a, float b) { return std::min(a, b); });
            merge(whole.direct.high, fold.high, most);
            break;
        case Role::kFreeShare:
            for (float& v : fold.mean)
                v = std::clamp(1 - v, 0.0F, 1.0F);
            merge(whole.value, fold.mean, later);
            whole.simple = false;
            break;
        case Role::kUsed: merge(whole.used, fold.mean, later); break;
        case Role::kFree: merge(whole.free, fold.mean, later); break;
        case Role::kRest: merge(whole.rest, fold.mean, later); break;
        case Role::kTotal: merge(whole.total, fold.mean, later); break;
        }
    }
    std::vector<float> joined;
    std::vector<uint16_t> parts(columns.count, 0);
    for (const auto& [part, whole] : wholes) {
        const std::vector<float> figure = whole.figure(columns.count);
        for (size_t c = 0; c < figure.size(); ++c)
            parts[c] = static_cast<uint16_t>(parts[c] + (std::isnan(figure[c]) ? 0 : 1));
        merge(joined, figure, metric.join == ResourceJoin::kMost ? most : sum);
    }
    if (metric.join == ResourceJoin::kMean)
        for (size_t c = 0; c < joined.size(); ++c)
            joined[c] = parts[c] > 1 ? joined[c] / static_cast<float>(parts[c]) : joined[c];
    joined.resize(columns.count, kMissing);
    const bool single = wholes.size() == 1 && !wholes.begin()->second.direct.low.empty() && wholes.begin()->second.simple;
    out.low = single ? wholes.begin()->second.direct.low : joined;
    out.high = single ? wholes.begin()->second.direct.high : joined;
    out.mean = std::move(joined);
    return out;
}

}  // namespace nj::query

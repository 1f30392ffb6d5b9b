#include "query/capsule/gpu_events.h"

#include <fmt/format.h>

#include <algorithm>

namespace nj::query {
namespace {

// NVML's nvmlClocksEventReason bits.
constexpr uint64_t kSoftwareThermal = 0x20, kHardwareThermal = 0x40, kPowerBrake = 0x80;
// Shorter interruptions belong to one stretch.
constexpr DurationNs kJoin = 5 * kMinute;
constexpr uint8_t kWarning = 13;

bool isReasons(const std::string& name) { return name == "DCGM_FI_DEV_CLOCKS_EVENT_REASONS" || name == "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS"; }

std::string label(const store::SeriesRow& series, std::string_view key) {
    const AttributeValue* value = findAttribute(series.attributes, key);
    return value ? value->display() : std::string();
}

struct Stretch {
    TimeNs from = 0, to = 0;
    uint64_t reasons = 0;
    uint64_t samples = 0;
};

EventMark markOf(const store::SeriesRow& series, const Stretch& stretch) {
    const std::string gpu = label(series, "gpu");
    const std::string host = label(series, "Hostname");
    EventMark mark;
    mark.seq = -1 - series.id;   // not a stored row
    mark.time = stretch.from;
    mark.end = stretch.to;
    mark.kind = "throttle";
    mark.entity = host.empty() ? "GPU " + gpu : host + "/" + gpu;
    mark.title = fmt::format("GPU {} throttles: {}", gpu, stretch.reasons & (kSoftwareThermal | kHardwareThermal) ? "too hot" : "power brake");
    mark.severity = kWarning;
    return mark;
}

Status addStretches(QueryContext& context, const store::SeriesRow& series, std::vector<EventMark>& marks) {
    Stretch open;
    const auto close = [&] {
        // One sample alone may be a glitch of the reading.
        if (open.samples > 1)
            marks.push_back(markOf(series, open));
        open = {};
    };
    NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series.id, {INT64_MIN, INT64_MAX}, [&](const store::SamplePoint& point) {
        const double value = point.value();
        const uint64_t reasons = value >= 0 && value < 1e15 ? static_cast<uint64_t>(value) & (kSoftwareThermal | kHardwareThermal | kPowerBrake) : 0;
        if (open.samples > 0 && point.time - open.to > kJoin)
            close();
        if (reasons != 0) {
            open.from = open.samples == 0 ? point.time : open.from;
            open.to = point.time;
            open.reasons |= reasons;
            ++open.samples;
        }
        return !context.stop().stop_requested();
    }));
    close();
    return context.checkStop();
}

}  // namespace

Result<const std::vector<EventMark>*> gpuEvents(QueryContext& context) {
    if (!context.cache().gpuEvents) {
        auto marks = std::make_shared<std::vector<EventMark>>();
        for (const store::SeriesRow& series : context.snapshot().series())
            if (isReasons(series.name))
                NJ_RETURN_IF_ERROR(addStretches(context, series, *marks));
        context.cache().gpuEvents = std::move(marks);
    }
    return context.cache().gpuEvents.get();
}

}  // namespace nj::query

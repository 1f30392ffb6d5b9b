#include "query/capsule/resource_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "analyze/robust.h"
#include "analyze/xid.h"
#include "query/capsule/resource_samples.h"

namespace nj::query {
namespace {

constexpr DurationNs kJoin = 5 * kMinute;    // shorter interruptions belong to one stretch
constexpr DurationNs kSame = 10 * kMinute;   // the gauge is scraped later than the kernel logs
constexpr size_t kMostMarks = 400;
constexpr double kSlowShare = 0.8;           // of its own p95
constexpr double kBusy = 0.5;
constexpr uint8_t kWarning = 13, kError = 17;

std::string reasonText(uint64_t bits) {
    std::string text;
    const auto add = [&](uint64_t bit, const char* name) {
        if (bits & bit)
            text += fmt::format("{}{}", text.empty() ? "" : " and ", name);
    };
    add(analyze::kReasonSoftwareThermal, "thermal slowdown by software");
    add(analyze::kReasonHardwareThermal, "thermal slowdown by hardware");
    add(analyze::kReasonHardwareSlowdown, "hardware slowdown");
    add(analyze::kReasonPowerBrake, "power brake");
    return text;
}

class Marks {
public:
    explicit Marks(TimeRange range) : range_(range) {}
    void add(ResourceMark mark) {
        if (mark.time < range_.to && std::max(mark.end, mark.time) >= range_.from && list_.size() < kMostMarks)
            list_.push_back(std::move(mark));
    }
    [[nodiscard]] bool hasXidNear(int64_t code, TimeNs time) const {
        return std::any_of(list_.begin(), list_.end(), [&](const ResourceMark& m) { return m.kind == ResourceMark::Kind::kXid && m.code == code && std::abs(m.time - time) < kSame; });
    }
    std::vector<ResourceMark> take() {
        std::stable_sort(list_.begin(), list_.end(), [](const ResourceMark& a, const ResourceMark& b) { return a.time < b.time; });
        return std::move(list_);
    }

private:
    TimeRange range_;
    std::vector<ResourceMark> list_;
};

// Stretches in which `bits` is not zero, and within them the instants of a hardware slowdown.
void addThrottle(const SampleList& samples, Marks& marks) {
    ResourceMark open;
    std::vector<ResourceMark> bursts;
    size_t seen = 0;
    const auto close = [&] {
        if (seen > 1) {   // one sample alone may be a glitch of the reading
            open.text = reasonText(static_cast<uint64_t>(open.code));
            open.severity = kWarning;
            marks.add(open);
            for (ResourceMark& burst : bursts)
                marks.add(std::move(burst));
        }
        seen = 0;
        bursts.clear();
        open = {};
    };
    for (const auto& [time, value] : samples) {
        const uint64_t bits = value >= 0 && value < 1e15 ? static_cast<uint64_t>(value) & analyze::kThrottleReasons : 0;
        if (seen > 0 && time - open.end > kJoin)
            close();
        if (bits == 0)
            continue;
        open.time = seen == 0 ? time : open.time;
        open.end = time;
        open.code |= static_cast<int64_t>(bits);
        ++seen;
        if (bits & (analyze::kReasonHardwareThermal | analyze::kReasonHardwareSlowdown | analyze::kReasonPowerBrake))
            bursts.push_back({ResourceMark::Kind::kThrottleBurst, time, 0, static_cast<int64_t>(bits), reasonText(bits), kError});
    }
    close();
}

// Clock under 80 % of its own p95 while the card is busy: what throttling looks like where no reasons are published.
Status addInferred(QueryContext& context, const ResourceEntry& entry, TimeRange range, Marks& marks) {
    const TimeRange known = entry.sources.front().series->range;
    const TimeRange data = workableRange({std::min(range.from, known.from), std::max(range.to, known.to)});
    const Columns columns = Columns::of(data, 4000, kSecond);
    NJ_ASSIGN(const ResourceFold clock, foldEntry(context, entry, *analyze::findResourceMetric("sm_clock"), data, columns));
    NJ_ASSIGN(const ResourceFold busy, foldEntry(context, entry, *analyze::findResourceMetric("utilisation"), data, columns));
    std::vector<double> seen;
    for (const float v : clock.mean)
        if (std::isfinite(v))
            seen.push_back(static_cast<double>(v));
    if (seen.size() < 20)
        return {};
    const double usual = analyze::quantile(seen, 0.95);
    ResourceMark open;
    size_t count = 0;
    const auto close = [&] {
        if (count > 1) {
            open.text = "inferred: clock under 80 % of its own p95 while busy";
            open.severity = kWarning;
            marks.add(open);
        }
        count = 0;
    };
    for (size_t c = 0; c < columns.count; ++c) {
        const bool slow = static_cast<double>(clock.mean[c]) < kSlowShare * usual && static_cast<double>(busy.mean[c]) >= kBusy;   // false for NaN
        if (!slow)
            continue;
        if (count > 0 && columns.edge(c) - open.end > kJoin)
            close();
        if (count == 0)
            open = {ResourceMark::Kind::kInferredThrottle, columns.edge(c), 0, 0, {}, kWarning};
        open.end = columns.edge(c);
        ++count;
    }
    close();
    return {};
}

ResourceMark xidMark(int64_t code, TimeNs time, TimeNs end) {
    const analyze::XidMeaning meaning = analyze::xidMeaning(static_cast<int>(code));
    return {ResourceMark::Kind::kXid, time, end, code, fmt::format("Xid {} {}: {}", code, meaning.what, meaning.action), meaning.severity};
}

// The gauge holds the last code and never resets by itself: a change is the event.
void addXids(const SampleList& samples, TimeNs until, Marks& marks) {
    double last = 0;
    for (size_t i = 0; i < samples.size(); ++i) {
        const auto [time, value] = samples[i];
        if (std::isnan(value) || value == last)
            continue;
        // A capsule that begins with a code set does not know when that happened.
        if (value > 0 && value < 10'000) {
            size_t next = i + 1;
            while (next < samples.size() && (std::isnan(samples[next].second) || samples[next].second == value))
                ++next;
            marks.add(xidMark(static_cast<int64_t>(value), time, next < samples.size() ? samples[next].first : until));
        }
        last = value;
    }
}

// "NVRM: Xid (PCI:0000:d1:00): 63, …"
void addLoggedXid(const EventMark& event, const ResourceIdentity& gpu, Marks& marks) {
    const std::string bus = pciBusDevice(gpu.pci);
    const size_t open = event.title.find("PCI:"), close = event.title.find(')', open == std::string::npos ? 0 : open);
    if (bus.empty() || open == std::string::npos || close == std::string::npos || pciBusDevice(event.title.substr(open, close - open)) != bus)
        return;
    const size_t digits = event.title.find_first_of("0123456789", close);
    int64_t code = 0;
    if (digits == std::string::npos || std::from_chars(event.title.data() + digits, event.title.data() + event.title.size(), code).ec != std::errc() || code <= 0 || code > 10'000)
        return;
    if (!marks.hasXidNear(code, event.time))
        marks.add(xidMark(code, event.time, 0));
}

Status addRestarts(QueryContext& context, const ResourceEvidence& evidence, TimeRange range, Marks& marks) {
    SampleList samples;
    for (const store::SeriesRow* series : evidence.started) {
        NJ_RETURN_IF_ERROR(readSamples(context, *series, range, false, 1, samples));
        double last = std::numeric_limits<double>::quiet_NaN();
        for (const auto& [time, value] : samples) {
            // Seconds since 1970; a clock that is corrected moves it by little.
            if (!std::isnan(last) && value > last + 5 && value < 9e9) {
                const auto started = static_cast<TimeNs>(value * 1e9);
                marks.add({ResourceMark::Kind::kRestart, started > range.from && started <= time ? started : time, 0, 0, "restarted", kError});
            }
            last = std::isnan(value) ? last : value;
        }
    }
    return {};
}

}  // namespace

Result<std::vector<EventMark>> resourceEvents(QueryContext& context) {
    NJ_ASSIGN(const std::vector<store::EventRow> rows, context.reader().events());
    std::vector<EventMark> events;
    for (const store::EventRow& row : rows)
        if (row.kind == "xid" || row.kind == "restart" || row.kind == "oom")
            events.push_back({row.seq, row.time, row.end, row.kind, row.title, row.entity, row.severity, row.logSeq});
    return events;
}

Result<std::vector<ResourceMark>> resourceMarks(QueryContext& context, const ResourceIndex& index, const ResourceEntry& entry, TimeRange range, const std::vector<EventMark>& events) {
    Marks marks(range);
    SampleList samples;
    const ResourceIdentity& identity = entry.identity;
    if (identity.kind == EntityKind::kGpu) {
        const TimeRange around{range.from - kJoin, range.to};
        for (const store::SeriesRow* series : entry.evidence.reasons) {
            NJ_RETURN_IF_ERROR(readSamples(context, *series, around, false, 1, samples));
            addThrottle(samples, marks);
        }
        if (entry.evidence.reasons.empty() && !entry.sources.empty())
            NJ_RETURN_IF_ERROR(addInferred(context, entry, range, marks));
        for (const store::SeriesRow* series : entry.evidence.xid) {
            NJ_RETURN_IF_ERROR(readSamples(context, *series, workableRange({std::min(series->range.from, range.from), range.to}), false, 1, samples));
            addXids(samples, series->range.to, marks);
        }
    }
    NJ_RETURN_IF_ERROR(addRestarts(context, entry.evidence, range, marks));
    if (identity.kind == EntityKind::kGpu || identity.kind == EntityKind::kReplica)
        for (const EntityKind kind : {EntityKind::kReplica, EntityKind::kPod})
            if (const ResourceEntry* served = index.ofPod(kind, identity.pod); served && served != &entry)
                NJ_RETURN_IF_ERROR(addRestarts(context, served->evidence, range, marks));
    for (const EventMark& event : events) {
        if (!range.contains(event.time))
            continue;
        if (event.kind == "xid") {
            if (identity.kind == EntityKind::kGpu)
                addLoggedXid(event, identity, marks);
        } else if (!event.entity.empty() && (event.entity == identity.pod || event.entity == identity.key || (identity.kind == EntityKind::kHost && event.entity == identity.host))) {
            const bool oom = event.kind == "oom";
            marks.add({oom ? ResourceMark::Kind::kOutOfMemory : ResourceMark::Kind::kRestart, event.time, 0, 0, oom ? "killed for want of memory" : "restarts", kError});
        }
    }
    return marks.take();
}

}  // namespace nj::query

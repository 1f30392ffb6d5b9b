// Batches as text: what a reader made of an input, every field of it, for golden comparisons and for "the same for every chunk size".
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "format/format.h"

namespace nj::test {

inline std::string codeText(const Batch& b, uint32_t code) { return code == kNoIndex ? "-" : std::string(b.strings.view(code)); }

inline std::string sampleValue(uint64_t bits, uint32_t flags) {
    if ((flags & kSampleNoRecordedValue) != 0)
        return "none";
    if ((flags & kSampleInteger) != 0)
        return fmt::format("int {}", static_cast<int64_t>(bits));
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return bits == kStaleNanBits ? "stale" : fmt::format("{}", value);
}

inline void appendOwners(std::string& out, const Batch& b) {
    for (const Resource& r : b.resources)
        out += fmt::format("resource {} schema={} dropped={}\n", attributesToJson(r.attributes), r.schemaUrl, r.droppedAttributes);
    for (const Scope& s : b.scopes)
        out += fmt::format("scope {} {} {} schema={} dropped={}\n", s.name, s.version, attributesToJson(s.attributes), s.schemaUrl, s.droppedAttributes);
}

inline void appendSpans(std::string& out, const Batch& b) {
    const SpanColumns& s = b.spans;
    for (uint32_t i = 0; i < s.size(); ++i)
        out += fmt::format("span {} {} parent={} {}..{} '{}' r{} s{} kind={} status={} '{}' state={} flags={} dropped={}/{}/{} {}\n", s.traceId[i].hex(),
                           s.spanId[i].hex(), s.parentSpanId[i].hex(), s.start[i], s.end[i], codeText(b, s.name[i]), s.resource[i],
                           static_cast<int32_t>(s.scope[i]), static_cast<int>(s.kind[i]), static_cast<int>(s.status[i]), codeText(b, s.statusMessage[i]),
                           codeText(b, s.traceState[i]), s.flags[i], s.droppedAttributes[i], s.droppedEvents[i], s.droppedLinks[i],
                           attributesToJson(s.attributes.row(i)));
    const SpanEventColumns& e = b.spanEvents;
    for (uint32_t i = 0; i < e.size(); ++i)
        out += fmt::format("event of {} at {} '{}' dropped={} {}\n", e.span[i], e.time[i], codeText(b, e.name[i]), e.droppedAttributes[i],
                           attributesToJson(e.attributes.row(i)));
    const SpanLinkColumns& l = b.spanLinks;
    for (uint32_t i = 0; i < l.size(); ++i)
        out += fmt::format("link of {} to {} {} state={} flags={} dropped={} {}\n", l.span[i], l.traceId[i].hex(), l.spanId[i].hex(),
                           codeText(b, l.traceState[i]), l.flags[i], l.droppedAttributes[i], attributesToJson(l.attributes.row(i)));
}

inline void appendLogs(std::string& out, const Batch& b) {
    const LogColumns& l = b.logs;
    for (uint32_t i = 0; i < l.size(); ++i)
        out += fmt::format("log {} observed={} sev={} {} body{}='{}' {} {} event={} r{} s{} flags={} dropped={} timeFlags={} line={} part={} {}\n", l.time[i],
                           l.observedTime[i], l.severityNumber[i], codeText(b, l.severityText[i]), static_cast<int>(l.bodyType[i]), l.bodyText(i),
                           l.traceId[i].hex(), l.spanId[i].hex(), codeText(b, l.eventName[i]), static_cast<int32_t>(l.resource[i]),
                           static_cast<int32_t>(l.scope[i]), l.flags[i], l.droppedAttributes[i], l.timeFlags[i], l.line[i], l.part[i],
                           attributesToJson(l.attributes.row(i)));
}

inline void appendMetrics(std::string& out, const Batch& b) {
    for (const SeriesKey& k : b.series)
        out += fmt::format("series {} r{} s{} {} unit={} '{}' kind={} temporality={} monotonic={} {}\n", static_cast<int>(k.origin),
                           static_cast<int32_t>(k.resource), static_cast<int32_t>(k.scope), k.name, k.unit, k.description, static_cast<int>(k.kind),
                           static_cast<int>(k.temporality), k.monotonic, attributesToJson(k.attributes));
    const SampleColumns& s = b.samples;
    for (size_t i = 0; i < s.size(); ++i)
        out += fmt::format("sample {} {}..{} {}\n", s.series[i], s.start[i], s.time[i], sampleValue(s.valueBits[i], s.flags[i]));
    for (const HistogramPoint& h : b.histograms) {
        out += fmt::format("histogram {} {}..{} flags={} count={}", h.series, h.start, h.time, h.flags, h.count);
        if (h.hasSum)
            out += fmt::format(" sum={}", h.sum);
        if (h.hasMin || h.hasMax)
            out += fmt::format(" min={} max={}", h.min, h.max);
        out += fmt::format(" bounds=[{}] buckets=[{}] values=[{}]", fmt::join(h.bounds, ","), fmt::join(h.buckets, ","), fmt::join(h.values, ","));
        out += fmt::format(" scale={} zero={}<={} +{}[{}] -{}[{}]\n", h.scale, h.zeroCount, h.zeroThreshold, h.positiveOffset, fmt::join(h.positive, ","),
                           h.negativeOffset, fmt::join(h.negative, ","));
    }
    for (const Exemplar& e : b.exemplars)
        out += fmt::format("exemplar {} at {} {} {} {} {}\n", e.series, e.time, e.value, e.traceId.hex(), e.spanId.hex(), attributesToJson(e.attributes));
}

inline std::string batchText(const Batch& b) {
    std::string out;
    appendOwners(out, b);
    appendSpans(out, b);
    appendLogs(out, b);
    appendMetrics(out, b);
    for (const Evaluation& e : b.evaluations)
        out += fmt::format("evaluation of {}:{} at {} {} score={} label={} '{}' response={} {} {}\n", static_cast<int>(e.origin), e.originRow, e.time, e.name,
                           e.hasScore ? fmt::format("{}", e.score) : "-", e.label, e.explanation, e.responseId, e.traceId.hex(), e.spanId.hex());
    for (const HealthRecord& h : b.health)
        out += fmt::format("health {} '{}' offset={} line={} count={}\n", static_cast<int>(h.severity), h.reason, h.offset, h.line, h.count);
    return out;
}

struct Reading {
    std::vector<Batch> batches;
    std::string text;            // of all batches
    std::string assumptions;
    bool ok = true;

    [[nodiscard]] uint64_t rejected() const {
        uint64_t count = 0;
        for (const Batch& b : batches)
            for (const HealthRecord& h : b.health)
                count += h.severity >= HealthSeverity::kRejected ? h.count : 0;
        return count;
    }
    [[nodiscard]] size_t spans() const { return sum([](const Batch& b) { return b.spans.size(); }); }
    [[nodiscard]] size_t logs() const { return sum([](const Batch& b) { return b.logs.size(); }); }
    [[nodiscard]] size_t samples() const { return sum([](const Batch& b) { return b.samples.size(); }); }
    [[nodiscard]] size_t histograms() const { return sum([](const Batch& b) { return b.histograms.size(); }); }

private:
    template <typename F>
    size_t sum(F&& f) const {
        size_t total = 0;
        for (const Batch& b : batches)
            total += f(b);
        return total;
    }
};

inline Reading readAs(const format::Format& format, std::string_view bytes, size_t chunk, const format::ReaderOptions& options = {}) {
    Reading reading;
    const auto reader = format.open(options);
    const format::BatchConsumer out = [&](Batch&& batch) {
        reading.text += batchText(batch) + "--\n";
        reading.batches.push_back(std::move(batch));
        return true;
    };
    for (size_t i = 0; i < bytes.size() && reading.ok; i += chunk)
        reading.ok = reader->feed(bytes.substr(i, chunk), out).ok();
    if (reading.ok)
        reading.ok = reader->finish(out).ok();
    reading.assumptions = reader->assumptions();
    return reading;
}

}  // namespace nj::test

// Batches for the store's tests: deterministic, with every kind of column in use.
#pragma once

#include <QTemporaryDir>

#include <bit>
#include <random>
#include <string>

#include "model/batch.h"
#include "qt_test.h"
#include "store/capsule_reader.h"
#include "store/capsule_writer.h"

namespace nj::test {

inline constexpr TimeNs kT0 = 1'773'745'092'000'000'000;

inline TraceId traceId(uint64_t high, uint64_t low) {
    TraceId id;
    std::memcpy(id.bytes.data(), &high, 8);
    std::memcpy(id.bytes.data() + 8, &low, 8);
    return id;
}
inline SpanId spanId(uint64_t value) {
    SpanId id;
    std::memcpy(id.bytes.data(), &value, 8);
    return id;
}
inline uint32_t addService(Batch& batch, const std::string& name) {
    Resource resource;
    resource.attributes = {{"service.name", AttributeValue::ofString(name)}, {"host.name", AttributeValue::ofString("node-" + name)}};
    return batch.internResource(resource);
}

struct SpanSpec {
    TraceId trace = traceId(1, 1);
    SpanId span = spanId(1), parent{};
    TimeNs start = kT0, end = kT0 + 1000;
    std::string name = "op", service = "svc", scope, statusMessage, traceState;
    SpanKind kind = SpanKind::kServer;
    SpanStatus status = SpanStatus::kUnset;
    uint32_t flags = 0, droppedAttributes = 0, droppedEvents = 0, droppedLinks = 0;
    AttributeList attributes;
};

inline uint32_t addSpan(Batch& batch, const SpanSpec& s) {
    SpanColumns& c = batch.spans;
    const auto row = static_cast<uint32_t>(c.size());
    c.traceId.push_back(s.trace);
    c.spanId.push_back(s.span);
    c.parentSpanId.push_back(s.parent);
    c.start.push_back(s.start);
    c.end.push_back(s.end);
    c.name.push_back(batch.strings.intern(s.name));
    c.resource.push_back(addService(batch, s.service));
    Scope scope;
    scope.name = s.scope;
    c.scope.push_back(s.scope.empty() ? kNoIndex : batch.internScope(scope));
    c.kind.push_back(s.kind);
    c.status.push_back(s.status);
    c.statusMessage.push_back(s.statusMessage.empty() ? kNoIndex : batch.strings.intern(s.statusMessage));
    c.traceState.push_back(s.traceState.empty() ? kNoIndex : batch.strings.intern(s.traceState));
    c.flags.push_back(s.flags);
    c.droppedAttributes.push_back(s.droppedAttributes);
    c.droppedEvents.push_back(s.droppedEvents);
    c.droppedLinks.push_back(s.droppedLinks);
    for (const auto& [key, value] : s.attributes)
        c.attributes.add(row, key, value);
    return row;
}

struct LogSpec {
    TimeNs time = kT0, observed = 0;
    uint8_t severity = 9;
    std::string severityText, original, body, eventName, service = "svc";
    uint32_t bodyOffset = kNoIndex, bodyLength = 0;   // in original
    ValueType bodyType = ValueType::kString;
    TraceId trace{};
    SpanId span{};
    uint8_t timeFlags = 0;
    uint64_t line = 0;
    uint32_t part = 0, flags = 0;
    AttributeList attributes;
};

inline uint32_t addLog(Batch& batch, const LogSpec& s) {
    LogColumns& c = batch.logs;
    const auto row = static_cast<uint32_t>(c.size());
    c.time.push_back(s.time);
    c.observedTime.push_back(s.observed);
    c.severityNumber.push_back(s.severity);
    c.severityText.push_back(s.severityText.empty() ? kNoIndex : batch.strings.intern(s.severityText));
    c.original.append(s.original);
    c.bodyOffset.push_back(s.bodyOffset);
    c.bodyLength.push_back(s.bodyLength);
    c.body.append(s.body);
    c.bodyType.push_back(s.bodyType);
    c.traceId.push_back(s.trace);
    c.spanId.push_back(s.span);
    c.eventName.push_back(s.eventName.empty() ? kNoIndex : batch.strings.intern(s.eventName));
    c.resource.push_back(addService(batch, s.service));
    c.scope.push_back(kNoIndex);
    c.flags.push_back(s.flags);
    c.droppedAttributes.push_back(0);
    c.timeFlags.push_back(s.timeFlags);
    c.line.push_back(s.line);
    c.part.push_back(s.part);
    for (const auto& [key, value] : s.attributes)
        c.attributes.add(row, key, value);
    return row;
}

inline uint32_t addSeries(Batch& batch, const std::string& name, const AttributeList& labels, SeriesOrigin origin = SeriesOrigin::kPrometheus) {
    SeriesKey key;
    key.origin = origin;
    key.name = name;
    key.kind = MetricKind::kGauge;
    key.attributes = labels;
    if (origin == SeriesOrigin::kOtlp)
        key.resource = addService(batch, "svc");
    batch.series.push_back(key);
    return static_cast<uint32_t>(batch.series.size() - 1);
}
inline void addSample(Batch& batch, uint32_t series, TimeNs time, double value, uint32_t flags = 0, TimeNs start = 0) {
    batch.samples.series.push_back(series);
    batch.samples.start.push_back(start);
    batch.samples.time.push_back(time);
    batch.samples.valueBits.push_back(std::bit_cast<uint64_t>(value));
    batch.samples.flags.push_back(flags);
}

inline ImportEnd endOf(const std::string& content) {
    ImportEnd end;
    end.contentHash = content.empty() ? Hash128{} : hash128(content);
    end.bytesRead = content.size();
    end.format = "test";
    end.finishedAt = kT0;
    return end;
}

// A capsule in a folder of its own.
class TestCapsule {
public:
    [[nodiscard]] std::string path() const { return folder_.filePath(QStringLiteral("test.nightjar")).toStdString(); }
    std::unique_ptr<store::CapsuleWriter> writer(int threads = 1) const {
        store::WriterOptions options;
        options.encoderThreads = threads;
        auto opened = store::CapsuleWriter::open(path(), options);
        if (!opened.ok())
            qFatal("%s", opened.error().message.c_str());
        return std::move(*opened);
    }
    std::unique_ptr<store::CapsuleReader> reader() const {
        auto opened = store::CapsuleReader::open(path());
        if (!opened.ok())
            qFatal("%s", opened.error().message.c_str());
        return std::move(*opened);
    }
    // Imports the batches as one file.
    ImportOutcome import(std::vector<Batch> batches, const std::string& content = {}, int threads = 1) const {
        const auto w = writer(threads);
        const auto id = w->beginImport({"file", "test", kT0, "", 0});
        for (Batch& batch : batches)
            if (const auto added = w->add(*id, std::move(batch)); !added.ok())
                qFatal("%s", added.error().message.c_str());
        const auto outcome = w->endImport(*id, endOf(content));
        if (!outcome.ok())
            qFatal("%s", outcome.error().message.c_str());
        if (const auto closed = w->close(); !closed.ok())
            qFatal("%s", closed.error().message.c_str());
        return *outcome;
    }
    ImportOutcome import(Batch&& batch, const std::string& content = {}) const {
        std::vector<Batch> batches;
        batches.push_back(std::move(batch));
        return import(std::move(batches), content);
    }

private:
    QTemporaryDir folder_;
};

// The value of a Result, or the test stops with its message.
template <typename T>
T need(Result<T> result) {
    if (!result.ok())
        qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}
inline void need(const Status& status) {
    if (!status.ok())
        qFatal("%s", status.error().message.c_str());
}

}  // namespace nj::test

#include "format/otlp_builder.h"

#include <algorithm>

#include "format/evaluation_extractor.h"

namespace nj::format {
namespace {

constexpr size_t kMaxColumns = 1024;   // a batch with more attribute columns is handed out: finding a column is linear
constexpr size_t kAlikeColumns = 128;  // more keys than that come and go
constexpr size_t kExampleBytes = 256;

template <typename T>
void appendRaw(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void appendSized(std::string& out, std::string_view text) {
    appendRaw(out, text.size());
    out.append(text);
}

void appendAttributes(std::string& out, const AttributeList& attributes) {
    for (const KeyValue& entry : attributes) {
        appendSized(out, entry.key);
        appendRaw(out, entry.value.type);
        appendSized(out, entry.value.text);
        appendRaw(out, entry.value.integer);
        appendRaw(out, entry.value.number);
    }
}

// Columns of the same keys without rows, with room for as much as those took; take() drops those that stay empty. Batches of one source
// are alike, and a column that grows is copied several times over.
void startColumns(const AttributeColumns& before, AttributeColumns& next) {
    if (before.columns().size() > kAlikeColumns)
        return;
    for (const AttributeColumns::Column& like : before.columns()) {
        AttributeColumns::Column& c = next.columns().emplace_back();
        c.key = like.key;
        c.type = like.type;
        c.rows.reserve(like.rows.size());
        c.codes.reserve(like.codes.size());
        c.integers.reserve(like.integers.size());
        c.numbers.reserve(like.numbers.size());
    }
}

}  // namespace

void dropRow(AttributeColumns& attributes, uint32_t row) {
    for (AttributeColumns::Column& c : attributes.columns()) {
        if (c.rows.empty() || c.rows.back() != row)
            continue;
        c.rows.pop_back();
        switch (c.type) {
        case ValueType::kString:
        case ValueType::kBytes:
        case ValueType::kJson: c.codes.pop_back(); break;
        case ValueType::kInt:
        case ValueType::kBool: c.integers.pop_back(); break;
        case ValueType::kDouble: c.numbers.pop_back(); break;
        case ValueType::kEmpty: break;
        }
    }
}

TimeNs timeOf(uint64_t unixNano, OtlpBuilder& builder) {
    if (unixNano <= static_cast<uint64_t>(INT64_MAX))
        return static_cast<TimeNs>(unixNano);
    builder.health(HealthSeverity::kRepaired, "time beyond the year 2262", std::to_string(unixNano));
    return 0;
}

void OtlpBuilder::setResource(Resource resource) {
    resource_ = std::move(resource);
    resourceIndex_ = kNoIndex;
    metricHashed_ = false;
}

void OtlpBuilder::setScope(Scope scope) {
    scope_ = std::move(scope);
    hasScope_ = true;
    scopeIndex_ = kNoIndex;
    metricHashed_ = false;
}

void OtlpBuilder::clearScope() {
    hasScope_ = false;
    scopeIndex_ = kNoIndex;
    metricHashed_ = false;
}

uint32_t OtlpBuilder::resourceIndex() {
    if (resourceIndex_ == kNoIndex)
        resourceIndex_ = batch_.internResource(resource_);
    return resourceIndex_;
}

uint32_t OtlpBuilder::scopeIndex() {
    if (hasScope_ && scopeIndex_ == kNoIndex)
        scopeIndex_ = batch_.internScope(scope_);
    return scopeIndex_;
}

void OtlpBuilder::commitEvent(const SpanEventFields& event) {
    SpanEventColumns& e = batch_.spanEvents;
    e.span.push_back(spanRow());
    e.time.push_back(event.time);
    e.name.push_back(batch_.strings.intern(event.name));
    e.droppedAttributes.push_back(event.droppedAttributes);
}

void OtlpBuilder::dropEvent() { dropRow(batch_.spanEvents.attributes, eventRow()); }

void OtlpBuilder::commitLink(const SpanLinkFields& link) {
    SpanLinkColumns& l = batch_.spanLinks;
    l.span.push_back(spanRow());
    l.traceId.push_back(link.traceId);
    l.spanId.push_back(link.spanId);
    l.traceState.push_back(textCode(link.traceState));
    l.flags.push_back(link.flags);
    l.droppedAttributes.push_back(link.droppedAttributes);
}

void OtlpBuilder::dropLink() { dropRow(batch_.spanLinks.attributes, linkRow()); }

bool OtlpBuilder::commitSpan(const SpanFields& span) {
    if (span.traceId.empty() || span.spanId.empty()) {
        health(HealthSeverity::kRejected, span.traceId.empty() ? "span without trace id" : "span without span id", span.name);
        dropSpan();
        return false;
    }
    SpanColumns& s = batch_.spans;
    s.traceId.push_back(span.traceId);
    s.spanId.push_back(span.spanId);
    s.parentSpanId.push_back(span.parentSpanId);
    s.start.push_back(span.start);
    s.end.push_back(span.end);
    s.name.push_back(batch_.strings.intern(span.name));
    s.resource.push_back(resourceIndex());
    s.scope.push_back(scopeIndex());
    s.kind.push_back(span.kind);
    s.status.push_back(span.status);
    s.statusMessage.push_back(textCode(span.statusMessage));
    s.traceState.push_back(textCode(span.traceState));
    s.flags.push_back(span.flags);
    s.droppedAttributes.push_back(span.droppedAttributes);
    s.droppedEvents.push_back(span.droppedEvents);
    s.droppedLinks.push_back(span.droppedLinks);
    return true;
}

void OtlpBuilder::dropSpan() {
    const uint32_t row = spanRow();
    dropEvent();
    for (SpanEventColumns& e = batch_.spanEvents; !e.span.empty() && e.span.back() == row;) {
        dropRow(e.attributes, eventRow() - 1);
        e.span.pop_back();
        e.time.pop_back();
        e.name.pop_back();
        e.droppedAttributes.pop_back();
    }
    dropLink();
    for (SpanLinkColumns& l = batch_.spanLinks; !l.span.empty() && l.span.back() == row;) {
        dropRow(l.attributes, linkRow() - 1);
        l.span.pop_back();
        l.traceId.pop_back();
        l.spanId.pop_back();
        l.traceState.pop_back();
        l.flags.pop_back();
        l.droppedAttributes.pop_back();
    }
    dropRow(batch_.spans.attributes, row);
}

void OtlpBuilder::commitLog(const LogFields& log) {
    LogColumns& l = batch_.logs;
    l.time.push_back(log.time);
    l.observedTime.push_back(log.observedTime);
    l.severityNumber.push_back(log.severityNumber);
    l.severityText.push_back(textCode(log.severityText));
    l.original.append({});
    l.bodyOffset.push_back(kNoIndex);
    l.bodyLength.push_back(0);
    l.body.append(log.body);
    l.bodyType.push_back(log.bodyType);
    l.traceId.push_back(log.traceId);
    l.spanId.push_back(log.spanId);
    l.eventName.push_back(textCode(log.eventName));
    l.resource.push_back(resourceIndex());
    l.scope.push_back(scopeIndex());
    l.flags.push_back(log.flags);
    l.droppedAttributes.push_back(log.droppedAttributes);
    l.timeFlags.push_back(log.time == 0 && log.observedTime == 0 ? kTimeNone : uint8_t{0});
    l.line.push_back(0);
    l.part.push_back(0);
}

void OtlpBuilder::dropLog() { dropRow(batch_.logs.attributes, logRow()); }

void OtlpBuilder::setMetric(MetricFields metric) {
    metric_ = std::move(metric);
    metricHashed_ = false;
}

Hash128 OtlpBuilder::seriesHash(std::string_view raw) {
    if (!metricHashed_) {
        scratch_.clear();
        appendRaw(scratch_, resourceIndex());
        appendRaw(scratch_, scopeIndex());
        appendSized(scratch_, metric_.name);
        appendSized(scratch_, metric_.unit);
        appendSized(scratch_, metric_.description);
        appendRaw(scratch_, metric_.kind);
        appendRaw(scratch_, metric_.temporality);
        appendRaw(scratch_, metric_.monotonic);
        metricHash_ = hash128(scratch_);
        metricHashed_ = true;
    }
    scratch_.assign(reinterpret_cast<const char*>(metricHash_.data()), metricHash_.size());
    scratch_.append(raw);
    return hash128(scratch_);
}

uint32_t OtlpBuilder::internSeries(AttributeList attributes) {
    std::stable_sort(attributes.begin(), attributes.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
    std::string identity;
    appendAttributes(identity, attributes);
    const Hash128 key = seriesHash(identity);
    const auto [known, fresh] = series_.emplace(key, static_cast<uint32_t>(batch_.series.size()));
    if (fresh)
        batch_.series.push_back({SeriesOrigin::kOtlp, resourceIndex(), scopeIndex(), metric_.name, metric_.unit, metric_.description, metric_.kind,
                                 metric_.temporality, metric_.monotonic, std::move(attributes)});
    return known->second;
}

void OtlpBuilder::addSample(uint32_t series, TimeNs start, TimeNs time, uint64_t valueBits, uint32_t flags) {
    SampleColumns& s = batch_.samples;
    s.series.push_back(series);
    s.start.push_back(start);
    s.time.push_back(time);
    s.valueBits.push_back(valueBits);
    s.flags.push_back(flags);
}

void OtlpBuilder::addHistogram(HistogramPoint&& point) { batch_.histograms.push_back(std::move(point)); }

void OtlpBuilder::health(HealthSeverity severity, std::string_view reason, std::string_view example, uint64_t count) {
    addHealth({severity, std::string(reason), std::string(example.substr(0, kExampleBytes)), position.offset, position.line, count});
}

void OtlpBuilder::addHealth(HealthRecord&& record) {
    for (HealthRecord& known : batch_.health) {
        if (known.severity == record.severity && known.reason == record.reason) {
            known.count += record.count;
            return;
        }
    }
    batch_.health.push_back(std::move(record));
}

bool OtlpBuilder::full() const {
    return batch_.spans.size() + batch_.spanEvents.size() + batch_.spanLinks.size() + batch_.logs.size() + batch_.samples.size() +
                   batch_.histograms.size() + batch_.exemplars.size() >= kBatchRows ||
           inputBytes_ >= kBatchBytes || batch_.spans.attributes.columns().size() > kMaxColumns ||
           batch_.logs.attributes.columns().size() > kMaxColumns || batch_.spanEvents.attributes.columns().size() > kMaxColumns ||
           batch_.spanLinks.attributes.columns().size() > kMaxColumns;
}

Batch OtlpBuilder::take() {
    addEvaluations(batch_);
    for (AttributeColumns* attributes : {&batch_.spans.attributes, &batch_.logs.attributes})
        std::erase_if(attributes->columns(), [](const AttributeColumns::Column& c) { return c.rows.empty(); });
    Batch done = std::move(batch_);
    batch_ = {};
    startLike(done);
    resourceIndex_ = kNoIndex;
    scopeIndex_ = kNoIndex;
    metricHashed_ = false;
    rawSeries_.clear();
    series_.clear();
    inputBytes_ = 0;
    return done;
}

void OtlpBuilder::startLike(const Batch& before) {
    SpanColumns& s = batch_.spans;
    const size_t rows = before.spans.size();
    startColumns(before.spans.attributes, s.attributes);
    startColumns(before.logs.attributes, batch_.logs.attributes);
    s.traceId.reserve(rows);
    for (auto* column : {&s.spanId, &s.parentSpanId})
        column->reserve(rows);
    for (auto* column : {&s.start, &s.end})
        column->reserve(rows);
    for (auto* column : {&s.name, &s.resource, &s.scope, &s.statusMessage, &s.traceState, &s.flags, &s.droppedAttributes, &s.droppedEvents, &s.droppedLinks})
        column->reserve(rows);
    s.kind.reserve(rows);
    s.status.reserve(rows);
}

bool OtlpBuilder::flush(const BatchConsumer& out) { return batch_.empty() || out(take()); }

}  // namespace nj::format

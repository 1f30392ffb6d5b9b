#include "format/remote_write.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/utf8.h"

namespace nj::format {
namespace {

constexpr int64_t kMaxBuckets = 1 << 16;
constexpr size_t kRoomBuckets = 1U << 20;   // dense buckets that one request may take: sparse ones are a few bytes each
constexpr int kMinSchema = -4, kMaxSchema = 8, kCustomBounds = -53;
constexpr int64_t kMaxMilliseconds = INT64_MAX / 1'000'000;

// prompb.MetricMetadata.MetricType, as # TYPE names them.
constexpr std::string_view kTypeNames[] = {"unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"};

std::string text(std::string_view bytes) { return isValidUtf8(bytes) ? std::string(bytes) : repairUtf8(bytes); }

bool nanoseconds(uint64_t milliseconds, TimeNs& time) {
    const auto ms = static_cast<int64_t>(milliseconds);
    if (ms > kMaxMilliseconds || ms < -kMaxMilliseconds)
        return false;
    time = ms * 1'000'000;
    return true;
}

uint64_t wholeCount(double count) { return std::isfinite(count) && count > 0 ? static_cast<uint64_t>(std::llround(std::min(count, 9e18))) : 0; }

struct BucketSpan {
    int64_t offset = 0;
    uint64_t length = 0;
};

BucketSpan bucketSpan(std::string_view message) {
    BucketSpan span;
    WireReader in(message);
    while (in.next()) {
        if (in.field() == 1)
            span.offset = zigzagDecoded(in.number());
        else if (in.field() == 2)
            span.length = in.number();
    }
    return span;
}

// A repeated number, packed or one by one.
template <typename Take>
void numbers(const WireReader& in, Take&& take) {
    if (in.isVarint()) {
        take(in.number());
        return;
    }
    std::string_view rest = in.bytes();
    uint64_t value = 0;
    while (!rest.empty() && WireReader::takeVarint(rest, value))
        take(value);
}
void reals(const WireReader& in, std::vector<double>& out) {
    if (in.isFixed64()) {
        out.push_back(in.real());
        return;
    }
    std::string_view rest = in.bytes();
    for (; rest.size() >= sizeof(double); rest.remove_prefix(sizeof(double))) {
        double value;
        std::memcpy(&value, rest.data(), sizeof value);
        out.push_back(value);
    }
}

struct Side {
    std::vector<BucketSpan> spans;
    std::vector<uint64_t> counts;   // absolute
    std::vector<double> floats;
    int64_t last = 0;

    void delta(uint64_t zigzag) {
        last = static_cast<int64_t>(static_cast<uint64_t>(last) + static_cast<uint64_t>(zigzagDecoded(zigzag)));   // what overflows is nonsense, not undefined
        counts.push_back(last > 0 ? static_cast<uint64_t>(last) : 0);
    }
    // Sparse buckets made dense, from index `offset` on. Prometheus' bucket i ends at base^i, OTLP's begins there.
    bool dense(int32_t& offset, std::vector<uint64_t>& out, size_t& room) const {
        const bool whole = floats.empty();
        const size_t n = whole ? counts.size() : floats.size();
        int64_t index = 0;
        size_t at = 0;
        for (size_t s = 0; s < spans.size() && at < n; ++s) {
            // An sint32 on the wire; the places below keep `index` within kMaxBuckets of the first.
            if (spans[s].offset > INT32_MAX || spans[s].offset < INT32_MIN + 1)
                return false;
            index += spans[s].offset;
            if (s == 0)
                offset = static_cast<int32_t>(index - 1);
            for (uint64_t i = 0; i < spans[s].length && at < n; ++i, ++index, ++at) {
                const int64_t place = index - 1 - offset;
                // Spans go upwards only.
                if (place < static_cast<int64_t>(out.size()) || place >= kMaxBuckets || static_cast<size_t>(place) + 1 - out.size() > room)
                    return false;
                room -= static_cast<size_t>(place) + 1 - out.size();
                out.resize(static_cast<size_t>(place) + 1);
                out.back() = whole ? counts[at] : wholeCount(floats[at]);
            }
        }
        return at == n;
    }
};

}  // namespace

Result<Batch> RemoteWriteDecoder::decode(std::string_view request) {
    room_ = kRoomBuckets + request.size();
    WireReader in(request);
    bool any = false, newer = false;
    while (in.next()) {
        if (in.field() == 1 && in.isBytes())
            timeSeries(in.bytes());
        else if (in.field() == 3 && in.isBytes())
            metadata(in.bytes());
        newer = newer || in.field() == 4 || in.field() == 5;
        any = any || in.field() == 1 || in.field() == 3;
    }
    Batch batch;
    const bool kept = builder_.flush([&](Batch&& out) {
        batch = std::move(out);
        return true;
    });
    static_cast<void>(kept);   // our consumer never says stop
    if (newer && !any)
        return makeError(ErrorCode::kUnsupported, "this is remote write 2.0: send 1.0 (prometheus.WriteRequest)");
    if (!in.good() && batch.rowCount() == 0)
        return makeError(ErrorCode::kMalformed, "the request is no WriteRequest in protobuf");
    if (!in.good())
        batch.health.push_back({HealthSeverity::kLost, "cut remote write request", {}, 0, 0, 1});
    return batch;
}

void RemoteWriteDecoder::timeSeries(std::string_view message) {
    for (auto* list : {&labels_, &samples_, &exemplars_, &histograms_})
        list->clear();
    WireReader in(message);
    while (in.next()) {
        if (!in.isBytes())
            continue;
        switch (in.field()) {
        case 1: labels_.push_back(in.bytes()); break;
        case 2: samples_.push_back(in.bytes()); break;
        case 3: exemplars_.push_back(in.bytes()); break;
        case 4: histograms_.push_back(in.bytes()); break;
        default: break;
        }
    }
    raw_.clear();
    for (const std::string_view label : labels_) {
        const size_t size = label.size();
        raw_.append(reinterpret_cast<const char*>(&size), sizeof size);
        raw_.append(label);
    }
    const uint32_t series = builder_.series(raw_, [&](std::string& name, AttributeList& out) { return labels(labels_, name, out); });
    if (series == kNoIndex) {
        builder_.rows().health(HealthSeverity::kRejected, "series without a name", raw_, std::max<size_t>(1, samples_.size()));
        return;
    }
    for (const std::string_view one : samples_)
        sample(series, one);
    for (const std::string_view one : histograms_)
        histogram(series, one);
    for (const std::string_view one : exemplars_)
        exemplar(series, one);
}

bool RemoteWriteDecoder::labels(const std::vector<std::string_view>& messages, std::string& name, AttributeList& out) {
    for (const std::string_view message : messages) {
        std::string_view key, value;
        WireReader in(message);
        while (in.next()) {
            if (in.field() == 1)
                key = in.bytes();
            else if (in.field() == 2)
                value = in.bytes();
        }
        if (key == "__name__")
            name = text(value);
        else if (!key.empty() && !value.empty())   // an empty label is none
            out.push_back({text(key), AttributeValue::ofString(text(value))});
    }
    std::sort(out.begin(), out.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
    return !name.empty();
}

void RemoteWriteDecoder::sample(uint32_t series, std::string_view message) {
    double value = 0;
    uint64_t milliseconds = 0;
    TimeNs time = 0;
    WireReader in(message);
    while (in.next()) {
        if (in.field() == 1 && in.isFixed64())
            value = in.real();
        else if (in.field() == 2 && in.isVarint())
            milliseconds = in.number();
    }
    if (nanoseconds(milliseconds, time))
        builder_.addSample(series, time, value);
    else
        builder_.rows().health(HealthSeverity::kRejected, "sample whose time is out of range");
}

void RemoteWriteDecoder::exemplar(uint32_t series, std::string_view message) {
    std::vector<std::string_view> labelled;
    std::string name;
    AttributeList attributes;
    double value = 0;
    uint64_t milliseconds = 0;
    TimeNs time = 0;
    WireReader in(message);
    while (in.next()) {
        if (in.field() == 1)
            labelled.push_back(in.bytes());
        else if (in.field() == 2)
            value = in.real();
        else if (in.field() == 3)
            milliseconds = in.number();
    }
    labels(labelled, name, attributes);
    if (nanoseconds(milliseconds, time))
        builder_.addExemplar(series, time, value, std::move(attributes));
}

void RemoteWriteDecoder::histogram(uint32_t series, std::string_view message) {
    HistogramPoint point;
    Side positive, negative;
    int64_t schema = 0;
    uint64_t milliseconds = 0;
    point.series = series;
    WireReader in(message);
    while (in.next()) {
        switch (in.field()) {
        case 1: point.count = in.number(); break;
        case 2: point.count = wholeCount(in.real()); break;
        case 3:
            point.sum = in.real();
            point.hasSum = true;
            break;
        case 4: schema = zigzagDecoded(in.number()); break;
        case 5: point.zeroThreshold = in.real(); break;
        case 6: point.zeroCount = in.number(); break;
        case 7: point.zeroCount = wholeCount(in.real()); break;
        case 8: negative.spans.push_back(bucketSpan(in.bytes())); break;
        case 9: numbers(in, [&](uint64_t v) { negative.delta(v); }); break;
        case 10: reals(in, negative.floats); break;
        case 11: positive.spans.push_back(bucketSpan(in.bytes())); break;
        case 12: numbers(in, [&](uint64_t v) { positive.delta(v); }); break;
        case 13: reals(in, positive.floats); break;
        case 15: milliseconds = in.number(); break;
        case 16: reals(in, point.bounds); break;
        default: break;
        }
    }
    const bool custom = schema == kCustomBounds;
    bool good = nanoseconds(milliseconds, point.time) && (custom || (schema >= kMinSchema && schema <= kMaxSchema));
    if (good && std::bit_cast<uint64_t>(point.sum) == kStaleNanBits) {
        builder_.addSample(series, point.time, point.sum);   // the series ended
        return;
    }
    good = good && positive.dense(point.positiveOffset, point.positive, room_) && negative.dense(point.negativeOffset, point.negative, room_);
    if (good && custom) {
        // Explicit bounds: the buckets lie from the first on, the last is open.
        point.buckets.assign(point.bounds.size() + 1, 0);
        for (size_t i = 0; i < point.positive.size() && good; ++i) {
            const int64_t bucket = static_cast<int64_t>(i) + point.positiveOffset + 1;
            good = bucket >= 0 && bucket < static_cast<int64_t>(point.buckets.size());
            if (good)
                point.buckets[static_cast<size_t>(bucket)] = point.positive[i];
        }
        point.positive.clear();
        point.positiveOffset = 0;
    }
    if (!good) {
        builder_.rows().health(HealthSeverity::kRejected, "native histogram that can't be read");
        return;
    }
    point.scale = custom ? 0 : static_cast<int32_t>(schema);
    SeriesKey& key = builder_.rows().batch().series[series];
    if (key.kind == MetricKind::kUnknown)
        key.kind = custom ? MetricKind::kHistogram : MetricKind::kExponentialHistogram;
    if (!custom && key.kind == MetricKind::kHistogram)
        key.kind = MetricKind::kExponentialHistogram;
    builder_.rows().addHistogram(std::move(point));
}

void RemoteWriteDecoder::metadata(std::string_view message) {
    uint64_t type = 0;
    PrometheusMetadata about;
    std::string help, unit;
    WireReader in(message);
    while (in.next()) {
        if (in.field() == 1)
            type = in.number();
        else if (in.field() == 2)
            about.name = text(in.bytes());
        else if (in.field() == 4)
            help = text(in.bytes());
        else if (in.field() == 5)
            unit = text(in.bytes());
    }
    const auto say = [&](PrometheusMetadata::Kind kind, std::string words) {
        about.kind = kind;
        about.text = std::move(words);
        builder_.setMetadata(about);
    };
    if (type < std::size(kTypeNames))
        say(PrometheusMetadata::Kind::kType, std::string(kTypeNames[type]));
    if (!help.empty())
        say(PrometheusMetadata::Kind::kHelp, std::move(help));
    if (!unit.empty())
        say(PrometheusMetadata::Kind::kUnit, std::move(unit));
}

}  // namespace nj::format

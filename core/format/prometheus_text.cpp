// Prometheus text files: exposition format 0.0.4, OpenMetrics 1.0, `promtool tsdb dump` and `dump-openmetrics`.
#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "base/utf8.h"
#include "format/format.h"
#include "format/prometheus_builder.h"

namespace nj::format {
namespace {

constexpr size_t kMaxLine = 1U << 20;
constexpr size_t kMaxTimeless = 1U << 20;   // series without times that are remembered
constexpr std::string_view kDumpStart = "{__name__=";

class PrometheusTextReader : public FormatReader {
public:
    explicit PrometheusTextReader(const ReaderOptions& options)
        : scrapeTime_(options.modifiedAt != 0 ? options.modifiedAt : options.now), fromFile_(options.modifiedAt != 0) {}

    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        while (!chunk.empty() && !stopped_) {
            const auto* end = static_cast<const char*>(std::memchr(chunk.data(), '\n', chunk.size()));
            const size_t length = end ? static_cast<size_t>(end - chunk.data()) : chunk.size();
            if (end && partial_.empty() && !skipping_)
                line(chunk.substr(0, length), out);
            else
                pieceOfLine(chunk.substr(0, length), end != nullptr, out);
            chunk.remove_prefix(end ? length + 1 : length);
        }
        return status();
    }

    Status finish(const BatchConsumer& out) override {
        if (!partial_.empty() && !stopped_)
            pieceOfLine({}, true, out);
        stopped_ = stopped_ || !builder_.flush(out);
        return status();
    }

    [[nodiscard]] std::string assumptions() const override {
        if (!assumedTime_)
            return {};
        return std::string("values without a time were placed at ") + (fromFile_ ? "the file's modification time, " : "the time of import, ") + formatRfc3339(scrapeTime_, 0);
    }

private:
    Status status() const { return stopped_ ? Status(makeError(ErrorCode::kCancelled, "reading was stopped")) : Status(); }

    void pieceOfLine(std::string_view piece, bool last, const BatchConsumer& out) {
        if (!skipping_ && partial_.size() + piece.size() > kMaxLine) {
            here(0);
            builder_.rows().health(HealthSeverity::kRejected, "line over the size limit", std::string_view(partial_).substr(0, 64));
            skipped_ = partial_.size();
            partial_.clear();
            skipping_ = true;
        }
        if (skipping_)
            skipped_ += piece.size();
        else
            partial_.append(piece);
        if (!last)
            return;
        if (skipping_) {
            offset_ += skipped_ + 1;
            ++lineNumber_;
            skipping_ = false;
        } else {
            line(partial_, out);
        }
        partial_.clear();
    }

    void here(uint64_t bytes) {
        builder_.rows().position = {offset_, lineNumber_};
        builder_.rows().addInputBytes(bytes);
    }

    void line(std::string_view text, const BatchConsumer& out) {
        here(0);
        offset_ += text.size() + 1;
        ++lineNumber_;
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        if (!sampleOfLastSeries(text))
            anyLine(text);
        stopped_ = stopped_ || !builder_.flushWhenFull(out);
    }

    // The hot path of dumps, where a series' samples follow each other.
    bool sampleOfLastSeries(std::string_view text) {
        const std::string_view series = builder_.lastRaw();
        if (series.empty() || !text.starts_with(series))
            return false;
        PrometheusSample sample;
        // What follows must be a blank: up 1 is no sample of the series u.
        if (text.size() <= series.size() || (text[series.size()] != ' ' && text[series.size()] != '\t') || !splitPrometheusSample(text, series.size(), sample) ||
            sample.value.starts_with('{'))
            return false;
        add(sample);
        return true;
    }

    void anyLine(std::string_view text) {
        const size_t first = text.find_first_not_of(" \t");
        if (first == std::string_view::npos)
            return;
        text.remove_prefix(first);
        if (text.front() == '#') {
            if (const auto metadata = parsePrometheusMetadata(text))
                builder_.setMetadata(*metadata);
            return;
        }
        PrometheusSample sample;
        if (splitPrometheusSample(text, sample))
            add(sample);
        else
            reject("line that is no Prometheus sample", text);
    }

    void reject(const char* reason, std::string_view example) { builder_.rows().health(HealthSeverity::kRejected, reason, example); }

    void add(const PrometheusSample& sample) {
        const bool dumped = sample.series.starts_with(kDumpStart);
        std::optional<TimeNs> time = scrapeTime_;
        if (!sample.time.empty()) {
            time = parsePrometheusTime(sample.time, dumped);
            if (!time) {
                reject("Prometheus sample with a time that is none", sample.time);
                return;
            }
        }
        const uint32_t series = builder_.series(sample.series, [&](std::string& name, AttributeList& labels) { return decodeSeries(sample.series, name, labels); });
        if (series == kNoIndex)
            reject("Prometheus series with damaged labels", sample.series);
        else if (!sample.time.empty() || timeless(sample.series))
            addValue(series, *time, sample);
    }

    void addValue(uint32_t series, TimeNs time, const PrometheusSample& sample) {
        if (sample.value.starts_with('{')) {
            double count = 0;
            double sum = 0;
            std::vector<NativeBucket> buckets;
            if (parseDumpedHistogram(sample.value, count, sum, buckets))
                builder_.addNative(series, time, count, sum, buckets);
            else
                reject("Prometheus histogram that can't be read", sample.value);
            return;
        }
        const auto value = parsePrometheusNumber(sample.value);
        if (!value) {
            reject("Prometheus sample with a value that is no number", sample.value);
            return;
        }
        builder_.addSample(series, time, *value);
        if (!sample.exemplar.empty())
            addExemplar(series, time, sample.exemplar);
    }

    void addExemplar(uint32_t series, TimeNs time, std::string_view text) {
        const size_t braces = bracesLength(text);
        std::string name;
        AttributeList labels;
        PrometheusSample parts;
        if (braces == 0 || !parsePrometheusSeries(text.substr(0, braces), name, labels) || !splitPrometheusSample(text, braces, parts)) {
            reject("exemplar that can't be read", text);
            return;
        }
        const auto value = parsePrometheusNumber(parts.value);
        const auto at = parts.time.empty() ? std::optional(time) : parsePrometheusTime(parts.time, false);
        if (value && at)
            builder_.addExemplar(series, *at, *value, std::move(labels));
        else
            reject("exemplar that can't be read", text);
    }

    bool decodeSeries(std::string_view text, std::string& name, AttributeList& labels) {
        if (isValidUtf8(text))
            return parsePrometheusSeries(text, name, labels);
        builder_.rows().health(HealthSeverity::kRepaired, "text that is no UTF-8", text);
        return parsePrometheusSeries(repairUtf8(text), name, labels);
    }

    // One value without a time is the scrape's; a second one has no place.
    bool timeless(std::string_view series) {
        assumedTime_ = true;
        if (timeless_.size() < kMaxTimeless && !timeless_.insert(fastHash(series)).second) {
            reject("second value without a time for one series", series);
            return false;
        }
        return true;
    }

    PrometheusBuilder builder_;
    const TimeNs scrapeTime_;
    const bool fromFile_;
    bool assumedTime_ = false;
    std::unordered_set<uint64_t> timeless_;
    std::string partial_;      // of a line that came in pieces
    size_t skipped_ = 0;
    bool skipping_ = false;    // a line over the limit
    uint64_t offset_ = 0;
    uint64_t lineNumber_ = 1;
    bool stopped_ = false;
};

// Whole lines of the sample that are Prometheus' against those that are not.
struct Tally {
    int samples = 0, labelled = 0, metadata = 0, other = 0;
};

Tally tally(const Sample& sample) {
    Tally t;
    std::string_view rest = sample.bytes;
    for (int lines = 0; lines < 40 && !rest.empty(); ++lines) {
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos && !sample.complete)
            break;
        std::string_view text = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        while (!text.empty() && (text.back() == '\r' || text.back() == ' '))
            text.remove_suffix(1);
        if (text.empty())
            continue;
        PrometheusSample s;
        std::string name;
        AttributeList labels;
        if (text.front() == '#') {
            t.metadata += parsePrometheusMetadata(text).has_value();
        } else if (splitPrometheusSample(text, s) && parsePrometheusSeries(s.series, name, labels) && !name.empty() &&
                   (s.value.starts_with('{') || parsePrometheusNumber(s.value)) && (s.time.empty() || parsePrometheusTime(s.time, false))) {
            ++t.samples;
            t.labelled += !labels.empty() || s.series.ends_with('}');
        } else {
            ++t.other;
        }
    }
    return t;
}

Confidence sniff(const Sample& sample) {
    if (sample.bytes.starts_with(kDumpStart))
        return 95;
    const Tally t = tally(sample);
    if (t.samples == 0 || t.other > t.samples / 4)
        return t.samples == 0 && t.metadata > 0 && t.other == 0 ? 60 : 0;
    if (t.metadata > 0)
        return 90;
    return t.labelled > 0 ? 85 : t.samples > 1 ? 40 : 15;   // "name 1" may be anything
}

std::unique_ptr<FormatReader> open(const ReaderOptions& options) { return std::make_unique<PrometheusTextReader>(options); }

}  // namespace

extern const Format kPrometheusText;
const Format kPrometheusText{"prometheus_text", "Prometheus text or OpenMetrics", sniff, open};

}  // namespace nj::format

#include "source/scrape_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "source/keep_samples.h"
#include "base/utf8.h"
#include "format/format.h"

namespace nj::source {
namespace {

// Stands for "no time given" while an answer is read: no exporter can mean it.
constexpr TimeNs kUnstamped = std::numeric_limits<TimeNs>::min() + 1;
// Prometheus leaves such lines out and takes the rest.
constexpr std::string_view kForgiven[] = {"second value without a time for one series", "exemplar that can't be read"};

Hash128 identityOf(const SeriesKey& key) {
    std::string text = key.name;
    for (const KeyValue& label : key.attributes)
        text.append(1, '\0').append(label.key).append(1, '\0').append(label.value.text);
    return hash128(text);
}

uint64_t hashOf(const Exemplar& e) {
    std::string text = fmt::format("{} {} ", e.time == kUnstamped ? 0 : e.time, e.value);
    text.append(reinterpret_cast<const char*>(&e.traceId), sizeof e.traceId).append(reinterpret_cast<const char*>(&e.spanId), sizeof e.spanId);
    for (const KeyValue& label : e.attributes)
        text.append(label.key).append(1, '\0').append(label.value.text).append(1, '\0');
    return fastHash(text);
}

void addSample(Batch& batch, uint32_t series, TimeNs time, uint64_t bits) {
    batch.samples.series.push_back(series);
    batch.samples.start.push_back(0);
    batch.samples.time.push_back(time);
    batch.samples.valueBits.push_back(bits);
    batch.samples.flags.push_back(0);
}

bool endsWithEof(std::string_view body) {
    while (body.ends_with('\n') || body.ends_with('\r'))
        body.remove_suffix(1);
    return body.ends_with("# EOF");
}

}  // namespace

Result<ScrapeReader::Taken> ScrapeReader::read(std::string_view body, bool openMetrics, TimeNs start) {
    format::ReaderOptions options;
    options.path = "scrape";
    options.modifiedAt = kUnstamped;
    const auto reader = format::findFormat("prometheus_text")->open(options);
    Taken taken;
    const format::BatchConsumer keep = [&](Batch&& batch) {
        taken.samples += batch.samples.size() + batch.histograms.size();
        taken.batches.push_back(std::move(batch));
        return sampleLimit_ == 0 || taken.samples <= sampleLimit_;
    };
    Status fed = reader->feed(body, keep);
    if (fed.ok())
        fed = reader->finish(keep);
    if (sampleLimit_ != 0 && taken.samples > sampleLimit_)
        return makeError(ErrorCode::kLimit, fmt::format("the answer has more than {} samples", sampleLimit_));
    NJ_RETURN_IF_ERROR(fed);
    NJ_RETURN_IF_ERROR(check(taken.batches, body, openMetrics));
    ++round_;
    for (Batch& batch : taken.batches)
        take(batch, start, taken);
    if (Batch stale = staleMarkers(start); !stale.empty())
        taken.batches.push_back(std::move(stale));
    return taken;
}

// One line that can't be read makes the whole answer doubtful: Prometheus takes nothing of it.
Status ScrapeReader::check(const std::vector<Batch>& batches, std::string_view body, bool openMetrics) const {
    for (const Batch& batch : batches)
        for (const HealthRecord& record : batch.health)
            if (record.severity >= HealthSeverity::kRejected && std::find(std::begin(kForgiven), std::end(kForgiven), record.reason) == std::end(kForgiven))
                return makeError(ErrorCode::kMalformed, fmt::format("line {}: {} ({})", record.line, record.reason, repairUtf8(utf8Prefix(record.example, 80))));
    if (openMetrics && !endsWithEof(body))
        return makeError(ErrorCode::kMalformed, "the answer is cut: its last line is not # EOF");
    return {};
}

// honor_labels is false: what the endpoint says under a label of the target goes on as exported_….
void ScrapeReader::relabel(SeriesKey& key) const {
    std::map<std::string, std::string> labels;
    for (KeyValue& label : key.attributes)
        if (!label.value.text.empty())
            labels.emplace(std::move(label.key), std::move(label.value.text));
    std::vector<std::pair<std::string, std::string>> moved;
    for (const KeyValue& mine : labels_) {
        if (const auto exposed = labels.find(mine.key); exposed != labels.end())
            moved.emplace_back(mine.key, std::move(exposed->second));
        labels[mine.key] = mine.value.text;
    }
    // Shorter names first: exported_job may be there beside job.
    std::stable_sort(moved.begin(), moved.end(), [](const auto& a, const auto& b) { return a.first.size() < b.first.size(); });
    for (auto& [name, value] : moved) {
        std::string free = "exported_" + name;
        while (labels.contains(free))
            free.insert(0, "exported_");
        labels.emplace(std::move(free), std::move(value));
    }
    key.attributes.clear();
    for (auto& [name, value] : labels)
        key.attributes.push_back({name, {ValueType::kString, std::move(value), 0, 0}});
}

void ScrapeReader::take(Batch& batch, TimeNs start, Taken& taken) {
    std::vector<Known*> known;
    for (SeriesKey& key : batch.series) {
        relabel(key);
        const auto [entry, fresh] = known_.try_emplace(identityOf(key));
        Known& one = entry->second;
        if (fresh)
            one.key = key;
        if (one.round != round_)
            one.stampedByUs = false;
        one.round = round_;
        taken.added += fresh ? 1 : 0;
        known.push_back(&one);
    }
    // False for a second value of one series: two may be equal but for labels that are empty.
    const auto stamp = [&](uint32_t series, TimeNs& time) {
        if (time != kUnstamped)
            return true;
        time = start;
        return !std::exchange(known[series]->stampedByUs, true);
    };
    keepSamples(batch.samples, [&](size_t row) { return stamp(batch.samples.series[row], batch.samples.time[row]); });
    std::erase_if(batch.histograms, [&](HistogramPoint& point) { return !stamp(point.series, point.time); });
    takeExemplars(batch, known, start);
}

void ScrapeReader::takeExemplars(Batch& batch, const std::vector<Known*>& known, TimeNs start) {
    std::erase_if(batch.exemplars, [&](const Exemplar& e) {
        const uint64_t hash = hashOf(e);
        return std::exchange(known[e.series]->exemplar, hash) == hash;
    });
    for (Exemplar& e : batch.exemplars)
        if (e.time == kUnstamped)
            e.time = start;
}

Batch ScrapeReader::staleMarkers(TimeNs start) {
    Batch batch;
    std::erase_if(known_, [&](const auto& entry) {
        const Known& one = entry.second;
        if (one.round == round_)
            return false;
        if (one.stampedByUs) {
            batch.series.push_back(one.key);
            addSample(batch, static_cast<uint32_t>(batch.series.size() - 1), start, kStaleNanBits);
        }
        return true;
    });
    return batch;
}

Batch ScrapeReader::fail(TimeNs start) {
    ++round_;
    return staleMarkers(start);
}

Batch ScrapeReader::report(const ScrapeReport& report, TimeNs start) const {
    Batch batch;
    const auto add = [&](const char* name, const char* unit, const char* help, double value) {
        SeriesKey key;
        key.origin = SeriesOrigin::kPrometheus;
        key.name = name;
        key.unit = unit;
        key.description = help;
        key.kind = MetricKind::kGauge;
        key.attributes = labels_;
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        batch.series.push_back(std::move(key));
        addSample(batch, static_cast<uint32_t>(batch.series.size() - 1), start, bits);
    };
    add("up", "", "1 if the target answered, 0 if the scrape failed", report.up ? 1 : 0);
    add("scrape_duration_seconds", "seconds", "Duration of the scrape", static_cast<double>(report.took) / static_cast<double>(kSecond));
    add("scrape_samples_scraped", "", "Samples the target exposed", static_cast<double>(report.samples));
    add("scrape_samples_post_metric_relabeling", "", "Samples left after relabeling", static_cast<double>(report.samples));
    add("scrape_series_added", "", "Series that the scrape before did not have", static_cast<double>(report.added));
    return batch;
}

}  // namespace nj::source

// Collects samples of Prometheus' data model into batches: series by label set, metadata of families beside them.
// One thread. Codes of series are good until the next flush.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash128_hash.h"
#include "format/otlp_builder.h"
#include "format/prometheus_families.h"
#include "format/prometheus_line.h"

namespace nj::format {

inline constexpr size_t kPrometheusBatchSamples = 8 * kBatchRows;

class PrometheusBuilder {
public:
    // Batch, health, samples and exemplars; series come from here.
    OtlpBuilder& rows() { return rows_; }

    // The series that `raw` stands for. decode(name, labels) fills it in (false: it is none) and is called only when raw was
    // not seen before in this batch. kNoIndex when it is none.
    template <typename Decode>
    uint32_t series(std::string_view raw, Decode&& decode) {
        if (last_ != kNoIndex && raw == lastRaw_)
            return last_;
        const Hash128 key = hash128(raw);
        const auto known = byText_.find(key);
        uint32_t index = kNoIndex;
        if (known != byText_.end()) {
            index = known->second;
        } else {
            std::string name;
            AttributeList labels;
            index = decode(name, labels) ? intern(std::move(name), std::move(labels)) : kNoIndex;
            byText_.emplace(key, index);
        }
        lastRaw_ = raw;
        last_ = index;
        return index;
    }
    // Labels sorted by name.
    uint32_t intern(std::string name, AttributeList labels);
    // The raw text of the series asked for last, "" when there is none: lines of one series often follow each other.
    [[nodiscard]] std::string_view lastRaw() const { return lastRaw_; }

    void addSample(uint32_t series, TimeNs time, double value);
    // A native histogram from its printed buckets; false (and a health record) when they make none.
    bool addNative(uint32_t series, TimeNs time, double count, double sum, const std::vector<NativeBucket>& buckets);
    void addExemplar(uint32_t series, TimeNs time, double value, AttributeList labels);

    void setMetadata(const PrometheusMetadata& metadata);

    // Samples are small and scrapes repeat their series, which a batch holds once: larger batches than kBatchRows pay.
    [[nodiscard]] bool full() const {
        const Batch& b = rows_.batch();
        return b.samples.size() >= kPrometheusBatchSamples || b.histograms.size() + b.exemplars.size() >= kBatchRows || rows_.inputBytes() >= kBatchBytes;
    }
    // Between samples. A flush makes all series codes void.
    bool flushWhenFull(const BatchConsumer& out) { return !full() || flush(out); }
    bool flush(const BatchConsumer& out);

private:
    OtlpBuilder rows_;
    std::string lastRaw_;
    uint32_t last_ = kNoIndex;
    std::unordered_map<Hash128, uint32_t, Hash128Hash> byText_;
    std::unordered_map<Hash128, uint32_t, Hash128Hash> byLabels_;
    PrometheusFamilies families_;
    std::string scratch_;
};

}  // namespace nj::format

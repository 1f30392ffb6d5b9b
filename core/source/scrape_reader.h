// What a /metrics endpoint answers, read as Prometheus reads it (scrape/scrape.go): the target's labels put on every series, samples stamped
// with the scrape's start, stale markers for series that are gone. One per target; used by one thread.
#pragma once

#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash128_hash.h"
#include "base/result.h"
#include "model/batch.h"

namespace nj::source {

// What is told of a scrape beside its samples.
struct ScrapeReport {
    bool up = false;
    DurationNs took = 0;
    uint64_t samples = 0;   // in the answer
    uint64_t added = 0;     // series that the scrape before did not have
};

class ScrapeReader {
public:
    // `labels` (job, instance, …) sorted by name. `sampleLimit` 0 = none.
    ScrapeReader(AttributeList labels, uint64_t sampleLimit) : labels_(std::move(labels)), sampleLimit_(sampleLimit) {}

    struct Taken {
        std::vector<Batch> batches;
        uint64_t samples = 0, added = 0;
    };
    // kMalformed or kLimit for an answer that Prometheus refuses as a whole; then fail() is what it leaves behind.
    Result<Taken> read(std::string_view body, bool openMetrics, TimeNs start);
    // Stale markers for all series the last good scrape had.
    Batch fail(TimeNs start);
    // up, scrape_duration_seconds and their like, as a batch of their own.
    [[nodiscard]] Batch report(const ScrapeReport& report, TimeNs start) const;

private:
    struct Known {
        SeriesKey key;
        uint64_t round = 0;          // in which it was last there
        bool stampedByUs = false;    // then; what brings its own times gets no stale marker
        uint64_t exemplar = 0;       // hash of the last one taken: exporters show it until the next comes
    };
    Status check(const std::vector<Batch>& batches, std::string_view body, bool openMetrics) const;
    void relabel(SeriesKey& key) const;
    void take(Batch& batch, TimeNs start, Taken& taken);
    void takeExemplars(Batch& batch, const std::vector<Known*>& known, TimeNs start);
    Batch staleMarkers(TimeNs start);

    const AttributeList labels_;
    const uint64_t sampleLimit_;
    std::unordered_map<Hash128, Known, Hash128Hash> known_;
    uint64_t round_ = 0;
};

}  // namespace nj::source

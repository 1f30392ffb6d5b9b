// The series of a capsule under their Prometheus names, as the engine asks for them. OTLP histograms answer both as native histograms and
// as classic _bucket, _count and _sum series, summaries with a quantile label; delta sums as sums since the series began; each resource as
// target_info. Used by one thread; the reader must outlive it.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "promql/storage.h"
#include "store/capsule_reader.h"

namespace nj::promql {

// A point of a histogram or summary series, deltas already summed up.
struct HistogramSample {
    TimeNs time = 0;
    bool stale = false;
    HistogramPtr histogram;                  // null of a summary
    double count = 0, sum = 0;
    std::vector<double> quantiles, values;   // of a summary
};

class CapsuleQuerier : public Querier {
public:
    static Result<std::unique_ptr<CapsuleQuerier>> of(store::CapsuleReader& reader);
    static Result<std::unique_ptr<CapsuleQuerier>> of(store::CapsuleReader& reader, std::shared_ptr<const store::Snapshot> snapshot);

    Result<std::vector<std::unique_ptr<SeriesIterator>>> select(const std::vector<Matcher>& matchers, TimeNs from, TimeNs to,
                                                                std::stop_token stop) override;
    Result<std::vector<std::string>> labelNames(const std::vector<Matcher>& matchers) override;
    Result<std::vector<std::string>> labelValues(const std::string& name, const std::vector<Matcher>& matchers) override;
    // From the first to behind the last sample.
    [[nodiscard]] TimeRange range() const { return range_; }

    // What of a stored series a PromQL series shows.
    enum class Part : unsigned char { kScalar, kNative, kScalarOrNative, kBucket, kCount, kSum, kQuantile, kTargetInfo };
    struct NamedSeries {
        LabelsPtr labels;
        Part part = Part::kScalar;
        double bound = 0;                              // of a bucket or quantile
        std::vector<const store::SeriesRow*> rows;     // more than one: told apart by nothing that has a name
        TimeRange range;
    };
    // Sorted by labels.
    Result<std::vector<const NamedSeries*>> matching(const std::vector<Matcher>& matchers) const;
    using HistogramSamples = std::shared_ptr<const std::vector<HistogramSample>>;
    // All points of a series, as the last readers left them.
    Result<HistogramSamples> histograms(const store::SeriesRow& row);
    store::CapsuleReader& reader() { return reader_; }
    [[nodiscard]] const store::Snapshot& snapshot() const { return *snapshot_; }

private:
    CapsuleQuerier(store::CapsuleReader& reader, std::shared_ptr<const store::Snapshot> snapshot)
        : reader_(reader), snapshot_(std::move(snapshot)) {}
    Status nameAll();
    Status nameHistogram(const store::SeriesRow& row, const Labels& labels, const std::string& name);
    void add(Labels labels, const std::string& name, Part part, const store::SeriesRow* row, double bound, TimeRange range);
    void tellApart();
    void addTargets();

    store::CapsuleReader& reader_;
    std::shared_ptr<const store::Snapshot> snapshot_;
    std::map<Labels, NamedSeries> series_;
    TimeRange range_;
    std::map<int64_t, HistogramSamples> read_;   // of the histogram series read last
};

}  // namespace nj::promql

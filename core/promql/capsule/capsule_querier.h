// The series of a capsule under their Prometheus names, as the engine asks for them. OTLP histograms answer both as native histograms and
// as classic _bucket, _count and _sum series, summaries with a quantile label; delta sums as sums since the series began; each resource as
// target_info. A selector that names an OTLP metric by its own name, or labels by theirs ({"http.server.duration", "http.route"="/x"}), reads
// the same series under their own names, with the suffixes of histograms alone. Used by one thread; the reader must outlive it.
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
    Result<std::vector<const NamedSeries*>> matching(const std::vector<Matcher>& matchers);
    using HistogramSamples = std::shared_ptr<const std::vector<HistogramSample>>;
    // All points of a series, as the last readers left them.
    Result<HistogramSamples> histograms(const store::SeriesRow& row);
    store::CapsuleReader& reader() { return reader_; }
    [[nodiscard]] const store::Snapshot& snapshot() const { return *snapshot_; }

private:
    CapsuleQuerier(store::CapsuleReader& reader, std::shared_ptr<const store::Snapshot> snapshot)
        : reader_(reader), snapshot_(std::move(snapshot)) {}
    // All series by labels, and each metric's in that order.
    struct Names {
        std::map<Labels, NamedSeries> series;
        std::map<std::string, std::vector<const NamedSeries*>, std::less<>> byMetric;
        bool known = false;
    };
    Status nameAll(Names& names, bool own);
    Status nameHistogram(Names& names, const store::SeriesRow& row, const Labels& labels, const std::string& name);
    static void add(Names& names, Labels labels, const std::string& name, Part part, const store::SeriesRow* row, double bound, TimeRange range);
    void tellApart(Names& names, bool own) const;
    void addTargets(Names& names) const;
    [[nodiscard]] bool meansOwnNames(const std::vector<Matcher>& matchers) const;

    store::CapsuleReader& reader_;
    std::shared_ptr<const store::Snapshot> snapshot_;
    Names prometheus_, own_;                     // own_: once somebody asks
    TimeRange range_;
    std::map<int64_t, HistogramSamples> read_;   // of the histogram series read last
};

}  // namespace nj::promql

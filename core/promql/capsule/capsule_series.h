// One PromQL series over the stored series it shows. Used by the querier's thread; must not outlive the querier.
#pragma once

#include "promql/capsule/capsule_querier.h"

namespace nj::promql {

class CapsuleSeries : public SeriesIterator {
public:
    CapsuleSeries(CapsuleQuerier& querier, const CapsuleQuerier::NamedSeries& series, std::stop_token stop)
        : querier_(querier), series_(series), stop_(std::move(stop)) {}
    [[nodiscard]] const LabelsPtr& labels() const override { return series_.labels; }
    Status samples(TimeNs from, TimeNs to, const std::function<bool(const SampleRun&)>& visit) override;

private:
    Status readScalars(const store::SeriesRow& row, TimeNs from, TimeNs to);
    Status readHistograms(const store::SeriesRow& row, TimeNs from, TimeNs to);
    void readTargetInfo(TimeNs from, TimeNs to);
    void add(TimeNs time, double value, HistogramPtr histogram);
    void sortByTime();
    [[nodiscard]] double valueOf(const HistogramSample& sample) const;

    CapsuleQuerier& querier_;
    const CapsuleQuerier::NamedSeries& series_;
    std::stop_token stop_;
    store::SampleArrays scalars_;            // a native histogram's value is 0
    std::vector<HistogramPtr> histograms_;   // as many as samples once all are read, where there is any
    bool anyHistogram_ = false;
};

}  // namespace nj::promql

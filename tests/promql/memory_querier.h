// Series in memory, as the promqltest scripts load them. Loaded and asked by one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "promql/storage.h"

namespace nj::test {

class MemoryQuerier : public promql::Querier {
public:
    struct Sample {
        double value = 0;
        promql::HistogramPtr histogram;
    };

    void add(const promql::Labels& labels, TimeNs time, Sample sample);
    void clear() { series_.clear(); }

    Result<std::vector<std::unique_ptr<promql::SeriesIterator>>> select(const std::vector<promql::Matcher>& matchers, TimeNs from,
                                                                        TimeNs to, std::stop_token stop) override;
    Result<std::vector<std::string>> labelNames(const std::vector<promql::Matcher>& matchers) override;
    Result<std::vector<std::string>> labelValues(const std::string& name, const std::vector<promql::Matcher>& matchers) override;

    struct Series {
        promql::LabelsPtr labels;
        std::map<TimeNs, Sample> samples;
        // The same as columns, made when first asked for.
        std::vector<TimeNs> times;
        std::vector<double> values;
        std::vector<promql::HistogramPtr> histograms;
        void arrange();
    };

private:
    Result<std::vector<const Series*>> matching(const std::vector<promql::Matcher>& matchers);
    std::map<promql::Labels, Series> series_;
};

}  // namespace nj::test

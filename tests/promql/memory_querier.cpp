#include "promql/memory_querier.h"

#include <algorithm>
#include <bit>
#include <set>

namespace nj::test {

using namespace promql;

namespace {

bool isStale(double value) { return std::bit_cast<uint64_t>(value) == 0x7ff0000000000002; }

// Gives histograms the reset hints that Prometheus's storage gives when it reads its chunks: only the first of a chunk is unsure, and a
// chunk begins where a counter was reset or the layout changed.
class ResetHints {
public:
    HistogramPtr hinted(const HistogramPtr& histogram) {
        FloatHistogram copy = *histogram;
        copy.hint = next(*histogram);
        previous_ = histogram;
        return std::make_shared<const FloatHistogram>(std::move(copy));
    }
    void interrupt() { previous_.reset(); }

private:
    ResetHint next(const FloatHistogram& now) {
        if (now.hint == ResetHint::kGauge)
            return ResetHint::kGauge;
        if (now.hint == ResetHint::kReset)
            return ResetHint::kReset;
        if (!previous_ || previous_->hint == ResetHint::kGauge || isStale(now.sum) || isStale(previous_->sum))
            return ResetHint::kUnknown;
        FloatHistogram unhinted = now;
        unhinted.hint = ResetHint::kUnknown;
        if (now.schema != previous_->schema || now.zeroThreshold != previous_->zeroThreshold)
            return now.count < previous_->count ? ResetHint::kReset : ResetHint::kUnknown;
        if (now.usesCustomBuckets() && now.customBounds != previous_->customBounds)
            return ResetHint::kReset;
        return unhinted.isResetAfter(*previous_) ? ResetHint::kReset : ResetHint::kNotReset;
    }
    HistogramPtr previous_;
};

class Iterator : public SeriesIterator {
public:
    explicit Iterator(const MemoryQuerier::Series& series) : series_(series) {}
    const LabelsPtr& labels() const override { return series_.labels; }
    Status samples(TimeNs from, TimeNs to, const std::function<bool(const SampleRun&)>& visit) override {
        const auto begin = static_cast<size_t>(std::upper_bound(series_.times.begin(), series_.times.end(), from) - series_.times.begin());
        const auto end = static_cast<size_t>(std::upper_bound(series_.times.begin(), series_.times.end(), to) - series_.times.begin());
        if (begin >= end)
            return {};
        SampleRun run;
        run.times = std::span(series_.times).subspan(begin, end - begin);
        run.values = std::span(series_.values).subspan(begin, end - begin);
        if (!series_.histograms.empty())
            run.histograms = std::span(series_.histograms).subspan(begin, end - begin);
        visit(run);
        return {};
    }

private:
    const MemoryQuerier::Series& series_;
};

}  // namespace

void MemoryQuerier::Series::arrange() {
    if (!times.empty() || samples.empty())
        return;
    ResetHints hints;
    const bool anyHistogram =
        std::any_of(samples.begin(), samples.end(), [](const auto& entry) { return entry.second.histogram != nullptr; });
    for (const auto& [time, sample] : samples) {
        times.push_back(time);
        values.push_back(sample.value);
        if (!anyHistogram)
            continue;
        if (!sample.histogram)
            hints.interrupt();
        histograms.push_back(sample.histogram ? hints.hinted(sample.histogram) : nullptr);
    }
}

void MemoryQuerier::add(const Labels& labels, TimeNs time, Sample sample) {
    Series& series = series_[labels];
    if (!series.labels)
        series.labels = std::make_shared<const Labels>(labels);
    series.samples[time] = std::move(sample);
    series.times.clear();
    series.values.clear();
    series.histograms.clear();
}

Result<std::vector<const MemoryQuerier::Series*>> MemoryQuerier::matching(const std::vector<Matcher>& matchers) {
    std::vector<CompiledMatcher> compiled;
    for (const Matcher& matcher : matchers) {
        NJ_ASSIGN(CompiledMatcher one, CompiledMatcher::compile(matcher));
        compiled.push_back(std::move(one));
    }
    std::vector<const Series*> found;
    for (auto& [labels, series] : series_) {
        if (!std::all_of(compiled.begin(), compiled.end(),
                         [&labels = labels](const CompiledMatcher& matcher) { return matcher.matches(labels); }))
            continue;
        series.arrange();
        found.push_back(&series);
    }
    return found;
}

Result<std::vector<std::unique_ptr<SeriesIterator>>> MemoryQuerier::select(const std::vector<Matcher>& matchers, TimeNs from, TimeNs to,
                                                                           std::stop_token) {
    NJ_ASSIGN(const std::vector<const Series*> found, matching(matchers));
    std::vector<std::unique_ptr<SeriesIterator>> iterators;
    for (const Series* series : found)
        if (!series->times.empty() && series->times.front() <= to && series->times.back() > from)
            iterators.push_back(std::make_unique<Iterator>(*series));
    return iterators;
}

Result<std::vector<std::string>> MemoryQuerier::labelNames(const std::vector<Matcher>& matchers) {
    NJ_ASSIGN(const std::vector<const Series*> found, matching(matchers));
    std::set<std::string> names;
    for (const Series* series : found)
        for (const Label& label : *series->labels)
            names.insert(label.name);
    return std::vector<std::string>(names.begin(), names.end());
}

Result<std::vector<std::string>> MemoryQuerier::labelValues(const std::string& name, const std::vector<Matcher>& matchers) {
    NJ_ASSIGN(const std::vector<const Series*> found, matching(matchers));
    std::set<std::string> values;
    for (const Series* series : found)
        if (const std::string_view value = labelValue(*series->labels, name); !value.empty())
            values.emplace(value);
    return std::vector<std::string>(values.begin(), values.end());
}

}  // namespace nj::test

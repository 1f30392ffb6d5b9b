// A querier that has three series of any name, whatever else is asked of them: a sample every 15 s of the first two minutes.
#pragma once

#include <algorithm>
#include <limits>

#include "promql/storage.h"

namespace nj::fuzz {

class FewSeries : public promql::Querier {
public:
    Result<std::vector<std::unique_ptr<promql::SeriesIterator>>> select(const std::vector<promql::Matcher>& matchers, TimeNs, TimeNs, std::stop_token) override {
        std::string name = "x";
        for (const promql::Matcher& matcher : matchers)
            if (matcher.name == promql::kMetricName && matcher.type == promql::Matcher::Type::kEqual && !matcher.value.empty())
                name = matcher.value;
        std::vector<std::unique_ptr<promql::SeriesIterator>> out;
        for (const char* le : {"+Inf", "0.5", "1"})
            out.push_back(std::make_unique<Series>(promql::Labels{{"__name__", name}, {"job", le[0] == '1' ? "a" : "b"}, {"le", le}}));
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return *a->labels() < *b->labels(); });
        return out;
    }
    Result<std::vector<std::string>> labelNames(const std::vector<promql::Matcher>& matchers) override {
        return matchers.size() > 2 ? std::vector<std::string>() : std::vector<std::string>{"__name__", "job", "le"};
    }
    Result<std::vector<std::string>> labelValues(const std::string&, const std::vector<promql::Matcher>&) override { return std::vector<std::string>{"a", "b"}; }

private:
    class Series : public promql::SeriesIterator {
    public:
        explicit Series(promql::Labels labels) : labels_(std::make_shared<const promql::Labels>(std::move(labels))) {
            for (TimeNs time = 0; time <= 2 * kMinute; time += 15 * kSecond) {
                times_.push_back(time);
                values_.push_back(time == kMinute ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(time / kSecond));
            }
        }
        [[nodiscard]] const promql::LabelsPtr& labels() const override { return labels_; }
        Status samples(TimeNs from, TimeNs to, const std::function<bool(const promql::SampleRun&)>& visit) override {
            const auto begin = std::upper_bound(times_.begin(), times_.end(), from), end = std::upper_bound(times_.begin(), times_.end(), to);
            if (begin < end) {
                const auto at = static_cast<size_t>(begin - times_.begin()), count = static_cast<size_t>(end - begin);
                visit({std::span(times_).subspan(at, count), std::span(values_).subspan(at, count), {}});
            }
            return {};
        }

    private:
        promql::LabelsPtr labels_;
        std::vector<TimeNs> times_;
        std::vector<double> values_;
    };
};

}  // namespace nj::fuzz

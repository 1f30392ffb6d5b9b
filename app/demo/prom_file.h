// Metric files as people save them: the body of a Prometheus range query (one matrix per file), and promtool's OpenMetrics dump.
// All series share the scrape times of the day. A NaN value is a scrape that did not happen. One thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "demo/zstd_file.h"

namespace nj::demo {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

class PromFile {
public:
    enum class Form { kRangeQuery, kOpenMetrics };
    PromFile(const std::string& path, Form form, TimeNs start, double step);
    void series(std::string_view name, const Labels& labels, std::span<const double> values);
    void constant(std::string_view name, const Labels& labels, double value, size_t ticks);
    // Number of series so far.
    [[nodiscard]] size_t count() const { return count_; }
    Status finish();

private:
    void labelSet(std::string_view name, const Labels& labels);
    const std::vector<std::string>& times(size_t ticks);

    ZstdFile file_;
    Form form_;
    int64_t startMs_;
    int64_t stepMs_;
    size_t count_ = 0;
    std::vector<std::string> times_;
    std::vector<double> scratch_;
};

// Appends a finite number in its shortest form.
void appendNumber(std::string& out, double value);

// A classic histogram over the day: observations go to the scrape that first sees them.
class ScrapedHistogram {
public:
    ScrapedHistogram(std::span<const double> bounds, size_t ticks);
    void observe(double time, double value, uint64_t count = 1);
    // _bucket (bounds and +Inf), _sum and _count.
    void write(PromFile& file, std::string_view name, const Labels& labels) const;

private:
    std::vector<double> bounds_;
    size_t ticks_;
    std::vector<std::vector<uint32_t>> perTick_;   // [bucket][tick], not cumulative
    std::vector<double> sums_;
};

// A counter over the day.
class ScrapedCounter {
public:
    explicit ScrapedCounter(size_t ticks) : perTick_(ticks, 0.0) {}
    void add(double time, double amount = 1);
    [[nodiscard]] std::vector<double> values(double from = 0) const;

private:
    std::vector<double> perTick_;
};

// The scrape that first sees what happens at `time`; ticks when none does.
size_t tickOf(double time, size_t ticks);

}  // namespace nj::demo

// The values of one series over the steps of an evaluation, and the streams in which such columns come: series by series, so that no more
// is in memory than an operator must hold. A stream is used by one thread and dies before the evaluation it belongs to.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"
#include "promql/histogram/float_histogram.h"
#include "promql/labels.h"

namespace nj::promql {

// Prometheus's stale marker: a NaN that no calculation yields. In a column it stands where the series has no float.
inline constexpr uint64_t kStaleBits = 0x7ff0000000000002;
inline constexpr double kNoValue = std::bit_cast<double>(kStaleBits);
inline bool isAbsent(double value) { return std::bit_cast<uint64_t>(value) == kStaleBits; }

// The times an expression is evaluated at.
struct Steps {
    TimeNs start = 0;
    DurationNs step = 1;
    size_t count = 1;
    [[nodiscard]] TimeNs at(size_t i) const { return start + static_cast<DurationNs>(i) * step; }
    [[nodiscard]] TimeNs last() const { return at(count - 1); }
};

struct Column {
    LabelsPtr labels;
    bool dropName = false;                  // the name is no longer true and goes once the query is done
    std::vector<double> values;             // one per step
    std::vector<HistogramPtr> histograms;   // empty, or one per step with null where none is

    void reset(size_t steps) {
        values.assign(steps, kNoValue);
        histograms.clear();
    }
    [[nodiscard]] bool hasFloat(size_t i) const { return !isAbsent(values[i]); }
    [[nodiscard]] const FloatHistogram* histogram(size_t i) const { return histograms.empty() ? nullptr : histograms[i].get(); }
    [[nodiscard]] bool has(size_t i) const { return hasFloat(i) || histogram(i) != nullptr; }
    [[nodiscard]] bool empty() const;
    void setHistogram(size_t i, HistogramPtr value) {
        if (histograms.empty())
            histograms.resize(values.size());
        histograms[i] = std::move(value);
    }
    void setHistogram(size_t i, FloatHistogram value) { setHistogram(i, std::make_shared<const FloatHistogram>(std::move(value))); }
    // Takes over what other has at a step.
    void copyStep(size_t i, const Column& other, size_t from) {
        values[i] = other.values[from];
        if (!other.histograms.empty() && other.histograms[from])
            setHistogram(i, other.histograms[from]);
    }
    [[nodiscard]] size_t points() const;
};

class ColumnStream {
public:
    virtual ~ColumnStream() = default;
    // The next series, which has at least one value; false at the end. Throws EvaluationFailure.
    virtual bool next(Column& column) = 0;
};
using ColumnStreamPtr = std::unique_ptr<ColumnStream>;

// The samples of one series within the reach of a range selector or subquery, floats and histograms apart.
struct SeriesSamples {
    LabelsPtr labels;
    bool dropName = false;
    std::vector<TimeNs> times;
    std::vector<double> values;
    std::vector<TimeNs> histogramTimes;
    std::vector<HistogramPtr> histograms;
    void clear();
};

class SampleStream {
public:
    virtual ~SampleStream() = default;
    virtual bool next(SeriesSamples& series) = 0;
};
using SampleStreamPtr = std::unique_ptr<SampleStream>;

// Columns that were calculated all at once.
class StoredColumns : public ColumnStream {
public:
    explicit StoredColumns(std::vector<Column> columns) : columns_(std::move(columns)) {}
    bool next(Column& column) override;

private:
    std::vector<Column> columns_;
    size_t at_ = 0;
};

}  // namespace nj::promql

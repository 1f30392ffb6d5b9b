// Observations of one feature, counted by cell (a value, a bucket or a category) and column (a short stretch of the trend), and apart from
// that in the reference and the current window exactly. Memory is bounded: beyond 4,096 distinct numbers they share exponential cells of
// 0.3 % width, then coarser ones; beyond 4,096 categories the rest is "others". Used by one question.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyze/drift_cells.h"
#include "query/capsule/query_context.h"

namespace nj::query {

// Where an observation counts: any of the three may be missing.
struct DriftPlace {
    static constexpr size_t kNoColumn = SIZE_MAX;
    size_t column = kNoColumn;
    bool reference = false, current = false;
    [[nodiscard]] bool counts() const { return column != kNoColumn || reference || current; }
};

// The trend's columns and both windows.
struct DriftAxis {
    Columns columns;
    TimeRange trend, reference, current;
    [[nodiscard]] DriftPlace at(TimeNs time) const {
        return {trend.contains(time) ? columns.at(time) : DriftPlace::kNoColumn, reference.contains(time), current.contains(time)};
    }
    // One stretch that holds all three; scans read only its segments.
    [[nodiscard]] TimeRange hull() const;
};

class DriftTable {
public:
    DriftTable(size_t columns, bool categorical) : columns_(columns), categorical_(categorical) {}

    void addValue(double value, const DriftPlace& place) { addCell(value, value, 1, place); }
    // Observations in (lower, upper].
    void addBucket(double lower, double upper, double n, const DriftPlace& place) { addCell(lower, upper, n, place); }
    void addLabel(std::string_view label, double n, const DriftPlace& place);
    [[nodiscard]] bool categorical() const { return categorical_; }
    [[nodiscard]] size_t cellCount() const { return rows_.size(); }

    // Ends adding: cells in ascending order (categories in order of their first sight).
    void finish();
    // The current window becomes the columns [from, to).
    void narrowTo(size_t from, size_t to);
    [[nodiscard]] double referenceCount() const;
    [[nodiscard]] double currentCount() const;
    [[nodiscard]] double columnCount(size_t from, size_t to) const;
    // Numbers: the reference against the current window, or against the columns [from, to).
    [[nodiscard]] analyze::DriftCells cells() const;
    [[nodiscard]] analyze::DriftCells cells(size_t from, size_t to) const;
    // Counts per cell or category.
    [[nodiscard]] std::vector<double> reference() const;
    [[nodiscard]] std::vector<double> current() const;
    [[nodiscard]] std::vector<double> columns(size_t from, size_t to) const;
    // Numbers: the columns' counts in bins that end at these ascending upper edges.
    [[nodiscard]] std::vector<double> binned(size_t from, size_t to, const std::vector<double>& upperEdges) const;
    [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

private:
    struct Row {
        double lower = 0, upper = 0, reference = 0, current = 0;
        std::vector<float> columns;
    };
    void addCell(double lower, double upper, double n, const DriftPlace& place);
    void addTo(Row& row, double n, const DriftPlace& place) const;
    Row& rowOf(double lower, double upper);
    // Values to exponential cells of 1/steps octave.
    void coarsen(int steps);
    [[nodiscard]] std::pair<double, double> coarse(double value) const;

    size_t columns_;
    bool categorical_;
    int steps_ = 0;                                  // 0 = values as they are
    std::vector<Row> rows_;
    std::unordered_map<double, size_t> cellOf_;      // by upper end
    std::unordered_map<std::string, size_t> labelOf_;
    std::vector<std::string> labels_;
};

}  // namespace nj::query

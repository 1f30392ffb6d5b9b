#include "query/capsule/drift_table.h"

#include <algorithm>
#include <cmath>

namespace nj::query {
namespace {

constexpr size_t kMostCells = 4096;   // as the header says

}  // namespace

TimeRange DriftAxis::hull() const {
    TimeRange out;
    for (const TimeRange& range : {trend, reference, current})
        if (!range.empty())
            out = out.empty() ? range : TimeRange{std::min(out.from, range.from), std::max(out.to, range.to)};
    return out;
}

void DriftTable::addTo(Row& row, double n, const DriftPlace& place) const {
    if (place.reference)
        row.reference += n;
    if (place.current)
        row.current += n;
    if (place.column < columns_) {
        if (row.columns.empty())
            row.columns.assign(columns_, 0);
        row.columns[place.column] += static_cast<float>(n);
    }
}

std::pair<double, double> DriftTable::coarse(double value) const {
    if (value == 0 || !std::isfinite(value))
        return {value, value};
    const double size = std::abs(value), step = std::floor(std::log2(size) * steps_);
    const double low = std::exp2(step / steps_), high = std::exp2((step + 1) / steps_);
    return value > 0 ? std::pair(low, high) : std::pair(-high, -low);
}

void DriftTable::coarsen(int steps) {
    steps_ = steps;
    std::vector<Row> before;
    before.swap(rows_);
    cellOf_.clear();
    for (Row& old : before) {
        const auto [lower, upper] = coarse(old.lower + (old.upper - old.lower) / 2);
        Row& row = rowOf(lower, upper);
        row.reference += old.reference;
        row.current += old.current;
        if (row.columns.empty())
            row.columns.swap(old.columns);
        else
            for (size_t i = 0; i < old.columns.size(); ++i)
                row.columns[i] += old.columns[i];
    }
}

DriftTable::Row& DriftTable::rowOf(double lower, double upper) {
    const auto [it, fresh] = cellOf_.try_emplace(upper, rows_.size());
    if (fresh)
        rows_.push_back({lower, upper, 0, 0, {}});
    // Layouts that share an upper edge: the narrower bucket says where the observations lie.
    Row& row = rows_[it->second];
    row.lower = std::max(row.lower, lower);
    return row;
}

void DriftTable::addCell(double lower, double upper, double n, const DriftPlace& place) {
    if (!place.counts() || std::isnan(lower) || std::isnan(upper) || !(n > 0) || std::isinf(n) || (lower == upper && std::isinf(upper)))
        return;
    if (steps_ != 0 && lower == upper)
        std::tie(lower, upper) = coarse(upper);
    addTo(rowOf(lower, upper), n, place);
    if (rows_.size() > kMostCells && (steps_ == 0 || steps_ > 1))
        coarsen(steps_ == 0 ? 256 : std::max(steps_ / 8, 1));
}

void DriftTable::addLabel(std::string_view label, double n, const DriftPlace& place) {
    if (!place.counts() || !(n > 0) || std::isinf(n))
        return;
    const std::string known = labels_.size() >= kMostCells && !labelOf_.contains(std::string(label)) ? "(others)" : std::string(label);
    const auto [it, fresh] = labelOf_.try_emplace(known, rows_.size());
    if (fresh) {
        rows_.emplace_back();
        labels_.push_back(known);
    }
    addTo(rows_[it->second], n, place);
}

void DriftTable::finish() {
    if (categorical_)
        return;
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.upper < b.upper; });
    cellOf_.clear();
    // Cells must not overlap: a bucket begins where the one before it ends.
    for (size_t i = 1; i < rows_.size(); ++i)
        if (rows_[i].lower < rows_[i - 1].upper)
            rows_[i].lower = rows_[i - 1].upper;
}

void DriftTable::narrowTo(size_t from, size_t to) {
    const std::vector<double> sums = columns(from, to);
    for (size_t i = 0; i < rows_.size(); ++i)
        rows_[i].current = sums[i];
}

double DriftTable::referenceCount() const {
    double n = 0;
    for (const Row& row : rows_)
        n += row.reference;
    return n;
}

double DriftTable::currentCount() const {
    double n = 0;
    for (const Row& row : rows_)
        n += row.current;
    return n;
}

double DriftTable::columnCount(size_t from, size_t to) const {
    double n = 0;
    for (const double sum : columns(from, to))
        n += sum;
    return n;
}

analyze::DriftCells DriftTable::cells() const {
    analyze::DriftCells out;
    out.reserve(rows_.size());
    for (const Row& row : rows_)
        if (row.reference > 0 || row.current > 0)
            out.push_back({row.lower, row.upper, row.reference, row.current});
    return out;
}

analyze::DriftCells DriftTable::cells(size_t from, size_t to) const {
    const std::vector<double> sums = columns(from, to);
    analyze::DriftCells out;
    for (size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i].reference > 0 || sums[i] > 0)
            out.push_back({rows_[i].lower, rows_[i].upper, rows_[i].reference, sums[i]});
    return out;
}

std::vector<double> DriftTable::reference() const {
    std::vector<double> out;
    for (const Row& row : rows_)
        out.push_back(row.reference);
    return out;
}

std::vector<double> DriftTable::current() const {
    std::vector<double> out;
    for (const Row& row : rows_)
        out.push_back(row.current);
    return out;
}

std::vector<double> DriftTable::columns(size_t from, size_t to) const {
    std::vector<double> out(rows_.size(), 0);
    for (size_t i = 0; i < rows_.size(); ++i)
        for (size_t c = from; c < std::min(to, rows_[i].columns.size()); ++c)
            out[i] += static_cast<double>(rows_[i].columns[c]);
    return out;
}

std::vector<double> DriftTable::binned(size_t from, size_t to, const std::vector<double>& upperEdges) const {
    std::vector<double> out(upperEdges.size(), 0);
    size_t bin = 0;
    const std::vector<double> sums = columns(from, to);
    for (size_t i = 0; i < rows_.size() && !out.empty(); ++i) {
        while (bin + 1 < out.size() && rows_[i].upper > upperEdges[bin])
            ++bin;
        out[bin] += sums[i];
    }
    return out;
}

}  // namespace nj::query

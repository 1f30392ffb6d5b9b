// Answers about resources as pictures and words: what the heatmap's rows, scale and title are, and the same as CSV. Pure; any thread.
#pragma once

#include <QString>
#include <QVector>

#include "query/resources.h"
#include "widgets/heat_rows.h"

namespace nj::ui {

enum class ResourceOrder { kHierarchy, kValue, kUnlike };

struct ResourceShow {
    bool share = true;                 // of the row's own maximum, where the metric has one
    bool worst = true;                 // a cell shows its column's worst sample, else the mean
    ResourceOrder order = ResourceOrder::kHierarchy;
};

// A value as shown: "65 %", "1,290 MHz", "87 °C".
QString resourceText(const query::ResourceMetricInfo& metric, double value, bool share);
// What one cell shows; NaN = no sample.
double resourceValue(const query::ResourceGrid& grid, size_t row, size_t column, const ResourceShow& show);
// One scale for the overview and the zoomed half.
HeatScale resourceScale(const std::vector<const query::ResourceGrid*>& grids, const ResourceShow& show);
// Rows in the order to show.
std::vector<size_t> resourceOrder(const query::ResourceGrid& grid, const ResourceShow& show);
HeatRows resourceRows(const query::ResourceGrid& grid, TimeRange shown, const ResourceShow& show, const HeatScale& scale, bool utc);

// "GPU 3 falls to 65 % of its own maximum SM clock at 10:46; the other 7 hold 98 – 100 %".
QString resourceHeadline(const query::ResourceGrid& grid, bool utc);
// The same in the few words a chip has: "GPU 3 is 33 points lower".
QString resourceChipWords(const query::ResourceGrid& grid);
// What a row is: "gpu-node-07, NVIDIA H100 80GB HBM3".
QString resourceDetail(const query::ResourceIdentity& identity);

// One line per row, one column per instant; a cell without sample is empty.
QString resourceCsv(const query::ResourceGrid& grid, const ResourceShow& show);

}  // namespace nj::ui

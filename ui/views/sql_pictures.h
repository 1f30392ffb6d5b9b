// Rows of a query as a chart, and the queries one may begin with. Plain functions, any thread.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "models/sql_result.h"
#include "widgets/chart_data.h"

namespace nj::ui {

inline constexpr size_t kMostChartRows = 20'000;
inline constexpr int kMostChartSeries = 12;

// The instant a cell stands for: ns, µs, ms or s since 1970 by its size, or a text as RFC 3339 and strftime write it.
std::optional<TimeNs> sqlTime(const query::SqlCell& cell);

struct SqlChart {
    TimeChartData data;
    TimeRange range;
    size_t rows = 0;                 // drawn
};
// Numbers over time when the first column is a time: a line per further number column, or, with a text column second and one number third,
// a line per text. Nothing when the rows are not that.
std::optional<SqlChart> sqlChart(const QStringList& columns, const std::vector<SqlRow>& rows);

struct SqlExample {
    QString title, text;
};
// Those whose tables and attribute keys the capsule has.
std::vector<SqlExample> sqlExamples(const std::vector<query::SqlTable>& tables);

}  // namespace nj::ui

// What charts say in words.
#include <QCoreApplication>

#include "theme/number_format.h"
#include "widgets/chart_data.h"

namespace nj::ui {
namespace {

struct ChartWordsTr {
    Q_DECLARE_TR_FUNCTIONS(ChartWords)
};

}  // namespace

QString chartSentence(const TimeChartData& data, TimeRange range, bool utc) {
    const ChartSeries* highest = nullptr;
    double most = 0;
    TimeNs when = 0;
    const auto take = [&](const ChartSeries& series, TimeNs time, double value) {
        if (!std::isfinite(value) || !range.contains(time) || (highest && value <= most))
            return;
        highest = &series;
        most = value;
        when = time;
    };
    for (const ChartSeries& series : data.series) {
        if (series.kind == ChartSeries::Kind::kDashedLine || series.kind == ChartSeries::Kind::kLimit)   // not what happened
            continue;
        for (qsizetype i = 0; i < series.values.size(); ++i)
            take(series, data.from + i * data.width, series.values[i]);
        for (const auto& [time, value] : series.points)
            take(series, time, value);
    }
    if (!highest)
        return {};
    const QString span = formatRange(range, utc) + QLatin1Char(' ') + zoneName(range.from, utc);
    const QString text = ChartWordsTr::tr("%1, highest %2 at %3").arg(span, formatValue(most, data.unit), formatClock(when, utc));
    return highest->name.isEmpty() ? text : text + QStringLiteral(", ") + highest->name;
}

}  // namespace nj::ui

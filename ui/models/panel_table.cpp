#include "models/panel_table.h"

#include <QObject>
#include <cmath>

#include "models/panel_figure.h"
#include "theme/number_format.h"
#include "widgets/picture_copy.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

using dashboard::PanelKind;

FactCell cellOf(const dashboard::Field& field, size_t row, const dashboard::Panel& panel, const Theme& theme, bool utc) {
    FactCell cell;
    switch (field.kind) {
    case dashboard::FieldKind::kTime:
        cell.text = row < field.times.size() ? formatDateTime(field.times[row], utc, kSecond) : QString();
        cell.order = row < field.times.size() ? static_cast<double>(field.times[row]) : 0;
        break;
    case dashboard::FieldKind::kNumber: {
        const double value = row < field.numbers.size() ? field.numbers[row] : std::nan("");
        cell.text = std::isnan(value) ? QString() : panelText(panel, value);
        cell.order = std::isnan(value) ? -HUGE_VAL : value;
        if (const QColor color = thresholdColor(panel, value, {panel.min.value_or(0), panel.max.value_or(100)}, theme); color.isValid() && panel.thresholds.size() > 1)
            cell.dot = color;
        break;
    }
    case dashboard::FieldKind::kText: cell.text = row < field.texts.size() ? oneLine(field.texts[row]) : QString(); break;
    }
    return cell;
}

}  // namespace

std::vector<FactColumn> panelColumns(const dashboard::PanelAnswer& answer) {
    std::vector<FactColumn> columns;
    for (const dashboard::Field& field : answer.table.fields)
        columns.push_back({oneLine(field.name), 0, field.kind == dashboard::FieldKind::kNumber});
    return columns;
}

std::vector<std::vector<FactCell>> panelCells(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme, bool utc) {
    std::vector<dashboard::Panel> looks;   // of the fields
    for (size_t i = 0; i < answer.table.fields.size(); ++i)
        looks.push_back(i < answer.looks.size() ? dashboard::looking(panel, answer.looks[i]) : panel);
    std::vector<std::vector<FactCell>> rows;
    for (size_t row = 0; row < answer.table.rows(); ++row) {
        std::vector<FactCell> cells;
        for (size_t i = 0; i < looks.size(); ++i)
            cells.push_back(cellOf(answer.table.fields[i], row, looks[i], theme, utc));
        rows.push_back(std::move(cells));
    }
    return rows;
}

CopyTable panelCopy(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme) {
    CopyTable table;
    if (panel.kind == PanelKind::kTable) {
        for (const dashboard::Field& field : answer.table.fields) {
            table.columns << oneLine(field.name);
            table.numeric << (field.kind == dashboard::FieldKind::kNumber);
        }
        for (size_t row = 0; row < answer.table.rows(); ++row) {
            QStringList cells;
            for (const dashboard::Field& field : answer.table.fields)
                cells << (field.kind == dashboard::FieldKind::kTime   ? QString::fromStdString(formatRfc3339(field.times[row], 3))
                          : field.kind == dashboard::FieldKind::kText ? QString::fromStdString(field.texts[row])
                          : std::isnan(field.numbers[row])            ? QString()
                                                                      : QString::number(field.numbers[row], 'g', 12));
            table.rows << cells;
        }
        return table;
    }
    if (panel.kind == PanelKind::kTimeSeries) {
        TimeChartData chart = panelChart(panel, answer, theme);
        chart.from = answer.from;   // the instants asked for, not the columns around them
        return chartTable(chart);
    }
    if (answer.buckets.rows() > 0) {
        table.columns = {QObject::tr("time"), QObject::tr("from"), QObject::tr("to"), QObject::tr("count")};
        table.numeric = {false, true, true, true};
        const size_t rows = answer.buckets.rows();
        for (size_t i = 0; i < answer.buckets.counts.size(); ++i)
            if (answer.buckets.counts[i] > 0)
                table.rows << QStringList{panel.kind == PanelKind::kHistogram ? QString() : QString::fromStdString(formatRfc3339(answer.from + static_cast<DurationNs>(i / rows) * answer.step, 3)),
                                          QString::number(answer.buckets.bounds[i % rows], 'g', 12), QString::number(answer.buckets.bounds[i % rows + 1], 'g', 12),
                                          QString::number(answer.buckets.counts[i], 'g', 12)};
        return table;
    }
    table.columns = {QObject::tr("series"), QObject::tr("value")};
    table.numeric = {false, true};
    for (const dashboard::PanelSeries& series : answer.series)
        table.rows << QStringList{QString::fromStdString(series.name), std::isnan(series.value) ? QString() : QString::number(series.value, 'g', 12)};
    return table;
}

}  // namespace nj::ui

#include "widgets/dashboard_chart.h"

#include <QBoxLayout>
#include <algorithm>
#include <cmath>

#include "state/workspace.h"
#include "widgets/legend_names.h"
#include "widgets/legend_table.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kLeastChart = 60, kTallPanel = 230, kChartRoom = 190, kLegendRow = 24, kWidePanel = 720;

LegendRow rowOf(const ChartSeries& series) {
    LegendRow row;
    row.name = series.name;
    row.atCursor = row.last = row.min = row.max = row.p95 = row.baseline = row.value = kNoValue;
    std::vector<double> known;
    for (const double value : series.values)
        if (std::isfinite(value))
            known.push_back(value);
    row.n = known.size();
    if (known.empty())
        return row;
    row.last = known.back();
    std::sort(known.begin(), known.end());
    row.min = known.front();
    row.max = known.back();
    row.p95 = known[static_cast<size_t>(0.95 * static_cast<double>(known.size() - 1))];
    return row;
}

}  // namespace

DashboardChart::DashboardChart(Workspace& workspace, const Theme& theme, QWidget* parent) : QWidget(parent), workspace_(workspace), theme_(theme) {
    auto* column = new QBoxLayout(QBoxLayout::TopToBottom, this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit);
    chart_ = new TimeChart(workspace, theme, this);
    chart_->setMinimumHeight(kLeastChart);
    names_ = new LegendNames(theme, this);
    legend_ = new LegendTable(theme, this);
    legend_->setBrief(true);
    column->addWidget(chart_, 1);
    column->addWidget(names_);
    column->addWidget(legend_);
    connect(names_, &LegendNames::hiddenChanged, this, [this] { chart_->setHidden(names_->hidden()); });
    connect(legend_, &LegendTable::hiddenChanged, this, [this] { chart_->setHidden(legend_->hidden()); });
}

void DashboardChart::setChart(const TimeChartData& lines, const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const QSize& room) {
    chart_->setFixedRange(answer.range == workspace_.range() ? std::nullopt : std::optional(answer.range));
    chart_->setData(lines);
    const bool table = panel.legend.shown && (panel.legend.asTable || !panel.legend.calculations.empty()) && room.height() >= kTallPanel;
    QVector<LegendNames::Entry> entries;
    QVector<LegendRow> rows;
    for (int i = 0; i < lines.series.size(); ++i) {
        const ChartSeries& series = lines.series[i];
        entries.push_back({series.name, chart_->seriesColor(i), series.kind == ChartSeries::Kind::kLimit ? Qt::DashLine : series.color.isValid() ? Qt::SolidLine : theme_.seriesDash(series.rank)});
        LegendRow row = rowOf(series);
        row.color = entries.back().color;
        row.dash = entries.back().dash;
        rows.push_back(std::move(row));
    }
    names_->setEntries(entries, room.height() > kTallPanel ? 2 : 1);
    names_->setVisible(panel.legend.shown && !table);
    legend_->setVisible(table);
    if (!table)
        return;
    // At the right where its author put it and there is room, else below.
    const bool right = panel.legend.right && room.width() >= kWidePanel;
    qobject_cast<QBoxLayout*>(layout())->setDirection(right ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    legend_->setFixedWidth(right ? room.width() * 2 / 5 : QWIDGETSIZE_MAX);
    legend_->setMinimumWidth(right ? room.width() * 2 / 5 : 0);
    legend_->setMostRows(right ? std::max(3, (room.height() - kChartRoom / 2) / kLegendRow) : std::clamp((room.height() - kChartRoom) / kLegendRow, 2, 8));
    legend_->setRows(rows, lines.unit, tr("series"), tr("n"));
}

}  // namespace nj::ui

#include "widgets/no_data_panel.h"

#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kTitleRoom = 44;

}  // namespace

NoDataPanel::NoDataPanel(const Theme& theme, QWidget* parent) : Panel(theme, parent), theme_(theme) {
    setObjectName(QStringLiteral("noDataAlerts"));
    table_ = new FactTable({{tr("alert"), 340}, {tr("expression"), 0}, {tr("why"), 0}}, theme, this);
    table_->setObjectName(QStringLiteral("noDataTable"));
    setBody(table_);
    connect(table_, &FactTable::rowOpened, this, [this](int row) { Q_EMIT expressionOpened(QString::fromStdString(alerts_.at(static_cast<size_t>(row)).expression)); });
}

void NoDataPanel::setAlerts(const std::vector<AlertWithoutData>& alerts, size_t inAll) {
    setTitle(tr("No data for %1 of %2 alerts").arg(alerts.size()).arg(inAll));
    setFixedHeight(kTitleRoom + theme_.rowHeight * (static_cast<int>(alerts.size()) + 1));
    if (alerts == alerts_)
        return;
    alerts_ = alerts;
    std::vector<std::vector<FactCell>> rows;
    for (const AlertWithoutData& alert : alerts_) {
        std::vector<FactCell> cells(3);
        cells[0].text = oneLine(alert.name);
        cells[0].detail = oneLine(alert.group);
        cells[1].text = oneLine(alert.expression);
        cells[1].muted = true;
        cells[2].text = oneLine(alert.reason);
        rows.push_back(std::move(cells));
    }
    table_->setRows(std::move(rows));
}

}  // namespace nj::ui

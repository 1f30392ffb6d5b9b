#include "widgets/remarks_panel.h"

#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kHeight = 190;

}  // namespace

RemarksPanel::RemarksPanel(const Theme& theme, QWidget* parent) : Panel(theme, parent) {
    setTitle(tr("Not taken over as it stood"));
    table_ = new FactTable({{tr("where"), 260}, {tr("what"), 340}, {tr("why"), 0}}, theme, this);
    table_->setObjectName(QStringLiteral("remarksTable"));
    setBody(table_);
    setFixedHeight(kHeight);
}

void RemarksPanel::setRemarks(const std::vector<dashboard::Remark>& remarks) {
    std::vector<std::vector<FactCell>> rows;
    for (const dashboard::Remark& remark : remarks) {
        std::vector<FactCell> cells(3);
        cells[0].text = oneLine(remark.where);
        cells[1].text = oneLine(remark.what);
        cells[1].mark = remark.dropped ? QStringLiteral("◆") : QStringLiteral("·");
        cells[1].role = remark.dropped ? QStringLiteral("warning") : QString();
        cells[2].text = oneLine(remark.why);
        cells[2].muted = true;
        rows.push_back(std::move(cells));
    }
    table_->setRows(std::move(rows));
}

}  // namespace nj::ui

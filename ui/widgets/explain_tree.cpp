#include "widgets/explain_tree.h"

#include <QHeaderView>
#include <vector>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kMostRows = 9, kSeriesWidth = 92, kTookWidth = 72;
constexpr double kPartShare = 0.45;

}  // namespace

ExplainTree::ExplainTree(const Theme& theme, QWidget* parent) : QTreeView(parent), theme_(theme) {
    setObjectName(QStringLiteral("explainTree"));
    setAccessibleName(tr("The expression taken apart"));
    setModel(&model_);
    setEditTriggers(NoEditTriggers);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setIndentation(4 * theme.unit);
    setTextElideMode(Qt::ElideRight);
    setFont(theme.table);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    header()->setFont(theme.caption);
    header()->setStretchLastSection(false);
    header()->setSectionsMovable(false);
}

void ExplainTree::setMessage(const QString& message) {
    setExplanation({});
    model_.setItem(0, kPart, new QStandardItem(message));
    rows_ = 1;
}

void ExplainTree::setExplanation(const query::PromqlExplanation& explanation) {
    model_.clear();
    model_.setHorizontalHeaderLabels({tr("Part"), tr("Series"), tr("What became of them"), tr("Took")});
    std::vector<QStandardItem*> above{model_.invisibleRootItem()};
    for (const query::PromqlNode& node : explanation.nodes) {
        auto* part = new QStandardItem(QString::fromStdString(node.text).simplified());
        part->setFont(theme_.mono);
        part->setToolTip(plainToolTip(QString::fromStdString(node.kind + ", " + node.type)));
        auto* series = new QStandardItem(node.evaluated && node.error.empty() ? (node.series == 0 ? tr("▲ none") : formatCount(node.series)) : QStringLiteral("–"));
        series->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        if (node.evaluated && (node.series == 0 || !node.error.empty()))
            series->setForeground(theme_.error);
        QStringList words;
        for (const std::string& word : node.words)
            words << QString::fromStdString(word);
        if (!node.error.empty())
            words = QStringList{QStringLiteral("▲ ") + QString::fromStdString(node.error)};
        else if (!node.evaluated)
            words = QStringList{tr("not evaluated: the time was up")};
        auto* what = new QStandardItem(words.join(QStringLiteral("; ")));
        what->setForeground(node.error.empty() ? theme_.muted : theme_.error);
        if (!words.isEmpty())
            what->setToolTip(plainToolTip(words.join(QLatin1Char('\n'))));
        auto* took = new QStandardItem(node.evaluated ? formatLength(node.took) : QString());
        took->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        took->setForeground(theme_.muted);
        above.resize(std::min(above.size(), static_cast<size_t>(node.depth) + 1));
        above.back()->appendRow({part, series, what, took});
        above.push_back(part);
    }
    if (explanation.cut)
        model_.invisibleRootItem()->appendRow(new QStandardItem(tr("… there is more than is shown")));
    rows_ = static_cast<int>(explanation.nodes.size()) + (explanation.cut ? 1 : 0);
    expandAll();
    fitColumns();
    if (model_.rowCount() > 0)
        setCurrentIndex(model_.index(0, 0));
}

int ExplainTree::wantedHeight() const { return (std::clamp(rows_, 1, kMostRows) + 1) * theme_.rowHeight + 2 * frameWidth() + theme_.unit; }

void ExplainTree::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitColumns();
}

void ExplainTree::fitColumns() {
    if (model_.columnCount() < kColumns)
        return;
    const int rest = viewport()->width() - kSeriesWidth - kTookWidth;
    const int part = static_cast<int>(rest * kPartShare);
    setColumnWidth(kPart, part);
    setColumnWidth(kSeries, kSeriesWidth);
    setColumnWidth(kWords, rest - part);
    setColumnWidth(kTook, kTookWidth);
}

}  // namespace nj::ui

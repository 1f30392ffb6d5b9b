#include "views/metrics_list.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QVBoxLayout>

#include "models/metric_type.h"
#include "theme/number_format.h"
#include "widgets/metric_name_delegate.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kTypeWidth = 88, kSeriesWidth = 54, kHelpHeight = 62;
constexpr int kNarrowTree = 346;   // below it names need the room of the types, which the line under the list says too

}  // namespace

MetricsList::MetricsList(const Theme& theme, QWidget* parent) : Panel(theme, parent), model_(new MetricTreeModel(theme, this)) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit * 2);
    search_ = new QLineEdit(body);
    search_->setObjectName(QStringLiteral("metricSearch"));
    search_->setPlaceholderText(tr("search names and help"));
    search_->setAccessibleName(tr("Search metrics"));
    search_->setClearButtonEnabled(true);
    search_->installEventFilter(this);
    tree_ = new QTreeView(body);
    tree_->setObjectName(QStringLiteral("metricTree"));
    tree_->setAccessibleName(tr("Metrics"));
    tree_->setModel(model_);
    tree_->setFont(theme.table);
    tree_->setItemDelegateForColumn(MetricTreeModel::kName, new MetricNameDelegate(MetricTreeModel::kSharedRole, theme, tree_));
    tree_->setUniformRowHeights(true);
    tree_->setIndentation(theme.padding);
    tree_->setTextElideMode(Qt::ElideMiddle);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree_->setExpandsOnDoubleClick(false);
    tree_->setTabKeyNavigation(false);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setMinimumSectionSize(20);
    tree_->header()->setSectionResizeMode(MetricTreeModel::kName, QHeaderView::Stretch);
    for (const auto& [section, width] : {std::pair{MetricTreeModel::kType, kTypeWidth}, {MetricTreeModel::kSeries, kSeriesWidth}}) {
        tree_->header()->setSectionResizeMode(section, QHeaderView::Fixed);
        tree_->header()->resizeSection(section, width);
    }
    tree_->installEventFilter(this);
    facts_ = new PlainLabel(QString(), theme.caption, "muted", body);
    facts_->setElided(true);
    help_ = new PlainLabel(QString(), theme.table, "", body);
    help_->setWordWrap(true);
    help_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    help_->setFixedHeight(kHelpHeight);
    column->addWidget(search_);
    column->addWidget(tree_, 1);
    column->addWidget(facts_);
    column->addWidget(help_);
    setBody(body);
    showBody();
    setTitle(tr("Metrics"));
    connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
        model_->setSearch(text);
        reset();
    });
    connect(tree_, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        if (model_->flags(index).testFlag(Qt::ItemIsSelectable))
            choose(index, QApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
        else
            tree_->setExpanded(index.siblingAtColumn(0), !tree_->isExpanded(index.siblingAtColumn(0)));
    });
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) { describe(now); });
}

void MetricsList::setNames(std::vector<query::MetricName> names) {
    model_->setNames(std::move(names));
    reset();
}

void MetricsList::setMoved(std::vector<query::ChangeRow> moved) {
    model_->setMoved(std::move(moved));
    reset();
}

void MetricsList::reset() {
    tree_->expandAll();
    const auto all = model_->names().size();
    const auto shown = static_cast<size_t>(model_->matches());
    setWords(shown == all ? tr("%1 names").arg(formatCount(all)) : tr("%1 of %2 names").arg(formatCount(shown), formatCount(all)));
    describe({});
}

void MetricsList::showCurrent(const QString& metric) {
    const QModelIndex index = model_->indexOf(metric);
    if (index.isValid()) {
        tree_->setCurrentIndex(index);
        tree_->scrollTo(index);
    }
}

void MetricsList::describe(const QModelIndex& index) {
    const QString name = index.data(MetricTreeModel::kMetricRole).toString();
    const query::MetricName* metric = name.isEmpty() ? nullptr : model_->find(name);
    if (!metric) {
        facts_->setPlain(tr("Ctrl+click adds one beside those shown"));
        help_->setPlain({});
        return;
    }
    QStringList facts{metricTypeWords(*metric), QString::fromStdString(metric->unit).left(40)};
    facts.removeAll(QString());
    facts << tr("%1 series").arg(formatCount(metric->series)) << tr("%1 samples").arg(formatCount(metric->samples));
    facts_->setPlain(facts.join(QStringLiteral(" · ")));
    help_->setPlain(QString::fromStdString(metric->description).left(400));
}

void MetricsList::choose(const QModelIndex& index, bool added) {
    const QString name = index.data(MetricTreeModel::kMetricRole).toString();
    if (!name.isEmpty())
        Q_EMIT chosen(name, index.data(MetricTreeModel::kSeriesRole).toLongLong(), added);
}

bool MetricsList::eventFilter(QObject* watched, QEvent* event) {
    if (watched == tree_ && event->type() == QEvent::Resize)
        tree_->setColumnHidden(MetricTreeModel::kType, tree_->width() < kNarrowTree);
    if (event->type() != QEvent::KeyPress)
        return Panel::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    const bool added = key->modifiers().testFlag(Qt::ControlModifier);
    if (watched == tree_ && enter) {
        choose(tree_->currentIndex(), added);
        return true;
    }
    if (watched != search_ || (!enter && key->key() != Qt::Key_Down))
        return Panel::eventFilter(watched, event);
    // The first name found, not what moved.
    for (int group = 0; group < model_->rowCount(); ++group) {
        const QModelIndex first = model_->index(0, 0, model_->index(group, 0));
        if (!first.isValid() || (first.data(MetricTreeModel::kSeriesRole).toLongLong() >= 0 && group + 1 < model_->rowCount()))
            continue;
        if (enter)
            choose(first, added);
        else
            tree_->setFocus();
        tree_->setCurrentIndex(first);
        break;
    }
    return true;
}

}  // namespace nj::ui

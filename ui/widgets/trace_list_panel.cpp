#include "widgets/trace_list_panel.h"

#include <QHeaderView>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "theme/number_format.h"
#include "widgets/cell_delegate.h"

namespace nj::ui {
namespace {

// Draws a share bar under the number of a duration cell.
class ShareDelegate : public CellDelegate {
public:
    ShareDelegate(const Theme& theme, QObject* parent) : CellDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        CellDelegate::paint(painter, option, index);
        const QVariant share = index.data(TraceListModel::kShareRole);
        if (!share.isValid())
            return;
        const double width = (option.rect.width() - 16) * share.toDouble();
        painter->fillRect(QRectF(option.rect.right() - 8 - width, option.rect.bottom() - 3, width, 2), theme_.accent);
    }

private:
    const Theme& theme_;
};

constexpr size_t kShown = 20'000;
constexpr int kScatterHeight = 190;

}  // namespace

TraceListPanel::TraceListPanel(const Theme& theme, Workspace& workspace, QueryRunner& queries, QWidget* parent)
    : Panel(theme, parent), workspace_(workspace), queries_(queries), model_(new TraceListModel(theme, this)), table_(new QTableView), scatter_(new ScatterChart(workspace, theme)) {
    table_->setModel(model_);
    table_->setItemDelegate(new ShareDelegate(theme, table_));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setStyleSheet(QStringLiteral("QTableView::item { padding: 0 %1px; }").arg(theme.gap));
    table_->setWordWrap(false);
    table_->setAccessibleName(tr("Traces"));
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(theme.rowHeight);
    table_->verticalHeader()->setMinimumSectionSize(theme.rowHeight);
    auto* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(true);
    const std::pair<int, int> widths[] = {{TraceListModel::kStart, 104}, {TraceListModel::kDuration, 112}, {TraceListModel::kService, 140}, {TraceListModel::kSpans, 64},
                                          {TraceListModel::kErrors, 72}, {TraceListModel::kServices, 80}, {TraceListModel::kId, 280}};
    for (const auto& [column, width] : widths)
        header->resizeSection(column, width);
    header->setSectionResizeMode(TraceListModel::kName, QHeaderView::Stretch);
    scatter_->setObjectName(QStringLiteral("traceScatter"));
    scatter_->setFixedHeight(kScatterHeight);
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.gap);
    column->addWidget(scatter_);
    column->addWidget(table_, 1);
    setBody(body);
    connect(scatter_, &ScatterChart::boxMarked, this, &TraceListPanel::showRows);
    connect(scatter_, &ScatterChart::boxCleared, this, &TraceListPanel::showRows);
    connect(scatter_, &ScatterChart::pointOpened, this, [this](int index) { Q_EMIT traceChosen(answer_.rows[static_cast<size_t>(index)].id); });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        const TraceId id = current.isValid() ? model_->trace(current.row()).id : TraceId{};
        const auto found = std::find_if(answer_.rows.begin(), answer_.rows.end(), [&](const query::TraceRow& row) { return row.id == id; });
        scatter_->setSelected(found == answer_.rows.end() ? -1 : static_cast<int>(found - answer_.rows.begin()));
    });
    connect(header, &QHeaderView::sectionClicked, this, &TraceListPanel::sortBy);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) { Q_EMIT traceChosen(model_->trace(index.row()).id); });
    connect(table_, &QTableView::clicked, this, [this](const QModelIndex& index) { Q_EMIT traceChosen(model_->trace(index.row()).id); });
}

void TraceListPanel::sortBy(int column) {
    using Sort = query::TraceListQuestion::Sort;
    switch (column) {
    case TraceListModel::kStart: sort_ = sort_ == Sort::kNewest ? Sort::kOldest : Sort::kNewest; break;
    case TraceListModel::kErrors: sort_ = Sort::kMostErrors; break;
    case TraceListModel::kSpans: sort_ = Sort::kMostSpans; break;
    default: sort_ = sort_ == Sort::kSlowest ? Sort::kFastest : Sort::kSlowest; break;
    }
    const int shown = column == TraceListModel::kStart || column == TraceListModel::kErrors || column == TraceListModel::kSpans ? column : int(TraceListModel::kDuration);
    model_->setSorted(shown, sort_ == Sort::kOldest || sort_ == Sort::kFastest);
    refresh();
}

void TraceListPanel::refresh() {
    query::TraceListQuestion question;
    question.range = workspace_.range();
    question.filter = workspace_.filter();
    question.sort = sort_;
    question.limit = kShown;
    asking_ = true;
    setBusy(true);
    queries_.ask(
        QStringLiteral("traces/list"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.traceList(question, stop); },
        [this](Result<query::TraceListAnswer>&& answer) { show(std::move(answer)); });
}

void TraceListPanel::show(Result<query::TraceListAnswer>&& answer) {
    asking_ = false;
    setBusy(false);
    if (!answer.ok()) {
        showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
    } else if (answer->rows.empty()) {
        const bool filtered = !workspace_.filter().matchesAll();
        setTitle(tr("No traces"));
        setWords({});
        showEmpty(filtered ? tr("No trace in this range has a span that matches the filter.") : tr("No trace in this range."),
                  filtered ? tr("Clear the filter") : tr("Show all time"), [this, filtered] {
                      if (filtered)
                          workspace_.setFilterText({});
                      else
                          workspace_.setRange(workspace_.all());
                  });
    } else {
        answer_ = std::move(*answer);
        showScatter();
        showRows();
        showBody();
    }
    Q_EMIT settledChanged();
}

void TraceListPanel::showScatter() {
    ScatterData scatter;
    for (const query::TraceRow& row : answer_.rows)
        scatter.points.push_back({row.start, static_cast<double>(row.duration) / 1e9, row.errors > 0});
    scatter.unit = QStringLiteral("s");
    scatter.title = tr("Duration of each trace over time");
    scatter.description = tr("%1 traces; drag a box to list those inside").arg(formatCount(answer_.rows.size()));
    scatter_->clearBox();
    scatter_->setData(scatter);
}

void TraceListPanel::showRows() {
    const auto time = scatter_->brush();
    const auto value = scatter_->boxValues();
    query::TraceListAnswer shown = answer_;
    if (time && value)
        std::erase_if(shown.rows, [&](const query::TraceRow& row) {
            const double seconds = static_cast<double>(row.duration) / 1e9;
            return !time->contains(row.start) || seconds < value->first || seconds > value->second;
        });
    model_->setAnswer(std::move(shown), workspace_.utc());
    describe();
}

void TraceListPanel::describe() {
    const auto& rows = model_->answer().rows;
    const auto failed = static_cast<quint64>(std::count_if(rows.begin(), rows.end(), [](const query::TraceRow& row) { return row.errors > 0; }));
    const bool boxed = scatter_->boxValues().has_value();
    const auto slowest = std::max_element(answer_.rows.begin(), answer_.rows.end(), [](const auto& a, const auto& b) { return a.duration < b.duration; });
    if (boxed)
        setTitle(tr("%1 traces in the box, of %2").arg(formatCount(rows.size()), formatCount(answer_.total)));
    else
        setTitle(tr("%1 traces, the slowest took %2").arg(formatCount(answer_.total), formatLength(slowest->duration)));
    QString words = tr("%1 of those listed have an error").arg(formatCount(failed));
    const double sampled = workspace_.info().sampledShare;
    if (sampled > 0 && sampled < 1)
        words += tr(" · sampled %1").arg(formatShare(sampled));
    words += boxed ? tr(" · Esc clears the box") : tr(" · drag a box to narrow");
    setWords(words);
    setPartial(answer_.rows.size() < answer_.total ? tr("first %1").arg(formatCount(answer_.rows.size())) : QString());
}

bool TraceListPanel::hasBox() const { return scatter_->boxValues().has_value(); }

void TraceListPanel::clearBox() {
    scatter_->clearBox();
    showRows();
}

TraceId TraceListPanel::neighbour(const TraceId& id, int step) const {
    const auto& rows = model_->answer().rows;
    for (size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].id == id) {
            const auto next = static_cast<int64_t>(i) + step;
            return next >= 0 && next < static_cast<int64_t>(rows.size()) ? rows[static_cast<size_t>(next)].id : TraceId{};
        }
    }
    return {};
}

}  // namespace nj::ui

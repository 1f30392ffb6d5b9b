#include "views/errors_view.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "state/links.h"
#include "theme/number_format.h"
#include "views/error_group_panel.h"
#include "views/whole_capsule.h"
#include "widgets/chart_choice.h"
#include "widgets/chart_events.h"
#include "widgets/error_group_table.h"
#include "widgets/flow_layout.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kSideWidth = 308, kNarrow = 1060, kShareHeight = 92, kLeftMargin = 44, kRightMargin = 76;
constexpr size_t kMostFlags = 60;

QIcon swatch(const QColor& color) {
    QPixmap square(10, 10);
    square.fill(color);
    return QIcon(square);
}

}  // namespace

ErrorsView::ErrorsView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    setFocusPolicy(Qt::StrongFocus);
    build();
    for (const auto signal : {&Workspace::rangeChanged, &Workspace::baselineChanged, &Workspace::filterChanged, &Workspace::infoChanged})
        connect(&context_.workspace, signal, this, &ErrorsView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::utcChanged, this, &ErrorsView::showAnswer);
}

void ErrorsView::build() {
    const Theme& theme = context_.theme;
    side_ = new ErrorGroupPanel(context_);
    side_->setObjectName(QStringLiteral("errorGroup"));
    side_->setMinimumWidth(kSideWidth - 40);
    auto* down = new QSplitter(Qt::Vertical);
    down->setHandleWidth(theme.gap);
    down->setChildrenCollapsible(false);
    down->addWidget(buildPicture());
    down->addWidget(buildTable());
    down->setSizes({450, 550});
    down->setStretchFactor(0, 45);
    down->setStretchFactor(1, 55);
    auto* across = new QSplitter(Qt::Horizontal);
    across->setHandleWidth(theme.gap);
    across->setChildrenCollapsible(false);
    across->addWidget(down);
    across->addWidget(side_);
    across->setStretchFactor(0, 1);
    across->setStretchFactor(1, 0);
    across->setSizes({1000, kSideWidth});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->addWidget(across);
    connect(side_, &ErrorGroupPanel::settledChanged, this, [this] { Q_EMIT settledChanged(); });
    connect(side_, &ErrorGroupPanel::rowsWanted, this, [this] {
        if (table_->currentRow() >= 0)
            openRows(model_->group(table_->currentRow()));
    });
    connect(side_, &ErrorGroupPanel::tracesWanted, this, [this] {
        if (table_->currentRow() >= 0)
            openTraces(model_->group(table_->currentRow()));
    });
    connect(side_, &ErrorGroupPanel::muteWanted, this, [this](bool on) { mute(chosen_, on); });
}

QWidget* ErrorsView::buildPicture() {
    const Theme& theme = context_.theme;
    picturePanel_ = new Panel(theme);
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit);
    legend_ = new FlowRow(theme.unit, body);
    chart_ = new TimeChart(context_.workspace, theme, body);
    chart_->setObjectName(QStringLiteral("errorChart"));
    chart_->setDrag(ChartDrag::kBrush);
    chart_->setMinimumHeight(110);
    chart_->setTimeAxisShown(false);
    share_ = new TimeChart(context_.workspace, theme, body);
    share_->setObjectName(QStringLiteral("errorShare"));
    share_->setDrag(ChartDrag::kBrush);
    share_->setFixedHeight(kShareHeight);
    for (TimeChart* chart : {chart_, share_})
        chart->setMargins(kLeftMargin, kRightMargin);
    column->addWidget(legend_);
    column->addWidget(chart_, 1);
    column->addWidget(share_);
    picturePanel_->setBody(body);
    splitChoice_ = new ChartChoice({tr("fingerprint"), tr("kind"), tr("service")}, true, theme, picturePanel_);
    splitChoice_->setObjectName(QStringLiteral("errorSplit"));
    picturePanel_->controls()->addWidget(splitChoice_);
    connect(splitChoice_, &ChartChoice::changed, this, [this] {
        isolated_.clear();
        showAnswer();
    });
    connect(chart_, &ChartFrame::pointClicked, this, [this](TimeNs, int series, double) {
        const QVector<int> drawn = picture(folded_).drawn();
        if (series >= 0 && series < drawn.size())
            isolate(errorGroupKey(folded_.groups[static_cast<size_t>(drawn[series])]));
    });
    const auto brush = [this](TimeChart* from, TimeChart* to) {
        connect(from, &ChartFrame::brushChanged, this, [this, from, to] {
            to->setBrush(from->brush());
            askBrush();
        });
    };
    brush(chart_, share_);
    brush(share_, chart_);
    connect(chart_, &ChartFrame::flagClicked, this, [this](qint64 seq) { context_.workspace.setSelection({Selection::Kind::kEvent, seq, {}, {}}); });
    return picturePanel_;
}

QWidget* ErrorsView::buildTable() {
    tablePanel_ = new Panel(context_.theme);
    model_ = new ErrorGroupModel(context_.theme, this);
    table_ = new ErrorGroupTable(*model_, context_.theme);
    tablePanel_->setBody(table_);
    connect(table_, &ErrorGroupTable::groupChosen, this, [this](int row) {
        chosen_ = errorGroupKey(model_->group(row));
        showGroup();
    });
    connect(table_, &ErrorGroupTable::groupOpened, this, [this](int row) { openRows(model_->group(row)); });
    return tablePanel_;
}

ErrorSplit ErrorsView::split() const { return splitChoice_->chosen(1) ? ErrorSplit::kKind : splitChoice_->chosen(2) ? ErrorSplit::kService : ErrorSplit::kFingerprint; }

// ---------------------------------------------------------------- questions

void ErrorsView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    brushed_.reset();
    chart_->setBrush({});
    share_->setBrush({});
    askGroups();
    askEvents();
}

void ErrorsView::askGroups() {
    query::FailuresQuestion question;
    question.range = context_.workspace.range();
    question.baseline = context_.workspace.baseline();
    question.filter = context_.workspace.filter();
    question.columns = static_cast<int>(std::clamp<DurationNs>(question.range.length() / kMinute, 30, 240));
    question.details = true;
    asking_ = true;
    for (Panel* panel : {picturePanel_, tablePanel_})
        panel->setBusy(true);
    context_.queries.ask(
        QStringLiteral("errors/groups"), this, [question](query::Backend& backend, std::stop_token stop) { return query::askFailures(backend, question, stop); },
        [this](Result<query::FailuresAnswer>&& answer) {
            asking_ = false;
            for (Panel* panel : {picturePanel_, tablePanel_})
                panel->setBusy(false);
            failed_ = !answer.ok();
            if (failed_) {
                picturePanel_->showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
            } else {
                answer_ = std::move(*answer);
                showAnswer();
            }
            Q_EMIT settledChanged();
        });
}

void ErrorsView::askBrush() {
    const auto brush = chart_->brush();
    context_.queries.cancel(QStringLiteral("errors/brush"));
    askingBrush_ = false;
    if (!brush) {
        brushed_.reset();
        showTable();
        return;
    }
    query::FailuresQuestion question;
    question.range = *brush;
    question.baseline = context_.workspace.baseline();
    question.filter = context_.workspace.filter();
    question.columns = 60;
    question.details = true;
    askingBrush_ = true;
    tablePanel_->setBusy(true);
    context_.queries.ask(
        QStringLiteral("errors/brush"), this, [question](query::Backend& backend, std::stop_token stop) { return query::askFailures(backend, question, stop); },
        [this](Result<query::FailuresAnswer>&& answer) {
            askingBrush_ = false;
            tablePanel_->setBusy(false);
            if (answer.ok()) {
                brushed_ = std::move(*answer);
                showTable();
            } else {
                tablePanel_->showError(QString::fromStdString(answer.error().message), tr("Clear the brush"), [this] { chart_->setBrush({}); });
            }
            Q_EMIT settledChanged();
        });
}

void ErrorsView::askEvents() {
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("errors/events"), this,
        [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& answer) {
            askingEvents_ = false;
            events_ = answer.ok() ? std::move(*answer) : std::vector<query::EventMark>();
            if (events_.size() > kMostFlags) {
                std::stable_sort(events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
                events_.resize(kMostFlags);
            }
            if (!asking_)
                showAnswer();
            Q_EMIT settledChanged();
        });
}

// ---------------------------------------------------------------- what is shown

QSet<QString> ErrorsView::mutedKeys(const query::FailuresAnswer& answer) const {
    QSet<QString> keys = mutedByHand_;
    for (const query::Failure& group : answer.groups)
        if (const QString key = errorGroupKey(group); group.muted && !unmutedByHand_.contains(key))
            keys.insert(key);
    return keys;
}

ErrorsPicture ErrorsView::picture(const query::FailuresAnswer& answer) const {
    return {answer, context_.workspace.range(), context_.workspace.baseline(), context_.workspace.utc(), context_.workspace.info().sampledShare, mutedKeys(answer)};
}

void ErrorsView::showAnswer() {
    if (failed_ || answer_.width <= 0)
        return;
    folded_ = foldErrors(answer_, split());
    if (answer_.groups.empty()) {
        const bool filtered = !context_.workspace.filter().matchesAll();
        picturePanel_->setTitle(tr("No errors"));
        picturePanel_->setWords({});
        picturePanel_->showEmpty(filtered ? tr("No error matches the filter in this range.") : tr("No span failed and no record is an error in this range."),
                                 filtered ? tr("Clear the filter") : wholeCapsuleAction(context_.workspace), [this, filtered] {
                                     if (filtered)
                                         context_.workspace.setFilterText({});
                                     else
                                         context_.workspace.setRange(context_.workspace.all());
                                 });
    } else {
        showCharts();
        picturePanel_->showBody();
    }
    showTable();
}

void ErrorsView::showCharts() {
    const ErrorsPicture now = picture(folded_);
    const QVector<ChartFlag> flags = chartFlags(events_, context_.workspace.utc());
    picturePanel_->setTitle(picture(answer_).title());
    picturePanel_->setWords(now.words() + tr(" · errors a minute"));
    chart_->setData(now.chart(context_.theme, flags));
    const TimeChartData share = now.share(context_.theme, flags);
    share_->setData(share);
    share_->setVisible(!share.series.isEmpty());
    chart_->setTimeAxisShown(share.series.isEmpty());
    showLegend();
    showIsolated();
}

// Chips: a click isolates, as on the bars.
void ErrorsView::showLegend() {
    const ErrorsPicture now = picture(folded_);
    qDeleteAll(legend_->findChildren<QPushButton*>(QString(), Qt::FindDirectChildrenOnly));
    const auto chip = [&](const QString& text, const QColor& color, const QString& key) {
        auto* button = new QPushButton(swatch(color), text, legend_);
        button->setProperty("role", QStringLiteral("flat"));
        button->setFont(context_.theme.table);
        button->setAccessibleName(text);
        connect(button, &QPushButton::clicked, this, [this, key] { isolate(key); });
        legend_->layout()->addWidget(button);
        button->show();
    };
    const QVector<int> drawn = now.drawn();
    for (int order = 0; order < drawn.size(); ++order) {
        const query::Failure& group = folded_.groups[static_cast<size_t>(drawn[order])];
        chip(errorGroupTitle(group).left(34) + QStringLiteral("  ") + formatCount(group.count), now.color(order, context_.theme), errorGroupKey(group));
    }
    for (const query::Failure& group : folded_.groups)
        if (now.isMuted(group))
            chip(tr("▨ %1, muted  %2").arg(errorGroupTitle(group).left(24), formatCount(group.count)), context_.theme.others, errorGroupKey(group));
}

void ErrorsView::showIsolated() {
    QSet<int> hidden;
    const QVector<int> drawn = picture(folded_).drawn();
    int kept = -1;
    for (int order = 0; order < drawn.size(); ++order)
        if (errorGroupKey(folded_.groups[static_cast<size_t>(drawn[order])]) == isolated_)
            kept = order;
    if (kept >= 0)
        for (int series = 0; series < chart_->data().series.size(); ++series)
            if (series != kept)
                hidden.insert(series);
    chart_->setHidden(hidden);
}

void ErrorsView::showTable() {
    const query::FailuresAnswer shown = foldErrors(brushed_ ? *brushed_ : answer_, split());
    const ErrorsPicture now = picture(shown);
    ErrorGroupModel::Shown rows{shown.groups, {}, now.muted, context_.workspace.baseline(), context_.workspace.utc()};
    // Colours are those of the picture above, also for a brushed stretch.
    const ErrorsPicture above = picture(folded_);
    const QVector<int> drawn = above.drawn();
    for (const query::Failure& group : shown.groups) {
        int order = ErrorsPicture::kDrawn;
        for (int i = 0; i < drawn.size(); ++i)
            if (errorGroupKey(folded_.groups[static_cast<size_t>(drawn[i])]) == errorGroupKey(group))
                order = i;
        rows.colors.push_back(above.color(order, context_.theme));
    }
    model_->setShown(std::move(rows));
    const auto fresh = std::count_if(shown.groups.begin(), shown.groups.end(), [&](const auto& g) { return g.sameAs < 0 && errorIsNew(g, context_.workspace.baseline()) && !now.isMuted(g); });
    uint64_t errors = 0, muted = 0;
    for (const query::Failure& group : shown.groups)
        (now.isMuted(group) ? muted : errors) += group.sameAs < 0 ? group.count : 0;
    tablePanel_->setTitle(tr("Groups by newness × impact"));
    QString words = tr("%1 groups, %2 new · %3 errors").arg(formatCount(shown.groups.size())).arg(fresh).arg(formatCount(errors + muted));
    if (muted > 0)
        words += tr(", %1 of them muted").arg(formatCount(muted));
    if (brushed_ && chart_->brush())
        words += tr(" · brush %1, Enter zooms, Esc clears").arg(formatRange(*chart_->brush(), context_.workspace.utc()));
    tablePanel_->setWords(words);
    if (shown.groups.empty()) {
        tablePanel_->showEmpty(brushed_ ? tr("No errors in the brushed stretch.") : tr("No groups."), brushed_ ? tr("Clear the brush") : QString(), [this] { chart_->setBrush({}); });
        side_->clear();
        return;
    }
    tablePanel_->showBody();
    const int row = model_->rowOf(chosen_);
    table_->chooseRow(row >= 0 ? row : 0);   // the first is what to look at
    chosen_ = errorGroupKey(model_->group(row >= 0 ? row : 0));
    showGroup();
}

void ErrorsView::showGroup() {
    const int row = model_->rowOf(chosen_);
    if (row < 0)
        return;
    ErrorGroupPanel::Shown shown;
    shown.group = model_->group(row);
    shown.muted = model_->isMuted(row);
    shown.shareOfAttempts = shown.group.muted ? -1 : picture(answer_).shareOf(shown.group);
    const auto& groups = brushed_ ? brushed_->groups : answer_.groups;
    for (const query::Failure& other : groups)
        if (other.sameAs >= 0 && errorGroupKey(groups[static_cast<size_t>(other.sameAs)]) == chosen_)
            shown.toldBy.push_back(other);
    side_->setGroup(shown);
}

// ---------------------------------------------------------------- what can be done

void ErrorsView::choose(const QString& key) {
    if (const int row = model_->rowOf(key); row >= 0) {
        chosen_ = key;
        table_->chooseRow(row);
        showGroup();
    }
}

void ErrorsView::isolate(const QString& key) {
    isolated_ = isolated_ == key ? QString() : key;
    showIsolated();
    choose(key);
}

void ErrorsView::mute(const QString& key, bool on) {
    if (on) {
        mutedByHand_.insert(key);
        unmutedByHand_.remove(key);
    } else {
        mutedByHand_.remove(key);
        unmutedByHand_.insert(key);
    }
    showAnswer();
}

void ErrorsView::openRows(const query::Failure& group) {
    const QString filter = QString::fromStdString(group.filter);
    if (filter.isEmpty())
        return;
    const QString now = context_.workspace.filterText();
    if (!now.contains(filter))
        context_.workspace.setFilterText(now.isEmpty() ? filter : now + QLatin1Char(' ') + filter);
    context_.workspace.setCursor(group.first);
    context_.workspace.requestView(QString::fromLatin1(group.signal == Signal::kLog ? links::kLogs : links::kTraces));
}

void ErrorsView::openTraces(const query::Failure& group) {
    const QString term = group.signal == Signal::kSpan ? QString::fromStdString(group.filter) : QStringLiteral("status:error");
    const QString now = context_.workspace.filterText();
    if (!now.contains(term))
        context_.workspace.setFilterText(now.isEmpty() ? term : now + QLatin1Char(' ') + term);
    context_.workspace.requestView(QString::fromLatin1(links::kTraces));
}

bool ErrorsView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive() || asking_ || askingBrush_ || askingEvents_;
    return !waiting && side_->settled();
}

QString ErrorsView::summary() const { return picturePanel_->bodyShown() ? picturePanel_->title() + QStringLiteral(" — ") + picturePanel_->words() : picturePanel_->message(); }

void ErrorsView::step(int by) {
    if (model_->rowCount() > 0)
        table_->chooseRow(std::clamp(table_->currentRow() + by, 0, model_->rowCount() - 1));
}

const KeyTable<ErrorsView>& ErrorsView::keys() {
    static const KeyTable<ErrorsView> keys(
        {{"E", QT_TR_NOOP("next, previous group"), [](ErrorsView& view) { view.step(1); }},
         {"Shift+E", QT_TR_NOOP("next, previous group"), [](ErrorsView& view) { view.step(-1); }},
         {"Esc", QT_TR_NOOP("let go of the stretch, then of the kind alone"),
          [](ErrorsView& view) {
              if (view.chart_->brush())
                  view.chart_->setBrush({});
              else
                  view.isolate(view.isolated_);
          },
          [](const ErrorsView& view) { return view.chart_->brush() || !view.isolated_.isEmpty(); }}}, false);
    return keys;
}

void ErrorsView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

// On a narrow page the group stands below nothing: its place is the table's, the row says most of it.
void ErrorsView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    side_->setVisible(width() >= kNarrow - kSideWidth);
}

namespace {

QString errorsNeeds(const query::CapsuleInfo& info) { return info.spans > 0 || info.logs > 0 ? QString() : ErrorsView::tr("Errors needs spans or log records."); }

View* createErrors(const ViewContext& context, QWidget* parent) { return new ErrorsView(context, parent); }

}  // namespace

extern const ViewFactory errors_view;
const ViewFactory errors_view{"errors", QT_TRANSLATE_NOOP("nj::ui::View", "Errors"), "▲", errorsNeeds, createErrors, [] { return ErrorsView::keys().rows(); }};

}  // namespace nj::ui

#include "widgets/trace_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr size_t kLanes = 5;
constexpr DurationNs kLaneMargin = 30 * kSecond;   // two scrapes on both sides, so that lines reach the edges

QString text(const std::string& s) { return QString::fromUtf8(s.data(), static_cast<qsizetype>(std::min<size_t>(s.size(), 512))).simplified(); }

DurationNs criticalTime(const query::TraceSpan& span) {
    DurationNs sum = 0;
    for (const auto& [from, to] : span.criticalParts)
        sum += to - from;
    return sum;
}

}  // namespace

TracePanel::TracePanel(const Theme& theme, Workspace& workspace, QueryRunner& queries, QWidget* parent)
    : QWidget(parent), theme_(theme), workspace_(workspace), queries_(queries), minimap_(new TraceMinimap(theme)), waterfall_(new WaterfallWidget(theme)), lanes_(new MetricLanes(theme)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.gap);
    column->addWidget(makeHeader());
    body_ = new Panel(theme);
    body_->setHeaderShown(false);
    auto* content = new QWidget;
    auto* rows = new QVBoxLayout(content);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme.unit);
    rows->addWidget(makeToolbar());
    rows->addWidget(minimap_);
    rows->addWidget(waterfall_, 3);
    laneArea_ = new QScrollArea;
    laneArea_->setWidget(lanes_);
    laneArea_->setWidgetResizable(true);
    laneArea_->setFrameShape(QFrame::NoFrame);
    laneArea_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    laneArea_->setVisible(false);
    rows->addWidget(laneArea_, 2);
    rows->addStretch(0);
    body_->setBody(content);
    column->addWidget(body_, 1);

    const auto color = [this](const std::string& service) { return theme_.seriesColor(workspace_.serviceRank(text(service))); };
    waterfall_->setServiceColor(color);
    minimap_->setServiceColor(color);
    connect(waterfall_, &WaterfallWidget::spanSelected, this, &TracePanel::spanSelected);
    connect(waterfall_, &WaterfallWidget::visibleRangeChanged, this, &TracePanel::axisMoved);
    connect(waterfall_, &WaterfallWidget::cursorMoved, this, [this](std::optional<TimeNs> time) { workspace_.setCursor(time); });
    connect(waterfall_, &WaterfallWidget::hitWanted, this, &TracePanel::nextHit);
    connect(waterfall_, &WaterfallWidget::errorWanted, this, &TracePanel::nextError);
    connect(waterfall_, &WaterfallWidget::logClicked, this, [this](qint64 seq) { workspace_.setSelection({Selection::Kind::kLog, seq, id_, {}}); });
    connect(lanes_, &MetricLanes::cursorMoved, this, [this](std::optional<TimeNs> time) { workspace_.setCursor(time); });
    connect(lanes_, &MetricLanes::laneClicked, this, [this](qint64 series) { workspace_.setSelection({Selection::Kind::kSeries, series, {}, {}}); });
    connect(minimap_, &TraceMinimap::rangeBrushed, waterfall_, &WaterfallWidget::setVisibleRange);
    connect(minimap_, &TraceMinimap::fitRequested, waterfall_, &WaterfallWidget::fit);
    connect(&workspace_, &Workspace::cursorChanged, this, [this] {
        waterfall_->setCursor(workspace_.cursor());
        lanes_->setCursor(workspace_.cursor());
    });
}

QWidget* TracePanel::makeHeader() {
    header_ = new Panel(theme_);
    auto* back = tool(tr("‹ All traces"), tr("Back to the list (Esc)"), false, false);
    auto* previous = tool(QStringLiteral("‹"), tr("Previous trace of the list"), false, false);
    auto* next = tool(QStringLiteral("›"), tr("Next trace of the list"), false, false);
    auto* copy = tool(tr("Copy as"), tr("Copy this trace"), false, false);
    auto* menu = new QMenu(copy);
    const std::pair<QString, TraceCopy> formats[] = {{tr("Trace id"), TraceCopy::kId},     {tr("Text"), TraceCopy::kText}, {tr("Markdown"), TraceCopy::kMarkdown},
                                                     {tr("JSON"), TraceCopy::kJson},       {tr("OTLP JSON"), TraceCopy::kOtlp}, {tr("Command line"), TraceCopy::kCommand}};
    for (const auto& [title, format] : formats)
        menu->addAction(title, this, [this, format = format] { copyAs(format); });
    copy->setMenu(menu);
    copy->setPopupMode(QToolButton::InstantPopup);
    for (QToolButton* button : {back, previous, next, copy})
        header_->controls()->addWidget(button);
    connect(back, &QToolButton::clicked, this, &TracePanel::backRequested);
    connect(previous, &QToolButton::clicked, this, [this] { Q_EMIT neighbourRequested(-1); });
    connect(next, &QToolButton::clicked, this, [this] { Q_EMIT neighbourRequested(1); });
    facts_ = new PlainLabel(QString(), theme_.table, "muted");
    facts_->setElided(true);
    facts_->setFixedHeight(theme_.rowHeight);
    header_->setBody(facts_);
    header_->setFixedHeight(theme_.toolbarHeight + theme_.rowHeight + 2 * theme_.padding);
    return header_;
}

QToolButton* TracePanel::tool(const QString& title, const QString& toolTip, bool checkable, bool checked) {
    auto* button = new QToolButton;
    button->setText(title);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setCheckable(checkable);
    button->setChecked(checked);
    return button;
}

QWidget* TracePanel::makeToolbar() {
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme_.gap);
    search_ = new QLineEdit;
    search_->setPlaceholderText(tr("Search spans  /"));
    search_->setToolTip(tr("Names, services, messages and attributes; n and N go through what was found"));
    search_->setAccessibleName(tr("Search the spans of this trace"));
    search_->setMinimumWidth(110);
    search_->setMaximumWidth(220);
    search_->setClearButtonEnabled(true);
    hits_ = new PlainLabel(QString(), theme_.caption, "muted");
    hits_->setElided(true);
    hits_->setMinimumWidth(60);
    auto* error = tool(tr("▲ Next error"), tr("Next span with an error (E; Shift+E goes back)"), false, false);
    auto* fold = tool(tr("Fold ×N"), tr("Fold runs of like spans"), true, true);
    collapse_ = tool(tr("Collapse"), tr("Collapse all spans ([); one level (O)"), false, false);
    expand_ = tool(tr("Expand"), tr("Expand all spans (]); one level (P)"), false, false);
    auto* self = tool(tr("Self time"), tr("Show the time not spent in children"), true, true);
    auto* critical = tool(tr("Critical path"), tr("Mark the spans the trace's duration depends on"), true, true);
    auto* fit = tool(tr("Fit"), tr("Show the whole trace (F F); the selected span (F)"), false, false);
    for (QWidget* widget : std::initializer_list<QWidget*>{search_, hits_, error, fold, collapse_, expand_, self, critical})
        row->addWidget(widget);
    row->addStretch(1);
    row->addWidget(fit);
    connect(search_, &QLineEdit::textChanged, this, &TracePanel::search);
    connect(search_, &QLineEdit::returnPressed, this, [this] {
        nextHit(false);
        waterfall_->setFocus();   // n and N go on from here
    });
    connect(error, &QToolButton::clicked, this, [this] { nextError(false); });
    connect(fold, &QToolButton::toggled, this, [this](bool on) {
        waterfall_->layout().setFolding(on);
        waterfall_->layoutChanged();
    });
    connect(collapse_, &QToolButton::clicked, this, [this] {
        waterfall_->layout().collapseAll();
        waterfall_->layoutChanged();
    });
    connect(expand_, &QToolButton::clicked, this, [this] {
        waterfall_->layout().expandAll();
        waterfall_->layoutChanged();
    });
    connect(self, &QToolButton::toggled, waterfall_, &WaterfallWidget::setSelfTimeShown);
    connect(critical, &QToolButton::toggled, waterfall_, &WaterfallWidget::setCriticalPathShown);
    connect(fit, &QToolButton::clicked, waterfall_, &WaterfallWidget::fit);
    return bar;
}

void TracePanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // What has a key gives way first.
    constexpr int kNarrow = 860;
    collapse_->setVisible(width() >= kNarrow);
    expand_->setVisible(width() >= kNarrow);
}

void TracePanel::openSpan(const TraceId& id, const SpanId& span) {
    if (id != id_ || !tree_) {
        open(id);
        wantedSpan_ = span;
        return;
    }
    const auto found = std::find_if(tree_->spans.begin(), tree_->spans.end(), [&](const query::TraceSpan& s) { return s.id == span; });
    if (found != tree_->spans.end())
        waterfall_->select(static_cast<int32_t>(found - tree_->spans.begin()));
}

void TracePanel::open(const TraceId& id, qint64 spanSeq) {
    wantedSeq_ = spanSeq;
    wantedSpan_ = {};
    if (id == id_ && tree_) {
        selectSpanSeq(spanSeq);
        return;
    }
    id_ = id;
    askingTree_ = true;
    body_->setBusy(true);
    queries_.ask(
        QStringLiteral("traces/tree"), this, [id](query::Backend& backend, std::stop_token stop) { return backend.traceTree(id, stop); },
        [this](Result<query::TraceTree>&& answer) { showTree(std::move(answer)); });
}

void TracePanel::showTree(Result<query::TraceTree>&& answer) {
    body_->setBusy(false);
    if (!answer.ok() || answer->spans.empty()) {
        tree_.reset();
        header_->setTitle(tr("Trace %1").arg(QString::fromStdString(id_.hex())));
        body_->showError(answer.ok() ? tr("No span of this trace is in the capsule.") : QString::fromStdString(answer.error().message), tr("Back to the list"), [this] { Q_EMIT backRequested(); });
        done(askingTree_);
        return;
    }
    tree_ = std::make_shared<const query::TraceTree>(std::move(*answer));
    lanesSpan_ = -1;
    lanes_->setLanes({});
    laneArea_->setVisible(false);
    search_->clear();
    minimap_->setTree(tree_);
    waterfall_->setTree(tree_);
    body_->showBody();
    describe();
    selectSpanSeq(wantedSeq_);
    if (!wantedSpan_.empty())
        openSpan(id_, wantedSpan_);
    done(askingTree_);
}

int32_t TracePanel::heaviestSpan() const {
    int32_t best = 0;
    DurationNs most = -1;
    for (size_t i = 0; i < tree_->spans.size(); ++i) {
        const DurationNs time = criticalTime(tree_->spans[i]);
        if (time > most) {
            most = time;
            best = static_cast<int32_t>(i);
        }
    }
    return best;
}

void TracePanel::describe() {
    const auto& root = tree_->spans.front();
    const auto& heavy = tree_->spans[static_cast<size_t>(heaviestSpan())];
    const DurationNs length = std::max<DurationNs>(tree_->to - tree_->from, 1);
    QString what = tr("%1 in %2").arg(text(heavy.name), text(heavy.service));
    DurationNs time = criticalTime(heavy);
    const query::TraceSpan::Stage* longest = nullptr;
    for (const auto& stage : heavy.stages)
        if (!longest || stage.to - stage.from > longest->to - longest->from)
            longest = &stage;
    if (longest) {
        what = tr("%1 of %2").arg(QString::fromStdString(longest->name), text(heavy.service));
        time = longest->to - longest->from;
    }
    QString title = tr("%1 took %2").arg(text(root.name), formatLength(length));
    const auto failed = std::find_if(tree_->spans.begin(), tree_->spans.end(), [](const auto& s) { return s.status == SpanStatus::kError; });
    if (failed != tree_->spans.end())
        title += tr(": ▲ %1").arg(failed->statusMessage.empty() ? text(failed->name) : text(failed->statusMessage).left(60));
    if (tree_->spans.size() > 1)
        title += (failed != tree_->spans.end() ? tr("; ") : tr(": ")) + tr("%1 in %2 (%3)").arg(formatLength(time), what, formatShare(static_cast<double>(time) / static_cast<double>(length)));
    header_->setTitle(title);
    QStringList facts{tree_->spans.size() == 1 ? tr("1 span") : tr("%1 spans").arg(formatCount(tree_->spans.size())),
                      tree_->services == 1 ? tr("1 service") : tr("%1 services").arg(tree_->services),
                      tree_->logs.size() == 1 ? tr("1 log record") : tr("%1 log records").arg(formatCount(tree_->logs.size())),
                      formatDateTime(tree_->from, workspace_.utc()) + QStringLiteral(" – ") + formatClock(tree_->to, workspace_.utc(), kMillisecond) + QLatin1Char(' ') + zoneName(tree_->from, workspace_.utc()),
                      tr("trace %1").arg(QString::fromStdString(id_.hex()))};
    if (const double sampled = workspace_.info().sampledShare; sampled > 0 && sampled < 1)
        facts << tr("sampled %1").arg(formatShare(sampled));
    for (const auto& warning : tree_->warnings)
        facts << QStringLiteral("◆ ") + text(warning);
    facts_->setPlain(facts.join(QStringLiteral("   ·   ")));
}

QString TracePanel::summary() const { return header_->title(); }

void TracePanel::selectSpanSeq(qint64 seq) {
    if (!tree_)
        return;
    int32_t wanted = heaviestSpan();
    for (size_t i = 0; seq >= 0 && i < tree_->spans.size(); ++i)
        if (tree_->spans[i].seq == seq)
            wanted = static_cast<int32_t>(i);
    waterfall_->select(wanted);
}

void TracePanel::spanSelected(int span) {
    if (!tree_ || span < 0)
        return;
    const auto& s = tree_->spans[static_cast<size_t>(span)];
    minimap_->setSelected(span);
    lanes_->setHighlight(TimeRange{s.start, std::max(s.start, s.end)});
    workspace_.setSelection({Selection::Kind::kSpan, s.seq, id_, {}});
    askLanes(span);
}

void TracePanel::askLanes(int span) {
    const auto& s = tree_->spans[static_cast<size_t>(span)];
    // The same resource has the same entities: nothing to ask again.
    if (lanesSpan_ >= 0 && tree_->spans[static_cast<size_t>(lanesSpan_)].resourceId == s.resourceId)
        return;
    lanesSpan_ = span;
    if (workspace_.info().series == 0)
        return;
    askingEntities_ = true;
    const qint64 seq = s.seq;
    queries_.ask(
        QStringLiteral("traces/entities"), this,
        [seq](query::Backend& backend, std::stop_token stop) -> Result<std::vector<LaneCandidate>> {
            NJ_ASSIGN(const query::SpanDetail detail, backend.spanDetail(seq, stop));
            NJ_ASSIGN(const auto all, backend.series({}, stop));
            return laneCandidates(all, detail.entities);
        },
        [this](Result<std::vector<LaneCandidate>>&& answer) {
            // A span of a service without metrics keeps the lanes of the one before it.
            if (answer.ok() && !answer->empty())
                askLanePoints(std::move(*answer));
            done(askingEntities_);
        });
}

void TracePanel::askLanePoints(std::vector<LaneCandidate> candidates) {
    askingLanes_ = true;
    const TimeRange range{tree_->from - kLaneMargin, tree_->to + kLaneMargin};
    auto shared = std::make_shared<const std::vector<LaneCandidate>>(std::move(candidates));
    queries_.ask(
        QStringLiteral("traces/lanes"), this,
        [shared, range](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::SeriesPoints>> {
            std::vector<query::SeriesPoints> all;
            for (const bool rate : {false, true}) {
                query::SeriesPointsQuestion question;
                question.range = range;
                question.rate = rate;
                for (const auto& candidate : *shared)
                    if (laneIsRate(candidate.metric) == rate)
                        question.series.push_back(candidate.series.id);
                if (question.series.empty())
                    continue;
                NJ_ASSIGN(auto points, backend.seriesPoints(question, stop));
                std::move(points.begin(), points.end(), std::back_inserter(all));
            }
            return all;
        },
        [this, shared](Result<std::vector<query::SeriesPoints>>&& answer) {
            if (answer.ok()) {
                lanes_->setLanes(planLanes(*shared, *answer, theme_, kLanes));
                laneArea_->setVisible(!lanes_->lanes().empty());
                laneArea_->setMaximumHeight(static_cast<int>(lanes_->lanes().size()) * MetricLanes::kLaneHeight + 2);
                axisMoved();
            }
            done(askingLanes_);
        });
}

void TracePanel::done(bool& asking) {
    asking = false;
    Q_EMIT settledChanged();
}

void TracePanel::axisMoved() {
    const TraceAxis axis = waterfall_->axis();
    minimap_->setAxis(axis);
    lanes_->setAxis(axis);
}

void TracePanel::nextError(bool backwards) {
    if (!tree_)
        return;
    const int32_t found = waterfall_->layout().findNext(waterfall_->selected(), backwards, [](const query::TraceSpan& s) { return s.status == SpanStatus::kError; });
    if (found >= 0)
        waterfall_->select(found);
}

void TracePanel::search(const QString& words) {
    found_.clear();
    if (tree_ && !words.trimmed().isEmpty()) {
        const QString wanted = words.trimmed();
        for (size_t i = 0; i < tree_->spans.size(); ++i) {
            const auto& s = tree_->spans[i];
            bool match = text(s.name).contains(wanted, Qt::CaseInsensitive) || text(s.service).contains(wanted, Qt::CaseInsensitive) || text(s.statusMessage).contains(wanted, Qt::CaseInsensitive);
            for (size_t k = 0; !match && k < s.attributes.size(); ++k)
                match = text(s.attributes[k].value.display()).contains(wanted, Qt::CaseInsensitive) || text(s.attributes[k].key).contains(wanted, Qt::CaseInsensitive);
            if (match)
                found_.push_back(static_cast<int32_t>(i));
        }
    }
    waterfall_->setMatches(found_);
    showHits();
}

void TracePanel::showHits() {
    const auto at = std::lower_bound(found_.begin(), found_.end(), waterfall_->selected());
    const bool on = at != found_.end() && *at == waterfall_->selected();
    hits_->setPlain(search_->text().trimmed().isEmpty() ? QString()
                    : on                                ? tr("%1 of %2").arg(formatCount(static_cast<quint64>(at - found_.begin()) + 1), formatCount(found_.size()))
                                                        : tr("%1 found").arg(formatCount(found_.size())));
}

void TracePanel::nextHit(bool backwards) {
    if (found_.empty())
        return;
    const int32_t now = waterfall_->selected();
    const auto it = backwards ? std::lower_bound(found_.begin(), found_.end(), now) : std::upper_bound(found_.begin(), found_.end(), now);
    if (backwards)
        waterfall_->select(it == found_.begin() ? found_.back() : *(it - 1));
    else
        waterfall_->select(it == found_.end() ? found_.front() : *it);
    showHits();
}

void TracePanel::copyAs(TraceCopy format) {
    if (!tree_)
        return;
    hits_->setPlain(tr("copying …"));
    const TraceCopyQuestion question{format, summary(), QString::fromStdString(workspace_.info().path), workspace_.contentsShown()};
    queries_.ask(
        QStringLiteral("traces/copy"), this, [tree = tree_, question](query::Backend& backend, std::stop_token stop) { return traceCopy(backend, *tree, question, stop); },
        [this](Result<QString>&& copy) {
            if (copy.ok())
                QApplication::clipboard()->setText(*copy);
            hits_->setPlain(copy.ok() ? tr("copied, %1 characters").arg(formatCount(static_cast<quint64>(copy->size()))) : QString::fromStdString(copy.error().message));
            Q_EMIT settledChanged();
        });
}

}  // namespace nj::ui

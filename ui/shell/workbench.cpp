#include "shell/workbench.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "query/search_syntax.h"
#include "shell/live_clock.h"
#include "shell/notice.h"
#include "shell/status_line.h"
#include "shell/top_bar.h"
#include "shell/tour_bar.h"
#include "shell/view_rail.h"
#include "state/links.h"
#include "state/time_text.h"
#include "theme/number_format.h"
#include "widgets/inspector.h"
#include "widgets/overview_strip.h"
#include "widgets/panel.h"

namespace nj::ui {

// Going to a view is a step of the same history as ranges and filters.
class ViewCommand : public QUndoCommand {
public:
    ViewCommand(Workbench& bench, Workbench::Place after) : bench_(bench), before_(bench.current_), after_(std::move(after)) {}
    void undo() override { bench_.place(before_); }
    void redo() override { bench_.place(after_); }

private:
    Workbench& bench_;
    Workbench::Place before_, after_;
};

namespace {

constexpr int kRefreshMs = 500, kStripDelayMs = 120, kNarrow = 1180, kInspectorWidth = 320;

TimeRange united(const query::CapsuleInfo& info) {
    TimeRange all;
    for (const TimeRange& range : {info.spanRange, info.logRange, info.sampleRange})
        if (!range.empty())
            all = all.empty() ? range : TimeRange{std::min(all.from, range.from), std::max(all.to, range.to)};
    return all;
}

// One scrape, or one file without times: an axis over nanoseconds says nothing. It stands in the middle of a minute instead.
TimeRange readable(TimeRange all) {
    constexpr DurationNs kInstant = kMillisecond;
    if (all.empty() || all.length() >= kInstant)
        return all;
    const TimeNs middle = all.from + all.length() / 2;
    return {middle - kMinute / 2, middle + kMinute / 2};
}

}  // namespace

Workbench::Workbench(const QString& path, QueryRunner::BackendFactory factory, const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), queries_(std::move(factory)), annotations_(&AnnotationBook::of(workspace_)), path_(path) {
    buildLayout();
    live_ = new LiveClock(*this);
    connectParts();
    refreshTimer_.setSingleShot(true);
    refreshTimer_.setInterval(kRefreshMs);
    stripTimer_.setSingleShot(true);
    stripTimer_.setInterval(kStripDelayMs);
    status_->setZone(QStringLiteral("UTC"));
    topBar_->setCapsuleName(QFileInfo(path).fileName(), path);
    askInfo();
}

Workbench::~Workbench() {
    workspace_.disconnect(this);
    queries_.disconnect(this);
    // Views and bars hold references to workspace and queries, which are members: they go first.
    qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

void Workbench::buildLayout() {
    topBar_ = new TopBar(workspace_, queries_, theme_, this);
    rail_ = new ViewRail(theme_, this);
    strip_ = new OverviewStrip(workspace_, theme_, this);
    notice_ = new Notice(theme_, this);
    tour_ = new TourBar(*this, theme_);
    pages_ = new QStackedWidget(this);
    pages_->setObjectName(QStringLiteral("page"));
    inspector_ = new Inspector(workspace_, queries_, theme_, this);
    inspector_->setFixedWidth(kInspectorWidth);
    inspector_->hide();
    status_ = new StatusLine(theme_, this);

    auto* middle = new QHBoxLayout;
    middle->addWidget(pages_, 1);
    middle->addWidget(inspector_);
    auto* right = new QVBoxLayout;
    right->addWidget(strip_);
    right->addWidget(notice_);
    right->addWidget(tour_);
    right->addLayout(middle, 1);
    auto* body = new QHBoxLayout;
    body->addWidget(rail_);
    body->addLayout(right, 1);
    auto* all = new QVBoxLayout(this);
    all->addWidget(topBar_);
    all->addLayout(body, 1);
    all->addWidget(status_);
    for (QBoxLayout* layout : {static_cast<QBoxLayout*>(middle), static_cast<QBoxLayout*>(right), static_cast<QBoxLayout*>(body), static_cast<QBoxLayout*>(all)}) {
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
    }
}

void Workbench::connectParts() {
    connect(topBar_, &TopBar::commandsClicked, this, &Workbench::commandsRequested);
    connect(topBar_, &TopBar::liveClicked, live_, &LiveClock::toggle);
    connect(live_, &LiveClock::changed, topBar_, &TopBar::setLive);
    connect(topBar_, &TopBar::followBaselineClicked, this, &Workbench::followBaseline);
    connect(topBar_->filterBar(), &FilterBar::idPasted, this, &Workbench::openId);
    const auto focusView = [this] {
        if (QWidget* page = pages_->currentWidget())
            page->setFocus(Qt::OtherFocusReason);
    };
    connect(topBar_->filterBar(), &FilterBar::left, this, focusView);
    connect(topBar_->timeBox(), &TimeBox::left, this, focusView);
    connect(rail_, &ViewRail::chosen, this, [this](const QString& id) { showView(id); });
    connect(status_, &StatusLine::cancelClicked, this, &Workbench::cancelImportRequested);
    connect(status_, &StatusLine::zoneClicked, this, [this] { workspace_.setUtc(!workspace_.utc()); });
    connect(strip_, &OverviewStrip::eventClicked, this, [this](qint64 seq) {
        if (openNote(seq))
            return;
        Selection selection;
        selection.kind = Selection::Kind::kEvent;
        selection.seq = seq;
        workspace_.setSelection(selection);
    });
    connect(&workspace_, &Workspace::viewRequested, this, &Workbench::showView);
    connect(&workspace_, &Workspace::compareWanted, this, &Workbench::compare);
    connect(&workspace_, &Workspace::selectionChanged, this, &Workbench::selectionChanged);
    connect(&workspace_, &Workspace::filterChanged, this, &Workbench::askStrip);
    connect(annotations_, &AnnotationBook::changed, this, &Workbench::showMarks);
    connect(annotations_, &AnnotationBook::correctionsWritten, this, &Workbench::refresh);
    connect(annotations_, &AnnotationBook::failed, this, [this](const QString& problem) { notice_->say(problem, true); });
    connect(&workspace_, &Workspace::utcChanged, this, [this] { status_->setZone(zoneName(workspace_.range().from, workspace_.utc())); });
    connect(&workspace_, &Workspace::rangeChanged, this, [this] {
        if (!workspace_.baselinePinned() && !openingBaseline_)
            followBaseline();
    });
    connect(&queries_, &QueryRunner::answered, this, [this](const QString& key, qint64 microseconds) {
        if (!key.startsWith(QLatin1String("shell/")))
            status_->setLastQuestion(microseconds);
        Q_EMIT settledChanged();
    });
    connect(&refreshTimer_, &QTimer::timeout, this, &Workbench::askInfo);
    connect(&stripTimer_, &QTimer::timeout, this, &Workbench::askStrip);
}

void Workbench::askInfo() {
    queries_.ask(QStringLiteral("shell/info"), this, [](query::Backend& b, std::stop_token s) { return b.info(s); }, [this](Result<query::CapsuleInfo>&& info) {
        if (!info.ok()) {
            problem_ = QString::fromStdString(info.error().message);
            notice_->say(problem_, true, tr("Try again"), [this] { askInfo(); });
            return;
        }
        if (!problem_.isEmpty())
            notice_->dismiss();
        problem_.clear();
        applyInfo(*info);
    });
}

void Workbench::applyInfo(const query::CapsuleInfo& info) {
    const TimeRange all = readable(united(info));
    if (!all.empty() && workspace_.all() != all)
        workspace_.setAll(all);
    workspace_.setInfo(info);
    rail_->setInfo(info);
    status_->setInfo(info);
    if (!opened_ || workspace_.range().empty() || (grows_ && untouched()))
        askOpening();
    askStrip();
    // While rows stream in, a view before the one chosen may get its signals: events come first, and nobody asked for the Timeline.
    if (placedItself_ && untouched())
        placeFirst();
    // A view that lacked its signal may have it now.
    if (!current_.id.isEmpty() && !currentView() && rail_->reasonAgainst(current_.id).isEmpty())
        openPage(current_);
    strip_->update();
}

// Until the person moved, the window may follow the data.
bool Workbench::untouched() { return workspace_.undo().count() == 0 && workspace_.selection().kind == Selection::Kind::kNone; }

void Workbench::askOpening() {
    queries_.ask(QStringLiteral("shell/opening"), this, [](query::Backend& b, std::stop_token s) { return b.opening(s); }, [this](Result<query::OpeningAnswer>&& opening) {
        if (opening.ok())
            applyOpening(*opening);
        else
            notice_->say(QString::fromStdString(opening.error().message), true);
    });
}

void Workbench::applyOpening(const query::OpeningAnswer& opening) {
    const bool first = !opened_;
    opened_ = true;
    if (!opening.all.empty()) {
        const TimeRange all = readable(opening.all);
        const bool instant = all != opening.all;
        workspace_.setAll(all);
        topBar_->timeBox()->setIncident(opening.window);
        if (!live_->running() && (workspace_.range().empty() || (grows_ && untouched()))) {
            openingBaseline_ = true;
            // While rows stream in the range grows with them; the departure is chosen when all are there.
            workspace_.openRange(instant || opening.window.empty() || importing_ ? all : opening.window);
            workspace_.setBaseline(importing_ || instant ? std::nullopt : opening.baseline, false);
            openingBaseline_ = false;
            grows_ = importing_;
            if (!opening.reason.empty() && !importing_ && !instant)
                notice_->say(QString::fromStdString(opening.reason).left(400), false, tr("Show all time (0)"), [this] { showAll(); });
        }
    }
    askStrip();
    if (const auto link = std::exchange(awaited_, std::nullopt)) {
        go(*link);
        if (!link->range.empty() && !importing_)
            notice_->say(tr("Shown as it was left, or as the link says."), false, tr("What it opens with (T I)"), [this] { goToTime(QStringLiteral("incident")); });
    }
    if (first && current_.id.isEmpty())
        placeFirst();
    Q_EMIT settledChanged();
}

// The first view that has its signals.
void Workbench::placeFirst() {
    const auto factories = viewFactories();
    if (factories.empty())
        return;
    const auto able = std::find_if(factories.begin(), factories.end(), [this](const ViewFactory* f) { return rail_->reasonAgainst(QString::fromLatin1(f->id)).isEmpty(); });
    const QString id = QString::fromLatin1((able != factories.end() ? *able : factories.front())->id);
    placedItself_ = true;
    if (id != current_.id)
        place({id, {}});
}

void Workbench::askStrip() {
    if (workspace_.all().empty())
        return;
    struct Answer {
        query::VolumeAnswer volume;
        TimeRange axis;
        uint64_t outside = 0;
    };
    const query::VolumeQuestion question{workspace_.all(), workspace_.filter(), strip_->columns()};
    queries_.ask(QStringLiteral("shell/volume"), this,
                 [question](query::Backend& b, std::stop_token s) -> Result<Answer> {
                     Answer answer;
                     query::VolumeQuestion unfiltered = question;   // the axis does not jump with the filter
                     unfiltered.filter = {};
                     NJ_ASSIGN(const query::VolumeAnswer whole, b.volume(unfiltered, s));
                     answer.axis = denseRange(whole, &answer.outside);
                     if (answer.outside == 0)
                         answer.axis = question.range;
                     query::VolumeQuestion shown = question;
                     shown.range = answer.axis;
                     NJ_ASSIGN(answer.volume, b.volume(shown, s));
                     return answer;
                 },
                 [this](Result<Answer>&& answer) {
                     if (!answer.ok())
                         return;
                     strip_->setAxis(answer->axis, answer->outside > 0 ? tr("%1 rows outside").arg(formatCount(answer->outside)) : QString());
                     strip_->setVolume(answer->volume);
                 });
    queries_.ask(QStringLiteral("shell/events"), this, [all = workspace_.all()](query::Backend& b, std::stop_token s) { return b.events(all, s); },
                 [this](Result<std::vector<query::EventMark>>&& events) {
                     if (events.ok()) {
                         events_ = std::move(*events);
                         showMarks();
                     }
                 });
}

void Workbench::openAnnotations(AnnotationBook::StoreFactory factory) { annotations_->open(std::move(factory)); }

void Workbench::showMarks() {
    std::vector<query::EventMark> marks = events_;
    for (query::EventMark& note : noteMarks(*annotations_))
        marks.push_back(std::move(note));
    strip_->setEvents(std::move(marks));
    Q_EMIT settledChanged();
}

void Workbench::followBaseline() {
    if (workspace_.range().empty())
        return;
    queries_.ask(QStringLiteral("shell/baseline"), this, [range = workspace_.range()](query::Backend& b, std::stop_token s) { return b.baselineFor(range, s); },
                 [this](Result<std::optional<TimeRange>>&& baseline) {
                     if (baseline.ok())
                         workspace_.setBaseline(*baseline, false);
                     if (std::exchange(compareWhenBaseline_, false))
                         compare();
                 });
}

void Workbench::compare() {
    if (queries_.busy(QStringLiteral("shell/baseline"))) {   // the one to compare with is being asked for
        compareWhenBaseline_ = true;
        return;
    }
    if (View* view = currentView(); view && view->compare())
        return;
    showView(QString::fromLatin1(links::kOverview), QString::fromLatin1(links::kChanges));
}

void Workbench::showView(const QString& viewId, const QString& parameter) {
    if (!findView(viewId))
        return;
    if (viewId == current_.id) {   // no step of its own: the view itself opens the parameter
        if (!parameter.isEmpty())
            openPage({viewId, parameter});
        return;
    }
    const bool first = current_.id.isEmpty();
    placedItself_ = false;
    if (first)
        place({viewId, parameter});
    else
        workspace_.undo().push(new ViewCommand(*this, {viewId, parameter}));
}

ViewLink Workbench::link() const {
    const View* view = currentView();
    return {path_, current_.id, view ? view->opened() : current_.parameter, workspace_.range(), workspace_.filterText(), selectionText(workspace_.selection())};
}

void Workbench::go(const ViewLink& link) {
    if (!opened_) {
        awaited_ = link;
        return;
    }
    if (!link.range.empty())
        workspace_.setRange(link.range);
    QString error;
    if (link.filter != workspace_.filterText() && !workspace_.setFilterText(link.filter, &error))
        notice_->say(error, true);
    if (!link.view.isEmpty() && findView(link.view))
        showView(link.view, link.parameter);
    else if (!link.view.isEmpty())
        notice_->say(tr("There is no view called %1.").arg(link.view.left(40)), true);
    if (const auto selection = parseSelection(link.select))
        workspace_.setSelection(*selection);
    else if (!link.select.isEmpty())
        openId(link.select);
}

void Workbench::place(const Place& place) {
    current_ = place;
    rail_->setCurrent(place.id);
    openPage(place);
}

void Workbench::openPage(const Place& place) {
    const ViewFactory* factory = findView(place.id);
    if (!factory)
        return;
    QWidget* page = pageOf(*factory);
    pages_->setCurrentWidget(page);
    // Keys belong to the view, not to the first box of the window.
    if (!page->isAncestorOf(QApplication::focusWidget()))
        page->setFocus(Qt::OtherFocusReason);
    if (auto* view = qobject_cast<View*>(page); view && !place.parameter.isEmpty())
        view->open(place.parameter);
    current_ = place;
    Q_EMIT settledChanged();
}

QWidget* Workbench::pageOf(const ViewFactory& factory) {
    const QString id = QString::fromLatin1(factory.id);
    const QString reason = rail_->reasonAgainst(id);
    QWidget*& page = made_[id];
    const bool isView = qobject_cast<View*>(page) != nullptr;
    if (page && (isView || !reason.isEmpty()))
        return page;
    if (page) {   // was the sentence why not; the signal has come
        pages_->removeWidget(page);
        page->deleteLater();
        page = nullptr;
    }
    if (reason.isEmpty()) {
        auto* view = factory.create(ViewContext{workspace_, queries_, theme_}, pages_);
        view->setAccessibleName(QCoreApplication::translate("nj::ui::View", factory.title));
        connect(view, &View::settledChanged, view, [view] { view->setAccessibleDescription(view->summary()); });
        connect(view, &View::settledChanged, this, &Workbench::settledChanged);
        page = view;
    } else {
        auto* panel = new Panel(theme_, pages_);
        panel->setTitle(QCoreApplication::translate("nj::ui::View", factory.title));
        panel->showEmpty(reason, tr("Show what was read"), [this] { showView(QStringLiteral("sources"), {}); });
        page = panel;
    }
    pages_->addWidget(page);
    return page;
}

View* Workbench::currentView() const { return qobject_cast<View*>(pages_->currentWidget()); }

void Workbench::selectionChanged() {
    const bool something = workspace_.selection().kind != Selection::Kind::kNone;
    if (something && workspace_.selection().kind != Selection::Kind::kTrace)
        inspectorWanted_ = true;
    inspector_->setVisible(something && inspectorWanted_ && inspector_->shows(workspace_.selection()));
}

void Workbench::toggleInspector() {
    inspectorWanted_ = !inspector_->isVisible();
    inspector_->setVisible(inspectorWanted_ && inspector_->shows(workspace_.selection()));
}

void Workbench::toggleRail() { setRailCollapsed(!railCollapsed_); }

void Workbench::setRailCollapsed(bool collapsed) {
    railCollapsed_ = collapsed;
    rail_->setCollapsed(railCollapsed_ || width() < kNarrow);
}

void Workbench::escape() {
    if (inspector_->isVisible())
        workspace_.setSelection({});
    else if (!offerKey(Qt::Key_Escape, {}))
        notice_->dismiss();
}

void Workbench::search() {
    if (!offerKey(Qt::Key_Slash, QStringLiteral("/")))
        topBar_->filterBar()->edit();
}

bool Workbench::offerKey(Qt::Key key, const QString& text) {
    View* view = currentView();
    if (!view)
        return false;
    QWidget* target = QApplication::focusWidget();
    if (!target || !view->isAncestorOf(target))
        target = view;
    if (qobject_cast<QAbstractItemView*>(target) && target->parentWidget())   // item views swallow every printable key
        target = target->parentWidget();
    // Straight to the widgets, up to the view: sent through the application it would be this very shortcut again.
    for (QWidget* widget = target; widget; widget = widget == view ? nullptr : widget->parentWidget()) {
        QKeyEvent press(QEvent::KeyPress, key, Qt::NoModifier, text);
        static_cast<QObject*>(widget)->event(&press);
        if (press.isAccepted())
            return true;
    }
    return false;
}

// First where the rows are, then, asked again, with the strays.
void Workbench::showAll() { workspace_.setRange(workspace_.range() == strip_->axis() ? workspace_.all() : strip_->axis()); }

void Workbench::shiftRange(double lengths) {
    const TimeRange range = workspace_.range();
    const auto by = static_cast<DurationNs>(lengths * static_cast<double>(range.length()));
    if (!range.empty())
        workspace_.setRange({range.from + by, range.to + by});
}

void Workbench::zoomRange(double factor) {
    const TimeRange range = workspace_.range(), all = workspace_.all();
    const TimeNs middle = workspace_.cursor().value_or(range.from + range.length() / 2);
    const auto part = [&](TimeNs edge) { return middle + static_cast<DurationNs>(static_cast<double>(edge - middle) * factor); };
    if (!range.empty())
        workspace_.setRange({std::max(part(range.from), std::min(all.from, range.from)), std::min(part(range.to), std::max(all.to, range.to))});
}

void Workbench::goToTime(const QString& text) {
    topBar_->timeBox()->setText(text);
    const auto range = parseRangeText(text, {workspace_.all(), workspace_.range(), topBar_->timeBox()->incident(), workspace_.utc()});
    if (range.ok())
        workspace_.setRange(*range);
    else
        notice_->say(QString::fromStdString(range.error().message), true);
}

bool Workbench::openNote(qint64 seq) {
    const Note* note = noteOfSeq(*annotations_, seq);
    if (note)
        showView(QString::fromLatin1(links::kTimeline), links::note(note->id));
    return note != nullptr;
}

void Workbench::goToEvent(qint64 seq, TimeNs time) {
    if (openNote(seq))
        return;
    const TimeRange range = workspace_.range();
    if (!range.contains(time))
        workspace_.setRange({time - range.length() / 2, time - range.length() / 2 + range.length()});
    workspace_.setCursor(time);
    Selection selection;
    selection.kind = Selection::Kind::kEvent;
    selection.seq = seq;
    workspace_.setSelection(selection);
}

void Workbench::addTerm(const QString& field, const QString& value, bool exclude) {
    const QString term = QString::fromStdString(query::searchTerm(field.toStdString(), value.toStdString(), exclude));
    const QString now = workspace_.filterText();
    workspace_.setFilterText(now.isEmpty() ? term : now + QLatin1Char(' ') + term);
}

void Workbench::openId(const QString& text) {
    struct Found {
        query::FoundId id;
        TraceId trace;   // of the id, or of its first span
    };
    queries_.ask(QStringLiteral("shell/id"), this,
                 [wanted = text.toStdString()](query::Backend& b, std::stop_token s) -> Result<Found> {
                     NJ_ASSIGN(query::FoundId id, b.findId(wanted, s));
                     Found found{id, id.trace};
                     if (found.trace.empty() && !id.spanSeqs.empty())
                         if (auto span = b.spanDetail(id.spanSeqs.front(), s); span.ok())
                             found.trace = span->traceId;
                     return found;
                 },
                 [this, text](Result<Found>&& found) {
                     if (!found.ok()) {
                         notice_->say(QString::fromStdString(found.error().message), true);
                         return;
                     }
                     const auto& id = found->id;
                     topBar_->filterBar()->clearFocus();
                     if (id.trace.empty() && id.spanSeqs.empty() && id.logSeqs.empty()) {
                         topBar_->filterBar()->apply(text);
                         notice_->say(tr("Nothing has the id %1; it became a filter.").arg(text.left(80)), false);
                         return;
                     }
                     topBar_->filterBar()->setText(workspace_.filterText());
                     if (id.trace.empty() && id.spanSeqs.size() + id.logSeqs.size() > 1)
                         addTerm(QString::fromStdString(id.matchedKey), text);   // all its rows, in every view
                     if (!found->trace.empty()) {
                         const qint64 span = id.trace.empty() ? id.spanSeqs.front() : -1;
                         showView(QString::fromLatin1(links::kTraces), links::trace(found->trace, span));
                         if (span >= 0)
                             workspace_.setSelection({Selection::Kind::kSpan, span, found->trace, {}});
                     } else {
                         workspace_.setSelection({Selection::Kind::kLog, id.logSeqs.front(), {}, {}});
                         showView(QString::fromLatin1(links::kLogs), links::log(id.logSeqs.front()));
                     }
                 });
}

void Workbench::refresh() {
    if (!refreshTimer_.isActive())
        refreshTimer_.start();
}

void Workbench::setImportProgress(const ImportProgress& progress) {
    const bool ended = importing_ && !progress.running;
    importing_ = progress.running;
    grows_ = grows_ || importing_;
    status_->setProgress(progress);
    if (ended)
        refresh();
}

bool Workbench::settled() const {
    if (!problem_.isEmpty())
        return true;
    const View* view = currentView();
    return opened_ && queries_.idle() && annotations_->idle() && !refreshTimer_.isActive() && !stripTimer_.isActive() && (!view || view->settled());
}

void Workbench::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    rail_->setCollapsed(railCollapsed_ || width() < kNarrow);
    if (opened_)
        stripTimer_.start();
}

}  // namespace nj::ui

#include "views/timeline_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "query/sources.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "widgets/incident_times_bar.h"
#include "widgets/panel.h"
#include "widgets/plain_label.h"
#include "widgets/timeline_delegate.h"
#include "widgets/timeline_lanes.h"

namespace nj::ui {
namespace {

constexpr int kTimeWidth = 236, kKindWidth = 128, kWhereWidth = 200, kWhoWidth = 110;
constexpr DurationNs kAround = 15 * kMinute;   // shown on both sides of an event that is opened

}  // namespace

TimelineView::TimelineView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    setObjectName(QStringLiteral("page"));
    build();
    connectWorkspace();
}

void TimelineView::build() {
    const Theme& theme = context_.theme;
    panel_ = new Panel(theme, this);
    model_ = new TimelineModel(book_, theme, this);
    model_->setUtc(context_.workspace.utc());
    auto* body = new QWidget;
    times_ = new IncidentTimesBar(theme, body);
    lanes_ = new TimelineLanes(context_.workspace, *model_, theme, body);
    buildTable();
    buildControls();
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.gap);
    column->addWidget(times_);
    column->addWidget(lanes_);
    column->addWidget(table_, 1);
    nothing_ = new PlainLabel(tr("No event and no note in this range. Deploys, restarts, alerts and hardware faults are read from Kubernetes events, metrics and logs; M writes a note at the cursor."),
                              theme.body, "muted", body);
    nothing_->setObjectName(QStringLiteral("timelineNothing"));
    nothing_->setWordWrap(true);
    nothing_->setAlignment(Qt::AlignCenter);
    column->addWidget(nothing_, 1);
    panel_->setBody(body);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    page->addWidget(panel_);
    setFocusProxy(table_);
    connect(times_, &IncidentTimesBar::markWanted, this, &TimelineView::addNote);
    connect(lanes_, &TimelineLanes::rowClicked, this, &TimelineView::selectRow);
}

void TimelineView::buildTable() {
    const Theme& theme = context_.theme;
    table_ = new QTableView(this);
    table_->setObjectName(QStringLiteral("timelineTable"));
    table_->setAccessibleName(tr("Events and notes by time"));
    table_->setModel(model_);
    table_->setItemDelegate(new TimelineDelegate(theme, table_));
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setMouseTracking(true);
    table_->setTabKeyNavigation(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(theme.rowHeight);
    table_->verticalHeader()->setMinimumSectionSize(theme.rowHeight);
    auto* header = table_->horizontalHeader();
    header->setFixedHeight(theme.rowHeight);
    header->setFont(theme.table);
    header->setHighlightSections(false);
    for (const auto& [column, width] : {std::pair(TimelineModel::kTime, kTimeWidth), std::pair(TimelineModel::kKind, kKindWidth), std::pair(TimelineModel::kWhere, kWhereWidth),
                                        std::pair(TimelineModel::kWho, kWhoWidth)})
        table_->setColumnWidth(column, width);
    header->setSectionResizeMode(TimelineModel::kWhat, QHeaderView::Stretch);
    table_->installEventFilter(this);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        if (current.isValid() && !selecting_)
            rowChosen(current.row());
    });
    connect(model_, &QAbstractItemModel::modelAboutToBeReset, this, [this] { selecting_ = true; });
    connect(model_, &QAbstractItemModel::modelReset, this, [this] {
        if (const int row = model_->rowOfNote(current_); row >= 0) {
            table_->selectRow(row);
            lanes_->setSelectedRow(row);
        }
        selecting_ = false;
        showTitle();
    });
}

void TimelineView::buildControls() {
    const Theme& theme = context_.theme;
    for (int i = 0; i < kTimelineGroups; ++i) {
        auto* button = new QToolButton(panel_);
        button->setCheckable(true);
        button->setChecked(true);
        button->setFont(theme.table);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setObjectName(QStringLiteral("timelineGroup%1").arg(i));
        connect(button, &QToolButton::toggled, this, [this] {
            std::set<TimelineGroup> shown;
            for (int group = 0; group < kTimelineGroups; ++group)
                if (filters_[group]->isChecked())
                    shown.insert(static_cast<TimelineGroup>(group));
            model_->setShown(shown);
        });
        filters_.append(button);
        panel_->controls()->addWidget(button);
    }
    const auto push = [&](const QString& text, const char* name, const QString& tip) {
        auto* button = new QPushButton(text, panel_);
        button->setFont(theme.table);
        button->setObjectName(QString::fromLatin1(name));
        button->setToolTip(tip);
        panel_->controls()->addWidget(button);
        return button;
    };
    connect(push(tr("Add note"), "timelineAdd", tr("At the cursor or the selected row (M)")), &QPushButton::clicked, this, [this] { addNote(NoteKind::kFact); });
    connect(push(tr("Copy Markdown"), "timelineCopy", tr("The list and the times, for a review document (Ctrl+C)")), &QPushButton::clicked, this, &TimelineView::copyMarkdown);
}

void TimelineView::connectWorkspace() {
    Workspace& workspace = context_.workspace;
    connect(&workspace, &Workspace::rangeChanged, this, &TimelineView::scheduleRefresh);
    connect(&workspace, &Workspace::infoChanged, this, &TimelineView::scheduleRefresh);
    connect(&workspace, &Workspace::utcChanged, this, [this] {
        model_->setUtc(context_.workspace.utc());
        showTitle();
    });
}

// ---------------------------------------------------------------- asking

void TimelineView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    asking_ = true;
    panel_->setBusy(true);
    struct Answer {
        std::vector<query::EventMark> events;
        TimeNs start = 0;
    };
    context_.queries.ask(
        QStringLiteral("timeline/events"), this,
        [all = context_.workspace.all()](query::Backend& backend, std::stop_token stop) -> Result<Answer> {
            Answer answer;
            NJ_ASSIGN(answer.events, backend.events(all, stop));
            if (auto* questions = query::SourceQuestions::of(backend)) {
                NJ_ASSIGN(const std::optional<TimeRange> departure, questions->departure(stop));
                answer.start = departure ? departure->from : 0;
            } else if (const auto opening = backend.opening(stop); opening.ok() && opening->baseline) {
                answer.start = opening->window.from;
            }
            return answer;
        },
        [this](Result<Answer>&& answer) {
            asking_ = false;
            panel_->setBusy(false);
            if (!answer.ok()) {
                panel_->showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
            } else {
                start_ = answer->start;
                model_->setRange(context_.workspace.range());
                model_->setEvents(std::move(answer->events));
                panel_->showBody();
                if (!goal_.isEmpty())
                    open(std::exchange(goal_, {}));
            }
            Q_EMIT settledChanged();
        });
}

QString TimelineView::title() const {
    int listed = 0;
    for (int i = 0; i < kTimelineGroups; ++i)
        listed += model_->countOf(static_cast<TimelineGroup>(i));
    const int notes = model_->countOf(TimelineGroup::kNotes);
    const TimeRange range = context_.workspace.range();
    return tr("%1 and %2, %3 %4")
        .arg(listed - notes == 1 ? tr("1 event") : tr("%1 events").arg(listed - notes), notes == 1 ? tr("1 note") : tr("%1 notes").arg(notes), formatRange(range, context_.workspace.utc()), zoneName(range.from, context_.workspace.utc()));
}

void TimelineView::showTitle() {
    panel_->setTitle(title());
    const bool any = model_->rowCount() > 0;
    table_->setVisible(any);
    nothing_->setVisible(!any);
    for (int i = 0; i < kTimelineGroups; ++i) {
        const auto group = static_cast<TimelineGroup>(i);
        filters_[i]->setText(timelineGroupName(group) + QLatin1Char(' ') + formatCount(static_cast<quint64>(model_->countOf(group))));
        filters_[i]->setVisible(model_->countOf(group) > 0 || !filters_[i]->isChecked());
    }
    times_->setTimes(analyze::incidentTimes(book_.notes(), start_), context_.workspace.utc());
    panel_->setWords(book_.inSidecar() ? tr("notes are kept beside the capsule, which cannot be written") : QString());
}

// ---------------------------------------------------------------- rows

void TimelineView::open(const QString& parameter) {
    if (stale_ || asking_) {
        goal_ = parameter;
        return;
    }
    int row = -1;
    if (parameter.startsWith(QLatin1String("note:"))) {
        const std::string id = parameter.mid(5).toStdString();
        row = model_->rowOfNote(id);
        const Note* note = row < 0 ? book_.note(id) : nullptr;
        if (note) {   // not listed yet, or outside the range shown
            goal_ = parameter;
            if (context_.workspace.range().contains(note->time)) {
                refresh();
                return;
            }
            context_.workspace.setRange({note->time - kAround, std::max(note->time, note->end) + kAround});
            return;
        }
    } else if (parameter.startsWith(QLatin1String("event:"))) {
        row = model_->rowOfEvent(parameter.mid(6).toLongLong());
    }
    if (row >= 0)
        selectRow(row);
}

void TimelineView::selectRow(int row) {
    table_->setCurrentIndex(model_->index(row, TimelineModel::kWhat));
    table_->scrollTo(model_->index(row, TimelineModel::kWhat));
    table_->setFocus(Qt::OtherFocusReason);
}

void TimelineView::rowChosen(int at) {
    const TimelineRow row = model_->row(at);
    current_ = row.note.id;
    lanes_->setSelectedRow(at);
    Selection selection;
    if (!row.isNote()) {
        selection.kind = Selection::Kind::kEvent;
        selection.seq = row.event.seq;
    } else if (row.note.seq >= 0) {
        selection.kind = row.note.signal == Signal::kLog ? Selection::Kind::kLog : Selection::Kind::kSpan;
        selection.seq = row.note.seq;
    }
    context_.workspace.setSelection(selection);
    context_.workspace.setCursor(row.event.time);
}

// The stretch of it, or what surrounds the moment.
void TimelineView::openRow(int at) {
    const query::EventMark& event = model_->row(at).event;
    context_.workspace.setRange(event.end > event.time ? TimeRange{event.time, event.end} : TimeRange{event.time - kAround, event.time + kAround});
}

void TimelineView::addNote(NoteKind kind) {
    const QModelIndex current = table_->currentIndex();
    Note note;
    note.kind = kind;
    const TimeRange range = context_.workspace.range();
    note.time = context_.workspace.cursor().value_or(current.isValid() ? model_->row(current.row()).event.time : range.from + range.length() / 2);
    if (current.isValid() && !model_->row(current.row()).isNote() && model_->row(current.row()).event.time == note.time) {
        const query::EventMark& event = model_->row(current.row()).event;
        note.entity = event.entity;
        if (event.logSeq >= 0) {
            note.signal = Signal::kLog;
            note.seq = event.logSeq;
        }
    }
    book_.wantNote(note);
}

void TimelineView::removeNote() {
    const QModelIndex current = table_->currentIndex();
    if (current.isValid() && model_->row(current.row()).isNote())
        book_.remove(model_->row(current.row()).note.id, tr("Remove a note"));
}

QString TimelineView::markdown() const {
    const std::string name = tr("Incident timeline, %1").arg(formatRange(context_.workspace.range(), true)).toStdString();
    return QString::fromStdString(analyze::timelineMarkdown(name, model_->entries(), analyze::incidentTimes(book_.notes(), start_)));
}

void TimelineView::copyMarkdown() {
    QApplication::clipboard()->setText(markdown());
    panel_->setWords(tr("copied as Markdown"));
}

// ---------------------------------------------------------------- keys

// In the list Ctrl+Z takes back the last change of a note, not the last range.
bool TimelineView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != table_ || (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride))
        return View::eventFilter(watched, event);
    if (!table_->hasFocus())   // passed on by the editor of a cell: its Return ends the editing and opens nothing
        return event->type() == QEvent::KeyPress;
    const auto* key = static_cast<QKeyEvent*>(event);
    if (!listKeys().has(*this, *key)) {
        // The list would search for what is typed, and the keys of the window with it.
        if (event->type() == QEvent::KeyPress && !key->text().isEmpty() && key->text().front().isPrint() && !(key->modifiers() & Qt::ControlModifier)) {
            event->ignore();
            return true;
        }
        return View::eventFilter(watched, event);
    }
    event->accept();
    if (event->type() == QEvent::KeyPress)
        listKeys().run(*this, *key);
    return true;
}

const KeyTable<TimelineView>& TimelineView::listKeys() {
    static const KeyTable<TimelineView> keys(
        {{"Ctrl+Z", QT_TR_NOOP("take back the last change of a note"), [](TimelineView& view) { view.book_.undo().undo(); }, [](const TimelineView& view) { return view.book_.undo().canUndo(); }},
         {"Ctrl+Shift+Z", QT_TR_NOOP("change it again"), [](TimelineView& view) { view.book_.undo().redo(); }, [](const TimelineView& view) { return view.book_.undo().canRedo(); }},
         {"Del", QT_TR_NOOP("remove the note"), [](TimelineView& view) { view.removeNote(); }},
         {"Return; Enter", QT_TR_NOOP("open"),
          [](TimelineView& view) {
              if (view.table_->currentIndex().isValid())
                  view.openRow(view.table_->currentIndex().row());
          }},
         {"Ctrl+C", QT_TR_NOOP("copy as Markdown"), [](TimelineView& view) { view.copyMarkdown(); }}},
        true);
    return keys;
}

const KeyTable<TimelineView>& TimelineView::keys() {
    static const KeyTable<TimelineView> keys({{"Ctrl+C", QT_TR_NOOP("copy as Markdown"), [](TimelineView& view) { view.copyMarkdown(); }}}, false);
    return keys;
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

bool TimelineView::settled() const { return (!stale_ || context_.workspace.range().empty()) && !asking_ && !soon_.isActive() && book_.idle(); }

QString TimelineView::summary() const { return panel_->title(); }

namespace {

QString timelineNeeds(const query::CapsuleInfo&) { return {}; }
View* createTimeline(const ViewContext& context, QWidget* parent) { return new TimelineView(context, parent); }

}  // namespace

extern const ViewFactory timeline_view;
const ViewFactory timeline_view{"timeline", QT_TRANSLATE_NOOP("View", "Timeline"), "⁞", timelineNeeds, createTimeline, [] { return withKeys(TimelineView::keys().rows(), TimelineView::listKeys().rows()); }};

}  // namespace nj::ui

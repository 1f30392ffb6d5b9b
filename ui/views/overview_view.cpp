#include "views/overview_view.h"

#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <numeric>

#include "query/search_syntax.h"
#include "state/annotation_book.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "views/overview_questions.h"
#include "widgets/event_lane.h"
#include "widgets/fact_table.h"
#include "widgets/panel.h"
#include "widgets/plain_label.h"
#include "widgets/story_line.h"
#include "widgets/story_tiles.h"
#include "widgets/strip_stack.h"

namespace nj::ui {

namespace {

constexpr size_t kMostChanges = 12;

// Takes the height its layout is given, whatever labels wrap inside.
class Half : public QWidget {
public:
    using QWidget::QWidget;
    [[nodiscard]] bool hasHeightForWidth() const override { return false; }
};
constexpr int kLeastStrips = 246, kLeastStrip = 34, kLeastLower = 136;
const QString kMainKey = QStringLiteral("overview/main"), kChangesKey = QStringLiteral("overview/changes"), kMetricsKey = QStringLiteral("overview/metrics"), kLatencyKey = QStringLiteral("overview/latency"), kObjectivesKey = QStringLiteral("overview/objectives");

QString overviewNeeds(const query::CapsuleInfo& info) {
    return info.spans + info.logs + info.samples == 0 ? OverviewView::tr("It needs spans, logs or metrics; nothing of these was read yet.") : QString();
}

View* createOverview(const ViewContext& context, QWidget* parent) { return new OverviewView(context, parent); }

FactCell number(const QString& text, double order, bool muted = false) {
    FactCell cell;
    cell.text = text;
    cell.order = order;
    cell.muted = muted;
    return cell;
}

}  // namespace

extern const ViewFactory overview_view;
const ViewFactory overview_view{"overview", QT_TRANSLATE_NOOP("nj::ui::View", "Overview"), "◎", overviewNeeds, createOverview};

OverviewView::OverviewView(const ViewContext& context, QWidget* parent) : View(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    setFocusPolicy(Qt::StrongFocus);
    build();
    soon_.setSingleShot(true);
    soon_.setInterval(0);   // one refresh for a change of range, baseline and filter together
    connect(&soon_, &QTimer::timeout, this, &OverviewView::refresh);
    Workspace& workspace = context_.workspace;
    for (const auto signal : {&Workspace::rangeChanged, &Workspace::baselineChanged, &Workspace::filterChanged, &Workspace::infoChanged})
        connect(&workspace, signal, &soon_, qOverload<>(&QTimer::start));
    connect(&workspace, &Workspace::utcChanged, this, &OverviewView::tell);
    connect(&AnnotationBook::of(workspace), &AnnotationBook::changed, this, [this] {
        if (AnnotationBook::of(context_.workspace).objectives() != asked_)
            soon_.start();
    });
    soon_.start();
}

void OverviewView::build() {
    const Theme& theme = context_.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->setSpacing(theme.gap);

    sentencePanel_ = new Panel(theme, this);
    sentencePanel_->setHeaderShown(false);
    sentencePanel_->setHeightFollowsWidth(true);
    auto* story = new QWidget;
    auto* lines = new QVBoxLayout(story);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(2 * theme.unit);
    sentence_ = new StoryLine(theme, story);
    factsRow_ = new StoryFacts(theme, story);
    lines->addWidget(sentence_);
    lines->addWidget(factsRow_);
    sentencePanel_->setBody(story);
    sentencePanel_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    column->addWidget(sentencePanel_);

    tiles_ = new StoryTiles(theme, this);
    column->addWidget(tiles_);

    stripsPanel_ = new Panel(theme, this);
    strips_ = new StripStack(context_.workspace, theme);
    stripsPanel_->setBody(strips_);
    QWidget* lower = buildLower();
    for (QWidget* half : {static_cast<QWidget*>(stripsPanel_), lower}) {   // shared by stretch alone, whatever their hints
        half->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
        half->setMinimumHeight(kLeastLower);
    }
    stripsPanel_->setMinimumHeight(kLeastStrips);   // four strips that can still be read
    column->addWidget(stripsPanel_, 12);
    column->addWidget(lower, 11);

    connect(sentence_, &StoryLine::linkFollowed, this, &OverviewView::follow);
    connect(factsRow_, &StoryFacts::linkFollowed, this, &OverviewView::follow);
    connect(tiles_, &StoryTiles::linkFollowed, this, &OverviewView::follow);
    connect(strips_, &StripStack::flagClicked, this, &OverviewView::selectEvent);
    connect(strips_, &StripStack::pointClicked, this, [this](TimeNs time) { context_.workspace.setCursor(time); });
}

QWidget* OverviewView::buildLower() {
    const Theme& theme = context_.theme;
    auto* lower = new Half(this);
    auto* row = new QHBoxLayout(lower);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.gap);

    changesPanel_ = new Panel(theme, lower);
    changes_ = new FactTable({{tr("Onset"), 50, false, 0}, {tr("What"), 0, false, 0}, {tr("before"), 82, true, 1}, {tr("after"), 86, true, 0}, {tr("change"), 66, true, 0}, {tr("n"), 58, true, 3}, {tr("over time"), 104, false, 2}},
                             theme, changesPanel_);
    changes_->setAccessibleName(tr("What changed"));
    changesPanel_->setBody(changes_);
    onset_ = new QPushButton(tr("onset"), changesPanel_);
    strength_ = new QPushButton(tr("strength"), changesPanel_);
    for (QPushButton* button : {onset_, strength_}) {
        button->setCheckable(true);
        button->setAutoExclusive(true);
        button->setProperty("role", QStringLiteral("segment"));
        changesPanel_->controls()->addWidget(button);
    }
    onset_->setChecked(true);
    connect(onset_, &QPushButton::toggled, this, [this](bool on) {
        byOnset_ = on;
        showChanges();
    });
    connect(changes_, &FactTable::rowOpened, this, &OverviewView::openChange);

    auto* right = new QVBoxLayout;
    right->setSpacing(theme.gap);
    entitiesPanel_ = new Panel(theme, lower);
    entities_ = new FactTable({{tr("Entity"), 0, false, 0}, {tr("rate /s"), 60, true, 3}, {tr("errors"), 58, true, 0}, {tr("share"), 92, true, 2}, {QStringLiteral("p99"), 68, true, 0}, {tr("baseline"), 66, true, 1}, {tr("change"), 60, true, 0}}, theme,
                              entitiesPanel_);
    entities_->setAccessibleName(tr("Entities, worst first"));
    entitiesPanel_->setBody(entities_);
    connect(entities_, &FactTable::rowOpened, this, [this](int i) {
        const query::EntityRow& entity = facts_.entities[static_cast<size_t>(i)];
        follow({StoryLink::Kind::kFilter, oneLine(entity.kind), oneLine(entity.name), QString::fromLatin1(links::kTraces), {}, {}, -1});
    });
    missingPanel_ = new Panel(theme, lower);
    missingPanel_->setTitle(tr("What is missing"));
    missing_ = new PlainLabel({}, theme.table, "", missingPanel_);
    missing_->setWordWrap(true);
    missing_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    missingPanel_->setBody(missing_);
    right->addWidget(entitiesPanel_, 1);
    right->addWidget(missingPanel_);
    row->addWidget(changesPanel_, 58);
    row->addLayout(right, 42);
    return lower;
}

bool OverviewView::compare() {
    strength_->setChecked(true);
    changes_->setFocus(Qt::OtherFocusReason);
    return true;
}

void OverviewView::open(const QString& parameter) {
    if (parameter == QString::fromLatin1(links::kChanges))
        compare();
}

std::optional<CopyTable> OverviewView::shownTable() const {
    CopyTable table;
    table.caption = pictureCaption(context_.workspace, changesPanel_->title());
    table.columns = {QStringLiteral("onset"), QStringLiteral("what"), QStringLiteral("detail"), QStringLiteral("before"), QStringLiteral("after"), QStringLiteral("unit"), QStringLiteral("n")};
    table.numeric = {false, false, false, true, true, false, true};
    for (const int index : shownChanges_) {
        const query::ChangeRow& change = facts_.changes[static_cast<size_t>(index)];
        const bool event = change.kind == "event";
        table.rows.push_back({change.onset ? QString::fromStdString(formatRfc3339(change.onset, 0)) : QString(), oneLine(change.what), oneLine(change.detail), event ? QString() : QString::number(change.before, 'g', 6),
                              event ? QString() : QString::number(change.after, 'g', 6), oneLine(change.unit), QString::number(change.n)});
    }
    return table.rows.isEmpty() ? std::nullopt : std::optional(table);
}

bool OverviewView::settled() const {
    const QueryRunner& queries = context_.queries;
    return !soon_.isActive() && !queries.busy(kMainKey) && !queries.busy(kLatencyKey) && !queries.busy(kChangesKey) && !queries.busy(kMetricsKey) && !queries.busy(kObjectivesKey);
}

void OverviewView::refresh() {
    if (context_.workspace.range().empty()) {
        for (Panel* panel : {sentencePanel_, stripsPanel_, changesPanel_, entitiesPanel_})
            panel->showEmpty(tr("No row has a time yet."));
        Q_EMIT settledChanged();
        return;
    }
    askMain();
    askLatency();
    askChanges();
    askMetrics();
    askObjectives();
}

void OverviewView::askMain() {
    for (Panel* panel : {sentencePanel_, stripsPanel_, entitiesPanel_})
        panel->setBusy(true);
    const Workspace& workspace = context_.workspace;
    const OverviewScope scope{workspace.range(), workspace.baseline(), workspace.filter()};
    context_.queries.ask(kMainKey, this, [scope](query::Backend& b, std::stop_token s) { return askOverview(b, scope, s); }, [this](Result<OverviewFacts>&& facts) {
        for (Panel* panel : {sentencePanel_, stripsPanel_, entitiesPanel_})
            panel->setBusy(false);
        if (!facts.ok()) {
            sentencePanel_->showError(oneLine(facts.error().message), tr("Try again"), [this] { refresh(); });
            Q_EMIT settledChanged();
            return;
        }
        // The rest is answered apart.
        facts_.range = facts->range;
        facts_.baseline = facts->baseline;
        facts_.errors = std::move(facts->errors);
        facts_.failures = std::move(facts->failures);
        facts_.entities = std::move(facts->entities);
        facts_.volume = std::move(facts->volume);
        facts_.baselineVolume = std::move(facts->baselineVolume);
        facts_.events = std::move(facts->events);
        mainKnown_ = true;
        answered();
    });
}

void OverviewView::askLatency() {
    const Workspace& workspace = context_.workspace;
    const OverviewScope scope{workspace.range(), workspace.baseline(), workspace.filter()};
    context_.queries.ask(kLatencyKey, this, [scope](query::Backend& b, std::stop_token s) { return askOverviewLatency(b, scope, s); }, [this](Result<OverviewLatency>&& latency) {
        if (latency.ok()) {
            facts_.measure = std::move(latency->measure);
            facts_.latency = std::move(latency->latency);
        }
        answered();
    });
}

void OverviewView::askChanges() {
    const Workspace& workspace = context_.workspace;
    if (!workspace.baseline()) {
        context_.queries.cancel(kChangesKey);
        facts_.changes.clear();
        changesPanel_->setTitle(tr("What changed"));
        changesPanel_->showEmpty(tr("There is no baseline to compare with. Pick one in the bar above, or show a later range."));
        return;
    }
    changesPanel_->setBusy(true);
    const query::ChangesQuestion question{workspace.range(), *workspace.baseline(), kMostChanges};
    context_.queries.ask(kChangesKey, this, [question](query::Backend& b, std::stop_token s) { return b.changes(question, s); }, [this](Result<std::vector<query::ChangeRow>>&& changes) {
        changesPanel_->setBusy(false);
        if (!changes.ok()) {
            changesPanel_->showError(oneLine(changes.error().message), tr("Try again"), [this] { askChanges(); });
            Q_EMIT settledChanged();
            return;
        }
        facts_.changes = std::move(*changes);
        answered();
    });
}

void OverviewView::askMetrics() {
    const Workspace& workspace = context_.workspace;
    const OverviewScope scope{workspace.range(), workspace.baseline(), workspace.filter()};
    context_.queries.ask(kMetricsKey, this, [scope](query::Backend& b, std::stop_token s) { return askOverviewMetrics(b, scope, s); }, [this](Result<OverviewMetrics>&& metrics) {
        if (metrics.ok()) {
            metrics_ = std::move(metrics->strips);
            facts_.tokens = std::move(metrics->tokens);
            facts_.tokensBaseline = metrics->tokensBaseline;
        }
        answered();
    });
}

void OverviewView::askObjectives() {
    asked_ = AnnotationBook::of(context_.workspace).objectives();
    if (asked_.empty()) {
        context_.queries.cancel(kObjectivesKey);
        facts_.objectives.clear();
        return;
    }
    context_.queries.ask(kObjectivesKey, this, [objectives = asked_, range = context_.workspace.range()](query::Backend& b, std::stop_token s) { return askOverviewObjectives(b, objectives, range, s); },
                         [this](Result<std::vector<ObjectiveFact>>&& objectives) {
                             if (objectives.ok())
                                 facts_.objectives = std::move(*objectives);
                             answered();
                         });
}

void OverviewView::answered() {
    if (mainKnown_)
        tell();
    Q_EMIT settledChanged();
}

void OverviewView::tell() {
    if (!mainKnown_)
        return;
    facts_.info = context_.workspace.info();
    facts_.utc = context_.workspace.utc();
    story_ = tellStory(facts_);
    sentence_->setStory(story_.mark, story_.role, story_.sentence, story_.sentenceText());
    factsRow_->setFacts(story_.facts);
    factsRow_->setVisible(!story_.facts.isEmpty());
    tiles_->setTiles(story_.tiles);
    sentencePanel_->showBody();
    sentencePanel_->setAccessibleName(story_.sentenceText());
    showStrips();
    showChanges();
    showEntities();
    showMissing();
    setAccessibleName(story_.sentenceText());
}

void OverviewView::showStrips() {
    Workspace& workspace = context_.workspace;
    const auto strips = overviewStrips(facts_, metrics_, context_.theme, [&](const QString& name) {
        // A pod or replica has its service's colour: vllm-a-0 that of vllm-a.
        QString best;
        for (const std::string& known : workspace.info().services)
            if (const QString service = QString::fromStdString(known); name.startsWith(service) && service.size() > best.size())
                best = service;
        return workspace.serviceRank(best.isEmpty() ? name : best);
    });
    stripsPanel_->setTitle(strips.isEmpty() ? tr("Over time") : [&] {
        QStringList names;
        for (const Strip& strip : strips)
            names.append(names.isEmpty() ? strip.title : strip.title.left(1).toLower() + strip.title.mid(1));
        return names.join(QStringLiteral(", "));
    }());
    QString words = formatRange(workspace.range(), workspace.utc()) + QLatin1Char(' ') + zoneName(workspace.range().from, workspace.utc());
    if (facts_.latency.n > 0)
        words += QStringLiteral(" · ") + (facts_.latency.fromHistogram                                  ? tr("n = %1, from histograms")
                                                 : facts_.measure.kind == query::Measure::Kind::kLogAttribute ? tr("n = %1 log records")
                                                                                                                : tr("n = %1 spans"))
                                                    .arg(formatCount(facts_.latency.n));
    if (workspace.baseline())
        words += QStringLiteral(" · ") + tr("dashed: baseline %1").arg(formatRange(*workspace.baseline(), workspace.utc()));
    stripsPanel_->setWords(words);
    if (strips.isEmpty()) {
        if (workspace.info().spans + workspace.info().logs == 0)
            stripsPanel_->showEmpty(tr("No spans or log records to draw over time; the metrics are in their own view."), tr("Open Metrics"),
                                    [this] { context_.workspace.requestView(QStringLiteral("metrics")); });
        else
            stripsPanel_->showEmpty(tr("Nothing in this range and filter."), workspace.filterText().isEmpty() ? QString() : tr("Clear the filter"), [this] { context_.workspace.setFilterText({}); });
        return;
    }
    strips_->setStrips(strips);
    stripsPanel_->setMinimumHeight(kLeastStrips - std::max(0, 4 - static_cast<int>(strips.size())) * kLeastStrip);
    stripsPanel_->showBody();
}

void OverviewView::showChanges() {
    if (!context_.workspace.baseline())
        return;
    const auto& changes = facts_.changes;
    shownChanges_.resize(changes.size());
    std::iota(shownChanges_.begin(), shownChanges_.end(), 0);
    if (byOnset_)
        std::stable_sort(shownChanges_.begin(), shownChanges_.end(), [&](int a, int b) { return changes[static_cast<size_t>(a)].onset < changes[static_cast<size_t>(b)].onset; });
    std::vector<std::vector<FactCell>> rows;
    for (const int index : shownChanges_) {
        const query::ChangeRow& change = changes[static_cast<size_t>(index)];
        const QString unit = oneLine(change.unit);
        const bool event = change.kind == "event";
        FactCell what;
        what.text = oneLine(change.what).left(200);
        what.detail = oneLine(change.detail).left(200);
        what.mark = event ? QStringLiteral("▼") : change.kind == "log" ? QStringLiteral("¶") : QString();
        what.role = event ? QStringLiteral("accent") : QString();
        FactCell spark;
        spark.spark = change.spark;
        FactCell after = number(event ? QString() : formatValue(change.after, unit), change.after);
        after.strong = true;
        rows.push_back({number(change.onset ? formatClock(change.onset, context_.workspace.utc()) : QStringLiteral("–"), double(change.onset), true), what,
                        number(event ? QString() : formatValue(change.before, unit), change.before, true), after,
                        number(event ? QString() : formatFactor(change.before, change.after), change.before > 0 ? change.after / change.before : 1e9), number(formatShort(double(change.n)), double(change.n), true), spark});
    }
    changes_->setRows(std::move(rows));
    if (changes.empty()) {
        changesPanel_->setTitle(tr("What changed"));
        changesPanel_->showEmpty(tr("No series, log pattern or event departs from the baseline."));
        return;
    }
    const auto inView = [this](const query::ChangeRow& change) { return context_.workspace.range().contains(change.onset); };
    const auto first = std::min_element(changes.begin(), changes.end(), [&](const auto& a, const auto& b) { return std::pair(!inView(a), a.onset) < std::pair(!inView(b), b.onset); });
    changesPanel_->setTitle(tr("What changed: first %1, at %2").arg(changeName(facts_, *first).left(40), formatClock(first->onset, context_.workspace.utc())));
    const Workspace& workspace = context_.workspace;
    changesPanel_->setWords(tr("%1 of %2 · means against baseline %3, robust z")
                                .arg(formatCount(changes.size()), formatCount(workspace.info().series + workspace.info().events), formatRange(*workspace.baseline(), workspace.utc())));
    changesPanel_->showBody();
}

void OverviewView::showEntities() {
    std::vector<std::vector<FactCell>> rows;
    for (const query::EntityRow& entity : facts_.entities) {
        const double share = entity.count ? double(entity.errors) / double(entity.count) : 0;
        const double change = entity.baselineP99 > 0 ? entity.p99 / entity.baselineP99 : std::nan("");
        const bool bad = share > 0.01 && share > 2 * entity.baselineErrorShare, slow = change >= 1.5;
        FactCell name;
        name.text = oneLine(entity.name).left(200);
        name.mark = bad ? QStringLiteral("▲") : slow ? QStringLiteral("◆") : QStringLiteral("●");
        name.role = bad ? QStringLiteral("error") : slow ? QStringLiteral("warning") : QStringLiteral("ok");
        if (entity.kind == "service")
            name.dot = context_.theme.seriesColor(context_.workspace.serviceRank(oneLine(entity.name)));
        else
            name.detail = oneLine(entity.kind);
        FactCell shareCell = number(entity.errors ? formatShare(share) : QString(), share);
        shareCell.share = entity.errors ? share : -1;
        shareCell.role = QStringLiteral("error");
        FactCell p99 = number(entity.p99 > 0 ? formatValue(entity.p99, QStringLiteral("s")) : QStringLiteral("–"), entity.p99);
        p99.strong = slow;
        rows.push_back({name, number(formatNumber(entity.ratePerSecond), entity.ratePerSecond), number(formatCount(entity.errors), double(entity.errors), entity.errors == 0), shareCell, p99,
                        number(entity.baselineP99 > 0 ? formatValue(entity.baselineP99, QStringLiteral("s")) : QStringLiteral("–"), entity.baselineP99, true), number(formatFactor(entity.baselineP99, entity.p99), std::isnan(change) ? 0 : change)});
    }
    entitiesPanel_->setTitle(tr("Entities, worst first"));
    entitiesPanel_->setWords(tr("%1 in all · %2").arg(formatCount(facts_.entities.size()), formatRange(context_.workspace.range(), context_.workspace.utc())));
    entities_->setRows(std::move(rows));
    if (facts_.entities.empty())
        entitiesPanel_->showEmpty(context_.workspace.info().spans == 0 ? tr("It needs spans: none were read.") : tr("No span in this range and filter."));
    else
        entitiesPanel_->showBody();
}

void OverviewView::showMissing() {
    QStringList lines;
    for (const QString& sentence : story_.missing)
        if (lines.size() < 4)
            lines.append(QStringLiteral("▨  ") + sentence.left(160));
    missing_->setPlain(lines.isEmpty() ? tr("Nothing known: every file was read whole.") : lines.join(QLatin1Char('\n')));
    fitMissing();
}

// Only as high as its words: the room is the entities'.
void OverviewView::fitMissing() {
    const int width = missingPanel_->width() - 2 * context_.theme.padding - 2;
    const int words = missing_->heightForWidth(std::max(width, 100));
    missingPanel_->setFixedHeight(std::max(words, missing_->fontMetrics().height()) + 12 * context_.theme.unit);
}

void OverviewView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    fitMissing();
}

void OverviewView::selectEvent(qint64 seq) {
    Selection selection;
    selection.kind = Selection::Kind::kEvent;
    selection.seq = seq;
    context_.workspace.setSelection(selection);
}

void OverviewView::follow(const StoryLink& link) {
    Workspace& workspace = context_.workspace;
    switch (link.kind) {
        case StoryLink::Kind::kNone: break;
        case StoryLink::Kind::kFilter: {
            const QString term = QString::fromStdString(query::searchTerm(link.field.toStdString(), link.value.toStdString(), false));
            const QString now = workspace.filterText();
            if (!now.contains(term))
                workspace.setFilterText(now.isEmpty() ? term : now + QLatin1Char(' ') + term);
            if (!link.view.isEmpty())
                workspace.requestView(link.view, link.parameter);
            break;
        }
        case StoryLink::Kind::kRange: workspace.setRange(link.range); break;
        case StoryLink::Kind::kView: workspace.requestView(link.view, link.parameter); break;
        case StoryLink::Kind::kEvent: selectEvent(link.seq); break;
    }
}

// A changed series opens in the inspector, a log pattern its lines, an event itself, spans their service's.
void OverviewView::openChange(int row) {
    const query::ChangeRow& change = facts_.changes[static_cast<size_t>(shownChanges_[static_cast<size_t>(row)])];
    Workspace& workspace = context_.workspace;
    if (change.onset)
        workspace.setCursor(change.onset);
    if (change.series >= 0) {
        workspace.setSelection({Selection::Kind::kSeries, change.series, {}, oneLine(change.what)});
        return;
    }
    if (change.kind == "event") {
        for (const query::EventMark& event : facts_.events)
            if (event.time == change.onset)
                return selectEvent(event.seq);
    }
    if (change.kind == "log")
        workspace.requestView(QString::fromLatin1(links::kLogs));
    if (change.onset)
        workspace.setRange({change.onset - 10 * kMinute, change.onset + 20 * kMinute});
}

}  // namespace nj::ui

#include "views/drift_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "models/drift_text.h"
#include "query/search_syntax.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "views/drift_trend_panel.h"
#include "widgets/distribution_chart.h"
#include "widgets/drift_list.h"
#include "widgets/fact_table.h"
#include "widgets/panel.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr size_t kOthersAtOnce = 6;

QSplitter* splitter(Qt::Orientation orientation, const Theme& theme) {
    auto* made = new QSplitter(orientation);
    made->setHandleWidth(theme.gap);
    made->setChildrenCollapsible(false);
    return made;
}

QToolButton* menuButton(const QString& name) {
    auto* button = new QToolButton;
    button->setAccessibleName(name);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setMenu(new QMenu(button));
    return button;
}

}  // namespace

DriftView::DriftView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    build();
    connectParts();
    connect(&context_.workspace, &Workspace::rangeChanged, this, [this] {
        if (mode_ == Current::kMarked && !context_.workspace.range().overlaps(marked_))
            mode_ = Current::kDeparts;
        scheduleRefresh();
    });
    connect(&context_.workspace, &Workspace::baselineChanged, this, &DriftView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::filterChanged, this, &DriftView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::utcChanged, this, &DriftView::showAnswer);
    connect(&context_.workspace, &Workspace::infoChanged, this, [this] {
        featuresKnown_ = false;
        scheduleRefresh();
    });
}

void DriftView::build() {
    const Theme& theme = context_.theme;
    auto* left = splitter(Qt::Vertical, theme);
    left->addWidget(buildList());
    left->addWidget(buildStatistics());
    left->setStretchFactor(0, 62);
    left->setStretchFactor(1, 38);
    left->setSizes({545, 305});
    trend_ = new DriftTrendPanel(context_);
    auto* right = splitter(Qt::Vertical, theme);
    right->addWidget(trend_);
    right->addWidget(buildDistributions());
    right->setStretchFactor(0, 52);
    right->setStretchFactor(1, 48);
    right->setSizes({440, 410});
    auto* across = splitter(Qt::Horizontal, theme);
    across->addWidget(left);
    across->addWidget(right);
    across->setStretchFactor(0, 35);
    across->setStretchFactor(1, 65);
    across->setSizes({490, 910});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->addWidget(across);
}

QWidget* DriftView::buildList() {
    listPanel_ = new Panel(context_.theme);
    listPanel_->setTitle(tr("Drift"));
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context_.theme.unit);
    list_ = new DriftList(context_.theme);
    list_->setAccessibleName(tr("Features"));
    others_ = new QToolButton;
    others_->setFocusPolicy(Qt::StrongFocus);
    others_->hide();
    column->addWidget(buildWindows());
    column->addWidget(list_, 1);
    column->addWidget(others_, 0, Qt::AlignLeft);
    listPanel_->setBody(body);
    return listPanel_;
}

QWidget* DriftView::buildWindows() {
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(context_.theme.unit + 2);
    reference_ = menuButton(tr("Reference window"));
    connect(reference_->menu()->addAction(tr("Pin this reference")), &QAction::triggered, this, [this] { setReference(answer_.reference); });
    connect(reference_->menu()->addAction(tr("Follow the range")), &QAction::triggered, this, [this] {
        context_.queries.ask(
            QStringLiteral("drift/baseline"), this, [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.baselineFor(range, stop); },
            [this](Result<std::optional<TimeRange>>&& baseline) {
                if (baseline.ok())
                    context_.workspace.setBaseline(*baseline, false);
            });
    });
    connect(reference_->menu()->addAction(tr("All before the current window")), &QAction::triggered, this, [this] { setReference({context_.workspace.all().from, currentWindow().from}); });
    connect(reference_->menu()->addAction(tr("The same hours the day before")), &QAction::triggered, this, [this] { setReference({currentWindow().from - kDay, currentWindow().to - kDay}); });
    current_ = menuButton(tr("Current window"));
    const auto current = [this](Current mode, DurationNs last) {
        mode_ = mode;
        const TimeRange range = context_.workspace.range();
        marked_ = {std::max(range.from, range.to - last), range.to};
        scheduleRefresh();
    };
    connect(current_->menu()->addAction(tr("The stretch that departs")), &QAction::triggered, this, [current] { current(Current::kDeparts, 0); });
    connect(current_->menu()->addAction(tr("The whole range")), &QAction::triggered, this, [current] { current(Current::kRange, 0); });
    connect(current_->menu()->addAction(tr("The last hour of the range")), &QAction::triggered, this, [current] { current(Current::kMarked, kHour); });
    connect(current_->menu()->addAction(tr("The last 15 minutes of the range")), &QAction::triggered, this, [current] { current(Current::kMarked, 15 * kMinute); });
    auto* copies = menuButton(tr("Copy"));
    copies->setText(tr("Copy"));
    const QStringList forms = {tr("Copy as CSV"), tr("Copy as JSON"), tr("Copy as Markdown"), tr("Copy as command line")};
    for (int i = 0; i < forms.size(); ++i)
        connect(copies->menu()->addAction(forms[i]), &QAction::triggered, this, [this, i] { copy(i); });
    row->addWidget(reference_);
    row->addWidget(current_);
    row->addStretch(1);
    row->addWidget(copies);
    return bar;
}

QWidget* DriftView::buildStatistics() {
    statisticsPanel_ = new Panel(context_.theme);
    statistics_ = new FactTable({{tr("Statistic"), 0, false, 0}, {tr("value"), 64, true, 0}, {tr("threshold"), 84, true, 0}, {QString(), 24, true, 0}}, context_.theme);
    statistics_->setAccessibleName(tr("All statistics of the feature"));
    statisticsPanel_->setBody(statistics_);
    return statisticsPanel_;
}

QWidget* DriftView::buildDistributions() {
    auto* row = splitter(Qt::Horizontal, context_.theme);
    distributionPanel_ = new Panel(context_.theme);
    distribution_ = new DistributionChart(context_.theme);
    distribution_->setObjectName(QStringLiteral("driftDistribution"));
    distribution_->setAccessibleName(tr("Both distributions"));
    distributionPanel_->setBody(distribution_);
    controlPanel_ = new Panel(context_.theme);
    control_ = new DistributionChart(context_.theme);
    control_->setObjectName(QStringLiteral("driftControl"));
    control_->setAccessibleName(tr("Both distributions of the control"));
    controlPanel_->setBody(control_);
    row->addWidget(distributionPanel_);
    row->addWidget(controlPanel_);
    row->setStretchFactor(0, 55);
    row->setStretchFactor(1, 45);
    row->setSizes({500, 400});
    return row;
}

void DriftView::connectParts() {
    connect(list_, &DriftList::featureChosen, this, [this] {
        if (const query::DriftResult* result = list_->chosen())
            chosen_ = result->feature.id();
        showFeature();
    });
    connect(list_, &QListView::activated, this, [this] {
        if (const query::DriftResult* result = list_->chosen())
            openRows(*result, answer_.current, -1);
    });
    connect(others_, &QToolButton::clicked, this, [this] {
        othersAsked_ = true;
        othersNext_ = 0;
        others_->hide();
        askOthers();
    });
    connect(trend_, &DriftTrendPanel::statisticChanged, this, &DriftView::showFeature);
    connect(trend_, &DriftTrendPanel::windowChanged, this, &DriftView::scheduleRefresh);
    connect(trend_, &DriftTrendPanel::rangeMarked, this, [this](const TimeRange& range, bool current) {
        if (!current) {
            setReference(range);
            return;
        }
        mode_ = Current::kMarked;
        marked_ = range;
        scheduleRefresh();
    });
    connect(trend_, &DriftTrendPanel::windowOpened, this, [this](const TimeRange& range) {
        if (const query::DriftResult* result = list_->chosen())
            openRows(*result, range, -1);
    });
    connect(distribution_, &DistributionChart::binOpened, this, [this](int bin) {
        if (const query::DriftResult* result = list_->chosen())
            openRows(*result, answer_.current, bin);
    });
    connect(control_, &DistributionChart::binOpened, this, [this](int bin) {
        if (const query::DriftResult* result = controlFor(list_->chosen()))
            openRows(*result, answer_.current, bin);
    });
}

void DriftView::setReference(TimeRange range) {
    const TimeRange all = context_.workspace.all();
    range = {std::max(range.from, all.from), std::min(range.to, all.to)};
    if (!range.empty())
        context_.workspace.setBaseline(range, true);
}

TimeRange DriftView::currentWindow() const { return mode_ == Current::kMarked ? marked_ : mode_ == Current::kDeparts && answer_.narrowed ? answer_.current : context_.workspace.range(); }

void DriftView::open(const QString& parameter) {
    if (!parameter.startsWith(QLatin1String("feature:")))
        return;
    wanted_ = parameter.mid(8);
    if (!answer_.results.empty())
        showAnswer();
}

void DriftView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    if (!featuresKnown_)
        askFeatures();
    else
        askDrift();
}

void DriftView::askFeatures() {
    askingFeatures_ = true;
    context_.queries.ask(
        QStringLiteral("drift/features"), this, [](query::Backend& backend, std::stop_token stop) { return query::askDriftFeatures(backend, stop); },
        [this](Result<std::vector<query::DriftFeature>>&& answer) {
            askingFeatures_ = false;
            if (!answer.ok()) {
                showProblem(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
                return;
            }
            featuresKnown_ = true;
            features_ = std::move(*answer);
            askDrift();
        });
}

query::DriftQuestion DriftView::question() const {
    query::DriftQuestion question;
    const TimeRange range = context_.workspace.range();
    question.reference = context_.workspace.baseline().value_or(TimeRange{});
    question.current = mode_ == Current::kMarked ? marked_ : range;
    question.trend = {std::min({question.reference.from, question.current.from, range.from}), std::max({question.reference.to, question.current.to, range.to})};
    question.window = trend_->window();
    question.filter = context_.workspace.filter();
    question.narrow = mode_ == Current::kDeparts;
    return question;
}

void DriftView::askDrift() {
    if (!context_.workspace.baseline()) {
        showProblem(tr("Drift compares with a reference, and there is no baseline before this range."), tr("Compare with the first third of the capsule"), [this] {
            const TimeRange all = context_.workspace.all();
            setReference({all.from, all.from + all.length() / 3});
        });
        return;
    }
    query::DriftQuestion asked = question();
    for (const query::DriftFeature& feature : features_)
        if (feature.leading)
            asked.features.push_back(feature);
    if (asked.features.empty())   // no LLM signals: what there is
        asked.features.assign(features_.begin(), features_.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(features_.size(), 12)));
    if (asked.features.empty()) {
        showProblem(tr("No attribute, histogram or score in this capsule has a distribution to compare."), tr("Show what was read"),
                    [this] { context_.workspace.requestView(QStringLiteral("sources")); });
        return;
    }
    asking_ = true;
    for (Panel* panel : {listPanel_, static_cast<Panel*>(trend_), distributionPanel_, controlPanel_, statisticsPanel_})
        panel->setBusy(true);
    context_.queries.ask(
        QStringLiteral("drift/main"), this, [asked](query::Backend& backend, std::stop_token stop) { return query::askDrift(backend, asked, stop); },
        [this](Result<query::DriftAnswer>&& answer) { answerArrived(std::move(answer)); });
    askEvents();
}

void DriftView::answerArrived(Result<query::DriftAnswer>&& answer) {
    asking_ = false;
    if (!answer.ok()) {
        showProblem(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
        return;
    }
    failed_ = false;
    answer_ = std::move(*answer);
    othersNext_ = 0;
    showAnswer();
    if (othersAsked_)
        askOthers();
    announce();
}

// The rest of the features a few at a time, so that each few show as soon as they are known.
void DriftView::askOthers() {
    query::DriftQuestion asked = question();
    asked.current = answer_.current;
    asked.narrow = false;
    for (; othersNext_ < features_.size() && asked.features.size() < kOthersAtOnce; ++othersNext_) {
        const std::string id = features_[othersNext_].id();
        if (std::none_of(answer_.results.begin(), answer_.results.end(), [&](const query::DriftResult& result) { return result.feature.id() == id; }))
            asked.features.push_back(features_[othersNext_]);
    }
    if (asked.features.empty()) {
        listPanel_->setPartial({});
        announce();
        return;
    }
    asking_ = true;
    listPanel_->setPartial(tr("judging %1 of %2").arg(othersNext_).arg(features_.size()));
    context_.queries.ask(
        QStringLiteral("drift/main"), this, [asked](query::Backend& backend, std::stop_token stop) { return query::askDrift(backend, asked, stop); },
        [this](Result<query::DriftAnswer>&& more) {
            asking_ = false;
            if (!more.ok()) {
                listPanel_->setPartial(tr("the rest could not be judged"));
                announce();
                return;
            }
            for (query::DriftResult& result : more->results)
                if (result.verdict != analyze::DriftVerdict::kNoData)
                    answer_.results.push_back(std::move(result));
            showAnswer();
            askOthers();
        });
}

void DriftView::askEvents() {
    askingEvents_ = true;
    const query::DriftQuestion asked = question();
    context_.queries.ask(
        QStringLiteral("drift/events"), this, [range = asked.trend](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& answer) {
            askingEvents_ = false;
            events_ = answer.ok() ? std::move(*answer) : std::vector<query::EventMark>();
            showAnswer();
            announce();
        });
}

void DriftView::showProblem(const QString& sentence, const QString& action, std::function<void()> act) {
    failed_ = true;
    asking_ = false;
    for (Panel* panel : {listPanel_, static_cast<Panel*>(trend_), distributionPanel_, controlPanel_, statisticsPanel_})
        panel->setBusy(false);
    listPanel_->setTitle(tr("Drift"));
    listPanel_->showEmpty(sentence, action, act);
    trend_->setTitle(tr("Trend"));
    trend_->setWords({});
    for (Panel* panel : {static_cast<Panel*>(trend_), distributionPanel_, controlPanel_, statisticsPanel_})
        panel->showEmpty(tr("Nothing is compared yet."));
    announce();
}

void DriftView::showAnswer() {
    if (failed_ || answer_.results.empty())
        return;
    for (Panel* panel : {listPanel_, static_cast<Panel*>(trend_), distributionPanel_, controlPanel_, statisticsPanel_})
        panel->setBusy(false);
    const bool utc = context_.workspace.utc();
    std::vector<query::DriftResult> leading;
    for (const query::DriftResult& result : answer_.results)
        if (result.feature.leading || !answer_.results.front().feature.leading)
            leading.push_back(result);
    listPanel_->setTitle(driftSentence(leading));
    listPanel_->setWords(tr("by PSI"));
    // Clock times do while both windows end on one day; the dates are in the tool tip.
    const bool oneDay = formatDate(answer_.reference.to, utc) == formatDate(answer_.current.to, utc);
    const auto brief = [&](const TimeRange& window) {
        return oneDay && window.length() <= kDay ? formatClock(window.from, utc) + QStringLiteral(" – ") + formatClock(window.to, utc) : formatRange(window, utc);
    };
    reference_->setText(tr("reference %1%2").arg(brief(answer_.reference), context_.workspace.baselinePinned() ? tr(", pinned") : QString()));
    reference_->setToolTip(formatRange(answer_.reference, utc));
    current_->setText(tr("current %1").arg(brief(answer_.current)));
    current_->setToolTip(answer_.narrowed ? tr("%1: the stretch of the range that departs").arg(formatRange(answer_.current, utc)) : formatRange(answer_.current, utc));
    QString movedWords;
    for (const query::DriftResult& result : leading)
        if (const query::EventMark* cause = driftMoved(result) && result.since ? causeAt(events_, *result.since) : nullptr; cause && movedWords.isEmpty())
            movedWords = (cause->kind == "deploy" && !cause->entity.empty() ? tr("with the deploy of %1, %2") : tr("with %1, %2"))
                             .arg(QString::fromStdString(cause->kind == "deploy" && !cause->entity.empty() ? cause->entity : cause->title).left(80).simplified(), formatClock(cause->time, utc));
    list_->driftModel().setResults(answer_.results, movedWords, utc);
    if (!wanted_.isEmpty()) {
        for (const query::DriftResult& result : answer_.results)
            if (QString::fromStdString(result.feature.id()) == wanted_ || QString::fromStdString(result.feature.key) == wanted_)
                chosen_ = result.feature.id();
        wanted_.clear();
    }
    list_->choose(chosen_);
    if (const query::DriftResult* result = list_->chosen())
        chosen_ = result->feature.id();
    const size_t more = features_.size() > answer_.results.size() ? features_.size() - answer_.results.size() : 0;
    others_->setText(tr("Judge %1 other attributes and histograms").arg(more));
    others_->setVisible(more > 0 && !othersAsked_);
    listPanel_->showBody();
    showFeature();
}

void DriftView::showFeature() {
    const query::DriftResult* result = list_->chosen();
    if (!result || failed_)
        return;
    const query::DriftResult* beside = controlFor(result);
    trend_->show(answer_, *result, beside, events_);
    showStatistics(*result);
    showDistribution(*distributionPanel_, *distribution_, result, false);
    showDistribution(*controlPanel_, *control_, beside, true);
}

const query::DriftResult* DriftView::controlFor(const query::DriftResult* result) const {
    // A stable feature of the same requests: the user's own question first, else the one with most observations.
    const query::DriftResult* best = nullptr;
    for (const query::DriftResult& other : answer_.results) {
        if (other.verdict != analyze::DriftVerdict::kStable || (result && other.feature.id() == result->feature.id()) || !std::isfinite(other.statistics.ks))
            continue;
        if (other.feature.title == "User query length")
            return &other;
        best = !best || other.currentCount > best->currentCount ? &other : best;
    }
    return best;
}

void DriftView::showStatistics(const query::DriftResult& result) {
    statisticsPanel_->setTitle(tr("Statistics of %1").arg(QString::fromStdString(result.feature.title).simplified().toLower()));
    statisticsPanel_->setPartial(result.filterIgnored ? tr("scores are not filtered") : QString());
    if (!driftJudged(result)) {
        statisticsPanel_->showEmpty(result.nearlyUnique ? tr("Nearly every row has a value of its own: this is a name, not a category.")
                                                        : tr("%1 observations: under 200 on a side nothing is said.").arg(driftCounts(result)));
        return;
    }
    std::vector<std::vector<FactCell>> rows;
    for (const DriftStatisticRow& row : driftStatisticRows(result)) {
        FactCell name, value, threshold, mark;
        name.text = row.name;
        name.detail = row.formula;
        value.text = row.value;
        value.strong = true;
        threshold.text = row.threshold;
        threshold.muted = true;
        mark.mark = row.mark;
        mark.role = QLatin1String(row.role);
        rows.push_back({name, value, threshold, mark});
    }
    if (std::isfinite(result.statistics.ks)) {
        const double scale = driftScale(result.feature);
        for (const auto& [label, index] : {std::pair("p5", 0), std::pair("p50", 1), std::pair("p95", 2)}) {
            FactCell name, before, after, factor;
            name.text = QLatin1String(label);
            name.detail = driftUnit(result.feature);
            before.text = formatNumber(result.referenceQuantile[index] * scale);
            before.muted = true;
            after.text = formatNumber(result.currentQuantile[index] * scale);
            after.strong = true;
            rows.push_back({name, before, after, factor});
        }
    }
    statistics_->setRows(std::move(rows));
    statisticsPanel_->showBody();
}

void DriftView::showDistribution(Panel& panel, DistributionChart& chart, const query::DriftResult* result, bool control) {
    if (!result) {
        panel.setTitle(tr("Control"));
        panel.setWords({});
        panel.showEmpty(tr("No feature held: there is no control to compare with."));
        return;
    }
    const QString name = QString::fromStdString(result->feature.title).simplified();
    const bool numbers = std::isfinite(result->statistics.ks) && result->categories.empty();
    const double before = result->referenceQuantile[1], after = result->currentQuantile[1];
    if (!driftMoved(*result))
        panel.setTitle(driftJudged(*result) ? tr("%1: unchanged").arg(name) : tr("%1: not judged").arg(name));
    else if (numbers && before > 0 && result->feature.unit != "1" && result->feature.unit != "ratio")
        panel.setTitle(tr("%1: median %2").arg(name, formatFactor(before, after)));
    else
        panel.setTitle(tr("%1: %2").arg(name, driftChange(*result)));
    panel.setWords(control ? tr("the control") : result->scaleChange ? tr("one shape, moved whole: a changed scale?") : QString());
    DistributionData pair;
    pair.unit = driftUnit(result->feature);
    pair.scale = driftScale(result->feature);
    const auto count = [](double n) { return formatCount(static_cast<quint64>(std::max(0.0, std::round(n)))); };
    pair.referenceText = tr("reference %1").arg(count(result->referenceCount));
    pair.currentText = tr("current %1").arg(count(result->currentCount));
    pair.referenceMedian = numbers ? before : kNoValue;
    pair.currentMedian = numbers ? after : kNoValue;
    if (!result->categories.empty()) {
        for (const query::DriftCategory& category : result->categories) {
            pair.labels << QString::fromStdString(category.label);
            pair.reference << category.reference;
            pair.current << category.current;
            if (pair.labels.size() >= 14)
                break;
        }
    } else {
        pair.logarithmic = result->picture.logarithmic;
        pair.edges = QVector<double>(result->picture.edges.begin(), result->picture.edges.end());
        pair.reference = QVector<double>(result->picture.reference.begin(), result->picture.reference.end());
        pair.current = QVector<double>(result->picture.current.begin(), result->picture.current.end());
    }
    if (pair.bins() == 0) {
        panel.showEmpty(result->feature.source == query::DriftFeature::Source::kEmbedding ? tr("Vectors have no axis to draw: see the statistics.") : tr("No observations in either window."));
        return;
    }
    chart.setData(pair);
    panel.showBody();
}

void DriftView::openRows(const query::DriftResult& result, const TimeRange& range, int bin) {
    using Source = query::DriftFeature::Source;
    const query::DriftFeature& feature = result.feature;
    const bool attribute = feature.source == Source::kSpanAttribute || feature.source == Source::kLogAttribute;
    std::string key = !feature.rowsKey.empty() ? feature.rowsKey : attribute ? feature.key : feature.source == Source::kEvaluation ? "gen_ai.evaluation.score.value" : "";
    const bool logs = feature.rowsAreLogs || feature.source == Source::kEvaluation;
    QString term;
    if (!key.empty() && bin >= 0) {
        if (!result.categories.empty() && static_cast<size_t>(bin) < result.categories.size())
            term = QString::fromStdString(query::searchTerm(key, result.categories[static_cast<size_t>(bin)].label, false));
        else if (static_cast<size_t>(bin) + 1 < result.picture.edges.size())
            term = QStringLiteral("%1:[%2 TO %3]").arg(QString::fromStdString(key)).arg(result.picture.edges[static_cast<size_t>(bin)], 0, 'g', 8).arg(result.picture.edges[static_cast<size_t>(bin) + 1], 0, 'g', 8);
    } else if (!key.empty()) {
        term = QString::fromStdString(key) + QStringLiteral(":*");
    }
    if (feature.source == Source::kEvaluation)
        term = QString::fromStdString(query::searchTerm("gen_ai.evaluation.name", feature.key, false)) + (bin >= 0 ? QLatin1Char(' ') + term : QString());
    const QString filter = context_.workspace.filterText();
    const QString joined = term.isEmpty() || filter.contains(term) ? filter : filter.isEmpty() ? term : QStringLiteral("(%1) %2").arg(filter, term);
    context_.workspace.setFilterText(joined);
    context_.workspace.setRange(range);
    context_.workspace.requestView(QLatin1String(logs ? links::kLogs : links::kTraces));
}

void DriftView::copy(int form) { QApplication::clipboard()->setText(driftCopy(answer_, static_cast<DriftCopy>(form))); }

bool DriftView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive();
    return !waiting && !askingFeatures_ && !asking_ && !askingEvents_;
}

void DriftView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString DriftView::summary() const { return listPanel_->bodyShown() ? listPanel_->title() + QStringLiteral(" — ") + trend_->title() : listPanel_->message(); }

namespace {

QString driftNeeds(const query::CapsuleInfo& info) {
    return info.spans > 0 || info.histograms > 0 || info.logs > 0 || info.samples > 0 ? QString() : DriftView::tr("Drift needs spans, logs or histograms with values to compare.");
}

View* createDrift(const ViewContext& context, QWidget* parent) { return new DriftView(context, parent); }

}  // namespace

extern const ViewFactory drift_view;
const ViewFactory drift_view{"drift", QT_TRANSLATE_NOOP("View", "Drift"), "⇄", driftNeeds, createDrift};

}  // namespace nj::ui

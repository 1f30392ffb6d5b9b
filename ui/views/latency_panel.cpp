#include "views/latency_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "query/objectives.h"
#include "theme/number_format.h"
#include "views/whole_capsule.h"
#include "widgets/chart_choice.h"
#include "widgets/legend_table.h"
#include "widgets/time_axis.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

const std::vector<double> kQuantiles = {0.5, 0.95, 0.99};
constexpr int kPanelColumns = 240;
constexpr int kLegendRows = 4;
constexpr size_t kMostMeasures = 200;

// The most separating key; of the few that separate alike (a service, its pod, its address) the one a person calls it by.
QString firstSplit(const std::vector<std::string>& splits) {
    constexpr size_t kAlike = 4;
    for (const char* named : {"service", "service.name", "replica", "pod", "k8s.pod.name", "job"})
        for (size_t i = 0; i < std::min(splits.size(), kAlike); ++i)
            if (splits[i] == named)
                return QString::fromStdString(splits[i]);
    return QString::fromStdString(splits.front());
}

}  // namespace

LatencyPanel::LatencyPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.unit);
    chart_ = new TimeChart(context.workspace, context.theme, body);
    chart_->setObjectName(QStringLiteral("latencyChart"));
    chart_->setMinimumHeight(140);
    legend_ = new LegendTable(context.theme, body);
    legend_->setObjectName(QStringLiteral("latencyLegend"));
    legend_->setMostRows(kLegendRows);
    column->addWidget(chart_, 1);
    column->addWidget(legend_);
    setBody(body);
    showBody();
    buildControls();
    setTitle(tr("Latency"));
    connect(legend_, &LegendTable::hiddenChanged, this, &LatencyPanel::showHidden);
    connect(chart_, &ChartFrame::pointClicked, this, [this](TimeNs time, int series, double) {
        const QVector<QVector<int>> groups = picture().seriesOfGroups();
        QString group;
        for (qsizetype g = 0; g < groups.size(); ++g)
            if (groups[g].contains(series))
                group = QString::fromStdString(answer_.groups[static_cast<size_t>(g)].label);
        Q_EMIT spikeClicked(time, group);
    });
    connect(&context_.workspace, &Workspace::cursorChanged, this, &LatencyPanel::showCursor);
    connect(&book_, &AnnotationBook::changed, this, [this] {
        if (!asking_)
            show();
    });
}

void LatencyPanel::buildControls() {
    measureBox_ = new QComboBox(this);
    measureBox_->setObjectName(QStringLiteral("measure"));
    measureBox_->setAccessibleName(tr("Measure"));
    measureBox_->setMaximumWidth(240);
    splitBox_ = new QComboBox(this);
    splitBox_->setObjectName(QStringLiteral("split"));
    splitBox_->setAccessibleName(tr("Split by"));
    splitBox_->setMaximumWidth(200);
    for (QComboBox* box : {measureBox_, splitBox_}) {
        box->setFont(context_.theme.table);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        box->setMaxVisibleItems(24);
        box->setMinimumWidth(112);
    }
    QStringList names;
    for (const double quantile : kQuantiles)
        names << quantileName(quantile);
    quantileChoice_ = new ChartChoice(names, false, context_.theme, this);
    quantileChoice_->choose(0);
    quantileChoice_->choose(2);
    scaleChoice_ = new ChartChoice({tr("log"), tr("linear")}, true, context_.theme, this);
    objective_ = new QPushButton(QStringLiteral("≤ …"), this);
    objective_->setAccessibleName(tr("Objective"));
    objective_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    objective_->setObjectName(QStringLiteral("objective"));
    objective_->setFont(context_.theme.table);
    connect(objective_, &QPushButton::clicked, this, [this] {
        if (const auto draft = objectiveDraft())
            book_.wantObjective(*draft);
    });
    for (QWidget* control : std::initializer_list<QWidget*>{measureBox_, splitBox_, quantileChoice_, scaleChoice_, objective_})
        controls()->addWidget(control);
    connect(measureBox_, &QComboBox::activated, this, [this](int index) {
        measure_ = measures_[static_cast<size_t>(index)];
        Q_EMIT measureChanged();
        refresh();
    });
    connect(splitBox_, &QComboBox::activated, this, [this](int index) {
        splitBy_ = splitBox_->itemData(index).toString();
        splitChosen_ = true;
        Q_EMIT splitChanged();
        refresh();
    });
    connect(quantileChoice_, &ChartChoice::changed, this, &LatencyPanel::show);
    connect(scaleChoice_, &ChartChoice::changed, this, &LatencyPanel::show);
}

void LatencyPanel::setMeasures(const std::vector<query::Measure>& measures) {
    measures_.assign(measures.begin(), measures.begin() + static_cast<std::ptrdiff_t>(std::min(measures.size(), kMostMeasures)));
    const QSignalBlocker block(measureBox_);
    measureBox_->clear();
    int current = -1;
    if (wanted_ && std::find(measures_.begin(), measures_.end(), *wanted_) != measures_.end())
        measure_ = *wanted_;
    wanted_.reset();
    for (size_t i = 0; i < measures_.size(); ++i) {
        measureBox_->addItem(measureTitle(measures_[i]));
        measureBox_->setItemData(static_cast<int>(i), tr("%1 observations").arg(formatCount(measures_[i].count)), Qt::AccessibleDescriptionRole);
        if (measure_ && measures_[i] == *measure_)
            current = static_cast<int>(i);
    }
    if (current < 0 && !measures_.empty()) {
        // What waits for the first token tells most about a serving system; else whole spans.
        const auto first = std::find_if(measures_.begin(), measures_.end(),
                                        [](const query::Measure& m) { return measureTitle(m).contains(QLatin1String("first token"), Qt::CaseInsensitive); });
        current = first == measures_.end() ? 0 : static_cast<int>(first - measures_.begin());
        measure_ = measures_[static_cast<size_t>(current)];
        Q_EMIT measureChanged();
    }
    measureBox_->setCurrentIndex(current);
    for (QComboBox* box : {measureBox_, splitBox_})
        box->setVisible(!measures_.empty());
    if (measures_.empty())
        showEmpty(tr("No spans, latency attributes or histograms in this capsule: there is nothing to take a latency of."), tr("Show what was read"),
                  [this] { context_.workspace.requestView(QStringLiteral("sources")); });
}

void LatencyPanel::chooseMeasure(const query::Measure& measure) {
    const auto known = std::find(measures_.begin(), measures_.end(), measure);
    if (known == measures_.end()) {
        wanted_ = measure;
        return;
    }
    if (measure_ == *known)
        return;
    measure_ = *known;
    measureBox_->setCurrentIndex(static_cast<int>(known - measures_.begin()));
    Q_EMIT measureChanged();
    refresh();
}

std::vector<Objective> LatencyPanel::objectives() const {
    std::vector<Objective> own;
    std::copy_if(book_.objectives().begin(), book_.objectives().end(), std::back_inserter(own), [this](const Objective& one) { return query::concerns(one, *measure_); });
    return own;
}

std::optional<Objective> LatencyPanel::objectiveDraft() const {
    if (!measure_)
        return {};
    if (const auto own = objectives(); !own.empty())
        return own.front();
    Objective draft;
    query::setMeasure(draft, *measure_);
    draft.filter = context_.workspace.filter().source;
    double shown = chart_->pointerValue().value_or(0);
    if (shown <= 0 && !answer_.groups.empty() && !answer_.groups.front().baseline.empty())
        shown = answer_.groups.front().baseline.back() * measure_->scale;
    if (shown > 0)   // two digits: nobody promises 2.4713 s
        draft.threshold = QString::number(shown / query::unitOf(draft).scale, 'g', 2).toDouble();
    return draft;
}

void LatencyPanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    show();
}

int LatencyPanel::rankOf(const QString& group) const {
    const auto& services = context_.workspace.info().services;
    if (std::find(services.begin(), services.end(), group.toStdString()) != services.end())
        return context_.workspace.serviceRank(group);
    for (size_t i = 0; i < answer_.groups.size(); ++i)
        if (QString::fromStdString(answer_.groups[i].label) == group)
            return answer_.groups[i].label == "others" ? -1 : static_cast<int>(i);
    return 0;
}

LatencyPicture LatencyPanel::picture() const {
    LatencyPicture picture{answer_, *measure_, kQuantiles, {}, splitBy_, scaleChoice_->chosen(0), context_.workspace.utc(),
                           context_.workspace.info().sampledShare, [this](const QString& group) { return rankOf(group); }, objectives(), cuts_};
    for (size_t i = 0; i < kQuantiles.size(); ++i)
        picture.shown.push_back(quantileChoice_->chosen(static_cast<int>(i)));
    return picture;
}

void LatencyPanel::refresh() {
    if (!measure_ || context_.workspace.range().empty())
        return;
    query::LatencyQuestion question;
    question.range = context_.workspace.range();
    question.baseline = context_.workspace.baseline();
    question.filter = context_.workspace.filter();
    question.measure = *measure_;
    question.splitBy = splitBy_.toStdString();
    question.quantiles = kQuantiles;
    question.columns = kPanelColumns;
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("latency/main"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.latency(question, stop); },
        [this](Result<query::LatencyAnswer>&& answer) { answerArrived(std::move(answer)); });
    askCuts();
}

// Requests that were given up have no value: asked beside, drawn when known.
void LatencyPanel::askCuts() {
    context_.queries.cancel(QStringLiteral("latency/cuts"));
    askingCuts_ = false;
    if (!endsAtDeadline(*measure_)) {
        cuts_.reset();
        Q_EMIT cutsChanged();
        return;
    }
    query::FailuresQuestion question;
    question.range = context_.workspace.range();
    question.filter = context_.workspace.filter();
    askingCuts_ = true;
    context_.queries.ask(
        QStringLiteral("latency/cuts"), this, [question](query::Backend& backend, std::stop_token stop) { return query::askFailures(backend, question, stop); },
        [this](Result<query::FailuresAnswer>&& answer) {
            askingCuts_ = false;
            cuts_ = answer.ok() ? latencyCuts(*answer) : std::nullopt;
            if (!asking_)
                show();
            Q_EMIT cutsChanged();
            Q_EMIT settledChanged();
        });
}

void LatencyPanel::answerArrived(Result<query::LatencyAnswer>&& answer) {
    asking_ = false;
    failed_ = !answer.ok();
    setBusy(false);
    if (!answer.ok()) {
        showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
        Q_EMIT settledChanged();
        return;
    }
    answer_ = std::move(*answer);
    offerSplits();
    if (!splitChosen_ && splitBy_.isEmpty() && !answer_.splits.empty()) {
        // The label that separates most is the first thing to look at.
        splitBy_ = firstSplit(answer_.splits);
        splitBox_->setCurrentIndex(splitBox_->findData(splitBy_));
        Q_EMIT splitChanged();
        refresh();
        return;
    }
    show();
    Q_EMIT settledChanged();
}

void LatencyPanel::offerSplits() {
    const QSignalBlocker block(splitBox_);
    splitBox_->clear();
    splitBox_->addItem(tr("not split"), QString());
    for (const std::string& key : answer_.splits)
        splitBox_->addItem(tr("by %1").arg(splitTitle(QString::fromStdString(key))), QString::fromStdString(key));
    int current = splitBox_->findData(splitBy_);
    if (current < 0) {
        splitBox_->addItem(tr("by %1").arg(splitTitle(splitBy_)), splitBy_);
        current = splitBox_->count() - 1;
    }
    splitBox_->setCurrentIndex(current);
}

void LatencyPanel::show() {
    if (!measure_ || measures_.empty() || failed_)
        return;
    if (answer_.n == 0) {
        const bool filtered = !context_.workspace.filter().matchesAll();
        const QString sentence = filtered ? tr("No observation of “%1” matches the filter in this range.") : tr("No observation of “%1” in this range.");
        showEmpty(sentence.arg(measureTitle(*measure_)), filtered ? tr("Clear the filter") : wholeCapsuleAction(context_.workspace), [this, filtered] {
            if (filtered)
                context_.workspace.setFilterText({});
            else
                context_.workspace.setRange(context_.workspace.all());
        });
        return;
    }
    const LatencyPicture now = picture();
    objective_->setToolTip(now.objectives.empty() ? tr("Set an objective on this measure (B)") : tr("Change the objective on this measure (B)"));
    setTitle(now.title());
    setWords(now.words());
    chart_->setData(now.chart(flags_));
    legend_->setRows(now.legend(context_.theme), shownUnit(*measure_), splitTitle(splitBy_.isEmpty() ? tr("all") : splitBy_), tr("n"));
    showHidden();
    showCursor();
    showBody();
}

void LatencyPanel::showCursor() {
    const auto cursor = context_.workspace.cursor();
    if (!measure_ || !cursor || answer_.groups.empty()) {
        legend_->setAtCursor({}, {});
        return;
    }
    legend_->setAtCursor(formatClock(*cursor, context_.workspace.utc(), cursorResolution(chart_->plotFrame().nsPerPixel())), picture().at(*cursor));
}

void LatencyPanel::showHidden() {
    if (!measure_)
        return;
    QSet<int> hidden;
    const QVector<QVector<int>> series = picture().seriesOfGroups();
    for (const int group : legend_->hidden())
        for (const int one : series.value(group))
            hidden.insert(one);
    chart_->setHidden(hidden);
}

}  // namespace nj::ui

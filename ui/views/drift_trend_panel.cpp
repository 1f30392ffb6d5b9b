#include "views/drift_trend_panel.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "models/drift_text.h"
#include "theme/number_format.h"
#include "widgets/chart_choice.h"
#include "widgets/chart_events.h"
#include "widgets/plain_label.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

struct DriftTrendPanelTr {
    Q_DECLARE_TR_FUNCTIONS(DriftTrendPanel)
};

constexpr DurationNs kWindows[] = {0, 5 * kMinute, 15 * kMinute, kHour};
constexpr size_t kMostTrendFlags = 12;

double valueOf(const query::DriftPoint& point, int statistic) {
    switch (statistic) {
    case 1: return point.jensenShannon;
    case 2: return point.ks;
    case 3: return point.wasserstein;
    default: return point.psi;
    }
}

// One step per window; windows that are not judged leave a gap. On a log scale zero has no place: it stands at the floor.
ChartSeries seriesOf(const query::DriftResult& result, int statistic, ChartSeries::Kind kind, double floor) {
    ChartSeries series;
    series.kind = kind;
    series.name = QString::fromStdString(result.feature.title).simplified();
    for (const query::DriftPoint& point : result.trend) {
        const double value = valueOf(point, statistic);
        series.values.push_back(std::isfinite(value) ? std::max(value, floor) : kNoValue);
    }
    return series;
}

ChartSeries stretched(const ChartSeries& series, DurationNs from, DurationNs to) {
    if (from <= to || to <= 0)
        return series;
    ChartSeries out = series;
    out.values.clear();
    for (const double value : series.values)
        for (DurationNs at = 0; at < from; at += to)
            out.values.push_back(value);
    return out;
}

ChartSeries band(double low, double high, const QColor& color, qsizetype columns) {
    ChartSeries series;
    series.kind = ChartSeries::Kind::kBand;
    series.color = color;
    series.low = QVector<double>(columns, low);
    series.values = QVector<double>(columns, high);
    return series;
}

// "at the deploy", "at the next rollout", "at 09:58".
QString atCause(const std::vector<query::EventMark>& events, TimeNs time, bool next, bool utc) {
    const query::EventMark* cause = causeAt(events, time);
    if (!cause || (cause->kind != "deploy" && cause->kind != "rollback"))
        return DriftTrendPanelTr::tr("at %1").arg(formatClock(time, utc));
    return cause->kind == "rollback" ? DriftTrendPanelTr::tr("at the rollback") : next ? DriftTrendPanelTr::tr("at the next rollout") : DriftTrendPanelTr::tr("at the deploy");
}

// What changed the system: deploys, rollbacks, configuration; one of a rollout's several events.
std::vector<query::EventMark> changesIn(const std::vector<query::EventMark>& events, const TimeRange& range) {
    std::vector<query::EventMark> out;
    for (const query::EventMark& event : events) {
        const bool change = event.kind == "deploy" || event.kind == "rollback" || event.kind == "config";
        const bool again = std::any_of(out.begin(), out.end(), [&](const query::EventMark& seen) { return seen.entity == event.entity && seen.kind == event.kind && event.time - seen.time < 10 * kMinute; });
        if (change && !again && range.contains(event.time) && out.size() < kMostTrendFlags)
            out.push_back(event);
    }
    return out;
}

QVector<ChartFlag> flagsOf(const std::vector<query::EventMark>& changes, bool utc) {
    QVector<ChartFlag> flags = chartFlags(changes, utc);
    for (size_t i = 0; i < changes.size() && i < static_cast<size_t>(flags.size()); ++i)
        if (!changes[i].entity.empty())   // shorter than the event's own title, and it fits
            flags[static_cast<qsizetype>(i)].label =
                QStringLiteral("%1 %2, %3").arg(formatClock(changes[i].time, utc), QString::fromStdString(changes[i].kind), QString::fromStdString(changes[i].entity).left(60).simplified());
    return flags;
}

}  // namespace

QString DriftTrendPicture::title() const {
    const QString name = QString::fromStdString(result.feature.title).simplified();
    if (result.verdict == analyze::DriftVerdict::kTooFew)
        return DriftTrendPanelTr::tr("%1: too few observations to judge").arg(name);
    if (result.verdict == analyze::DriftVerdict::kNoData)
        return DriftTrendPanelTr::tr("%1: nothing to compare").arg(name);
    if (!driftMoved(result))
        return DriftTrendPanelTr::tr("%1: unchanged").arg(name);
    if (!result.since)
        return DriftTrendPanelTr::tr("%1: moved").arg(name);
    if (*result.since <= current.from && !causeAt(events, *result.since) && !result.until)
        return DriftTrendPanelTr::tr("%1: apart over the whole window").arg(name);
    const QString leave = DriftTrendPanelTr::tr("%1: away %2").arg(name, atCause(events, *result.since, false, utc));
    return result.until ? DriftTrendPanelTr::tr("%1, back %2").arg(leave, atCause(events, *result.until, true, utc)) : leave;
}

QString DriftTrendPicture::words() const {
    double least = HUGE_VAL, most = 0;
    for (const query::DriftPoint& point : result.trend)
        if (std::isfinite(point.psi)) {
            least = std::min(least, point.n);
            most = std::max(most, point.n);
        }
    if (most == 0)
        return {};
    return DriftTrendPanelTr::tr("per %1, n %2 – %3").arg(formatLength(result.window), formatCount(static_cast<quint64>(least)), formatCount(static_cast<quint64>(most)));
}

TimeChartData DriftTrendPicture::chart(const Theme& theme) const {
    TimeChartData data;
    const bool embedding = result.feature.source == query::DriftFeature::Source::kEmbedding;
    const bool psi = statistic == 0;
    const analyze::DriftThresholds thresholds = embedding ? analyze::kEmbeddingThresholds : analyze::DriftThresholds{};
    const double moderate = psi ? thresholds.moderate : 0.1, drifted = psi ? thresholds.drifted : 0.1, floor = moderate / 50;
    data.title = title();
    data.description = words();
    data.yScale.log = true;
    if (result.trend.empty())
        return data;
    data.from = result.trend.front().from;
    data.width = result.window;
    // The finer of both windows is the column, so that both show as steps.
    const bool beside = control && !control->trend.empty() && control->window > 0 && control->feature.id() != result.feature.id() && control->trend.front().from == data.from;
    if (beside)
        data.width = std::min(data.width, control->window);
    const ChartSeries main = stretched(seriesOf(result, statistic, ChartSeries::Kind::kLine, floor), result.window, data.width);
    double top = drifted * 2;
    for (const double value : main.values)
        top = std::isfinite(value) ? std::max(top, value * 1.3) : top;
    data.yScale.low = floor;
    data.yScale.high = top;
    const qsizetype columns = main.values.size();
    if (drifted > moderate)
        data.series.push_back(band(moderate, drifted, theme.warning, columns));
    data.series.push_back(band(drifted, top, theme.error, columns));
    if (beside) {
        ChartSeries quiet = stretched(seriesOf(*control, statistic, ChartSeries::Kind::kDashedLine, floor), control->window, data.width);
        quiet.name = DriftTrendPanelTr::tr("%1 (control)").arg(quiet.name);
        quiet.color = theme.muted;
        data.series.push_back(quiet);
    }
    data.series.push_back(main);
    data.series.back().emphasised = true;
    if (drifted > moderate)
        data.marks.limits.push_back({moderate, DriftTrendPanelTr::tr("%1 moderate").arg(moderate), ChartRole::kWarning, false});
    data.marks.limits.push_back({drifted, DriftTrendPanelTr::tr("%1 drifted").arg(drifted), ChartRole::kError, false});
    data.marks.windows.push_back({reference, ChartRole::kMuted, DriftTrendPanelTr::tr("reference")});
    data.marks.windows.push_back({current, ChartRole::kAccent, DriftTrendPanelTr::tr("current")});
    data.marks.flags = flagsOf(changesIn(events, {data.from, result.trend.back().to}), utc);
    return data;
}

DriftTrendPanel::DriftTrendPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    chart_ = new TimeChart(context.workspace, context.theme, this);
    chart_->setObjectName(QStringLiteral("driftTrend"));
    chart_->setMinimumHeight(150);
    chart_->setDrag(ChartDrag::kBrush);
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.unit);
    auto* row = new QHBoxLayout;
    row->setSpacing(context.theme.unit);
    legend_ = new PlainLabel({}, context.theme.caption, "muted", body);
    legend_->setElided(true);
    row->addWidget(legend_, 1);
    row->addWidget(new PlainLabel(tr("a drag sets"), context.theme.caption, "muted", body));
    column->addLayout(row);
    column->addWidget(chart_, 1);
    setBody(body);
    statistic_ = new ChartChoice({QStringLiteral("PSI"), QStringLiteral("JS"), QStringLiteral("KS"), QStringLiteral("W₁")}, true, context.theme, this);
    statistic_->setAccessibleName(tr("Statistic of the trend"));
    window_ = new QComboBox(this);
    window_->setAccessibleName(tr("Width of a window of the trend"));
    for (const DurationNs window : kWindows)
        window_->addItem(window == 0 ? tr("fitting") : formatLength(window));
    drag_ = new ChartChoice({tr("reference"), tr("current")}, true, context.theme, this);
    drag_->setAccessibleName(tr("What a drag over the trend sets"));
    drag_->setToolTip(tr("A drag over the trend sets this window"));
    controls()->addWidget(statistic_);
    controls()->addWidget(window_);
    drag_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    row->addWidget(drag_);
    connect(statistic_, &ChartChoice::changed, this, &DriftTrendPanel::statisticChanged);
    connect(window_, &QComboBox::activated, this, &DriftTrendPanel::windowChanged);
    connect(chart_, &ChartFrame::brushChanged, this, [this] {
        const auto brush = chart_->brush();
        if (!brush)
            return;
        chart_->setBrush(std::nullopt);   // the windows' own shading shows it from here on
        Q_EMIT rangeMarked(*brush, dragSetsCurrent());
    });
    connect(chart_, &ChartFrame::pointClicked, this, [this](TimeNs time, int, double) {
        for (const query::DriftPoint& point : trend_)
            if (time >= point.from && time < point.to)
                Q_EMIT windowOpened({point.from, point.to});
    });
}

DurationNs DriftTrendPanel::window() const { return kWindows[std::max(window_->currentIndex(), 0)]; }
bool DriftTrendPanel::dragSetsCurrent() const { return drag_->chosen(1); }

void DriftTrendPanel::show(const query::DriftAnswer& answer, const query::DriftResult& result, const query::DriftResult* control, const std::vector<query::EventMark>& events) {
    const DriftTrendPicture picture{result, control, answer.reference, answer.current, events, std::max(statistic_->first(), 0), context_.workspace.utc()};
    trend_ = result.trend;
    setTitle(picture.title());
    setWords({});
    const QString beside = control && control->feature.id() != result.feature.id() ? tr("; dashed: %1, the control").arg(QString::fromStdString(control->feature.title).simplified().toLower()) : QString();
    legend_->setPlain(picture.words() + beside);
    chart_->setFixedRange(trend_.empty() ? answer.trend : TimeRange{trend_.front().from, trend_.back().to});
    chart_->setData(picture.chart(context_.theme));
    chart_->setAccessibleName(picture.title());
    showBody();
}

}  // namespace nj::ui

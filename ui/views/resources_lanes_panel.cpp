#include "views/resources_lanes_panel.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "views/overview_strips.h"
#include "widgets/plain_label.h"
#include "widgets/resources_picture.h"
#include "widgets/strip_stack.h"

namespace nj::ui {
namespace {

using query::ResourceGrid;
using query::ResourceIdentity;
using query::ResourceRow;

constexpr int kLaneColumns = 560;
constexpr double kLimitNear = 0.75;   // a limit farther away than this share of it would squeeze the data

QString lanesTr(const char* text) { return QCoreApplication::translate("nj::ui::ResourcesView", text); }

std::vector<std::string> metricsFor(EntityKind kind) {
    switch (kind) {
    case EntityKind::kGpu: return {"temperature", "sm_clock", "kv_cache", "waiting"};
    case EntityKind::kReplica: return {"kv_cache", "waiting", "running", "preemptions"};
    case EntityKind::kHost: return {"cpu", "memory", "disk_used", "disk_busy"};
    default: return {"container_cpu", "container_memory", "container_throttled", "container_network_in"};
    }
}

// The row itself, or the replica it serves.
int ownRow(const ResourceGrid& grid, const ResourceIdentity& identity) {
    for (size_t i = 0; i < grid.rows.size(); ++i) {
        const ResourceIdentity& other = grid.rows[i].identity;
        const bool same = other.kind == identity.kind ? other.key == identity.key : !identity.pod.empty() && other.pod == identity.pod;
        if (same)
            return static_cast<int>(i);
    }
    return -1;
}

QVector<double> valuesOf(const ResourceGrid& grid, size_t row) {
    QVector<double> out;
    for (const float v : grid.rows[row].mean)
        out.push_back(static_cast<double>(v));
    return out;
}

struct Peers {
    QVector<double> low, high;
    size_t count = 0;
};

// GPUs of the same replica, else everything of the kind.
Peers peersOf(const ResourceGrid& grid, size_t own) {
    Peers peers;
    peers.low.fill(kNoValue, static_cast<qsizetype>(grid.columns));
    peers.high = peers.low;
    const ResourceIdentity& me = grid.rows[own].identity;
    const auto alike = [&](size_t i, bool group) { return i != own && (!group || (grid.rows[i].identity.host == me.host && grid.rows[i].identity.group == me.group)); };
    bool group = me.kind == EntityKind::kGpu;
    if (group) {
        size_t inGroup = 0;
        for (size_t i = 0; i < grid.rows.size(); ++i)
            inGroup += alike(i, true) ? 1 : 0;
        group = inGroup > 0;
    }
    for (size_t i = 0; i < grid.rows.size(); ++i) {
        if (!alike(i, group))
            continue;
        ++peers.count;
        for (size_t c = 0; c < grid.columns; ++c) {
            const auto v = static_cast<double>(grid.rows[i].mean[c]);
            double& low = peers.low[static_cast<qsizetype>(c)];
            double& high = peers.high[static_cast<qsizetype>(c)];
            if (std::isnan(v))
                continue;
            low = std::isnan(low) || v < low ? v : low;
            high = std::isnan(high) || v > high ? v : high;
        }
    }
    return peers;
}

QString unitOf(const ResourceGrid& grid) { return grid.metric.unit == "ratio" ? QStringLiteral("%") : oneLine(grid.metric.unit, 120); }

void scaleBy(QVector<double>& values, double factor) {
    for (double& v : values)
        v *= factor;
}

Strip stripOf(const ResourceGrid& grid, size_t own, const Theme& theme) {
    const ResourceRow& row = grid.rows[own];
    const double factor = grid.metric.unit == "ratio" ? 100 : 1;
    Strip strip;
    strip.title = oneLine(row.identity.name, 120) + QLatin1Char(' ') + (grid.metric.title.size() > 1 && std::isupper(static_cast<unsigned char>(grid.metric.title[1])) ? oneLine(grid.metric.title, 120) : oneLine(grid.metric.title, 120).toLower());
    TimeChartData& chart = strip.chart;
    chart.from = grid.from;
    chart.width = grid.width;
    const QString unit = unitOf(grid);
    // The axis is narrow and the name beside it has the unit.
    chart.unit = unit == u"MHz" || unit == u"W" ? QString() : unit;
    chart.title = strip.title;
    const bool fromZero = grid.metric.unit != "MHz" && grid.metric.unit != "°C" && grid.metric.unit != "W";
    chart.yScale.fromZero = fromZero;
    chart.yScale.binary = grid.metric.unit == "By";
    if (grid.metric.unit == "ratio")
        chart.yScale.high = 100;
    strip.words = (unit.isEmpty() ? lanesTr("requests") : unit) + (fromZero ? QString() : lanesTr(", not from 0"));
    Peers peers = peersOf(grid, own);
    if (peers.count > 0) {
        scaleBy(peers.low, factor);
        scaleBy(peers.high, factor);
        ChartSeries band;
        band.name = peers.count == 1 ? lanesTr("its peer") : lanesTr("%1 peers").arg(peers.count);
        band.color = theme.muted;
        if (peers.count == 1) {
            band.kind = ChartSeries::Kind::kLine;
            band.values = peers.high;
            for (const ResourceRow& other : grid.rows)
                if (other.identity.key != row.identity.key)
                    band.name = oneLine(other.identity.name, 120);
        } else {
            band.kind = ChartSeries::Kind::kBand;
            band.values = peers.high;
            band.low = peers.low;
        }
        chart.series.push_back(band);
    }
    ChartSeries line;
    line.name = oneLine(row.identity.name, 120);
    line.color = theme.series.value(0);
    line.values = valuesOf(grid, own);
    scaleBy(line.values, factor);
    line.emphasised = true;
    chart.series.push_back(line);
    strip.rows.push_back({line.color, line.name, unit, line.values, std::nan("")});
    if (peers.count > 0)
        strip.rows.push_back({theme.muted, chart.series.front().name, unit, peers.high, std::nan("")});
    const double highest = *std::max_element(line.values.begin(), line.values.end(), [](double a, double b) { return (std::isnan(a) ? -HUGE_VAL : a) < (std::isnan(b) ? -HUGE_VAL : b); });
    if (std::isfinite(row.limit) && highest > kLimitNear * row.limit)
        chart.marks.limits.push_back({row.limit, lanesTr("limit %1 °C").arg(row.limit), ChartRole::kWarning, true});
    return strip;
}

}  // namespace

QVector<Strip> resourceStrips(const std::vector<ResourceGrid>& grids, const ResourceIdentity& identity, const QVector<ChartFlag>& flags, const Theme& theme) {
    QVector<Strip> strips;
    for (const ResourceGrid& grid : grids) {
        const int own = ownRow(grid, identity);
        if (own < 0)
            continue;
        Strip strip = stripOf(grid, static_cast<size_t>(own), theme);
        strip.chart.marks.flags = flags;
        strip.chart.marks.flagLabels = false;   // the heatmap above has the words
        strips.push_back(std::move(strip));
    }
    return strips;
}

ResourcesLanesPanel::ResourcesLanesPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    setObjectName(QStringLiteral("resourceLanes"));
    stack_ = new StripStack(context.workspace, context.theme, nullptr, {130, 150});
    setBody(stack_);
    setTitle(lanesTr("The chosen row"));
    connect(stack_, &StripStack::flagClicked, this, &ResourcesLanesPanel::flagClicked);
}

void ResourcesLanesPanel::clear() {
    context_.queries.cancel(QStringLiteral("resources/lanes"));
    asking_ = false;
    grids_.clear();
    showEmpty(lanesTr("Nothing to show beside: no row is there."));
    Q_EMIT settledChanged();
}

void ResourcesLanesPanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    if (!grids_.empty())
        show();
}

void ResourcesLanesPanel::refresh(const ResourceIdentity& identity) {
    identity_ = identity;
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("resources/lanes"), this,
        [kind = identity.kind, range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) -> Result<std::vector<ResourceGrid>> {
            std::vector<ResourceGrid> grids;
            for (const std::string& metric : metricsFor(kind)) {
                NJ_ASSIGN(ResourceGrid grid, query::askResourceGrid(backend, {metric, range, kLaneColumns, {}, false}, stop));
                if (!grid.rows.empty())
                    grids.push_back(std::move(grid));
            }
            return grids;
        },
        [this](Result<std::vector<ResourceGrid>>&& answer) {
            asking_ = false;
            setBusy(false);
            if (answer.ok()) {
                grids_ = std::move(*answer);
                show();
            } else {
                showError(QString::fromStdString(answer.error().message), lanesTr("Try again"), [this] { refresh(identity_); });
            }
            Q_EMIT settledChanged();
        });
}

void ResourcesLanesPanel::show() {
    const QVector<Strip> strips = resourceStrips(grids_, identity_, flags_, context_.theme);
    const QString group = oneLine(identity_.group, 120);
    setTitle(oneLine(identity_.name, 120) + (identity_.kind == EntityKind::kGpu && !group.isEmpty() ? lanesTr(", and %1 which it serves").arg(group) : QString()));
    if (strips.isEmpty()) {
        setWords({});
        showEmpty(lanesTr("None of its usual metrics has samples here."));
        return;
    }
    uint64_t samples = 0;
    DurationNs step = 0;
    for (const ResourceGrid& grid : grids_)
        if (const int own = ownRow(grid, identity_); own >= 0) {
            samples = std::max(samples, grid.rows[static_cast<size_t>(own)].samples);
            step = std::max(step, grid.step);
        }
    setWords(lanesTr("n = %1 a lane").arg(formatCount(samples)) + (step > 0 ? lanesTr(" · every %1").arg(formatLength(step)) : QString()) + lanesTr(" · peers in grey"));
    stack_->setStrips(strips);
    showBody();
}

}  // namespace nj::ui

#include "widgets/resources_picture.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

using query::ResourceGrid;
using query::ResourceMark;
using query::ResourceMetricInfo;
using query::ResourceRow;

constexpr double kFullClock = 0.95, kDeepest = 0.6;   // share of the own maximum that is as it should be; the deepest colour

QString pictureTr(const char* text) { return QCoreApplication::translate("nj::ui::ResourcesView", text); }

bool asShare(const ResourceMetricInfo& metric, const ResourceShow& show) { return metric.ofOwnMaximum && show.share; }

// Values of departures are shares where the metric is compared as one.
QString compared(const ResourceMetricInfo& metric, double value) { return resourceText(metric, value, metric.ofOwnMaximum); }

QString between(const ResourceMetricInfo& metric, double low, double high) {
    const QString a = compared(metric, low), b = compared(metric, high);
    if (a == b)
        return a;
    // The unit once: "98 – 100 %".
    const auto space = b.lastIndexOf(QLatin1Char(' '));
    const auto hard = b.lastIndexOf(QChar(0x00A0));
    const auto cut = std::max(space, hard);
    const QString unit = cut > 0 ? b.mid(cut) : QString();
    return (!unit.isEmpty() && a.endsWith(unit) ? a.left(a.size() - unit.size()) : a) + QStringLiteral(" – ") + b;
}

double worstOf(const ResourceGrid& grid, size_t row, const ResourceShow& show) {
    double worst = kNoValue;
    for (size_t c = 0; c < grid.columns; ++c)
        if (const double v = resourceValue(grid, row, c, show); !std::isnan(v) && (std::isnan(worst) || (grid.metric.lowerIsWorse ? v < worst : v > worst)))
            worst = v;
    return worst;
}

QString kindName(EntityKind kind, size_t count) {
    switch (kind) {
    case EntityKind::kGpu: return count == 1 ? pictureTr("GPU") : pictureTr("GPUs");
    case EntityKind::kReplica: return count == 1 ? pictureTr("replica") : pictureTr("replicas");
    case EntityKind::kHost: return count == 1 ? pictureTr("host") : pictureTr("hosts");
    default: return count == 1 ? pictureTr("pod") : pictureTr("pods");
    }
}

HeatMark markOf(const ResourceMark& mark, TimeRange shown, bool utc) {
    HeatMark out;
    out.time = mark.time;
    out.end = mark.end;
    out.text = qText(mark.text);
    const bool grave = mark.severity >= 17;
    switch (mark.kind) {
    case ResourceMark::Kind::kThrottle:
        out.end = 0;
        out.text += QStringLiteral(", ") + formatRange({mark.time, std::max(mark.end, mark.time + kSecond)}, utc);
        break;
    case ResourceMark::Kind::kThrottleBurst: out.small = true; break;
    case ResourceMark::Kind::kInferredThrottle:
        out.end = 0;
        out.hollow = true;
        break;
    case ResourceMark::Kind::kXid:
        out.label = QString::number(mark.code);
        out.role = grave ? ChartRole::kError : ChartRole::kMuted;
        if (mark.time < shown.from)
            out.text += pictureTr(", since %1").arg(formatClock(mark.time, utc));
        break;
    case ResourceMark::Kind::kRestart:
        out.label = QStringLiteral("↻");
        out.role = ChartRole::kError;
        break;
    case ResourceMark::Kind::kOutOfMemory:
        out.label = QStringLiteral("OOM");
        out.role = ChartRole::kError;
        break;
    }
    return out;
}

QString headingOf(const query::ResourceIdentity& identity) {
    QStringList parts;
    if (!identity.host.empty() && identity.kind != EntityKind::kHost)
        parts << qText(identity.host);
    if (!identity.group.empty())
        parts << qText(identity.group);
    return parts.join(QStringLiteral(" › ")).left(200);
}

// "4 GPUs · NVIDIA H100 80GB HBM3"
QString groupNote(const ResourceGrid& grid, const std::vector<size_t>& order, size_t first) {
    const QString heading = headingOf(grid.rows[order[first]].identity);
    size_t count = 0;
    QString model;
    bool one = true;
    for (size_t i = first; i < order.size() && headingOf(grid.rows[order[i]].identity) == heading; ++i, ++count) {
        const QString its = qText(grid.rows[order[i]].identity.model);
        one = one && (count == 0 || its == model);
        model = its;
    }
    return QStringLiteral("%1 %2").arg(count).arg(kindName(grid.metric.rows, count)) + (one && !model.isEmpty() ? QStringLiteral(" · ") + model.left(80) : QString());
}

}  // namespace

QString resourceText(const ResourceMetricInfo& metric, double value, bool share) {
    if (std::isnan(value))
        return QStringLiteral("–");
    if (share || metric.unit == "ratio")
        return QString::number(std::lround(value * 100)) + QStringLiteral(" %");
    const QString unit = qText(metric.unit);
    if (unit == u"MHz" || unit == u"W" || unit == u"°C")
        return formatCount(static_cast<quint64>(std::max(0.0, std::round(value)))) + QLatin1Char(' ') + unit;
    if (unit == u"By/s")
        return formatValue(value, QStringLiteral("By")) + QStringLiteral("/s");
    return formatValue(value, unit);
}

double resourceValue(const ResourceGrid& grid, size_t row, size_t column, const ResourceShow& show) {
    const ResourceRow& r = grid.rows[row];
    const std::vector<float>& list = !show.worst ? r.mean : grid.metric.lowerIsWorse ? r.low : r.high;
    const double value = column < list.size() ? static_cast<double>(list[column]) : kNoValue;
    return asShare(grid.metric, show) && r.ownMaximum > 0 ? value / r.ownMaximum : value;
}

HeatScale resourceScale(const std::vector<const ResourceGrid*>& grids, const ResourceShow& show) {
    HeatScale scale;
    if (grids.empty())
        return scale;
    const ResourceMetricInfo& metric = grids.front()->metric;
    if (metric.ofOwnMaximum) {
        double most = 1;
        if (!show.share)
            for (const ResourceGrid* grid : grids)
                for (const ResourceRow& row : grid->rows)
                    most = std::max(most, row.ownMaximum);
        return {HeatScale::Kind::kShortfall, kDeepest * most, kFullClock * most};
    }
    if (metric.unit == "ratio")
        return scale;
    std::vector<double> seen;
    for (const ResourceGrid* grid : grids)
        for (size_t r = 0; r < grid->rows.size(); ++r)
            for (size_t c = 0; c < grid->columns; ++c)
                if (const double v = resourceValue(*grid, r, c, show); std::isfinite(v))
                    seen.push_back(v);
    if (seen.empty())
        return scale;
    const auto at = [&](double share) {
        const auto place = seen.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(seen.size() - 1));
        std::nth_element(seen.begin(), place, seen.end());
        return *place;
    };
    // One wild sample must not flatten the rest; temperature and power have no meaningful zero to start from.
    scale.low = metric.unit == "°C" || metric.unit == "W" ? at(0.005) : 0;
    scale.high = std::max(at(0.995), scale.low + (metric.unit == "°C" ? 10 : 1e-9));
    return scale;
}

std::vector<size_t> resourceOrder(const ResourceGrid& grid, const ResourceShow& show) {
    std::vector<size_t> order(grid.rows.size());
    std::iota(order.begin(), order.end(), size_t{0});
    if (show.order == ResourceOrder::kUnlike) {
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return grid.rows[a].departure.score > grid.rows[b].departure.score; });
    } else if (show.order == ResourceOrder::kValue) {
        std::vector<double> worst;
        for (size_t r = 0; r < grid.rows.size(); ++r) {
            const double v = worstOf(grid, r, show);
            worst.push_back(std::isnan(v) ? HUGE_VAL : grid.metric.lowerIsWorse ? v : -v);
        }
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return worst[a] < worst[b]; });
    }
    return order;
}

HeatRows resourceRows(const ResourceGrid& grid, TimeRange shown, const ResourceShow& show, const HeatScale& scale, bool utc) {
    HeatRows out;
    out.from = grid.from;
    out.width = grid.width;
    out.columns = static_cast<int>(grid.columns);
    out.shown = shown;
    out.scale = scale;
    out.text = [metric = grid.metric, share = asShare(grid.metric, show)](double value) { return resourceText(metric, value, share); };
    const double top = grid.mostUnlike < 0 ? 0 : grid.rows[static_cast<size_t>(grid.mostUnlike)].departure.score;
    const std::vector<size_t> order = resourceOrder(grid, show);
    QString last;
    for (size_t i = 0; i < order.size(); ++i) {
        const ResourceRow& row = grid.rows[order[i]];
        HeatRow line;
        line.key = qText(row.identity.key);
        line.name = qText(row.identity.name).left(200);
        line.detail = resourceDetail(row.identity);
        line.strong = row.departure.score > 0 && row.departure.score >= top / 4;
        const QString heading = headingOf(row.identity);
        if (show.order == ResourceOrder::kHierarchy && heading != last) {
            line.heading = heading;
            line.headingNote = groupNote(grid, order, i);
        } else if (show.order != ResourceOrder::kHierarchy && !heading.isEmpty()) {
            line.name += QStringLiteral(" · ") + heading;
        }
        last = heading;
        line.values.resize(grid.columns);
        for (size_t c = 0; c < grid.columns; ++c)
            line.values[c] = static_cast<float>(resourceValue(grid, order[i], c, show));
        for (const ResourceMark& mark : row.marks)
            line.marks.push_back(markOf(mark, shown, utc));
        out.rows.push_back(std::move(line));
    }
    return out;
}

QString resourceHeadline(const ResourceGrid& grid, bool utc) {
    const ResourceMetricInfo& metric = grid.metric;
    const QString title = qText(metric.title);
    if (grid.rows.empty())
        return title;
    const ResourceShow show;
    if (grid.mostUnlike >= 0) {
        const ResourceRow& row = grid.rows[static_cast<size_t>(grid.mostUnlike)];
        const query::ResourceDeparture& d = row.departure;
        const bool lower = d.own < d.peersLow;
        const QString value = metric.ofOwnMaximum ? pictureTr("%1 of its own maximum %2").arg(compared(metric, d.own), title.size() > 2 && title.at(1).isLower() ? title.toLower() : title)
                                                  : compared(metric, d.own);
        const QString name = qText(row.identity.name).left(80);
        const QString when = d.throughout ? pictureTr("throughout") : pictureTr("from %1").arg(formatClock(d.stretch.from, utc));
        QString text;
        if (metric.ofOwnMaximum)
            text = d.throughout ? pictureTr("%1 is at %2 %3").arg(name, value, when) : lower ? pictureTr("%1 falls to %2 %3").arg(name, value, when) : pictureTr("%1 rises to %2 %3").arg(name, value, when);
        else
            text = d.throughout ? pictureTr("%1: %2 is at %3 %4").arg(name, title, value, when) : lower ? pictureTr("%1: %2 falls to %3 %4").arg(name, title, value, when) : pictureTr("%1: %2 rises to %3 %4").arg(name, title, value, when);
        const size_t others = grid.rows.size() - 1;
        if (std::isfinite(d.peersLow) && std::isfinite(d.peersHigh) && others > 0)
            text += pictureTr("; the other %1 hold %2").arg(others).arg(between(metric, d.peersLow, d.peersHigh));
        return text;
    }
    double low = kNoValue, high = kNoValue;
    for (size_t r = 0; r < grid.rows.size(); ++r)
        for (size_t c = 0; c < grid.columns; ++c) {
            const double v = resourceValue(grid, r, c, {metric.ofOwnMaximum, false, ResourceOrder::kHierarchy});
            low = std::isnan(low) || v < low ? v : low;
            high = std::isnan(high) || v > high ? v : high;
        }
    if (std::isnan(low))
        return pictureTr("%1: no sample in this range").arg(title);
    const QString span = between(metric, low, high);
    if (grid.rows.size() == 1)
        return pictureTr("%1 of %2: %3").arg(title, qText(grid.rows.front().identity.name).left(80), span);
    if (grid.rows.size() == 2)
        return pictureTr("%1: %2 reaches %3, %4 %5").arg(title, qText(grid.rows[0].identity.name).left(60), compared(metric, worstOf(grid, 0, show)), qText(grid.rows[1].identity.name).left(60),
                                                  compared(metric, worstOf(grid, 1, show)));
    return pictureTr("%1: %2 on all %3 %4, none departs from its peers").arg(title, span).arg(grid.rows.size()).arg(kindName(metric.rows, grid.rows.size()));
}

QString resourceChipWords(const ResourceGrid& grid) {
    const ResourceMetricInfo& metric = grid.metric;
    const ResourceShow show;
    if (grid.mostUnlike >= 0) {
        const ResourceRow& row = grid.rows[static_cast<size_t>(grid.mostUnlike)];
        const query::ResourceDeparture& d = row.departure;
        const bool lower = d.own < d.peersLow;
        const double distance = lower ? d.peersLow - d.own : d.own - d.peersHigh;
        const QString name = qText(row.identity.name).left(40);
        if (!std::isfinite(distance) || distance <= 0)
            return pictureTr("%1 departs").arg(name);
        const QString by = metric.ofOwnMaximum || metric.unit == "ratio" ? pictureTr("%1 points").arg(std::lround(distance * 100)) : compared(metric, distance);
        if (metric.unit == "°C")
            return lower ? pictureTr("%1 is %2 cooler").arg(name, by) : pictureTr("%1 is %2 warmer").arg(name, by);
        return lower ? pictureTr("%1 is %2 lower").arg(name, by) : pictureTr("%1 is %2 higher").arg(name, by);
    }
    if (grid.rows.size() == 2)
        return pictureTr("%1 %2, %3 %4").arg(qText(grid.rows[0].identity.name).left(24), compared(metric, worstOf(grid, 0, show)), qText(grid.rows[1].identity.name).left(24), compared(metric, worstOf(grid, 1, show)));
    std::vector<double> middle;
    for (size_t r = 0; r < grid.rows.size(); ++r)
        for (size_t c = 0; c < grid.columns; ++c)
            if (const double v = resourceValue(grid, r, c, {metric.ofOwnMaximum, false, ResourceOrder::kHierarchy}); std::isfinite(v))
                middle.push_back(v);
    if (middle.empty())
        return pictureTr("no sample here");
    std::sort(middle.begin(), middle.end());
    const auto at = [&](double share) { return middle[static_cast<size_t>(share * static_cast<double>(middle.size() - 1))]; };
    const QString span = between(metric, at(0.01), at(0.99));
    return grid.rows.size() == 1 ? span : pictureTr("%1 on all %2").arg(span).arg(grid.rows.size());
}

QString resourceDetail(const query::ResourceIdentity& identity) {
    QStringList parts;
    for (const std::string* text : {&identity.host, &identity.group, &identity.pod, &identity.model, &identity.pci})
        if (!text->empty() && *text != identity.name && !parts.contains(qText(*text)))
            parts << qText(*text).left(120);
    return parts.join(QStringLiteral(", "));
}

QString resourceCsv(const ResourceGrid& grid, const ResourceShow& show) {
    const auto cell = [](const std::string& text) {
        QString out = qText(text);
        // A spreadsheet would run what begins with these.
        if (!out.isEmpty() && QStringLiteral("=+-@\t\r").contains(out.front()))
            out.prepend(QLatin1Char('\''));
        return QLatin1Char('"') + out.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
    };
    const QString unit = asShare(grid.metric, show) ? QStringLiteral("share of own maximum") : qText(grid.metric.unit);
    QString text = QStringLiteral("row,host,group,key,metric,unit");
    for (size_t c = 0; c < grid.columns; ++c)
        text += QLatin1Char(',') + qText(formatRfc3339(grid.from + static_cast<DurationNs>(c) * grid.width, 0));
    text += QLatin1Char('\n');
    for (const size_t r : resourceOrder(grid, show)) {
        const query::ResourceIdentity& identity = grid.rows[r].identity;
        text += cell(identity.name) + QLatin1Char(',') + cell(identity.host) + QLatin1Char(',') + cell(identity.group) + QLatin1Char(',') + cell(identity.key) + QLatin1Char(',') +
                cell(grid.metric.id) + QLatin1Char(',') + QLatin1Char('"') + unit + QLatin1Char('"');
        for (size_t c = 0; c < grid.columns; ++c) {
            const double v = resourceValue(grid, r, c, show);
            text += QLatin1Char(',') + (std::isnan(v) ? QString() : QString::number(v, 'g', 7));
        }
        text += QLatin1Char('\n');
    }
    return text;
}

}  // namespace nj::ui

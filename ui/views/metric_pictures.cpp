#include "views/metric_pictures.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(MetricsView)
};

constexpr size_t kMostBaselines = 3;   // more dashed levels would be a grid

QString q(const std::string& text) { return QString::fromStdString(text).left(300); }

QString lineName(const MetricPart& part, const query::MetricLine& line, bool several) {
    QString name = q(line.label);
    if (line.quantile > 0)
        name += (name.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("p") + QString::number(line.quantile * 100, 'g', 6);
    if (name.isEmpty())
        name = part.answer.combine == query::MetricCombine::kNone ? q(part.spec.name.toStdString()) : combineText(part.answer.combine);
    return several ? part.letter + QLatin1Char(' ') + name : name;
}

// By label, so that a line keeps its colour whatever the order.
std::vector<int> ranksOf(const query::MetricAnswer& answer) {
    std::vector<std::string> labels;
    for (const query::MetricLine& line : answer.lines)
        labels.push_back(line.label);
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    std::vector<int> ranks;
    for (const query::MetricLine& line : answer.lines)
        ranks.push_back(static_cast<int>(std::lower_bound(labels.begin(), labels.end(), line.label) - labels.begin()));
    return ranks;
}

double highestQuantile(const query::MetricAnswer& answer) {
    double highest = 0;
    for (const query::MetricLine& line : answer.lines)
        highest = std::max(highest, line.quantile);
    return highest;
}

// The one the title speaks about: the one asked for, else the one that departs most; of quantiles the highest.
size_t mainLine(const MetricPart& part) {
    const double top = highestQuantile(part.answer);
    size_t first = part.answer.lines.size();
    for (size_t i = 0; i < part.answer.lines.size(); ++i) {
        const query::MetricLine& line = part.answer.lines[i];
        if (line.quantile < top)
            continue;
        if (part.spec.series >= 0 && line.series == part.spec.series)
            return i;
        first = std::min(first, i);
    }
    return first == part.answer.lines.size() ? 0 : first;
}

bool countsFromZero(const MetricPart& part) {
    const std::string& unit = part.answer.unit;
    if (part.answer.reading != query::MetricReading::kValue || unit == "ratio" || unit == "%" || unit == "By" || part.answer.combine == query::MetricCombine::kCount)
        return true;
    double low = INFINITY, high = -INFINITY;
    for (const query::MetricLine& line : part.answer.lines) {
        low = std::fmin(low, std::fmin(line.min, line.baseline));
        high = std::fmax(high, std::fmax(line.max, line.baseline));
    }
    // A clock between 1,290 and 1,980 MHz is not told by its distance from zero.
    return !(low > 0.4 * high);
}

}  // namespace

QString promqlOf(const MetricSpec& spec, const query::MetricAnswer& answer) {
    static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z_:][A-Za-z0-9_:]*$"));
    QString matchers;
    // key:value terms; what is more than that stays behind.
    for (const QString& term : spec.labels.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const bool out = term.startsWith(QLatin1Char('-'));
        const QString key = term.mid(out ? 1 : 0).section(QLatin1Char(':'), 0, 0);
        QString value = term.section(QLatin1Char(':'), 1);
        value.remove(QLatin1Char('"'));
        if (!kPlain.match(key).hasMatch() || value.isEmpty() || value.contains(QLatin1Char('*')))
            continue;
        matchers += (matchers.isEmpty() ? QString() : QStringLiteral(",")) + key + (out ? QStringLiteral("!=\"") : QStringLiteral("=\"")) + value + QLatin1Char('"');
    }
    const auto selector = [&](const QString& name) {
        if (kPlain.match(name).hasMatch())
            return name + (matchers.isEmpty() ? QString() : QLatin1Char('{') + matchers + QLatin1Char('}'));
        return QStringLiteral("{\"") + name + QLatin1Char('"') + (matchers.isEmpty() ? QString() : QLatin1Char(',') + matchers) + QLatin1Char('}');
    };
    QStringList by;
    for (const std::string& key : answer.by)
        by << QString::fromStdString(key);
    if (!spec.by.isEmpty())
        by = {spec.by};
    const QString range = QStringLiteral("[5m]");
    if (answer.reading == query::MetricReading::kQuantiles) {
        QStringList keys = by;
        keys.prepend(QStringLiteral("le"));
        return QStringLiteral("histogram_quantile(0.99, sum by (%1) (rate(%2%3)))").arg(keys.join(QStringLiteral(", ")), selector(spec.name + QStringLiteral("_bucket")), range);
    }
    const QString name = answer.histogram ? spec.name + QStringLiteral("_count") : spec.name;
    const QString read = answer.reading == query::MetricReading::kRate ? QStringLiteral("rate(%1%2)").arg(selector(name), range) : selector(name);
    const char* combine = nullptr;
    switch (spec.combine.value_or(answer.combine)) {
    case query::MetricCombine::kSum: combine = "sum"; break;
    case query::MetricCombine::kAvg: combine = "avg"; break;
    case query::MetricCombine::kMin: combine = "min"; break;
    case query::MetricCombine::kMax: combine = "max"; break;
    case query::MetricCombine::kCount: combine = "count"; break;
    default: break;
    }
    if (!combine)
        return read;
    return QLatin1String(combine) + (by.isEmpty() ? QString() : QStringLiteral(" by (%1)").arg(by.join(QStringLiteral(", ")))) + QStringLiteral(" (") + read + QLatin1Char(')');
}

std::pair<QString, double> shownMetricUnit(const std::string& unit) {
    const bool rate = unit.size() > 2 && unit.ends_with("/s");
    const std::string base = rate ? unit.substr(0, unit.size() - 2) : unit;
    const QString per = rate ? QStringLiteral("/s") : QString();
    if (base == "MiBy")
        return {QStringLiteral("By") + per, 1024.0 * 1024.0};
    if (base == "KiBy")
        return {QStringLiteral("By") + per, 1024.0};
    if (base == "Cel")
        return {QStringLiteral("°C") + per, 1};
    if (base == "1")
        return {per, 1};
    return {q(unit).left(24), 1};
}

QString combineText(query::MetricCombine combine) {
    switch (combine) {
    case query::MetricCombine::kNone: return Tr::tr("each series");
    case query::MetricCombine::kSum: return Tr::tr("sum");
    case query::MetricCombine::kAvg: return Tr::tr("avg");
    case query::MetricCombine::kMin: return Tr::tr("min");
    case query::MetricCombine::kMax: return Tr::tr("max");
    case query::MetricCombine::kP50: return Tr::tr("p50 of series");
    case query::MetricCombine::kP95: return Tr::tr("p95 of series");
    case query::MetricCombine::kCount: return Tr::tr("count of series");
    }
    return {};
}

QString MetricPicture::unit() const {
    const QString first = parts.empty() ? QString() : shownMetricUnit(parts.front()->answer.unit).first;
    const bool same = std::all_of(parts.begin(), parts.end(), [&](const MetricPart* part) { return shownMetricUnit(part->answer.unit).first == first; });
    return same ? first : QString();   // of several units the axis names none
}

int MetricPicture::seriesCount() const {
    int count = 0;
    for (const MetricPart* part : parts)
        count += static_cast<int>(part->answer.lines.size()) + (part->answer.exemplars.empty() ? 0 : 1);
    return count;
}

MetricPicture::Place MetricPicture::placeOf(int series) const {
    int row = 0;
    for (size_t p = 0; p < parts.size(); ++p) {
        const auto lines = static_cast<int>(parts[p]->answer.lines.size());
        if (series < lines)
            return {static_cast<int>(p), series, row + series};
        series -= lines;
        row += lines;
        if (!parts[p]->answer.exemplars.empty() && series-- == 0)
            return {static_cast<int>(p), -1, -1};
    }
    return {};
}

TimeChartData MetricPicture::chart(const QVector<ChartFlag>& flags) const {
    TimeChartData data;
    data.marks.flags = flags;
    data.unit = unit();
    data.title = title();
    data.description = words();
    data.yScale.log = log;
    data.yScale.binary = data.unit.startsWith(QLatin1String("By"));
    data.yScale.fromZero = stacked;
    int rankBase = 0;
    for (const MetricPart* part : parts) {
        const query::MetricAnswer& answer = part->answer;
        const double factor = shownMetricUnit(answer.unit).second;
        const std::vector<int> ranks = ranksOf(answer);
        const double top = highestQuantile(answer);
        const size_t main = mainLine(*part);
        if (data.width == 0) {
            data.from = answer.from;
            data.width = answer.width;
        }
        for (size_t i = 0; i < answer.lines.size(); ++i) {
            const query::MetricLine& line = answer.lines[i];
            ChartSeries series;
            series.kind = line.quantile < top ? ChartSeries::Kind::kThinLine : stacked ? ChartSeries::Kind::kArea : ChartSeries::Kind::kLine;
            series.name = lineName(*part, line, parts.size() > 1);
            series.rank = rankBase + ranks[i];
            series.emphasised = i == main && answer.lines.size() > 1;
            const bool ownColumns = answer.from == data.from && answer.width == data.width;
            for (size_t c = 0; c < line.values.size(); ++c) {
                if (ownColumns)
                    series.values.push_back(line.values[c] * factor);
                else
                    series.points.push_back({answer.from + static_cast<DurationNs>(c) * answer.width + answer.width / 2, line.values[c] * factor});
            }
            data.series.push_back(series);
        }
        if (!answer.exemplars.empty()) {
            ChartSeries rings;
            rings.kind = ChartSeries::Kind::kRings;
            rings.name = Tr::tr("exemplars");
            rings.rank = rankBase;
            for (const query::MetricExemplar& exemplar : answer.exemplars)
                rings.points.push_back({exemplar.time, exemplar.value * factor});
            data.series.push_back(rings);
        }
        data.yScale.fromZero = data.yScale.fromZero || countsFromZero(*part);
        if (!stacked && answer.lines.size() > 0 && (parts.size() <= kMostBaselines)) {
            const double baseline = answer.lines[main].baseline * factor;
            if (std::isfinite(baseline))
                data.marks.limits.push_back({baseline, Tr::tr("baseline %1").arg(formatValue(baseline, shownMetricUnit(answer.unit).first)), ChartRole::kMuted, true});
        }
        rankBase += ranks.empty() ? 1 : *std::max_element(ranks.begin(), ranks.end()) + 1;
    }
    return data;
}

QVector<LegendRow> MetricPicture::legend(const Theme& theme) const {
    QVector<LegendRow> rows;
    int rankBase = 0;
    for (const MetricPart* part : parts) {
        const double factor = shownMetricUnit(part->answer.unit).second;
        const std::vector<int> ranks = ranksOf(part->answer);
        for (size_t i = 0; i < part->answer.lines.size(); ++i) {
            const query::MetricLine& line = part->answer.lines[i];
            LegendRow row;
            row.name = lineName(*part, line, parts.size() > 1);
            row.color = theme.seriesColor(rankBase + ranks[i]);
            row.dash = theme.seriesDash(rankBase + ranks[i]);
            row.atCursor = kNoValue;
            row.last = line.last * factor;
            row.min = line.min * factor;
            row.max = line.max * factor;
            row.p95 = line.p95 * factor;
            row.baseline = line.baseline * factor;
            row.value = line.mean * factor;
            row.n = line.n;
            rows.push_back(row);
        }
        rankBase += ranks.empty() ? 1 : *std::max_element(ranks.begin(), ranks.end()) + 1;
    }
    return rows;
}

QVector<double> MetricPicture::at(TimeNs time) const {
    QVector<double> values;
    for (const MetricPart* part : parts) {
        const query::MetricAnswer& answer = part->answer;
        const bool inside = answer.width > 0 && time >= answer.from;
        const auto column = inside ? static_cast<size_t>((time - answer.from) / answer.width) : 0;
        for (const query::MetricLine& line : answer.lines)
            values.push_back(inside && column < line.values.size() ? line.values[column] * shownMetricUnit(answer.unit).second : kNoValue);
    }
    return values;
}

QString MetricPicture::title() const {
    if (parts.empty())
        return {};
    const MetricPart& part = *parts.front();
    const QString name = q(part.spec.name.toStdString());
    if (part.answer.lines.empty())
        return name;
    if (parts.size() > 1) {
        QStringList names;
        for (const MetricPart* one : parts)
            names << one->letter + QLatin1Char(' ') + q(one->spec.name.toStdString());
        return names.join(QStringLiteral(", "));
    }
    const query::MetricLine& line = part.answer.lines[mainLine(part)];
    const auto [unitText, factor] = shownMetricUnit(part.answer.unit);
    const QString label = part.answer.lines.size() > 1 ? lineName(part, line, false) + QLatin1Char(' ') : QString();
    if (!std::isfinite(line.mean))
        return name;
    if (!std::isfinite(line.baseline))
        return name + QStringLiteral(": ") + label + formatValue(line.last * factor, unitText);
    const bool falls = line.mean < line.baseline;
    const QString extreme = formatValue((falls ? line.min : line.max) * factor, unitText), before = formatValue(line.baseline * factor, unitText);
    return name + QStringLiteral(": ") + label + (falls ? Tr::tr("down to %1, baseline %2") : Tr::tr("up to %1, baseline %2")).arg(extreme, before);
}

QString MetricPicture::words() const {
    QStringList texts;
    if (parts.size() == 1) {
        const MetricPart& part = *parts.front();
        const query::MetricAnswer& answer = part.answer;
        if (answer.reading == query::MetricReading::kRate)
            texts << (answer.histogram ? Tr::tr("observations per second") : Tr::tr("per second"));
        else if (answer.reading == query::MetricReading::kQuantiles)
            texts << Tr::tr("quantiles of all observations");
        QStringList keys;
        for (const std::string& key : answer.by)
            keys << q(key);
        const QString how = answer.histogram ? QString() : combineText(answer.combine);
        if (!keys.isEmpty() || !how.isEmpty())
            texts << (keys.isEmpty() ? how : how.isEmpty() ? Tr::tr("by %1").arg(keys.join(QStringLiteral(", "))) : Tr::tr("%1 by %2").arg(how, keys.join(QStringLiteral(", "))));
        texts << (answer.series == 1 ? Tr::tr("1 series") : Tr::tr("%1 series").arg(formatCount(answer.series)));
        if (answer.interval > 0)
            texts << Tr::tr("every %1").arg(formatLength(answer.interval));
    } else {
        texts << Tr::tr("%1 queries").arg(parts.size());
    }
    const bool zero = std::any_of(parts.begin(), parts.end(), [](const MetricPart* part) { return countsFromZero(*part); });
    if (!zero && !log && !stacked && !parts.empty())
        texts << Tr::tr("axis not from zero");
    return texts.join(QStringLiteral(", "));
}

QString MetricPicture::partial() const {
    for (const MetricPart* part : parts) {
        const query::MetricAnswer& answer = part->answer;
        if (answer.seriesRead < answer.series)
            return Tr::tr("first %1 of %2 series").arg(formatCount(answer.seriesRead), formatCount(answer.series));
        if (answer.lines.size() < answer.linesInAll)
            return Tr::tr("%1 of %2 lines").arg(formatCount(answer.lines.size()), formatCount(answer.linesInAll));
    }
    return {};
}

HeatmapData metricHeatmap(const MetricPart& part, const query::HeatmapAnswer& answer, const QVector<ChartFlag>& flags) {
    const auto [unit, factor] = shownMetricUnit(part.answer.unit);
    HeatmapData data;
    data.from = answer.from;
    data.width = answer.width;
    data.unit = unit;
    for (const double bound : answer.bounds)
        data.bounds.push_back(bound * factor);
    data.counts = QVector<quint32>(answer.counts.begin(), answer.counts.end());
    for (const query::HeatmapAnswer::Dot& dot : answer.exemplars)
        data.exemplars.push_back({dot.time, dot.value * factor});
    data.marks.flags = flags;
    data.title = Tr::tr("%1, each observation").arg(q(part.spec.name.toStdString()));
    data.description = Tr::tr("n = %1").arg(formatCount(answer.n));
    return data;
}

}  // namespace nj::ui

#include "views/metric_pictures.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

struct MetricPicturesTr {
    Q_DECLARE_TR_FUNCTIONS(MetricsView)
};

constexpr size_t kMostBaselines = 3;   // more dashed levels would be a grid

QString lineName(const MetricPart& part, const query::MetricLine& line, bool several) {
    QString name = oneLine(line.label, 300);
    if (line.quantile > 0)
        name += (name.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("p") + QString::number(line.quantile * 100, 'g', 6);
    if (name.isEmpty())
        name = part.answer.combine == query::MetricCombine::kNone ? oneLine(part.spec.name.toStdString(), 300) : combineText(part.answer.combine);
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

// Zero throughout, and in the baseline.
bool neverAnything(const query::MetricLine& line) { return line.min == 0 && line.max == 0 && !(std::abs(line.baseline) > 0); }

// The one the title speaks about: the one asked for, else the one that departs most and ever was anything; of quantiles the highest.
size_t mainLine(const MetricPart& part) {
    const double top = highestQuantile(part.answer);
    size_t first = part.answer.lines.size(), telling = first;
    for (size_t i = 0; i < part.answer.lines.size(); ++i) {
        const query::MetricLine& line = part.answer.lines[i];
        if (line.quantile < top)
            continue;
        if (part.spec.series >= 0 && line.series == part.spec.series)
            return i;
        first = std::min(first, i);
        if (!neverAnything(line))
            telling = std::min(telling, i);
    }
    first = telling == part.answer.lines.size() ? first : telling;
    return first == part.answer.lines.size() ? 0 : first;
}

bool countsFromZero(const MetricPart& part) {
    const std::string unit = part.unit();
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

bool hasOverlay(const query::MetricLine& line) { return !line.baselineValues.empty(); }

// Behind all lines and rings, so that those stand where they would without.
void addOverlays(const std::vector<const MetricPart*>& parts, TimeChartData& data) {
    for (const MetricPart* part : parts) {
        const query::MetricAnswer& answer = part->answer;
        const double factor = shownMetricUnit(part->unit()).second;
        for (const query::MetricLine& line : answer.lines) {
            if (!hasOverlay(line))
                continue;
            ChartSeries before;
            before.kind = ChartSeries::Kind::kDashedLine;
            before.name = MetricPicturesTr::tr("%1, baseline").arg(lineName(*part, line, parts.size() > 1));
            for (size_t c = 0; c < line.baselineValues.size(); ++c) {
                if (answer.from == data.from && answer.width == data.width)
                    before.values.push_back(line.baselineValues[c] * factor);
                else
                    before.points.push_back({answer.from + static_cast<DurationNs>(c) * answer.width + answer.width / 2, line.baselineValues[c] * factor});
            }
            data.series.push_back(before);
        }
    }
}

}  // namespace

bool MetricPicture::logarithmic() const {
    return log && std::any_of(parts.begin(), parts.end(), [](const MetricPart* part) {
               return std::any_of(part->answer.lines.begin(), part->answer.lines.end(), [](const query::MetricLine& line) { return line.max > 0; });
           });
}

QString MetricPicture::unit() const {
    const QString first = parts.empty() ? QString() : shownMetricUnit(parts.front()->unit()).first;
    const bool same = std::all_of(parts.begin(), parts.end(), [&](const MetricPart* part) { return shownMetricUnit(part->unit()).first == first; });
    return same ? first : QString();   // of several units the axis names none
}

int MetricPicture::seriesCount() const {
    int count = 0;
    for (const MetricPart* part : parts)
        count += static_cast<int>(part->answer.lines.size()) + (part->answer.exemplars.empty() ? 0 : 1);
    if (overlay)
        for (const MetricPart* part : parts)
            count += static_cast<int>(std::count_if(part->answer.lines.begin(), part->answer.lines.end(), hasOverlay));
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
    row = 0;
    for (size_t p = 0; overlay && p < parts.size(); ++p)
        for (size_t line = 0; line < parts[p]->answer.lines.size(); ++line, ++row)
            if (hasOverlay(parts[p]->answer.lines[line]) && series-- == 0)
                return {static_cast<int>(p), static_cast<int>(line), row, true};
    return {};
}

TimeChartData MetricPicture::chart(const QVector<ChartFlag>& flags) const {
    TimeChartData data;
    data.marks.flags = flags;
    data.unit = unit();
    data.title = title();
    data.description = words();
    data.yScale.log = logarithmic();
    data.yScale.binary = data.unit.startsWith(QLatin1String("By"));
    data.yScale.fromZero = stacked;
    int rankBase = 0;
    for (const MetricPart* part : parts) {
        const query::MetricAnswer& answer = part->answer;
        const double factor = shownMetricUnit(part->unit()).second;
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
            rings.name = MetricPicturesTr::tr("exemplars");
            rings.rank = rankBase;
            for (const query::MetricExemplar& exemplar : answer.exemplars)
                rings.points.push_back({exemplar.time, exemplar.value * factor});
            data.series.push_back(rings);
        }
        data.yScale.fromZero = data.yScale.fromZero || countsFromZero(*part);
        if (!stacked && !overlay && answer.lines.size() > 0 && (parts.size() <= kMostBaselines)) {
            const double baseline = answer.lines[main].baseline * factor;
            if (std::isfinite(baseline))
                data.marks.limits.push_back({baseline, (parts.size() > 1 ? part->letter + QLatin1Char(' ') : QString()) + MetricPicturesTr::tr("baseline %1").arg(formatValue(baseline, data.unit)), ChartRole::kMuted, true});
        }
        rankBase += ranks.empty() ? 1 : *std::max_element(ranks.begin(), ranks.end()) + 1;
    }
    if (overlay)
        addOverlays(parts, data);
    return data;
}

QVector<LegendRow> MetricPicture::legend(const Theme& theme) const {
    QVector<LegendRow> rows;
    int rankBase = 0;
    for (const MetricPart* part : parts) {
        const double factor = shownMetricUnit(part->unit()).second;
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
        const double factor = shownMetricUnit(part->unit()).second;
        const bool inside = answer.width > 0 && time >= answer.from;
        const auto column = inside ? static_cast<size_t>((time - answer.from) / answer.width) : 0;
        for (const query::MetricLine& line : answer.lines)
            values.push_back(inside && column < line.values.size() ? line.values[column] * factor : kNoValue);
    }
    return values;
}

QString MetricPicture::title() const {
    if (parts.empty())
        return {};
    const MetricPart& part = *parts.front();
    const QString name = oneLine(part.spec.name.toStdString(), 300);
    if (part.answer.lines.empty())
        return name;
    if (parts.size() > 1) {
        QStringList names;
        for (const MetricPart* one : parts)
            names << one->letter + QLatin1Char(' ') + oneLine(one->spec.name.toStdString(), 300);
        return names.join(QStringLiteral(", "));
    }
    const query::MetricLine& line = part.answer.lines[mainLine(part)];
    const auto [unitText, factor] = shownMetricUnit(part.unit());
    const QString label = part.answer.lines.size() > 1 ? lineName(part, line, false) + QLatin1Char(' ') : QString();
    if (!std::isfinite(line.mean))
        return name;
    if (!std::isfinite(line.baseline))
        return name + QStringLiteral(": ") + label + formatValue(line.last * factor, unitText);
    const bool falls = line.mean < line.baseline;
    const QString extreme = formatValue((falls ? line.min : line.max) * factor, unitText), before = formatValue(line.baseline * factor, unitText);
    return name + QStringLiteral(": ") + label + (falls ? MetricPicturesTr::tr("down to %1, baseline %2") : MetricPicturesTr::tr("up to %1, baseline %2")).arg(extreme, before);
}

QString MetricPicture::words() const {
    QStringList texts;
    if (parts.size() == 1) {
        const MetricPart& part = *parts.front();
        const query::MetricAnswer& answer = part.answer;
        if (answer.reading == query::MetricReading::kRate)
            texts << (answer.histogram ? MetricPicturesTr::tr("observations per second") : MetricPicturesTr::tr("per second"));
        else if (answer.reading == query::MetricReading::kQuantiles)
            texts << MetricPicturesTr::tr("quantiles of all observations");
        QStringList keys;   // an expression says itself what it groups by
        for (const std::string& key : answer.by)
            if (!part.spec.promql)
                keys << oneLine(key, 300);
        const QString how = answer.histogram || part.spec.promql ? QString() : combineText(answer.combine);
        if (!keys.isEmpty() || !how.isEmpty())
            texts << (keys.isEmpty() ? how : how.isEmpty() ? MetricPicturesTr::tr("by %1").arg(keys.join(QStringLiteral(", "))) : MetricPicturesTr::tr("%1 by %2").arg(how, keys.join(QStringLiteral(", "))));
        texts << (answer.series == 1 ? MetricPicturesTr::tr("1 series") : MetricPicturesTr::tr("%1 series").arg(formatCount(answer.series)));
        if (answer.interval > 0)
            texts << MetricPicturesTr::tr("every %1").arg(stepText(answer.interval));
    } else {
        texts << MetricPicturesTr::tr("%1 queries").arg(parts.size());
    }
    const bool zero = std::any_of(parts.begin(), parts.end(), [](const MetricPart* part) { return countsFromZero(*part); });
    if (overlay)
        texts << (overlaid.isEmpty() ? MetricPicturesTr::tr("baseline dashed") : MetricPicturesTr::tr("dashed: %1").arg(overlaid));
    if (log && !logarithmic() && !parts.empty())
        texts << MetricPicturesTr::tr("linear, as nothing is above zero");
    else if (!zero && !log && !stacked && !parts.empty())
        texts << MetricPicturesTr::tr("axis not from zero");
    return texts.join(QStringLiteral(", "));
}

QString MetricPicture::partial() const {
    for (const MetricPart* part : parts) {
        const query::MetricAnswer& answer = part->answer;
        if (answer.seriesRead < answer.series)
            return MetricPicturesTr::tr("first %1 of %2 series").arg(formatCount(answer.seriesRead), formatCount(answer.series));
        if (answer.lines.size() < answer.linesInAll)
            return MetricPicturesTr::tr("%1 of %2 lines").arg(formatCount(answer.lines.size()), formatCount(answer.linesInAll));
    }
    return {};
}

HeatmapData metricHeatmap(const MetricPart& part, const query::HeatmapAnswer& answer, const QVector<ChartFlag>& flags) {
    const auto [unit, factor] = shownMetricUnit(part.unit());
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
    data.title = MetricPicturesTr::tr("%1, each observation").arg(oneLine(part.spec.name.toStdString(), 300));
    data.description = MetricPicturesTr::tr("n = %1").arg(formatCount(answer.n));
    return data;
}

}  // namespace nj::ui

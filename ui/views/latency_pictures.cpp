#include "views/latency_pictures.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "query/objectives.h"
#include "theme/number_format.h"

namespace nj::ui {
namespace {

struct LatencyPicturesTr {
    Q_DECLARE_TR_FUNCTIONS(LatencyView)
};

QVector<double> scaled(const std::vector<double>& values, double factor) {
    QVector<double> out;
    out.reserve(static_cast<qsizetype>(values.size()));
    for (const double value : values)
        out.push_back(value * factor);
    return out;
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto part = [&](int x, int y) { return static_cast<int>(std::lround(x * share + y * (1 - share))); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

// Tones of one colour for a request's main steps, quiet ones for the rest: hue stays free for services.
QColor stageColor(const QString& stage, int rank, const Theme& theme) {
    const QColor main = theme.seriesColor(0);
    if (stage == u"queue")
        return main;
    if (stage == u"prefill")
        return mixed(main, theme.text, 0.30);
    if (stage == u"decode" || stage == u"inference")
        return mixed(main, theme.panel, 0.42);
    if (stage == u"retrieval")
        return theme.muted;
    if (stage == u"other" || stage == u"rest")
        return mixed(theme.muted, theme.panel, 0.45);
    return mixed(theme.seriesColor(2 + rank % 5), theme.panel, 0.75);
}

QString groupName(const query::LatencyGroup& group, const QString& splitBy) {
    if (splitBy.isEmpty())
        return LatencyPicturesTr::tr("all");
    return group.label.empty() ? LatencyPicturesTr::tr("none") : QString::fromStdString(group.label).left(200);
}

double lastOf(const std::vector<double>& values) {
    for (size_t i = values.size(); i-- > 0;)
        if (std::isfinite(values[i]))
            return values[i];
    return kNoValue;
}

std::vector<double> finite(const std::vector<double>& values) {
    std::vector<double> kept;
    std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double v) { return std::isfinite(v); });
    std::sort(kept.begin(), kept.end());
    return kept;
}

// The deadline and what has no value above it.
void addCuts(ChartMarks& marks, const LatencyCuts& cuts, const query::Measure& measure) {
    marks.limits.push_back({cuts.deadline, LatencyPicturesTr::tr("deadline %1").arg(formatValue(cuts.deadline, QStringLiteral("s"))), ChartRole::kError, false});
    const QString what = QString::fromStdString(measure.key).contains(QLatin1String("first_token")) ? LatencyPicturesTr::tr("TTFT") : LatencyPicturesTr::tr("value");
    marks.hatches.push_back({cuts.range, cuts.deadline, LatencyPicturesTr::tr("%1 %2s have no %3").arg(formatCount(cuts.count), cuts.kind, what)});
}

double valueAt(const std::vector<double>& values, size_t index) { return index < values.size() ? values[index] : kNoValue; }

}  // namespace

QString shownUnit(const query::Measure& measure) {
    const QString unit = QString::fromStdString(measure.unit);
    const bool toSeconds = (unit == u"ns" && measure.scale == 1e-9) || (unit == u"us" && measure.scale == 1e-6) || (unit == u"ms" && measure.scale == 1e-3);
    return toSeconds ? QStringLiteral("s") : unit;
}

QString measureTitle(const query::Measure& measure) {
    if (!measure.title.empty())
        return QString::fromStdString(measure.title).left(120);
    return measure.key.empty() ? LatencyPicturesTr::tr("Duration") : QString::fromStdString(measure.key).left(120);
}

QString splitTitle(const QString& key) {
    if (key.isEmpty())
        return LatencyPicturesTr::tr("not split");
    return key == u"service.name" ? QStringLiteral("service") : key;
}

QString quantileName(double quantile) { return QStringLiteral("p") + QString::number(quantile * 100, 'g', 6); }

size_t LatencyPicture::main() const {
    for (size_t i = quantiles.size(); i-- > 0;)
        if (i < shown.size() && shown[i])
            return i;
    return quantiles.empty() ? 0 : quantiles.size() - 1;
}

bool LatencyPicture::atLeast(const query::LatencyGroup& group) const {
    if (cuts && cuts->touches(QString::fromStdString(group.label)))
        return true;
    // A histogram's largest value is its last finite edge: a quantile that reaches it lies in the bucket above.
    return answer.fromHistogram && group.max > 0 && valueAt(group.total, main()) >= group.max;
}

TimeChartData LatencyPicture::chart(const QVector<ChartFlag>& flags) const {
    TimeChartData data;
    data.from = answer.from;
    data.width = answer.width;
    data.unit = shownUnit(measure);
    data.yScale.log = log;
    data.title = title();
    data.description = words();
    data.marks.flags = flags;
    const size_t top = main();
    for (size_t g = 0; g < answer.groups.size(); ++g) {
        const query::LatencyGroup& group = answer.groups[g];
        for (size_t q = 0; q < std::min(quantiles.size(), group.quantile.size()); ++q) {
            if (q >= shown.size() || !shown[q])
                continue;
            ChartSeries series;
            series.kind = q == top ? ChartSeries::Kind::kLine : ChartSeries::Kind::kThinLine;
            series.name = (splitBy.isEmpty() ? QString() : groupName(group, splitBy) + QLatin1Char(' ')) + quantileName(quantiles[q]);
            series.rank = rank ? rank(QString::fromStdString(group.label)) : static_cast<int>(g);
            series.values = scaled(group.quantile[q], measure.scale);
            series.emphasised = q == top && g == 0;
            data.series.push_back(series);
        }
    }
    if (!answer.groups.empty()) {
        const double baseline = valueAt(answer.groups.front().baseline, top) * measure.scale;
        if (std::isfinite(baseline) && baseline > 0)
            data.marks.limits.push_back({baseline, LatencyPicturesTr::tr("baseline %1").arg(formatValue(baseline, data.unit)), ChartRole::kMuted, true});
    }
    for (const Objective& objective : objectives) {
        const QString text = QString::fromStdString(query::thresholdText(objective)) + QStringLiteral(" · ") + QString::fromStdString(query::targetText(objective));
        data.marks.limits.push_back({objective.threshold * query::unitOf(objective).scale, LatencyPicturesTr::tr("objective %1").arg(text), ChartRole::kAccent, false});
    }
    if (cuts && shownUnit(measure) == u"s") {
        addCuts(data.marks, *cuts, measure);
        if (log)
            data.yScale.high = cuts->deadline * 2;   // room for what is missing
    }
    return data;
}

QVector<QVector<int>> LatencyPicture::seriesOfGroups() const {
    QVector<QVector<int>> series;
    int next = 0;
    for (const query::LatencyGroup& group : answer.groups) {
        QVector<int> own;
        for (size_t q = 0; q < std::min(quantiles.size(), group.quantile.size()); ++q)
            if (q < shown.size() && shown[q])
                own.push_back(next++);
        series.push_back(own);
    }
    return series;
}

QVector<LegendRow> LatencyPicture::legend(const Theme& theme) const {
    QVector<LegendRow> rows;
    const size_t top = main();
    for (size_t g = 0; g < answer.groups.size(); ++g) {
        const query::LatencyGroup& group = answer.groups[g];
        static const std::vector<double> kNone;
        const std::vector<double>& values = top < group.quantile.size() ? group.quantile[top] : kNone;
        const std::vector<double> sorted = finite(values);
        LegendRow row;
        row.name = groupName(group, splitBy);
        const int order = rank ? rank(QString::fromStdString(group.label)) : static_cast<int>(g);
        row.color = theme.seriesColor(order);
        row.dash = theme.seriesDash(order);
        row.last = lastOf(values) * measure.scale;
        row.min = (sorted.empty() ? kNoValue : sorted.front()) * measure.scale;
        row.max = (sorted.empty() ? kNoValue : sorted.back()) * measure.scale;
        row.p95 = (sorted.empty() ? kNoValue : sorted[(sorted.size() - 1) * 95 / 100]) * measure.scale;
        row.baseline = valueAt(group.baseline, top) * measure.scale;
        row.value = valueAt(group.total, top) * measure.scale;
        row.n = group.n;
        row.atLeast = atLeast(group);
        rows.push_back(row);
    }
    return rows;
}

QVector<double> LatencyPicture::at(TimeNs time) const {
    QVector<double> values;
    const size_t top = main();
    for (const query::LatencyGroup& group : answer.groups) {
        double value = kNoValue;
        if (answer.width > 0 && time >= answer.from && top < group.quantile.size())
            value = valueAt(group.quantile[top], static_cast<size_t>((time - answer.from) / answer.width)) * measure.scale;
        values.push_back(value);
    }
    return values;
}

QString LatencyPicture::title() const {
    const QString what = measureTitle(measure) + (quantiles.empty() ? QString() : QLatin1Char(' ') + quantileName(quantiles[main()]));
    if (answer.groups.empty() || answer.n == 0)
        return what;
    const query::LatencyGroup& worst = answer.groups.front();
    const double value = valueAt(worst.total, main()), before = valueAt(worst.baseline, main());
    if (!std::isfinite(value))
        return what;
    QString text = what + QStringLiteral(": ");
    if (!splitBy.isEmpty())
        text += groupName(worst, splitBy) + QLatin1Char(' ');
    const QString least = atLeast(worst) ? QStringLiteral("≥ ") : QString();
    text += least + formatValue(value * measure.scale, shownUnit(measure));
    if (before > 0)
        text += QStringLiteral(", ") + (splitBy.isEmpty() ? LatencyPicturesTr::tr("%1 the baseline") : LatencyPicturesTr::tr("%1 its baseline")).arg(least + formatFactor(before, value));
    return text;
}

QString LatencyPicture::words() const {
    QStringList parts;
    switch (measure.kind) {
    case query::Measure::Kind::kHistogram: parts << LatencyPicturesTr::tr("histograms, all observations"); break;
    case query::Measure::Kind::kLogAttribute: parts << LatencyPicturesTr::tr("log records"); break;
    default:
        parts << (sampledShare > 0 && sampledShare < 1 ? LatencyPicturesTr::tr("spans, sampled %1").arg(formatShare(sampledShare)) : LatencyPicturesTr::tr("spans"));
    }
    if (!splitBy.isEmpty())
        parts << LatencyPicturesTr::tr("by %1").arg(splitTitle(splitBy));
    parts << LatencyPicturesTr::tr("n = %1").arg(formatCount(answer.n));
    return parts.join(QStringLiteral(", "));
}

// ---------------------------------------------------------------- stages

QVector<double> stageMeans(const query::StagesAnswer& answer, std::optional<TimeNs> time) {
    QVector<double> means(static_cast<qsizetype>(answer.stages.size()), kNoValue);
    const size_t columns = answer.requests.size();
    if (time) {
        if (answer.width <= 0 || *time < answer.from)
            return means;
        const auto column = static_cast<size_t>((*time - answer.from) / answer.width);
        for (size_t s = 0; s < answer.stages.size() && column < columns && answer.requests[column] > 0; ++s)
            means[static_cast<qsizetype>(s)] = valueAt(answer.meanSeconds[s], column);
        return means;
    }
    const double requests = static_cast<double>(std::accumulate(answer.requests.begin(), answer.requests.end(), uint64_t{0}));
    for (size_t s = 0; s < answer.stages.size() && requests > 0; ++s) {
        double sum = 0;
        for (size_t c = 0; c < std::min(columns, answer.meanSeconds[s].size()); ++c)
            if (std::isfinite(answer.meanSeconds[s][c]))
                sum += answer.meanSeconds[s][c] * static_cast<double>(answer.requests[c]);
        means[static_cast<qsizetype>(s)] = sum / requests;
    }
    return means;
}

StagesPicture stagesPicture(const query::StagesAnswer& answer, const Theme& theme, const QVector<ChartFlag>& flags) {
    StagesPicture picture;
    TimeChartData& data = picture.chart;
    data.from = answer.from;
    data.width = answer.width;
    data.unit = QStringLiteral("s");
    data.marks.flags = flags;
    data.marks.flagLabels = false;
    const QVector<double> means = stageMeans(answer, {});
    qsizetype largest = -1;
    for (size_t s = 0; s < answer.stages.size(); ++s) {
        ChartSeries series;
        series.kind = ChartSeries::Kind::kArea;
        series.name = QString::fromStdString(answer.stages[s]);
        series.color = stageColor(series.name, static_cast<int>(s), theme);
        series.values = scaled(answer.meanSeconds[s], 1);
        for (qsizetype c = 0; c < series.values.size(); ++c)   // no request is a gap, not zero seconds
            if (static_cast<size_t>(c) < answer.requests.size() && answer.requests[static_cast<size_t>(c)] == 0)
                series.values[c] = kNoValue;
        data.series.push_back(series);
        picture.stages << series.name;
        const double mean = means[static_cast<qsizetype>(s)];
        if (std::isfinite(mean)) {
            picture.total += mean;
            if (largest < 0 || mean > means[largest])
                largest = static_cast<qsizetype>(s);
        }
    }
    picture.requests = std::accumulate(answer.requests.begin(), answer.requests.end(), uint64_t{0});
    picture.title = LatencyPicturesTr::tr("Where the time goes");
    if (largest >= 0 && picture.total > 0)
        picture.title += QStringLiteral(": ") + LatencyPicturesTr::tr("%1 %2").arg(picture.stages[largest], formatShare(means[largest] / picture.total));
    picture.words = LatencyPicturesTr::tr("mean seconds per request, n = %1").arg(formatCount(picture.requests));
    data.title = picture.title;
    data.description = picture.words;
    return picture;
}

// ---------------------------------------------------------------- heatmap

HeatmapData heatmapData(const query::HeatmapAnswer& answer, const query::Measure& measure, const QVector<ChartFlag>& flags, const std::optional<LatencyCuts>& cuts) {
    HeatmapData data;
    data.from = answer.from;
    data.width = answer.width;
    data.unit = shownUnit(measure);
    data.bounds = scaled(answer.bounds, measure.scale);
    data.counts = QVector<quint32>(answer.counts.begin(), answer.counts.end());
    for (const query::HeatmapAnswer::Dot& dot : answer.exemplars)
        data.exemplars.push_back({dot.time, dot.value * measure.scale});
    data.marks.flags = flags;
    data.marks.flagLabels = false;
    if (cuts && data.unit == u"s") {
        addCuts(data.marks, *cuts, measure);
        data.marks.limits.clear();   // the line is above, in the main picture
    }
    data.title = LatencyPicturesTr::tr("%1 of each observation").arg(measureTitle(measure));
    data.description = LatencyPicturesTr::tr("n = %1").arg(formatCount(answer.n));
    return data;
}

}  // namespace nj::ui

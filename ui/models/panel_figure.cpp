#include "models/panel_figure.h"

#include <QObject>
#include <algorithm>
#include <cmath>
#include <optional>

#include "dashboard/unit.h"
#include "promql/text/number_text.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

using dashboard::Quantity;

constexpr size_t kMostFigures = 60;
constexpr int kShownName = 300;

// With as many decimals as the panel asks for.
QString decimal(double value, const std::optional<int>& decimals) {
    if (!decimals || !std::isfinite(value))
        return formatNumber(value);
    QString text = QString::number(value, 'f', std::clamp(*decimals, 0, 10));
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

QString decimalScaled(double value, const QString& unit, const std::optional<int>& decimals) {
    static constexpr std::pair<double, const char*> kSteps[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    for (const auto& [size, prefix] : kSteps)
        if (std::fabs(value) >= size * 0.9995)
            return decimal(value / size, decimals) + QChar(0x00A0) + QLatin1String(prefix) + unit;
    return decimal(value, decimals) + QChar(0x00A0) + unit;
}

bool isLimit(const dashboard::Panel& panel, const dashboard::PanelSeries& series) {
    return std::any_of(panel.targets.begin(), panel.targets.end(), [&](const dashboard::Target& target) { return target.limit && target.refId == series.refId; });
}

// "gpu-node-07 GPU 0", "gpu-node-07 GPU 1" → "GPU 0", "GPU 1": what all say tells none apart.
void dropCommonWords(QVector<ChartSeries>& series) {
    if (series.size() < 2)
        return;
    qsizetype common = series.front().name.lastIndexOf(QLatin1Char(' ')) + 1;
    for (const ChartSeries& one : series) {
        qsizetype same = 0;
        while (same < std::min(common, one.name.size()) && one.name[same] == series.front().name[same])
            ++same;
        common = same == one.name.size() ? 0 : one.name.left(same).lastIndexOf(QLatin1Char(' ')) + 1;
    }
    // "GPU 0", "GPU 1": a number alone would say nothing.
    const auto speaks = [&](const ChartSeries& one) { return std::any_of(one.name.begin() + common, one.name.end(), [](QChar c) { return c.isLetter(); }); };
    while (common > 0 && !std::all_of(series.begin(), series.end(), speaks))
        common = common < 2 ? 0 : series.front().name.left(common - 1).lastIndexOf(QLatin1Char(' ')) + 1;
    for (ChartSeries& one : series)
        one.name.remove(0, common);
}

// How bad a colour says it is: green 0, yellow and orange 1, red 2; nothing of others.
std::optional<int> badness(const QColor& color) {
    if (!color.isValid() || color.hslSaturation() < 60)
        return {};
    const int hue = color.hslHue();
    if (hue < 20 || hue >= 340)
        return 2;
    if (hue < 75)
        return 1;
    return hue < 180 ? std::optional(0) : std::nullopt;
}

// A stat that shows where its course ended says what the worst was. Nothing where that reads the same.
QString extremeOf(const dashboard::Panel& panel, const dashboard::PanelSeries& series, const dashboard::PanelAnswer& answer, bool low, bool utc) {
    const bool end = panel.calculation.empty() || panel.calculation == "last" || panel.calculation == "lastNotNull";
    if (panel.kind != dashboard::PanelKind::kStat || !end || series.values.size() < 2)
        return {};
    size_t worst = series.values.size();
    for (size_t i = 0; i < series.values.size(); ++i)
        if (std::isfinite(series.values[i]) && (worst == series.values.size() || (low ? series.values[i] < series.values[worst] : series.values[i] > series.values[worst])))
            worst = i;
    if (worst == series.values.size())
        return {};
    const QString text = panelText(panel, series.values[worst]);
    if (text == panelText(panel, series.value))
        return {};
    const TimeNs time = answer.from + static_cast<DurationNs>(worst) * answer.step;
    const QString when = answer.range.length() > kDay ? formatDateTime(time, utc, kMinute) : formatClock(time, utc);
    return low ? QObject::tr("min %1 at %2").arg(text, when) : QObject::tr("max %1 at %2").arg(text, when);
}

QString withSuffix(const QString& number, const std::string& suffix) { return suffix.empty() ? number : number + QChar(0x00A0) + oneLine(suffix, kShownName); }

}  // namespace

QColor dashboardColor(const std::string& name, const Theme& theme) {
    const QString text = QString::fromStdString(name.substr(0, 60)).trimmed().toLower();
    static const QVector<std::pair<QLatin1String, int>> kHues{{QLatin1String("green"), 0},  {QLatin1String("red"), 1},    {QLatin1String("orange"), 2},
                                                             {QLatin1String("yellow"), 2}, {QLatin1String("blue"), 3},   {QLatin1String("purple"), 4},
                                                             {QLatin1String("text"), 5},   {QLatin1String("white"), 5},  {QLatin1String("gray"), 6}};
    for (const auto& [hue, meaning] : kHues)
        if (text == hue || text.endsWith(QLatin1Char('-') + hue)) {
            switch (meaning) {
            case 0: return theme.ok;
            case 1: return theme.error;
            case 2: return theme.warning;
            case 3: return theme.accent;
            case 4: return theme.series.value(5, theme.accent);
            case 5: return theme.text;
            default: return theme.muted;
            }
        }
    if (text.startsWith(QLatin1Char('#')))
        return QColor(text.left(7));
    if (text.startsWith(QLatin1String("rgb"))) {
        const QStringList parts = text.mid(text.indexOf(QLatin1Char('(')) + 1).split(QLatin1Char(','));
        if (parts.size() >= 3) {
            const auto channel = [&](int i) { return std::clamp(QString(parts[i]).remove(QLatin1Char(')')).trimmed().toInt(), 0, 255); };
            return QColor(channel(0), channel(1), channel(2));
        }
    }
    return {};
}

QString panelText(const dashboard::Panel& panel, double value) {
    for (const dashboard::ValueText& text : panel.valueTexts) {
        const bool ranged = text.from || text.to;
        const bool special = (text.value == "nan" && std::isnan(value)) || ((text.value == "null" || text.value == "null+nan" || text.value == "empty") && std::isnan(value));
        const auto number = promql::parseNumber(text.value);
        if (special || (ranged ? value >= text.from.value_or(-HUGE_VAL) && value <= text.to.value_or(HUGE_VAL) : number && *number == value))
            return oneLine(text.text, kShownName);
    }
    if (std::isnan(value))
        return QStringLiteral("–");
    const dashboard::Unit unit = dashboard::describeUnit(panel.unit);
    const double base = value * unit.factor;
    switch (unit.quantity) {
    case Quantity::kNumber: return withSuffix(panel.decimals ? decimal(base, panel.decimals) : formatShort(base), unit.suffix);
    case Quantity::kPlain: return decimal(base, panel.decimals);
    case Quantity::kPercent: return decimal(base, panel.decimals) + QStringLiteral("\u00A0%");
    case Quantity::kSeconds: return std::fabs(base) >= 120 ? formatLength(static_cast<DurationNs>(std::clamp(base, -9e9, 9e9) * 1e9)) : formatValue(base, QStringLiteral("s"));
    case Quantity::kBytes: return formatValue(base, QStringLiteral("By"));
    case Quantity::kDecimalBytes: return decimalScaled(base, QStringLiteral("B"), panel.decimals);
    case Quantity::kBits: return decimalScaled(base, QStringLiteral("bit"), panel.decimals);
    case Quantity::kBytesPerSecond: return formatValue(base, QStringLiteral("By/s"));
    case Quantity::kBitsPerSecond: return decimalScaled(base, QStringLiteral("bit/s"), panel.decimals);
    case Quantity::kPerSecond: return withSuffix(panel.decimals ? decimal(base, panel.decimals) : formatShort(base), unit.suffix);
    case Quantity::kCelsius: return decimal(base, panel.decimals) + QStringLiteral("\u00A0°C");
    case Quantity::kWatts: return decimalScaled(base, QStringLiteral("W"), panel.decimals);
    case Quantity::kJoules: return decimalScaled(base, QStringLiteral("J"), panel.decimals);
    case Quantity::kHertz: return decimalScaled(base, QStringLiteral("Hz"), panel.decimals);
    case Quantity::kBoolean: return base != 0 ? QStringLiteral("true") : QStringLiteral("false");
    case Quantity::kYesNo: return base != 0 ? QStringLiteral("yes") : QStringLiteral("no");
    case Quantity::kOther: return withSuffix(decimal(base, panel.decimals), unit.suffix);
    }
    return decimal(base, panel.decimals);
}

std::pair<QString, double> panelUnit(const dashboard::Panel& panel) {
    const dashboard::Unit unit = dashboard::describeUnit(panel.unit);
    switch (unit.quantity) {
    case Quantity::kPercent: return {QStringLiteral("%"), unit.factor};
    case Quantity::kSeconds: return {QStringLiteral("s"), unit.factor};
    case Quantity::kBytes:
    case Quantity::kDecimalBytes: return {QStringLiteral("By"), unit.factor};
    case Quantity::kBytesPerSecond: return {QStringLiteral("By/s"), unit.factor};
    case Quantity::kBits: return {QStringLiteral("bit"), unit.factor};
    case Quantity::kBitsPerSecond: return {QStringLiteral("bit/s"), unit.factor};
    case Quantity::kCelsius: return {QStringLiteral("°C"), unit.factor};
    case Quantity::kWatts: return {QStringLiteral("W"), unit.factor};
    case Quantity::kJoules: return {QStringLiteral("J"), unit.factor};
    case Quantity::kHertz: return {QStringLiteral("Hz"), unit.factor};
    default: return {oneLine(unit.suffix, kShownName), unit.factor};
    }
}

std::pair<double, double> panelScale(const dashboard::Panel& panel, const std::vector<dashboard::PanelSeries>& series) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const dashboard::PanelSeries& one : series)
        if (std::isfinite(one.value)) {
            low = std::min(low, one.value);
            high = std::max(high, one.value);
        }
    const Quantity quantity = dashboard::describeUnit(panel.unit).quantity;
    // Percent are of a hundred, whatever the values are.
    if (quantity == Quantity::kPercent)
        return {panel.min.value_or(0), panel.max.value_or(panel.unit == "percentunit" ? 1 : 100)};
    if (!(low <= high))
        return {panel.min.value_or(0), panel.max.value_or(100)};
    const double from = panel.min.value_or(std::min(low, 0.0));
    double to = panel.max.value_or(high);
    if (!panel.max && !panel.thresholds.empty() && !panel.thresholdsInPercent && panel.kind == dashboard::PanelKind::kGauge)
        to = std::max(to, panel.thresholds.back().from.value_or(to) * 1.25);
    return {from, to > from ? to : from + 1};
}

QColor thresholdColor(const dashboard::Panel& panel, double value, std::pair<double, double> scale, const Theme& theme) {
    QColor color;
    if (std::isnan(value))
        return color;
    const double compared = panel.thresholdsInPercent ? (value - scale.first) / (scale.second - scale.first) * 100 : value;
    for (const dashboard::Threshold& step : panel.thresholds)
        if (!step.from || compared >= *step.from)
            color = dashboardColor(step.colour, theme);
    return color;
}

QVector<PanelStep> panelSteps(const dashboard::Panel& panel, std::pair<double, double> scale, const Theme& theme) {
    QVector<PanelStep> steps;
    for (const dashboard::Threshold& step : panel.thresholds) {
        const double from = !step.from ? 0 : panel.thresholdsInPercent ? *step.from / 100 : (*step.from - scale.first) / (scale.second - scale.first);
        const QColor color = dashboardColor(step.colour, theme);
        if (color.isValid() && std::isfinite(from) && from < 1)
            steps.push_back({std::max(0.0, from), color});
    }
    return steps;
}

bool lowIsBad(const dashboard::Panel& panel, const Theme& theme) {
    if (panel.thresholds.size() < 2)
        return false;
    const auto below = badness(dashboardColor(panel.thresholds.front().colour, theme)), above = badness(dashboardColor(panel.thresholds.back().colour, theme));
    return below && above && *below > *above;
}

QVector<PanelFigure> panelFigures(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme, bool utc) {
    QVector<PanelFigure> figures;
    for (const dashboard::PanelSeries& series : answer.series) {
        if (static_cast<size_t>(figures.size()) == kMostFigures)
            break;
        const dashboard::Panel looks = dashboard::looking(panel, series.look);
        const auto scale = panelScale(looks, answer.series);
        const double hair = (scale.second - scale.first) * 1e-9;   // of sums that should be the scale's end
        PanelFigure figure;
        figure.name = oneLine(series.name, kShownName);
        figure.text = panelText(looks, series.value);
        figure.value = series.value;
        const QColor own = dashboardColor(series.look.colour, theme);
        figure.color = own.isValid() ? own : thresholdColor(looks, series.value, scale, theme);
        figure.low = panelText(looks, scale.first);
        figure.high = panelText(looks, scale.second);
        figure.steps = panelSteps(looks, scale, theme);
        figure.share = std::isfinite(series.value) ? std::clamp((series.value - scale.first) / (scale.second - scale.first), 0.0, 1.0) : 0;
        figure.beyond = series.value > scale.second + hair ? 1 : series.value < scale.first - hair ? -1 : 0;
        figure.extreme = extremeOf(looks, series, answer, lowIsBad(looks, theme), utc);
        figure.course = series.values;
        figures.push_back(std::move(figure));
    }
    return figures;
}

TimeChartData panelChart(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme) {
    TimeChartData chart;
    // One axis: the unit of single series counts where all have it.
    const auto ownUnit = [&](const dashboard::PanelSeries& series) { return !series.look.unit.empty() && series.look.unit == answer.series.front().look.unit; };
    const bool own = !answer.series.empty() && std::all_of(answer.series.begin(), answer.series.end(), ownUnit);
    const auto [unit, factor] = own ? panelUnit(dashboard::looking(panel, answer.series.front().look)) : panelUnit(panel);
    chart.unit = unit;
    chart.title = oneLine(panel.title, kShownName);
    chart.from = answer.from - answer.step / 2;   // a column stands around its step
    chart.width = std::max<DurationNs>(answer.step, 1);
    double low = HUGE_VAL;
    int rank = 0;
    QVector<ChartSeries> limits;
    for (const dashboard::PanelSeries& series : answer.series) {
        ChartSeries line;
        const bool limit = isLimit(panel, series);
        line.kind = limit ? ChartSeries::Kind::kLimit : panel.stacked ? ChartSeries::Kind::kArea : panel.style == dashboard::DrawStyle::kBars ? ChartSeries::Kind::kBars : ChartSeries::Kind::kLine;
        line.name = oneLine(series.name, kShownName);
        line.color = dashboardColor(series.look.colour, theme);
        line.rank = limit ? 0 : rank++;
        line.values.reserve(static_cast<qsizetype>(series.values.size()));
        for (const double value : series.values) {
            line.values.push_back(value * factor);
            if (std::isfinite(value))
                low = std::min(low, value);
        }
        (limit ? limits : chart.series).push_back(std::move(line));
    }
    dropCommonWords(chart.series);
    chart.series = limits + chart.series;   // first: a legend that is cut still names it
    chart.yScale.log = panel.logarithmic;
    // As Grafana: values far from zero are not pressed against the top.
    chart.yScale.fromZero = panel.stacked || panel.style == dashboard::DrawStyle::kBars || !(low > 0) || panel.unit == "percent" || panel.unit == "percentunit";
    if (panel.min)
        chart.yScale.low = *panel.min * factor;
    if (panel.max)
        chart.yScale.high = *panel.max * factor;
    chart.yScale.binary = unit == QLatin1String("By") || unit == QLatin1String("By/s");
    for (const dashboard::Threshold& step : panel.thresholds) {
        if (!step.from || panel.thresholdsInPercent)
            continue;
        const QString colour = QString::fromStdString(step.colour);
        const ChartRole role = colour.contains(QLatin1String("red")) ? ChartRole::kError : colour.contains(QLatin1String("green")) ? ChartRole::kOk : ChartRole::kWarning;
        chart.marks.limits.push_back({*step.from * factor, panelText(panel, *step.from), role, false});
    }
    return chart;
}

}  // namespace nj::ui

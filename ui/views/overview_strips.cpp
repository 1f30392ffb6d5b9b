#include "views/overview_strips.h"

#include <QCoreApplication>
#include <algorithm>

#include "theme/number_format.h"
#include "widgets/chart_events.h"
#include "widgets/event_lane.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

QString stripsTr(const char* text) { return QCoreApplication::translate("nj::ui::OverviewStrips", text); }

constexpr size_t kMostKinds = 4, kMostLines = 4;

QVector<double> perSecond(const std::vector<uint32_t>& counts, DurationNs width, double seconds = 1) {
    QVector<double> values;
    for (const uint32_t n : counts)
        values.push_back(width > 0 ? n * seconds / (double(width) / 1e9) : 0);
    return values;
}

ChartLimit baselineAt(double value) {
    ChartLimit limit;
    limit.value = value;
    limit.dashed = true;
    return limit;
}

ChartSeries line(const StripRow& row, ChartSeries::Kind kind = ChartSeries::Kind::kLine) {
    ChartSeries series;
    series.kind = kind;
    series.name = row.name;
    series.color = row.color;
    series.values = row.values;
    return series;
}

Strip rateStrip(const OverviewFacts& f, const Theme& theme) {
    Strip strip;
    const bool spans = std::any_of(f.volume.spans.begin(), f.volume.spans.end(), [](uint32_t n) { return n > 0; });
    if (!spans && f.info.spans + f.info.logs == 0)
        return strip;
    strip.title = spans ? stripsTr("Spans") : stripsTr("Log records");
    strip.chart.from = f.volume.from;
    strip.chart.width = f.volume.width;
    const auto& counts = spans ? f.volume.spans : f.volume.logs;
    const QVector<double> rates = perSecond(counts, f.volume.width);
    const RatePeriod period = ratePeriod(rates.isEmpty() ? 0 : *std::max_element(rates.begin(), rates.end()));
    strip.words = period.words;
    StripRow row{theme.text, strip.title.toLower(), period.suffix, perSecond(counts, f.volume.width, period.seconds)};
    const auto& before = spans ? f.baselineVolume.spans : f.baselineVolume.logs;
    if (f.baseline && !before.empty()) {
        double total = 0;
        for (const uint32_t n : before)
            total += n;
        row.baseline = total / (double(f.baseline->length()) / (1e9 * period.seconds));
        strip.chart.marks.limits.push_back(baselineAt(row.baseline));
    }
    ChartSeries area = line(row, ChartSeries::Kind::kArea);
    area.color = theme.muted;
    strip.chart.series.push_back(area);
    strip.rows.push_back(row);
    return strip;
}

bool burstOfClientErrors(const query::ErrorGroup& group) {
    const auto digits = group.kind.find_first_of("0123456789");
    return digits != std::string::npos && group.kind[digits] == '4' && group.kind.find("HTTP") != std::string::npos;
}

Strip errorStrip(const OverviewFacts& f, const Theme& theme) {
    Strip strip;
    strip.title = stripsTr("Errors");
    // Never shorter than a minute: that is how errors are counted everywhere.
    double densest = 0;
    for (const query::ErrorGroup& group : f.errors.groups)
        for (const double rate : perSecond(group.perColumn, f.errors.width))
            densest = std::max(densest, rate);
    const RatePeriod asRate = ratePeriod(densest), period = asRate.seconds < 60 ? ratePeriod(1.0 / 60) : asRate;
    strip.words = stripsTr("%1, by kind").arg(period.words);
    strip.chart.from = f.errors.from;
    strip.chart.width = f.errors.width;
    double scale = 0, cut = 0;
    uint64_t cutCount = 0;
    QString cutKind;
    const QColor tones[] = {theme.error, theme.series.value(6, theme.error), theme.series.value(1, theme.warning), theme.series.value(5, theme.error)};
    size_t tone = 0;
    QVector<double> others;
    for (const query::ErrorGroup& group : f.errors.groups) {
        const QVector<double> values = perSecond(group.perColumn, f.errors.width, period.seconds);
        const double most = values.isEmpty() ? 0 : *std::max_element(values.begin(), values.end());
        const bool client = burstOfClientErrors(group);
        if (client) {
            if (most > cut) {
                cut = most;
                cutCount = group.count;
                cutKind = oneLine(group.kind);
            }
        } else {
            scale = std::max(scale, most);
        }
        if (strip.rows.size() < static_cast<qsizetype>(kMostKinds)) {
            StripRow row{client ? theme.others : tones[std::min(tone++, std::size(tones) - 1)], oneLine(group.kind.empty() || group.signal == Signal::kLog ? group.text : group.kind).left(40), period.suffix, values};
            if (f.baseline)
                row.baseline = double(group.baselineCount) / (double(f.baseline->length()) / (1e9 * period.seconds));
            strip.rows.push_back(row);
            strip.chart.series.push_back(line(row, ChartSeries::Kind::kBars));
        } else {
            others.resize(values.size());
            for (qsizetype i = 0; i < values.size(); ++i)
                others[i] += values[i];
        }
    }
    if (!others.isEmpty()) {
        StripRow row{theme.others, stripsTr("others"), period.suffix, others};
        strip.rows.push_back(row);
        strip.chart.series.push_back(line(row, ChartSeries::Kind::kBars));
    }
    // What one client caused never sets the scale; it is counted in words.
    if (scale > 0 && cut > 2 * scale) {
        strip.chart.yScale.high = scale * 1.3;
        strip.words = stripsTr("%1; %2 × %3 cut off").arg(period.words, formatCount(cutCount), cutKind);
    }
    return strip;
}

Strip latencyStrip(const OverviewFacts& f, const Theme& theme, const std::function<int(const QString&)>& rankOf) {
    Strip strip;
    const bool nanos = f.measure.unit == "ns";
    strip.title = oneLine(f.measure.title).left(24) + QStringLiteral(" p99");
    strip.words = nanos || f.measure.unit == "s" ? stripsTr("s, log") : stripsTr("log");
    strip.chart.from = f.latency.from;
    strip.chart.width = f.latency.width;
    strip.chart.unit = nanos ? QStringLiteral("s") : oneLine(f.measure.unit);
    strip.chart.yScale.log = true;
    double lowest = std::nan("");
    for (const query::LatencyGroup& group : f.latency.groups) {
        if (group.quantile.empty() || strip.rows.size() >= static_cast<qsizetype>(kMostLines))
            continue;
        StripRow row;
        row.name = group.label.empty() ? stripsTr("all") : oneLine(group.label).left(28);
        row.unit = strip.chart.unit;
        row.color = theme.seriesColor(group.label.empty() ? 0 : rankOf(oneLine(group.label)));
        for (const double v : group.quantile.back())
            row.values.push_back(nanos ? v / 1e9 : v);
        if (!group.baseline.empty() && std::isfinite(group.baseline.back())) {
            row.baseline = nanos ? group.baseline.back() / 1e9 : group.baseline.back();
            lowest = std::isnan(lowest) ? row.baseline : std::min(lowest, row.baseline);
        }
        strip.rows.push_back(row);
        strip.chart.series.push_back(line(row));
    }
    if (std::isfinite(lowest))
        strip.chart.marks.limits.push_back(baselineAt(lowest));
    return strip;
}

void addMetric(Strip& strip, const std::vector<StripSeries>& list, const QString& suffix, const QString& unit, double scale, ChartSeries::Kind kind, const Theme& theme,
               const std::function<int(const QString&)>& rankOf) {
    for (size_t i = 0; i < list.size() && i < kMostLines; ++i) {
        StripRow row;
        row.name = suffix.isEmpty() ? list[i].name : list[i].name + QLatin1Char(' ') + suffix;
        row.unit = unit;
        row.color = theme.seriesColor(rankOf(list[i].service.isEmpty() ? list[i].name : list[i].service));
        for (const double v : list[i].values)
            row.values.push_back(v * scale);
        row.baseline = list[i].baseline * scale;
        strip.rows.push_back(row);
        strip.chart.series.push_back(line(row, kind));
    }
}

Strip waitingStrip(const StripMetrics& m, const Theme& theme, const std::function<int(const QString&)>& rankOf) {
    Strip strip;
    strip.chart.from = m.from;
    strip.chart.width = m.width;
    using Kind = ChartSeries::Kind;
    if (!m.waiting.empty() || !m.cache.empty()) {
        strip.title = m.cache.empty() ? stripsTr("Waiting") : m.waiting.empty() ? stripsTr("KV cache") : stripsTr("Waiting and KV cache");
        strip.words = m.cache.empty() ? stripsTr("requests") : m.waiting.empty() ? stripsTr("% of blocks") : stripsTr("requests · % of blocks");
        addMetric(strip, m.cache, stripsTr("KV"), QStringLiteral("%"), 100, Kind::kLine, theme, rankOf);
        addMetric(strip, m.waiting, stripsTr("waiting"), QString(), 1, Kind::kThinLine, theme, rankOf);
    } else if (!m.other.empty()) {
        strip.title = m.otherTitle;
        strip.words = m.otherUnit.isEmpty() ? stripsTr("changed most") : m.otherUnit + QStringLiteral(", ") + stripsTr("changed most");
        strip.chart.yScale.fromZero = false;
        addMetric(strip, m.other, QString(), m.otherUnit, 1, Kind::kLine, theme, rankOf);
    }
    return strip;
}

// The few events that explain most, in time order; of several alike the first.
std::vector<query::EventMark> tellingEvents(const std::vector<query::EventMark>& events) {
    constexpr size_t kMost = 8;
    std::vector<query::EventMark> few;
    for (const query::EventMark& event : events) {
        const auto alike = [&](const query::EventMark& e) { return e.kind == event.kind && e.entity == event.entity && event.time - e.time < 10 * kMinute && eventWeight(e) < 5; };
        if (std::none_of(few.begin(), few.end(), alike))
            few.push_back(event);
    }
    std::stable_sort(few.begin(), few.end(), [](const auto& a, const auto& b) { return eventWeight(a) > eventWeight(b); });
    if (few.size() > kMost)
        few.resize(kMost);
    std::stable_sort(few.begin(), few.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return few;
}

}  // namespace

QVector<Strip> overviewStrips(const OverviewFacts& f, const StripMetrics& metrics, const Theme& theme, const std::function<int(const QString&)>& rankOf) {
    QVector<Strip> strips;
    const auto telling = tellingEvents(f.events);
    const auto add = [&](Strip strip) {
        const bool any = std::any_of(strip.rows.begin(), strip.rows.end(), [](const StripRow& row) { return std::any_of(row.values.begin(), row.values.end(), [](double v) { return std::isfinite(v); }); });
        if (!any || strip.chart.width <= 0)
            return;
        strip.chart.title = strip.title;
        strip.chart.description = strip.title + QStringLiteral(", ") + strip.words;
        strip.chart.marks.flags = chartFlags(telling, f.utc);
        strip.chart.marks.flagLabels = strips.isEmpty();
        strips.push_back(std::move(strip));
    };
    add(rateStrip(f, theme));
    add(errorStrip(f, theme));
    add(latencyStrip(f, theme, rankOf));
    add(waitingStrip(metrics, theme, rankOf));
    return strips;
}

}  // namespace nj::ui

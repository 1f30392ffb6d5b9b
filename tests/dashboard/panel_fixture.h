// Series in memory, panels of a line, and answers as text.
#pragma once

#include "dashboard/panel_answer.h"
#include "frame_text.h"
#include "promql/memory_querier.h"
#include "qt_test.h"

namespace nj::test {

inline constexpr TimeRange kPanelRange{6'000 * kSecond, 6'060 * kSecond};

// up of three instances, a counter, a gauge of 0, buckets of two pods; a sample every 15 s from ten minutes before the range to its end.
inline void loadSeries(MemoryQuerier& querier) {
    for (TimeNs time = kPanelRange.from - 600 * kSecond; time <= kPanelRange.to; time += 15 * kSecond) {
        const auto second = static_cast<double>(time / kSecond);
        for (const auto& [job, instance, value] : {std::tuple("api", "a:1", 1.0), {"api", "b:1", 2.0}, {"db", "c:1", 3.0}})
            querier.add({{"__name__", "up"}, {"instance", instance}, {"job", job}}, time, {value, nullptr});
        querier.add({{"__name__", "requests_total"}, {"pod", "x"}}, time, {second, nullptr});
        querier.add({{"__name__", "idle"}, {"pod", "x"}}, time, {0, nullptr});
        for (const auto& [le, count] : {std::pair("0.1", 1.0), {"0.5", 3.0}, {"1", 3.0}, {"+Inf", 4.0}})
            for (const char* pod : {"x", "y"})
                querier.add({{"__name__", "latency_bucket"}, {"le", le}, {"pod", pod}}, time, {count * second / 15, nullptr});
    }
    querier.add({{"__name__", "old"}}, 60 * kSecond, {1, nullptr});
    querier.add({{"__name__", "old"}}, 90 * kSecond, {1, nullptr});
}

inline dashboard::Target target(const char* expr, const char* legend = "", const char* refId = "A") {
    dashboard::Target out;
    out.refId = refId;
    out.expr = expr;
    out.legend = legend;
    return out;
}

inline dashboard::Target formatted(dashboard::Target target, dashboard::TargetFormat format) {
    target.format = format;
    return target;
}

inline dashboard::Target instant(dashboard::Target target) {
    target.instant = true;
    return target;
}

inline dashboard::Panel panelOf(dashboard::PanelKind kind, std::vector<dashboard::Target> targets) {
    dashboard::Panel panel;
    panel.kind = kind;
    panel.targets = std::move(targets);
    return panel;
}

inline dashboard::Scope panelScope() {
    dashboard::Scope scope;
    scope.range = kPanelRange;
    return scope;
}

// Four columns of 15 s each.
inline dashboard::PanelAnswer answerOf(const dashboard::Panel& panel, MemoryQuerier& querier, const dashboard::Scope& scope = panelScope(), int columns = 4) {
    auto answer = dashboard::answerPanel(panel, scope, columns, promql::Engine(), querier);
    if (!answer.ok())
        qFatal("%s", answer.error().message.c_str());
    return std::move(*answer);
}

inline dashboard::PanelAnswer answerOf(const dashboard::Panel& panel) {
    MemoryQuerier querier;
    loadSeries(querier);
    return answerOf(panel, querier);
}

inline QString numbersText(const std::vector<double>& numbers) {
    QStringList out;
    for (const double number : numbers)
        out << QString::fromStdString(std::isnan(number) ? "nan" : promql::compactNumber(number));
    return out.join(",");
}

// "name [A] 1,2 = 2"
inline QStringList seriesTexts(const dashboard::PanelAnswer& answer) {
    QStringList out;
    for (const dashboard::PanelSeries& series : answer.series)
        out << QString::fromStdString(series.name + " [" + series.refId + "] ") + numbersText(series.values) + " = " + numbersText({series.value});
    return out;
}

// A line per column.
inline QStringList bucketTexts(const dashboard::PanelBuckets& buckets) {
    QStringList out{numbersText(buckets.bounds)};
    for (size_t at = 0; buckets.rows() > 0 && at < buckets.counts.size(); at += buckets.rows())
        out << numbersText({buckets.counts.begin() + static_cast<std::ptrdiff_t>(at), buckets.counts.begin() + static_cast<std::ptrdiff_t>(at + buckets.rows())});
    return out;
}

inline QStringList texts(const std::vector<std::string>& list) {
    QStringList out;
    for (const std::string& text : list)
        out << QString::fromStdString(text);
    return out;
}

}  // namespace nj::test

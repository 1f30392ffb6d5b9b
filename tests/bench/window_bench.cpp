// nightjar_window_bench: what a hand feels in the window. Prints the median of many rounds, painting included, with the targets they are
// held against. Usage: QT_QPA_PLATFORM=offscreen nightjar_window_bench [charts|heatmap|devices|trace …]; without names, all.
#include <QApplication>
#include <QElapsedTimer>
#include <QGridLayout>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/heatmap_chart.h"
#include "widgets/resource_heatmap.h"
#include "widgets/resource_overview.h"
#include "widgets/time_chart.h"
#include "widgets/trace_minimap.h"
#include "widgets/waterfall_widget.h"

using namespace nj;
using namespace nj::ui;

namespace {

constexpr TimeNs kFrom = 1'773'662'400'000'000'000;   // 2026-03-16 12:00 UTC
constexpr int kRounds = 41;

struct Figure {
    double wallMs = 0, cpuMs = 0;   // of the UI thread: what stands when others share the machine
};

double threadCpuMs() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Figure medianMs(const std::function<void(int)>& work) {
    std::vector<double> walls, cpus;
    for (int i = 0; i < kRounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        const double before = threadCpuMs();
        work(i);
        QApplication::sendPostedEvents();
        QApplication::processEvents();
        cpus.push_back(threadCpuMs() - before);
        walls.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    for (auto* times : {&walls, &cpus})
        std::sort(times->begin(), times->end());
    return {walls[walls.size() / 2], cpus[cpus.size() / 2]};
}

void figure(const char* what, Figure ms, const char* target) { std::printf("%-58s %8.1f ms  (CPU %5.1f)   %s\n", what, ms.wallMs, ms.cpuMs, target); }

TimeChartData lines(int seed) {
    TimeChartData data;
    data.from = kFrom;
    data.width = kMinute;
    data.unit = QStringLiteral("s");
    for (int s = 0; s < 5; ++s) {
        ChartSeries series;
        series.name = QStringLiteral("series %1").arg(s);
        series.rank = s;
        for (int i = 0; i < 1440; ++i)
            series.values.append(1.5 + std::sin((i + seed * 37 + s * 101) / 40.0) + 0.3 * std::sin(i * 1.7 + s));
        data.series.append(series);
    }
    return data;
}

void twelveCharts(const Theme& theme) {
    Workspace workspace;
    workspace.setAll({kFrom, kFrom + 24 * kHour});
    workspace.openRange({kFrom, kFrom + 24 * kHour});
    QWidget window;
    window.resize(1600, 1000);
    auto* grid = new QGridLayout(&window);
    for (int i = 0; i < 12; ++i) {
        auto* chart = new TimeChart(workspace, theme, &window);
        chart->setData(lines(i));
        grid->addWidget(chart, i / 3, i % 3);
    }
    window.show();
    QApplication::processEvents();
    figure("12 charts × 5 series × 1,440 points: range change", medianMs([&](int i) { workspace.openRange({kFrom + i * kMinute, kFrom + 12 * kHour + i * kMinute}); }), "target ≤ 16 ms");
    figure("  hover: one cursor in all of them", medianMs([&](int i) { workspace.setCursor(kFrom + kHour + i * kMinute); }), "target ≤ 4 ms");
    figure("  new data in all of them", medianMs([&](int i) {
               for (auto* chart : window.findChildren<TimeChart*>())
                   chart->setData(lines(i));
           }), "");
}

void denseHeatmap(const Theme& theme) {
    Workspace workspace;
    workspace.setAll({kFrom, kFrom + 24 * kHour});
    workspace.openRange({kFrom, kFrom + 24 * kHour});
    HeatmapChart chart(workspace, theme);
    chart.resize(1600, 1000);
    HeatmapData data;
    data.from = kFrom;
    data.width = kMinute;
    for (int i = 0; i <= 1024; ++i)
        data.bounds.append(0.001 * std::pow(1.01, i));
    data.counts.resize(1440 * 1024);
    for (qsizetype i = 0; i < data.counts.size(); ++i)
        data.counts[i] = static_cast<quint32>((i * 2654435761U) >> 27);
    chart.show();
    figure("heatmap 1,024 rows × 24 h: new data and paint", medianMs([&](int) {
               chart.setData(data);
               chart.repaint();
           }), "target ≤ 16 ms");
    figure("  hover", medianMs([&](int i) { workspace.setCursor(kFrom + kHour + i * kMinute); }), "target ≤ 4 ms");
}

// The Resources view's two halves over 1,024 GPUs and a day in columns of a minute.
void deviceRows(const Theme& theme) {
    Workspace workspace;
    workspace.setAll({kFrom, kFrom + 24 * kHour});
    workspace.openRange({kFrom, kFrom + 24 * kHour});
    HeatRows rows;
    rows.from = kFrom;
    rows.width = kMinute;
    rows.columns = 1440;
    rows.shown = workspace.all();
    rows.scale = {HeatScale::Kind::kShortfall, 0.6, 0.95};
    rows.text = [](double v) { return QString::number(v, 'f', 2); };
    for (int r = 0; r < 1024; ++r) {
        HeatRow row;
        row.key = row.name = QStringLiteral("GPU %1").arg(r);
        row.heading = r % 8 == 0 ? QStringLiteral("node-%1").arg(r / 8) : QString();
        for (int c = 0; c < rows.columns; ++c)
            row.values.push_back((r * 31 + c * 17) % 97 == 0 ? std::nanf("") : 0.6F + 0.4F * static_cast<float>((r * 7 + c) % 64) / 64);
        rows.rows.append(row);
    }
    ResourceHeatmap map(workspace, theme, {});
    ResourceOverview overview(workspace, theme, {});
    map.resize(1300, 700);
    overview.resize(1300, 140);
    map.setRows(rows);
    overview.setRows(rows, true, QStringLiteral("lowest"));
    map.show();
    overview.show();
    QApplication::processEvents();
    figure("device rows 1,024 × 24 h: both halves drawn anew", medianMs([&](int i) {
               map.resize(1300, 700 + i % 2);   // what is kept between paint events is of one size
               overview.resize(1300 + i % 2, 140);
               map.viewport()->repaint();
               overview.repaint();
           }), "target ≤ 16 ms");
    figure("  scroll", medianMs([&](int i) { map.verticalScrollBar()->setValue(i * 400); }), "target ≤ 16 ms");
    figure("  hover", medianMs([&](int i) { workspace.setCursor(kFrom + kHour + i * kMinute); }), "target ≤ 4 ms");
    figure("  new data in both", medianMs([&](int) {
               map.setRows(rows);
               overview.setRows(rows, true, QStringLiteral("lowest"));
               map.viewport()->repaint();
               overview.repaint();
           }), "");
}

// A trace of a million spans as the Traces view shows it: every span a row, then zoomed and scrolled.
void largeTrace(const Theme& theme) {
    constexpr int32_t kSpans = 1'000'000, kFan = 8;
    auto tree = std::make_shared<query::TraceTree>();
    tree->from = kFrom;
    tree->to = kFrom + kHour;
    tree->spans.reserve(kSpans);
    // Depth first: each span halves the time of the one above with its children beside each other.
    const std::function<void(int32_t, TimeNs, TimeNs)> grow = [&](int32_t parent, TimeNs from, TimeNs to) {
        const auto index = static_cast<int32_t>(tree->spans.size());
        query::TraceSpan span;
        span.seq = index;
        span.parent = parent;
        span.depth = parent < 0 ? 0 : tree->spans[static_cast<size_t>(parent)].depth + 1;
        span.start = from;
        span.end = to;
        span.service = "service-" + std::to_string(index % 7);
        span.name = "operation " + std::to_string(index % 40);
        span.status = index % 997 == 0 ? SpanStatus::kError : SpanStatus::kUnset;
        if (index % 50 == 0)
            span.criticalParts.emplace_back(from, (from + to) / 2);
        tree->spans.push_back(span);
        for (int32_t child = 0; child < kFan && span.depth < 6 && tree->spans.size() < kSpans; ++child) {
            ++tree->spans[static_cast<size_t>(index)].childCount;
            grow(index, from + (to - from) * child / kFan, from + (to - from) * (child + 1) / kFan - (to - from) / 40);
        }
    };
    grow(-1, tree->from, tree->to);
    while (tree->spans.size() < kSpans) {   // roots beside it
        const auto at = static_cast<DurationNs>(tree->spans.size()) * (kHour / kSpans);
        grow(-1, kFrom + at, std::min(tree->to, kFrom + at + kMinute));
    }
    QWidget window;
    window.resize(1600, 1000);
    auto* column = new QVBoxLayout(&window);
    auto* minimap = new TraceMinimap(theme, &window);
    auto* waterfall = new WaterfallWidget(theme, &window);
    minimap->setFixedHeight(44);
    column->addWidget(minimap);
    column->addWidget(waterfall, 1);
    const auto color = [&](const std::string& service) { return theme.seriesColor(service.back() - '0'); };
    minimap->setServiceColor(color);
    waterfall->setServiceColor(color);
    QObject::connect(waterfall, &WaterfallWidget::visibleRangeChanged, minimap, [=] { minimap->setAxis(waterfall->axis()); });
    QElapsedTimer opening;
    opening.start();
    const double before = threadCpuMs();
    minimap->setTree(tree);
    waterfall->setTree(tree);
    window.show();
    QApplication::processEvents();
    minimap->setAxis(waterfall->axis());
    QApplication::processEvents();
    figure("trace of 1,000,000 spans: rows laid out, first paint", {static_cast<double>(opening.nsecsElapsed()) / 1e6, threadCpuMs() - before}, "target ≤ 1,000 ms");
    QScrollBar& bar = *waterfall->verticalScrollBar();
    figure("  scroll", medianMs([&](int i) { bar.setValue(bar.maximum() / (kRounds + 1) * (i + 1)); }), "target ≤ 16 ms");
    figure("  scroll at the middle, row by row", medianMs([&](int i) { bar.setValue(bar.maximum() / 2 + i * 3); }), "target ≤ 16 ms");
    figure("  zoom, minimap included", medianMs([&](int i) { waterfall->setVisibleRange(kFrom + i * kMinute / 2, kFrom + kHour - i * kMinute / 2); }), "target ≤ 16 ms");
    figure("  selection of a far span", medianMs([&](int i) { waterfall->select(kSpans / (kRounds + 1) * (i + 1)); }), "target ≤ 16 ms");
    figure("  one span closed and opened", medianMs([&](int i) {
               waterfall->layout().setExpanded(1, i % 2 == 0);
               waterfall->layoutChanged();
           }), "target ≤ 100 ms");
    figure("  size changed: minimap drawn anew", medianMs([&](int i) { window.resize(1600 + i % 2, 1000); }), "target ≤ 100 ms");
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const Theme theme = Theme::dark();
    theme.install();
    const QStringList asked = application.arguments().mid(1);
    const std::pair<const char*, void (*)(const Theme&)> workloads[] = {{"charts", twelveCharts}, {"heatmap", denseHeatmap}, {"devices", deviceRows}, {"trace", largeTrace}};
    for (const auto& [name, run] : workloads)
        if (asked.isEmpty() || asked.contains(QLatin1String(name)))
            run(theme);
    return 0;
}

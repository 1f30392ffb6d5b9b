#include "views/logs_volume_panel.h"

#include <array>

#include "theme/number_format.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kColumns = 160;

// The classes of LogVolumeAnswer::counts that make up each shown class, most serious first.
constexpr std::array<std::array<int, 2>, 4> kClasses = {{{3, 4}, {2, -1}, {1, -1}, {0, -1}}};

double inClass(const std::array<uint32_t, 5>& counts, size_t shown) {
    double sum = 0;
    for (const int one : kClasses[shown])
        if (one >= 0)
            sum += counts[static_cast<size_t>(one)];
    return sum;
}

}  // namespace

TimeChartData logVolumeChart(const query::LogVolumeAnswer& answer, const Theme& theme, const QVector<ChartFlag>& flags) {
    TimeChartData data;
    data.from = answer.from;
    data.width = answer.width;
    data.unit = QStringLiteral("/min");
    data.marks.flags = flags;
    QColor rest = theme.muted, info = theme.seriesColor(0);
    rest.setAlphaF(0.5F);
    info.setAlphaF(0.55F);
    const std::array<std::pair<QString, QColor>, 4> classes = {{{LogsVolumePanel::tr("▲ error"), theme.error},
                                                               {LogsVolumePanel::tr("◆ warning"), theme.warning},
                                                               {LogsVolumePanel::tr("info"), info},
                                                               {LogsVolumePanel::tr("other"), rest}}};
    const double perMinute = answer.width > 0 ? static_cast<double>(kMinute) / static_cast<double>(answer.width) : 1;
    for (size_t c = 0; c < classes.size(); ++c) {
        ChartSeries series;
        series.kind = ChartSeries::Kind::kBars;
        series.name = classes[c].first;
        series.color = classes[c].second;
        for (const auto& counts : answer.counts)
            series.values.push_back(inClass(counts, c) * perMinute);
        data.series.push_back(series);
    }
    return data;
}

QString logVolumeTitle(const query::LogVolumeAnswer& answer, const QString& filter) {
    if (filter.isEmpty())
        return LogsVolumePanel::tr("%1 log records").arg(formatCount(answer.all));
    return LogsVolumePanel::tr("“%1”: %2 of %3 records").arg(filter.left(120), formatCount(answer.total), formatCount(answer.all));
}

LogsVolumePanel::LogsVolumePanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    chart_ = new TimeChart(context.workspace, context.theme, this);
    chart_->setObjectName(QStringLiteral("logVolume"));
    chart_->setDrag(ChartDrag::kBrush);
    chart_->setMinimumHeight(70);
    setBody(chart_);
    setTitle(tr("Logs"));
    connect(chart_, &ChartFrame::brushChanged, this, [this] {
        show();
        Q_EMIT brushChanged(chart_->brush());
    });
    connect(chart_, &ChartFrame::pointClicked, this, [this](TimeNs time) { Q_EMIT instantClicked(time); });
}

void LogsVolumePanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    show();
}

quint64 LogsVolumePanel::countOf(int severityClass) const {
    double sum = 0;
    for (const auto& counts : answer_.counts)
        sum += inClass(counts, static_cast<size_t>(severityClass));
    return static_cast<quint64>(sum);
}

void LogsVolumePanel::refresh() {
    if (context_.workspace.range().empty())
        return;
    const query::LogVolumeQuestion question{context_.workspace.range(), context_.workspace.filter(), kColumns};
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("logs/volume"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.logVolume(question, stop); },
        [this](Result<query::LogVolumeAnswer>&& answer) {
            asking_ = false;
            failed_ = !answer.ok();
            setBusy(false);
            if (answer.ok()) {
                answer_ = std::move(*answer);
                show();
                Q_EMIT answered();
            } else {
                showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
            }
            Q_EMIT settledChanged();
        });
}

void LogsVolumePanel::show() {
    if (failed_)
        return;   // events that arrive later must not cover the error
    TimeChartData volume = logVolumeChart(answer_, context_.theme, flags_);
    setTitle(logVolumeTitle(answer_, context_.workspace.filterText()));
    QString words = tr("records a minute by severity, %1 %2").arg(formatRange(context_.workspace.range(), context_.workspace.utc()),
                                                                  zoneName(context_.workspace.range().from, context_.workspace.utc()));
    if (const auto brush = chart_->brush())
        words += tr(" · brush %1, Enter zooms, Esc clears").arg(formatRange(*brush, context_.workspace.utc()));
    setWords(words);
    volume.title = title();
    volume.description = tr("%1 errors, %2 warnings. %3").arg(formatCount(countOf(0)), formatCount(countOf(1)), words);
    chart_->setData(volume);
    showBody();
}

}  // namespace nj::ui

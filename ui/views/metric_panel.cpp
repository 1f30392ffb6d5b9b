#include "views/metric_panel.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "views/add_to_dashboard.h"
#include "models/panel_heatmap.h"
#include "views/metric_questions.h"
#include "views/metric_table.h"
#include "widgets/fact_table.h"
#include "widgets/heatmap_chart.h"
#include "widgets/legend_table.h"
#include "widgets/picture_copy.h"
#include "widgets/time_axis.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kLeastChart = 120;   // two lines of flags, an axis, and something between

}  // namespace

MetricPanel::MetricPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.unit);
    charts_ = new QStackedWidget(body);
    chart_ = new TimeChart(context.workspace, context.theme, charts_);
    chart_->setObjectName(QStringLiteral("metricChart"));
    heatmap_ = new HeatmapChart(context.workspace, context.theme, charts_);
    charts_->addWidget(chart_);
    charts_->addWidget(heatmap_);
    charts_->setMinimumHeight(kLeastChart);
    legend_ = new LegendTable(context.theme, body);
    legend_->setObjectName(QStringLiteral("metricLegend"));
    column->addWidget(charts_, 1);
    column->addWidget(legend_);
    setBody(body);
    setHeightFollowsWidth(false);
    buildCopy();
    connect(legend_, &LegendTable::hiddenChanged, this, &MetricPanel::showHidden);
    connect(chart_, &ChartFrame::pointClicked, this, &MetricPanel::clicked);
    connect(heatmap_, &HeatmapChart::exemplarClicked, this, [this](int index) {
        if (static_cast<size_t>(index) < heat_.exemplars.size())
            Q_EMIT exemplarClicked(heat_.exemplars[static_cast<size_t>(index)].trace);
    });
    connect(&context_.workspace, &Workspace::cursorChanged, this, &MetricPanel::showCursor);
}

void MetricPanel::buildCopy() {
    CopySource source;
    source.picture = charts_;
    source.caption = [this] { return pictureCaption(context_.workspace, title() + QStringLiteral(", ") + words()); };
    source.table = [this] { return table_ ? metricCopyTable(answer_.table) : chartTable(chart_->data()); };
    source.texts = {{tr("PromQL"), [this] { return promqlTexts([](const QString& expression, const MetricPart&) { return expression; }); }},
                    {tr("curl, for nightjar serve --api"), [this] {
                         return promqlTexts([this](const QString& expression, const MetricPart& part) { return promqlCurl(expression, context_.workspace.range(), part.answer.width); });
                     }}};
    source.command = [this] {
        std::vector<MetricSpec> specs;
        for (const MetricPart& part : parts_)
            specs.push_back(part.spec);
        return viewCommand(context_.workspace, QStringLiteral("metrics"), metricRowsParameter(specs));
    };
    source.fileName = QStringLiteral("metrics");
    controls()->addWidget(new AddToDashboard(context_.workspace, context_.theme, [this] { return dashboardPanel(parts_, look_.log, look_.stacked); }, this));
    controls()->addWidget(copyButton(std::move(source), context_.theme, this));
}

QString MetricPanel::promqlTexts(const std::function<QString(const QString&, const MetricPart&)>& text) const {
    QStringList lines;
    for (const MetricPart& part : parts_)
        lines << text(part.spec.promql ? part.spec.expression : promqlOf(part.spec, part.answer), part);
    return lines.join(QLatin1Char('\n'));
}

void MetricPanel::showProblem(const std::vector<MetricPart>& asked, const QString& problem, const QString& actionText, std::function<void()> action) {
    nameOnly(asked);
    showError(problem, actionText, std::move(action));
}

void MetricPanel::showNothing(const std::vector<MetricPart>& asked, const QString& sentence, const QString& actionText, std::function<void()> action) {
    nameOnly(asked);
    showEmpty(sentence, actionText, std::move(action));
}

// What was said about the last picture is not true of this; what was asked can still be copied.
void MetricPanel::nameOnly(const std::vector<MetricPart>& asked) {
    parts_ = asked;
    for (MetricPart& part : parts_)
        part.answer.lines.clear();
    heatShown_ = false;
    answer_ = {};
    chart_->setData({});
    QStringList names;
    for (const MetricPart& part : parts_)
        names << (part.spec.promql ? part.spec.expression.simplified() : part.spec.name).left(200);
    setTitle(names.join(QStringLiteral(", ")));
    setWords({});
    setPartial({});
}

MetricPicture MetricPanel::picture() const {
    MetricPicture picture;
    for (const MetricPart& part : parts_)
        picture.parts.push_back(&part);
    picture.log = look_.log;
    picture.stacked = look_.stacked;
    picture.overlay = look_.overlay;
    picture.overlaid = look_.overlaid;
    return picture;
}

void MetricPanel::showParts(const std::vector<MetricPart>& parts, Look look) {
    parts_ = parts;
    answer_ = {};
    look_ = look;
    heatShown_ = false;
    show();
}

void MetricPanel::showHeatmap(const MetricPart& part, const query::HeatmapAnswer& heat) {
    parts_ = {part};
    answer_ = {};
    heat_ = heat;
    heatShown_ = true;
    show();
}

void MetricPanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    // What is no graph is shown anew with its answer.
    if (!parts_.empty() && bodyShown() && answer_.step == 0)
        show();
}

void MetricPanel::setLegendRows(int most) { legend_->setMostRows(most); }

void MetricPanel::show() {
    const MetricPicture now = picture();
    if (heatShown_) {
        heatmap_->setData(metricHeatmap(parts_.front(), heat_, flags_));
        setTitle(parts_.front().spec.name.left(200));
        setWords(tr("observations over time, n = %1").arg(formatCount(heat_.n)));
        setPartial({});
    } else {
        chart_->setData(now.chart(flags_));
        legend_->setRows(now.legend(context_.theme), now.unit(), parts_.size() > 1 ? tr("query") : tr("series"), tr("n"));
        setTitle(now.title());
        setWords(now.words());
        setPartial(now.partial());
        showHidden();
        showCursor();
    }
    showPage(heatShown_ ? static_cast<QWidget*>(heatmap_) : chart_);
}

void MetricPanel::showPage(QWidget* page) {
    charts_->setCurrentWidget(page);
    legend_->setVisible(page == chart_);
    if (table_ && page != table_) {
        table_->deleteLater();
        table_ = nullptr;
    }
    showBody();
}

void MetricPanel::showAnswer(const MetricPart& part, const dashboard::PanelAnswer& answer) {
    nameOnly({part});
    answer_ = answer;
    setTitle(part.spec.name.left(200));
    heatShown_ = true;
    if (part.spec.picture == MetricSpec::Picture::kTable) {
        if (table_)
            table_->deleteLater();
        table_ = metricTable(answer_.table, part.unit(), context_.theme, charts_);
        charts_->addWidget(table_);
        const QString at = formatClock(answer_.range.to, context_.workspace.utc());
        setWords(answer_.rowsInAll == 1 ? tr("at %1, 1 row").arg(at) : tr("at %1, %2 rows").arg(at, formatCount(answer_.rowsInAll)));
        setPartial(answer_.rowsInAll > answer_.table.rows() ? tr("first %1 of %2 rows").arg(formatCount(answer_.table.rows()), formatCount(answer_.rowsInAll)) : QString());
        showPage(table_);
        return;
    }
    const auto [unit, factor] = shownMetricUnit(part.unit());
    HeatmapData heat = panelHeatmap(answer_, unit, factor);
    if (heat.rows() == 0) {
        showEmpty(answer_.why.empty() ? tr("Nothing above zero to show: the axis of a heatmap is logarithmic.") : QString::fromStdString(answer_.why).left(600));
        return;
    }
    heat.marks.flags = flags_;
    heat.title = title();
    heatmap_->setData(heat);
    setWords(tr("buckets over time, every %1").arg(stepText(answer_.step)));
    showPage(heatmap_);
}

void MetricPanel::showCursor() {
    const auto cursor = context_.workspace.cursor();
    if (parts_.empty() || heatShown_)
        return;
    if (!cursor)
        legend_->setAtCursor({}, {});
    else
        legend_->setAtCursor(formatClock(*cursor, context_.workspace.utc(), cursorResolution(chart_->plotFrame().nsPerPixel())), picture().at(*cursor));
}

void MetricPanel::showHidden() {
    QSet<int> hidden;
    const MetricPicture now = picture();
    for (int series = 0; series < now.seriesCount(); ++series)
        if (const int row = now.placeOf(series).row; row >= 0 && legend_->hidden().contains(row))
            hidden.insert(series);
    chart_->setHidden(hidden);
}

void MetricPanel::clicked(TimeNs time, int series, double value) {
    const MetricPicture::Place place = picture().placeOf(series);
    if (series < 0 || place.part < 0 || place.overlay)   // what lies over it was at another time
        return;
    const MetricPart& part = parts_[static_cast<size_t>(place.part)];
    if (place.line >= 0) {
        const query::MetricLine& line = part.answer.lines[static_cast<size_t>(place.line)];
        Q_EMIT seriesClicked(time, line.series, QString::fromStdString(line.label));
        return;
    }
    // Of the rings at that value the nearest in time.
    const double factor = shownMetricUnit(part.unit()).second;
    const query::MetricExemplar* nearest = nullptr;
    for (const query::MetricExemplar& exemplar : part.answer.exemplars)
        if (exemplar.value * factor == value && (!nearest || std::abs(exemplar.time - time) < std::abs(nearest->time - time)))
            nearest = &exemplar;
    if (nearest)
        Q_EMIT exemplarClicked(nearest->trace);
}

}  // namespace nj::ui

#include "views/logs_patterns_panel.h"

#include <algorithm>

#include "models/log_text.h"
#include "theme/number_format.h"
#include "widgets/fact_table.h"

namespace nj::ui {
namespace {

constexpr double kGrown = 2;

}  // namespace

QString logPatternsTitle(const query::LogPatternsAnswer& answer) {
    if (!answer.hasBaseline)
        return LogsPatternsPanel::tr("%1 patterns, no baseline to compare with").arg(formatCount(answer.kinds));
    QStringList parts;
    if (answer.fresh > 0)
        parts << (answer.fresh == 1 ? LogsPatternsPanel::tr("1 pattern is new") : LogsPatternsPanel::tr("%1 patterns are new").arg(formatCount(answer.fresh)));
    if (answer.gone > 0)
        parts << (answer.gone == 1 ? LogsPatternsPanel::tr("1 is gone") : LogsPatternsPanel::tr("%1 are gone").arg(formatCount(answer.gone)));
    return parts.isEmpty() ? LogsPatternsPanel::tr("%1 patterns, none new").arg(formatCount(answer.kinds)) : parts.join(QStringLiteral(", "));
}

LogsPatternsPanel::LogsPatternsPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    table_ = new FactTable({{tr("change"), 84}, {tr("service"), 128, false, 1}, {tr("pattern"), 0}, {tr("over time"), 112, false, 2}, {tr("records"), 72, true}, {tr("share"), 84, true, 3}, {tr("baseline"), 72, true}, {tr("× rate"), 72, true, 4}},
                           context.theme, this);
    table_->setObjectName(QStringLiteral("logPatterns"));
    table_->setAccessibleName(tr("Log patterns"));
    setBody(table_);
    setTitle(tr("Patterns"));
    connect(table_, &FactTable::rowOpened, this, [this](int row) {
        if (row >= 0 && static_cast<size_t>(row) < answer_.patterns.size())
            Q_EMIT patternChosen(QString::fromStdString(answer_.patterns[static_cast<size_t>(row)].id));
    });
}

void LogsPatternsPanel::refresh(TimeRange range) {
    if (range.empty())
        return;
    range_ = range;
    const query::LogPatternsQuestion question{range, context_.workspace.baseline(), context_.workspace.filter(), 96, 200};
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("logs/patterns"), this, [question](query::Backend& backend, std::stop_token stop) { return query::askLogPatterns(backend, question, stop); },
        [this](Result<query::LogPatternsAnswer>&& answer) {
            asking_ = false;
            setBusy(false);
            if (answer.ok()) {
                answer_ = std::move(*answer);
                show();
                Q_EMIT answered();
            } else {
                setTitle(tr("Patterns"));
                setWords({});
                showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(range_); });
            }
            Q_EMIT settledChanged();
        });
}

std::vector<FactCell> LogsPatternsPanel::cells(const query::LogPattern& pattern, uint64_t most) const {
    FactCell change;
    const double factor = pattern.baselineRate > 0 ? pattern.rate / pattern.baselineRate : 0;
    const bool few = pattern.count + pattern.baselineCount < 5;
    if (answer_.hasBaseline) {
        if (pattern.fresh())
            change.text = tr("+ new");
        else if (pattern.gone())
            change.text = tr("− gone");
        else if (!few && factor >= kGrown)
            change.text = tr("↑ more");
        else if (!few && factor <= 1 / kGrown)
            change.text = tr("↓ less");
        else
            change.text = tr("as before");
        change.strong = pattern.fresh();
        change.muted = !pattern.fresh() && !(factor >= kGrown && !few);
        change.order = pattern.fresh() ? 4 : pattern.gone() ? 0.5 : few ? 1 : factor >= kGrown ? 3 : 2;
    }
    change.mark = pattern.severity >= 13 ? Theme::severityMark(pattern.severity) : QString();
    change.role = pattern.severity >= 17 ? QStringLiteral("error") : pattern.severity >= 13 ? QStringLiteral("warning") : QString();
    FactCell service;
    service.text = cellLine(pattern.service.substr(0, 120));
    service.detail = pattern.services > 1 ? QStringLiteral("+%1").arg(pattern.services - 1) : QString();
    service.dot = context_.theme.seriesColor(context_.workspace.serviceRank(QString::fromStdString(pattern.service)));
    FactCell text;
    text.text = pattern.text.empty() ? tr("(empty)") : cellLine(pattern.text);
    text.muted = pattern.gone();
    FactCell spark;
    for (const uint32_t n : pattern.perColumn)
        spark.spark.push_back(static_cast<float>(n));
    const double share = answer_.records > 0 ? static_cast<double>(pattern.count) / static_cast<double>(answer_.records) : 0;
    FactCell records{formatCount(pattern.count), {}, {}, {}, {}, -1, {}, pattern.gone(), false, static_cast<double>(pattern.count)};
    FactCell part{pattern.gone() ? QStringLiteral("–") : formatShare(share), {}, {}, {}, {}, most > 0 ? static_cast<double>(pattern.count) / static_cast<double>(most) : -1, {}, true, false, share};
    FactCell before{answer_.hasBaseline ? formatCount(pattern.baselineCount) : QStringLiteral("–"), {}, {}, {}, {}, -1, {}, true, false, static_cast<double>(pattern.baselineCount)};
    FactCell rate{pattern.fresh() || pattern.gone() || !answer_.hasBaseline ? QStringLiteral("–") : formatFactor(pattern.baselineRate, pattern.rate), {}, {}, {}, {}, -1, {}, few, false, factor};
    return {change, service, text, spark, records, part, before, rate};
}

void LogsPatternsPanel::show() {
    setTitle(logPatternsTitle(answer_));
    const auto baseline = context_.workspace.baseline();
    const bool utc = context_.workspace.utc();
    QString words = formatRange(range_, utc);
    if (answer_.hasBaseline && baseline)
        words = tr("%1 against the baseline %2").arg(words, formatRange(*baseline, utc));
    setWords(words + tr(" · click filters"));
    setPartial(answer_.patterns.size() < answer_.kinds ? tr("first %1 of %2").arg(formatCount(answer_.patterns.size()), formatCount(answer_.kinds)) : QString());
    if (answer_.patterns.empty()) {
        showEmpty(tr("No log record matches here, so there are no patterns."));
        return;
    }
    uint64_t most = 0;
    for (const query::LogPattern& pattern : answer_.patterns)
        most = std::max(most, pattern.count);
    std::vector<std::vector<FactCell>> rows;
    for (const query::LogPattern& pattern : answer_.patterns)
        rows.push_back(cells(pattern, most));
    table_->setRows(std::move(rows));
    showBody();
}

}  // namespace nj::ui

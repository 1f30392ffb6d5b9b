#include "dashboard/panel_answer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "dashboard/calculation.h"
#include "dashboard/panel/field_overrides.h"
#include "dashboard/panel/panel_absence.h"
#include "dashboard/panel/panel_buckets.h"
#include "dashboard/panel/panel_frames.h"
#include "dashboard/panel/panel_queries.h"
#include "dashboard/panel/selector_use.h"
#include "dashboard/transform.h"
#include "promql/engine/natural_order.h"
#include "promql/syntax/parser.h"

namespace nj::dashboard {
namespace {

// Texts of transformations may hold variables too.
std::vector<Transformation> interpolated(const std::vector<Transformation>& transformations, const Scope& scope) {
    std::vector<Transformation> out = transformations;
    for (Transformation& each : out) {
        for (std::string* text : {&each.pattern, &each.left, &each.right, &each.alias})
            *text = interpolate(*text, scope);
        for (FieldRule& rule : each.fields)
            for (std::string* text : {&rule.name, &rule.rename, &rule.value})
                *text = interpolate(*text, scope);
    }
    return out;
}

void cutRows(Frame& table) {
    for (Field& field : table.fields) {
        field.times.resize(std::min(field.times.size(), kMostPanelRows));
        field.numbers.resize(std::min(field.numbers.size(), kMostPanelRows));
        field.texts.resize(std::min(field.texts.size(), kMostPanelRows));
    }
}

// Whether only series are drawn, each as it comes: then those behind the bound need not be read at all.
bool cutsSeries(const Panel& panel) {
    return panel.transformations.empty() && !panel.everyRow && panel.kind != PanelKind::kTable && panel.kind != PanelKind::kHeatmap && panel.kind != PanelKind::kHistogram;
}

// What a query is about: its metric where it has one, else its letter.
std::string wordOf(const QueryAnswer& answer) {
    std::set<std::string> metrics;
    if (const auto parsed = promql::parseExpression(answer.expr); parsed.ok())
        for (const SelectorUse& selector : selectorsOf(**parsed))
            metrics.insert(selector.name);
    return metrics.size() == 1 && !metrics.begin()->empty() ? *metrics.begin() : answer.refId;
}

// Series of several queries that are called alike are told apart by their queries.
void tellQueriesApart(std::vector<PanelSeries>& series, const PanelQueries& queries) {
    std::map<std::string, std::string> query, words;
    std::set<std::string> shared, distinct;
    for (const PanelSeries& one : series)
        if (const auto [known, added] = query.emplace(one.name, one.refId); !added && known->second != one.refId)
            shared.insert(one.name);
    if (shared.empty())
        return;
    for (const QueryAnswer& answer : queries.answers)
        distinct.insert(words[answer.refId] = wordOf(answer));
    for (PanelSeries& one : series)
        if (shared.contains(one.name))
            one.name += " (" + (distinct.size() == words.size() ? words[one.refId] : one.refId) + ")";
}

void show(const Panel& panel, const Scope& scope, const PanelQueries& queries, std::vector<Frame> frames, PanelAnswer& answer) {
    switch (panel.kind) {
    case PanelKind::kTable:
        answer.table = tableOf(std::move(frames), answer.notes);
        answer.rowsInAll = answer.table.rows();
        cutRows(answer.table);
        overrideFields(panel, scope, answer.table, answer.looks);
        return;
    case PanelKind::kHeatmap: answer.buckets = heatmapOf(frames, queries); break;
    case PanelKind::kHistogram: answer.buckets = histogramOf(frames); break;
    default: break;
    }
    answer.series = seriesOf(frames, panel, queries, answer.seriesInAll);
    if (cutsSeries(panel))
        answer.seriesInAll = seriesWithNumbers(queries);
    tellQueriesApart(answer.series, queries);
    const size_t before = answer.series.size();
    overrideFields(panel, scope, answer.series);
    answer.seriesInAll -= before - answer.series.size();
    if (before > 0 && answer.series.empty())
        answer.why = "The panel hides all its series.";
    // A legend is read by name; the labels that order the engine's answer are often not in it. Queries stay in their order.
    if (panel.kind == PanelKind::kTimeSeries && panel.transformations.empty()) {
        auto first = answer.series.begin();
        while (first != answer.series.end()) {
            const auto next = std::find_if(first, answer.series.end(), [&](const PanelSeries& one) { return one.refId != first->refId; });
            std::stable_sort(first, next, [](const PanelSeries& a, const PanelSeries& b) { return promql::naturallyLess(a.name, b.name); });
            first = next;
        }
    }
}

// Whether a selector of the panel's queries matches no series where it looks.
bool lacksSeries(const Panel& panel, const Scope& scope, promql::Querier& querier, const std::stop_token& stop) {
    std::vector<std::string> notes;
    const TimeRange range = panelRange(panel, scope, notes);
    for (const Target& target : panel.targets) {
        const auto parsed = target.hidden ? Result<promql::ExprPtr>(promql::ExprPtr()) : promql::parseExpression(interpolate(target.expr, scope));
        if (!parsed.ok() || !*parsed)
            continue;
        for (const SelectorUse& use : selectorsOf(**parsed)) {
            const DurationNs back = use.back.value_or(0), offset = use.offset.value_or(0);
            const bool anywhere = !use.back || !use.offset;   // it is not known here where it looks
            const auto found = querier.select(use.all(), anywhere ? std::numeric_limits<TimeNs>::min() / 2 : range.from - offset - back,
                                              anywhere ? std::numeric_limits<TimeNs>::max() / 2 : range.to - offset, stop);
            if (found.ok() && found->empty())
                return true;
        }
    }
    return false;
}

bool showsNothing(const Panel& panel, const PanelAnswer& answer) {
    if (panel.kind == PanelKind::kTable)
        return answer.table.rows() == 0;
    if (panel.kind == PanelKind::kHeatmap || panel.kind == PanelKind::kHistogram)
        return answer.buckets.rows() == 0;
    return answer.series.empty();
}

}  // namespace

Result<PanelAnswer> answerPanel(const Panel& panel, Scope scope, int columns, const promql::Engine& engine, promql::Querier& querier,
                                std::stop_token stop) {
    PanelAnswer answer;
    if (panel.kind == PanelKind::kText) {
        answer.range = panelRange(panel, scope, answer.notes);
        return answer;
    }
    NJ_ASSIGN(PanelQueries queries, askQueries(panel, scope, columns, engine, querier, stop));
    answer.range = queries.range;
    answer.from = queries.from;
    answer.step = queries.step;
    answer.expressions = queries.expressions;
    answer.notes = std::move(queries.notes);
    answer.problems = std::move(queries.problems);
    if (panel.kind != PanelKind::kHeatmap && anyHistogram(queries))
        answer.notes.emplace_back("Native histograms are not drawn as lines: wrap them in histogram_quantile or histogram_avg.");
    if (!panel.calculation.empty() && !isCalculation(panel.calculation))
        answer.notes.push_back("The calculation '" + panel.calculation + "' is not known: the last value is shown.");
    std::vector<Frame> frames = framesOf(panel, queries, cutsSeries(panel) ? kMostPanelSeries : kMostFrameCells, answer.notes);
    if (!panel.transformations.empty()) {
        scope.range = queries.range;
        scope.interval = queries.step;
        frames = transformed(std::move(frames), interpolated(panel.transformations, scope), answer.notes);
    }
    show(panel, scope, queries, std::move(frames), answer);
    if (stop.stop_requested())
        return makeError(ErrorCode::kCancelled, "cancelled");
    if (!answer.series.empty() && answer.seriesInAll == answer.series.size())
        answer.why = whyNoNumber(answer.series, queries);
    if (answer.why.empty() && showsNothing(panel, answer)) {
        NJ_ASSIGN(answer.why, whyNothing(panel, queries, querier, stop));
    }
    if (!answer.why.empty()) {
        answer.series.clear();
        answer.seriesInAll = 0;
        answer.buckets = {};
    }
    return answer;
}

Result<std::string> whyNoSeries(const Panel& panel, const Scope& scope, int columns, const promql::Engine& engine, promql::Querier& querier,
                                std::stop_token stop) {
    if (!lacksSeries(panel, scope, querier, stop))
        return std::string();
    NJ_ASSIGN(PanelAnswer answer, answerPanel(panel, scope, columns, engine, querier, stop));
    return std::move(answer.why);
}

}  // namespace nj::dashboard

#include <algorithm>
#include <optional>

#include "alert/alert_dashboard.h"
#include "alert/alert_replay.h"
#include "alert/capsule/capsule_rules.h"
#include "alert/rule_file.h"
#include "dashboard/built_in.h"
#include "dashboard/unit.h"
#include "promql/capsule/capsule_querier.h"
#include "query/capsule/dashboard_questions.h"
#include "query/capsule/expression_unit.h"
#include "query/capsule/promql_questions.h"

namespace nj::query {
namespace {

// Overlapping ones as one.
std::vector<TimeRange> united(std::vector<TimeRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const TimeRange& a, const TimeRange& b) { return a.from < b.from; });
    std::vector<TimeRange> out;
    for (const TimeRange& range : ranges) {
        if (!out.empty() && range.from <= out.back().to)
            out.back().to = std::max(out.back().to, range.to);
        else
            out.push_back(range);
    }
    return out;
}

// "for 2 m, severity page"
std::string conditionOf(const alert::Rule& rule) {
    std::string text = rule.hold > 0 ? "for " + formatDuration(rule.hold) : std::string();
    for (const auto& [name, value] : rule.labels)
        if (name == "severity" || name == "priority")
            text += (text.empty() ? "" : ", ") + name + " " + value;
    return text;
}

// What the metrics say of the values, where all queries agree.
std::string unitOf(QueryContext& context, const dashboard::PanelAnswer& answer) {
    std::optional<std::string> unit;
    for (const std::string& expression : answer.expressions) {
        const std::string one = expression.empty() ? std::string() : expressionUnit(expression, [&](std::string_view name) { return promqlUnit(context, name); });
        if (unit && *unit != one)
            return {};
        unit = one;
    }
    return unit ? dashboard::unitIdOf(*unit) : std::string();
}

void addHistory(AlertCourse& course, const alert::AlertHistory& history) {
    for (const alert::AlertTrack& track : history.tracks) {
        bool fired = false;
        for (const alert::AlertSpan& span : track.spans) {
            fired = fired || span.state == alert::AlertState::kFiring;
            (span.state == alert::AlertState::kFiring ? course.firing : course.pending).push_back(span.range);
        }
        course.instances += fired ? 1 : 0;
    }
    course.pending = united(std::move(course.pending));
    course.firing = united(std::move(course.firing));
}

}  // namespace

Result<std::set<std::string, std::less<>>> answerMetricNamesForDashboards(QueryContext& context) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    NJ_ASSIGN(const auto names, querier->labelValues(std::string(promql::kMetricName), {}));
    return std::set<std::string, std::less<>>(names.begin(), names.end());
}

Result<std::vector<dashboard::Dashboard>> answerBuiltInDashboards(QueryContext& context) {
    NJ_ASSIGN(const auto names, answerMetricNamesForDashboards(context));
    std::vector<dashboard::Dashboard> boards = dashboard::builtInDashboards(names);
    NJ_ASSIGN(const auto rules, alert::rulesOf(context.reader()));
    for (const alert::CapsuleRules& one : rules)
        if (one.id.empty() && one.rules.ruleCount() > 0) {
            boards.push_back(alert::alertDashboard(one.rules, one.name));
            boards.back().uid = std::string(kServerRules) + one.name;
        }
    return boards;
}

Result<dashboard::ResolvedVariables> answerVariables(QueryContext& context, const VariablesQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    return dashboard::resolveVariables(question.dashboard, question.choices, question.range, promql::Engine(promql::prometheusOptions()), *querier, context.stop(), question.keepChoices);
}

Result<std::vector<AlertCourse>> answerAlertCourses(QueryContext& context, const Definition& rules, TimeRange range) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    alert::RuleSet set;
    if (rules.document.empty()) {
        NJ_ASSIGN(auto all, alert::rulesOf(context.reader()));
        for (alert::CapsuleRules& one : all)
            if (one.id.empty() && one.name == rules.name)
                set = std::move(one.rules);
    } else {
        NJ_ASSIGN(set, alert::readRuleFile(rules.document, rules.name));
    }
    const promql::Engine engine(promql::prometheusOptions());
    const dashboard::Dashboard drawn = alert::alertDashboard(set, rules.name);   // a row per group, a panel per rule
    dashboard::Scope scope;
    scope.range = range;
    std::vector<AlertCourse> courses;
    for (size_t g = 0; g < set.groups.size(); ++g)
        for (size_t r = 0; r < set.groups[g].rules.size(); ++r) {
            const alert::Rule& rule = set.groups[g].rules[r];
            if (rule.recording)
                continue;
            AlertCourse& course = courses.emplace_back();
            course.name = rule.name;
            course.expression = rule.expr;
            course.condition = conditionOf(rule);
            const auto history = alert::replayAlert(rule, set.groups[g], engine, *querier, range, context.stop());
            NJ_RETURN_IF_ERROR(context.checkStop());
            if (history.ok())
                addHistory(course, *history);
            else
                course.problem = history.error().message;
            if (history.ok() && history->tracks.empty()) {
                NJ_ASSIGN(course.absence, dashboard::whyNoSeries(drawn.rows[g].panels[r], scope, kPanelColumns, engine, *querier, context.stop()));
            }
        }
    return courses;
}

Result<dashboard::PanelAnswer> answerDashboardPanel(QueryContext& context, const PanelQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    NJ_ASSIGN(auto answer, dashboard::answerPanel(question.panel, question.scope, question.columns, promql::Engine(promql::prometheusOptions()), *querier, context.stop()));
    // A table's columns are of many units, a heatmap's counts of none but its buckets'.
    if (question.panel.unit.empty() && question.panel.kind != dashboard::PanelKind::kTable && question.panel.kind != dashboard::PanelKind::kHeatmap)
        answer.unit = unitOf(context, answer);
    return answer;
}

}  // namespace nj::query

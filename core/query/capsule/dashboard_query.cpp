#include <algorithm>

#include "alert/alert_replay.h"
#include "alert/rule_file.h"
#include "dashboard/built_in.h"
#include "promql/capsule/capsule_querier.h"
#include "query/capsule/dashboard_questions.h"

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

AlertCourse courseOf(const alert::Rule& rule, const alert::AlertHistory& history) {
    AlertCourse course;
    course.name = rule.name;
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
    return course;
}

}  // namespace

Result<std::set<std::string, std::less<>>> answerMetricNamesForDashboards(QueryContext& context) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    NJ_ASSIGN(const auto names, querier->labelValues(std::string(promql::kMetricName), {}));
    return std::set<std::string, std::less<>>(names.begin(), names.end());
}

Result<std::vector<dashboard::Dashboard>> answerBuiltInDashboards(QueryContext& context) {
    NJ_ASSIGN(const auto names, answerMetricNamesForDashboards(context));
    return dashboard::builtInDashboards(names);
}

Result<dashboard::ResolvedVariables> answerVariables(QueryContext& context, const VariablesQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    return dashboard::resolveVariables(question.dashboard, question.choices, question.range, promql::Engine(), *querier, context.stop());
}

Result<std::vector<AlertCourse>> answerAlertCourses(QueryContext& context, const Definition& rules, TimeRange range) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    NJ_ASSIGN(const alert::RuleSet set, alert::readRuleFile(rules.document, rules.name));
    std::vector<AlertCourse> courses;
    for (const alert::RuleGroup& group : set.groups)
        for (const alert::Rule& rule : group.rules) {
            if (rule.recording)
                continue;
            const auto history = alert::replayAlert(rule, group, promql::Engine(), *querier, range, context.stop());
            NJ_RETURN_IF_ERROR(context.checkStop());
            if (history.ok()) {
                courses.push_back(courseOf(rule, *history));
            } else {
                courses.emplace_back();
                courses.back().name = rule.name;
                courses.back().problem = history.error().message;
            }
        }
    return courses;
}

Result<dashboard::PanelAnswer> answerDashboardPanel(QueryContext& context, const PanelQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    return dashboard::answerPanel(question.panel, question.scope, question.columns, promql::Engine(), *querier, context.stop());
}

}  // namespace nj::query

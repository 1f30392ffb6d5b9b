#include "alert/alert_replay.h"

#include <algorithm>
#include <map>
#include <set>

#include "alert/rule_template.h"

namespace nj::alert {
namespace {

constexpr int64_t kStepsAtOnce = 5'000;   // of one question to the engine
constexpr size_t kMostInstances = 50'000;

// One alert instance while the evaluations go by.
struct Instance {
    AlertTrack track;
    AlertState state = AlertState::kInactive;
    TimeNs activeSince = 0, stateSince = 0, goneSince = 0;   // goneSince 0: the condition holds
    NamedTexts seriesLabels;

    void enter(AlertState next, TimeNs now) {
        if (next == state)
            return;
        if (state != AlertState::kInactive)
            track.spans.push_back({{stateSince, now}, state});
        state = next;
        stateSince = now;
    }
};

NamedTexts withoutName(const promql::Labels& labels) {
    NamedTexts out;
    for (const promql::Label& label : labels)
        if (label.name != promql::kMetricName)
            out.emplace_back(label.name, label.value);
    return out;
}

void set(NamedTexts& labels, const std::string& name, std::string value) {
    for (auto& [key, text] : labels)
        if (key == name) {
            text = std::move(value);
            return;
        }
    labels.emplace_back(name, std::move(value));
}

class Replay {
public:
    Replay(const Rule& rule, const RuleGroup& group, AlertHistory& out) : rule_(rule), group_(group), out_(out) {}

    // The result of some evaluations, from the time after the last one fed.
    Status feed(const promql::Matrix& matrix, TimeNs from, TimeNs to, DurationNs interval) {
        struct Cursor {
            Instance* instance;
            std::map<TimeNs, double> points;   // the value of histograms is not told
        };
        std::vector<Cursor> cursors;
        for (const promql::MatrixSeries& series : matrix) {
            NJ_ASSIGN(Instance* const instance, instanceOf(*series.labels));
            Cursor cursor{instance, {}};
            for (const promql::FloatPoint& point : series.floats)
                cursor.points.emplace(point.time, point.value);
            for (const promql::NativePoint& point : series.histograms)
                cursor.points.emplace(point.time, 0);
            cursors.push_back(std::move(cursor));
        }
        std::set<Instance*> idle;   // active before, without a point now
        for (auto& [key, instance] : instances_)
            idle.insert(&instance);
        for (const Cursor& cursor : cursors)
            idle.erase(cursor.instance);
        for (TimeNs now = from; now <= to; now += interval) {
            ++out_.evaluations;
            const auto active = static_cast<size_t>(std::count_if(cursors.begin(), cursors.end(), [&](const Cursor& c) { return c.points.contains(now); }));
            const bool over = group_.limit > 0 && active > static_cast<size_t>(group_.limit);
            out_.overLimit += over ? 1 : 0;
            for (Instance* instance : idle)
                over ? instance->enter(AlertState::kInactive, now) : absent(*instance, now);
            for (const Cursor& cursor : cursors) {
                const auto point = cursor.points.find(now);
                if (over)
                    cursor.instance->enter(AlertState::kInactive, now);
                else if (point == cursor.points.end())
                    absent(*cursor.instance, now);
                else
                    present(*cursor.instance, now, point->second);
            }
        }
        return {};
    }

    void finish(TimeNs end) {
        for (auto& [key, instance] : instances_) {
            instance.enter(AlertState::kInactive, end);
            if (instance.track.spans.empty())
                continue;
            label(instance);
            out_.tracks.push_back(std::move(instance.track));
        }
    }

private:
    Result<Instance*> instanceOf(const promql::Labels& labels) {
        NamedTexts its = withoutName(labels);
        const auto [at, added] = instances_.try_emplace(its);
        if (added) {
            if (instances_.size() > kMostInstances)
                return makeError(ErrorCode::kLimit, "the rule '" + rule_.name + "' has more than " + std::to_string(kMostInstances) + " alerts");
            at->second.seriesLabels = std::move(its);
        }
        return &at->second;
    }

    void present(Instance& alert, TimeNs now, double value) const {
        alert.track.value = value;
        alert.goneSince = 0;
        if (alert.state == AlertState::kInactive) {
            alert.activeSince = now;
            alert.enter(AlertState::kPending, now);
        }
        if (alert.state == AlertState::kPending && now - alert.activeSince >= rule_.hold) {
            if (alert.stateSince == now)
                alert.state = AlertState::kInactive;   // it never was pending for a time
            alert.enter(AlertState::kFiring, now);
        }
    }

    void absent(Instance& alert, TimeNs now) const {
        if (alert.state == AlertState::kFiring && rule_.keepFiring > 0) {
            if (alert.goneSince == 0)
                alert.goneSince = now;
            if (now - alert.goneSince < rule_.keepFiring)
                return;
        }
        alert.goneSince = 0;
        alert.enter(AlertState::kInactive, now);
    }

    // The rule's labels go over the series'; templates see the series' alone.
    void label(Instance& alert) const {
        const double value = alert.track.value;
        alert.track.labels = alert.seriesLabels;
        for (const NamedTexts* labels : {&group_.labels, &rule_.labels})
            for (const auto& [name, text] : *labels)
                set(alert.track.labels, name, expandTemplate(text, alert.seriesLabels, value));
        set(alert.track.labels, "alertname", rule_.name);
        std::erase_if(alert.track.labels, [](const auto& each) { return each.second.empty(); });
        std::sort(alert.track.labels.begin(), alert.track.labels.end());
        for (const auto& [name, text] : rule_.annotations)
            alert.track.annotations.emplace_back(name, expandTemplate(text, alert.seriesLabels, value));
    }

    const Rule& rule_;
    const RuleGroup& group_;
    AlertHistory& out_;
    std::map<NamedTexts, Instance> instances_;
};

}  // namespace

Result<AlertHistory> replayAlert(const Rule& rule, const RuleGroup& group, const promql::Engine& engine, promql::Querier& querier, TimeRange range,
                                 std::stop_token stop) {
    const DurationNs interval = std::max<DurationNs>(kSecond, group.interval > 0 ? group.interval : kDefaultInterval);
    AlertHistory out;
    if (range.empty())
        return out;
    if (rule.recording)
        return makeError(ErrorCode::kInvalidArgument, "'" + rule.name + "' is a recording rule");
    const TimeNs first = range.from + (interval - range.from % interval) % interval;
    Replay replay(rule, group, out);
    for (TimeNs from = first; from < range.to;) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "cancelled");
        const int64_t steps = std::min(kStepsAtOnce, (range.to - 1 - from) / interval + 1);
        const TimeNs to = from + (steps - 1) * interval;
        NJ_ASSIGN(promql::QueryResult result, engine.range(querier, rule.expr, from - group.queryOffset, to - group.queryOffset, interval, stop));
        promql::Matrix& matrix = std::get<promql::Matrix>(result.value);
        for (promql::MatrixSeries& series : matrix) {
            for (promql::FloatPoint& point : series.floats)
                point.time += group.queryOffset;
            for (promql::NativePoint& point : series.histograms)
                point.time += group.queryOffset;
        }
        for (std::string& warning : result.annotations.warnings(rule.expr))
            if (std::find(out.warnings.begin(), out.warnings.end(), warning) == out.warnings.end())
                out.warnings.push_back(std::move(warning));
        NJ_RETURN_IF_ERROR(replay.feed(matrix, from, to, interval));
        from = to + interval;
    }
    replay.finish(range.to);
    return out;
}

}  // namespace nj::alert

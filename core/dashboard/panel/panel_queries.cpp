#include "dashboard/panel/panel_queries.h"

#include <algorithm>
#include <map>
#include <optional>

#include "dashboard/label_filters.h"
#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

constexpr DurationNs kLongest = 36'500 * kDay;
constexpr int64_t kMostSteps = 10'000;   // the engine's bound is a little above

// "6h", "now-6h", "1M".
std::optional<DurationNs> durationOf(std::string_view text) {
    if (text.starts_with("now-"))
        text.remove_prefix(4);
    DurationNs unit = 1;
    std::string number(text);
    if (number.ends_with('M')) {
        unit = 30;
        number.back() = 'd';
    }
    const auto parsed = parseDuration(number);
    if (!parsed.ok() || *parsed <= 0 || *parsed > kLongest / unit)
        return std::nullopt;
    return *parsed * unit;
}

TimeNs floorTo(TimeNs time, DurationNs step) { return time - ((time % step) + step) % step; }

// As Grafana letters them.
std::string refIdOf(const Panel& panel, const Target& target) {
    const auto place = &target - panel.targets.data();
    return !target.refId.empty() ? target.refId : place < 26 ? std::string(1, static_cast<char>('A' + place)) : "Q" + std::to_string(place + 1);
}

// What a target asks for, before anyone asked.
struct Plan {
    const Target* target = nullptr;
    std::string refId;
    Scope scope;
    bool instant = false;
};

Plan planOf(const Panel& panel, const Target& target, Scope scope, int columns) {
    scope.interval = stepFor(scope.range, columns, scope.scrapeInterval);
    // A step that a query wants stands for the scrape interval, in $__rate_interval as well.
    if (const std::string wanted = interpolate(target.minStep, scope); !wanted.empty())
        if (const auto least = durationOf(wanted))
            scope.scrapeInterval = *least;
    scope.interval = stepFor(scope.range, columns, scope.scrapeInterval);
    scope.interval = std::max(scope.interval, (scope.range.length() / kMostSteps / kMillisecond + 1) * kMillisecond);
    return {&target, refIdOf(panel, target), std::move(scope), target.instant || (panel.kind == PanelKind::kTable && target.format == TargetFormat::kTable)};
}

// Any value as series; none for text.
std::optional<promql::Matrix> matrixOf(promql::QueryResult& result) {
    if (auto* const matrix = std::get_if<promql::Matrix>(&result.value))
        return std::move(*matrix);
    promql::Matrix out;
    if (const auto* const scalar = std::get_if<promql::ScalarValue>(&result.value)) {
        out.push_back({std::make_shared<const promql::Labels>(), {{scalar->time, scalar->value}}, {}});
        return out;
    }
    const auto* const vector = std::get_if<promql::Vector>(&result.value);
    if (vector == nullptr)
        return std::nullopt;
    for (const promql::VectorSample& sample : *vector) {
        promql::MatrixSeries& series = out.emplace_back();
        series.labels = sample.labels;
        if (sample.histogram)
            series.histograms.push_back({sample.time, sample.histogram});
        else
            series.floats.push_back({sample.time, sample.value});
    }
    return out;
}

class Asking {
public:
    Asking(PanelQueries& out, const promql::Engine& engine, promql::Querier& querier, const std::stop_token& stop)
        : out_(out), engine_(engine), querier_(querier), stop_(stop) {}

    Status ask(const Plan& plan) {
        const std::string expr = filtered(interpolate(plan.target->expr, plan.scope), plan.scope.filters);
        out_.expressions.push_back(expr);
        const auto key = std::pair(expr, plan.instant);
        auto known = asked_.find(key);
        if (known == asked_.end()) {
            auto result = plan.instant ? engine_.instant(querier_, expr, out_.range.to, stop_)
                                       : engine_.range(querier_, expr, out_.from, out_.from + static_cast<int64_t>(out_.steps - 1) * out_.step, out_.step, stop_);
            if (!result.ok() && result.error().code == ErrorCode::kCancelled)
                return result.error();
            known = asked_.emplace(key, answerOf(expr, result)).first;
        }
        if (known->second.series)
            out_.answers.push_back({plan.target, plan.refId, expr, interpolate(plan.target->legend, plan.scope), plan.instant, known->second.series});
        else
            out_.problems.push_back({plan.refId, known->second.problem});
        return {};
    }

private:
    struct Answer {
        std::shared_ptr<const promql::Matrix> series;   // null: the problem
        std::string problem;
    };

    Answer answerOf(const std::string& expr, Result<promql::QueryResult>& result) {
        if (!result.ok())
            return {nullptr, result.error().message};
        for (const std::vector<std::string>& texts : {result->annotations.warnings(expr), result->annotations.infos(expr)})
            for (const std::string& text : texts)
                if (std::find(out_.notes.begin(), out_.notes.end(), text) == out_.notes.end())
                    out_.notes.push_back(text);
        auto matrix = matrixOf(*result);
        if (!matrix)
            return {nullptr, "The expression gives text: nothing to draw."};
        return {std::make_shared<const promql::Matrix>(std::move(*matrix)), ""};
    }

    PanelQueries& out_;
    const promql::Engine& engine_;
    promql::Querier& querier_;
    const std::stop_token& stop_;
    std::map<std::pair<std::string, bool>, Answer> asked_;
};

}  // namespace

bool anyHistogram(const PanelQueries& queries) {
    return std::any_of(queries.answers.begin(), queries.answers.end(), [](const QueryAnswer& answer) {
        return std::any_of(answer.series->begin(), answer.series->end(), [](const promql::MatrixSeries& series) { return !series.histograms.empty(); });
    });
}

size_t seriesWithNumbers(const PanelQueries& queries) {
    size_t count = 0;
    for (const QueryAnswer& answer : queries.answers)
        count += static_cast<size_t>(std::count_if(answer.series->begin(), answer.series->end(), [](const promql::MatrixSeries& series) { return !series.floats.empty(); }));
    return count;
}

TimeRange panelRange(const Panel& panel, const Scope& scope, std::vector<std::string>& notes) {
    TimeRange range = scope.range;
    const auto own = [&](const std::string& text, const char* what) -> std::optional<DurationNs> {
        const std::string written = interpolate(text, scope);
        if (written.empty())
            return std::nullopt;
        const auto duration = durationOf(written);
        if (!duration)
            notes.push_back("The panel's own " + std::string(what) + " '" + written + "' is not understood and was left out.");
        return duration;
    };
    if (const auto from = own(panel.timeFrom, "time range"))
        range.from = range.to - *from;
    if (const auto shift = own(panel.timeShift, "time shift")) {
        range.from -= *shift;
        range.to -= *shift;
    }
    return range;
}

Result<PanelQueries> askQueries(const Panel& panel, const Scope& scope, int columns, const promql::Engine& engine, promql::Querier& querier,
                                const std::stop_token& stop) {
    PanelQueries out;
    out.range = panelRange(panel, scope, out.notes);
    Scope own = scope;
    own.range = out.range;
    columns = std::clamp(columns, 2, 5'000);
    std::vector<Plan> plans;
    for (const Target& target : panel.targets)
        if (!target.hidden && target.expr.find_first_not_of(" \t\r\n") != std::string::npos)
            plans.push_back(planOf(panel, target, own, columns));
    // One grid for all: the finest that any of them wants. Variables stand for what each wants itself.
    out.step = plans.empty() ? stepFor(out.range, columns, scope.scrapeInterval) : plans.front().scope.interval;
    for (const Plan& plan : plans)
        out.step = std::min(out.step, plan.scope.interval);
    out.step = std::max(out.step, kMillisecond);
    out.from = floorTo(out.range.from, out.step);
    out.steps = static_cast<size_t>(std::max<int64_t>(0, (floorTo(out.range.to, out.step) - out.from) / out.step)) + 1;
    Asking asking(out, engine, querier, stop);
    for (const Plan& plan : plans) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "cancelled");
        NJ_RETURN_IF_ERROR(asking.ask(plan));
    }
    return out;
}

}  // namespace nj::dashboard

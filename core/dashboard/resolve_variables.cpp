#include "dashboard/resolve_variables.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "dashboard/label_filters.h"
#include "promql/syntax/parser.h"
#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

constexpr size_t kMostAnswers = 50'000;
using Texts = std::vector<std::string>;

// name{label="value", …}, as Grafana hands series to a variable's regex.
std::string seriesText(const promql::Labels& labels) {
    std::string out(promql::metricName(labels));
    out += '{';
    bool comma = false;
    for (const promql::Label& label : labels) {
        if (label.name == promql::kMetricName)
            continue;
        out += (comma ? "," : "") + label.name + "=\"" + label.value + "\"";
        comma = true;
    }
    return out + "}";
}

class Asking {
public:
    Asking(TimeRange range, const promql::Engine& engine, promql::Querier& querier, std::stop_token stop) : range_(range), engine_(engine), querier_(querier), stop_(std::move(stop)) {}

    Result<Texts> answers(const VariableQuery& query, const Scope& scope) {
        const std::string argument = interpolate(query.argument, scope);
        switch (query.question) {
        case VariableQuestion::kLabelNames: return ofMatchers(argument, [&](const auto& matchers) { return querier_.labelNames(matchers); });
        case VariableQuestion::kLabelValues:
            return ofMatchers(argument, [&](const auto& matchers) { return querier_.labelValues(interpolate(query.label, scope), matchers); });
        case VariableQuestion::kMetrics: return metrics(argument);
        case VariableQuestion::kQueryResult: return results(argument);
        case VariableQuestion::kSeries: return ofMatchers(argument, [&](const auto& matchers) { return series(matchers); });
        }
        return Texts();
    }

private:
    Result<Texts> ofMatchers(const std::string& selector, auto&& ask) {
        std::vector<promql::Matcher> matchers;
        if (!selector.empty()) {
            NJ_ASSIGN(matchers, promql::parseSelector(selector));
        }
        return ask(matchers);
    }

    Result<Texts> metrics(const std::string& pattern) {
        re2::RE2::Options options(re2::RE2::Quiet);
        options.set_max_mem(1 << 20);
        const re2::RE2 regex(pattern, options);
        if (!regex.ok())
            return makeError(ErrorCode::kInvalidArgument, "'" + pattern + "' is no regular expression: " + regex.error());
        NJ_ASSIGN(Texts names, querier_.labelValues(std::string(promql::kMetricName), {}));
        std::erase_if(names, [&](const std::string& name) { return !re2::RE2::PartialMatch(name, regex); });
        return names;
    }

    Result<Texts> results(const std::string& expr) {
        NJ_ASSIGN(const promql::QueryResult result, engine_.instant(querier_, expr, range_.to, stop_));
        const std::string at = " " + std::to_string(range_.to / kMillisecond);
        Texts out;
        if (const auto* vector = std::get_if<promql::Vector>(&result.value)) {
            for (const promql::VectorSample& sample : *vector)
                if (out.size() < kMostAnswers)
                    out.push_back(seriesText(*sample.labels) + " " + promql::compactNumber(sample.value) + at);
        } else if (const auto* scalar = std::get_if<promql::ScalarValue>(&result.value)) {
            out.push_back("scalar(" + promql::compactNumber(scalar->value) + ")" + at);
        }
        return out;
    }

    Result<Texts> series(const std::vector<promql::Matcher>& matchers) {
        if (matchers.empty())
            return makeError(ErrorCode::kInvalidArgument, "the query is empty");
        NJ_ASSIGN(const auto all, querier_.select(matchers, range_.from, range_.to, stop_));
        Texts out;
        for (const auto& each : all)
            if (out.size() < kMostAnswers)
                out.push_back(seriesText(*each->labels()));
        return out;
    }

    TimeRange range_;
    const promql::Engine& engine_;
    promql::Querier& querier_;
    std::stop_token stop_;
};

// The choice that holds once the options are known.
std::vector<std::string> held(const Variable& variable, std::vector<std::string> wanted) {
    const bool free = variable.kind == VariableKind::kTextBox || variable.kind == VariableKind::kConstant || variable.kind == VariableKind::kDataSource || variable.kind == VariableKind::kFilters;
    if (free)
        return wanted;
    std::erase_if(wanted, [&](const std::string& value) {
        const bool automatic = variable.kind == VariableKind::kInterval && value.starts_with("$__auto");
        const bool all = value == kAllValue && variable.includeAll;
        return !automatic && !all && std::none_of(variable.options.begin(), variable.options.end(), [&](const VariableOption& option) { return option.value == value; });
    });
    if (!variable.multi && wanted.size() > 1)
        wanted.resize(1);
    if (!wanted.empty())
        return wanted;
    if (variable.includeAll)
        return {std::string(kAllValue)};
    return variable.options.empty() ? std::vector<std::string>() : std::vector<std::string>{variable.options.front().value};
}

bool asksForOptions(const Variable& variable) { return variable.kind == VariableKind::kQuery || variable.kind == VariableKind::kCustom; }

// What was chosen stays, though it is no option any more.
void keep(Variable& variable, const std::vector<std::string>& chosen) {
    for (const std::string& value : chosen)
        if (asksForOptions(variable) && value != kAllValue && std::none_of(variable.options.begin(), variable.options.end(), [&](const VariableOption& option) { return option.value == value; }))
            variable.options.push_back({value, value});
}

}  // namespace

VariableBasis basisOf(const std::vector<Variable>& variables) {
    VariableBasis basis = VariableBasis::kNothing;
    for (const Variable& variable : variables) {
        if (variable.kind != VariableKind::kQuery)
            continue;
        const VariableQuestion question = parseVariableQuery(variable.query).question;
        // Series are those of the range.
        basis = std::max(basis, question == VariableQuestion::kQueryResult || question == VariableQuestion::kSeries ? VariableBasis::kSamples : VariableBasis::kSeries);
    }
    return basis;
}

Result<ResolvedVariables> resolveVariables(const Dashboard& dashboard, const Choices& choices, TimeRange range, const promql::Engine& engine,
                                           promql::Querier& querier, std::stop_token stop, bool keepChoices) {
    ResolvedVariables out;
    out.scope.range = range;
    Asking asking(range, engine, querier, stop);
    for (Variable variable : dashboard.variables) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "cancelled");
        if (variable.kind == VariableKind::kQuery) {
            auto answers = asking.answers(parseVariableQuery(variable.query), out.scope);
            if (answers.ok())
                variable.options = optionsFrom(variable, *answers);
            else if (answers.error().code == ErrorCode::kCancelled)
                return answers.error();
            else
                out.problems.push_back({"variable $" + variable.name, "its query", answers.error().message, false});
        }
        const auto chosen = choices.find(variable.name);
        if (keepChoices && chosen != choices.end())
            keep(variable, chosen->second);
        variable.current = held(variable, chosen == choices.end() ? variable.current : chosen->second);
        if (variable.kind == VariableKind::kFilters) {
            std::vector<std::string> filters;   // a link may say anything
            for (const std::string& text : variable.current)
                if (auto filter = filterOf(text))
                    filters.push_back(std::move(*filter));
            variable.current = std::move(filters);
            out.scope.filters.insert(out.scope.filters.end(), variable.current.begin(), variable.current.end());
            out.variables.push_back(std::move(variable));
            continue;
        }
        VariableValue value = valueOf(variable, variable.current);
        // What a person typed, or the file says, may be made of the variables before it.
        if (variable.kind == VariableKind::kTextBox || variable.kind == VariableKind::kConstant || variable.kind == VariableKind::kCustom)
            for (std::string& text : value.values)
                text = interpolate(text, out.scope);
        out.scope.variables[variable.name] = std::move(value);
        out.variables.push_back(std::move(variable));
    }
    return out;
}

}  // namespace nj::dashboard

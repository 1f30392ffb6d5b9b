// query, query_range, format_query.
#include <fmt/format.h>

#include "api/routes.h"
#include "promql/engine.h"
#include "promql/json/result_json.h"
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"

namespace nj::api {
namespace {

Result<promql::EngineOptions> optionsOf(const Call& call) {
    promql::EngineOptions options = promql::prometheusOptions();
    options.maxPoints = call.limits.maxPoints;
    NJ_ASSIGN(const auto lookback, call.parameters.duration("lookback_delta"));
    if (lookback && *lookback <= 0)
        return invalidParameter("lookback_delta", "it must be above zero");
    options.lookback = lookback.value_or(options.lookback);
    return options;
}

// The expression can be read: what fails from here on is its evaluation.
Result<std::string> queryOf(const Call& call) {
    std::string query(call.parameters.first("query"));
    if (const auto parsed = promql::parseExpression(query); !parsed.ok())
        return invalidParameter("query", parsed.error().message);
    return query;
}

size_t pointsOf(const promql::QueryResult& result) {
    size_t points = 0;
    if (const auto* matrix = std::get_if<promql::Matrix>(&result.value))
        for (const promql::MatrixSeries& each : *matrix) points += each.floats.size() + each.histograms.size();
    return points;
}

template <typename T>
bool truncate(promql::QueryResult& result, size_t limit) {
    auto* all = std::get_if<T>(&result.value);
    if (all == nullptr || limit == 0 || all->size() <= limit)
        return false;
    all->resize(limit);
    return true;
}

Result<Answer> answerOf(const Call& call, const std::string& query, Result<promql::QueryResult> result) {
    NJ_ASSIGN(const size_t limit, call.parameters.limit());
    if (!result.ok())
        return result.error().code == ErrorCode::kInvalidArgument ? invalidParameter("query", result.error().message) : result.error();
    std::vector<std::string> warnings = result->annotations.warnings(query);
    if (truncate<promql::Vector>(*result, limit) || truncate<promql::Matrix>(*result, limit))
        warnings.emplace_back(kTruncated);
    if (const size_t points = pointsOf(*result); points > call.limits.maxAnswerPoints)
        return makeError(ErrorCode::kLimit,
                         fmt::format("the answer has {} samples, more than the {} that are sent: take a larger step or fewer series",
                                     points, call.limits.maxAnswerPoints));
    return success([&](std::string& body) { promql::appendResultJson(body, *result); }, warnings, result->annotations.infos(query));
}

}  // namespace

// Without a time the newest sample is what Prometheus's clients mean by now: a capsule may be of last year.
Result<Answer> instantQuery(const Call& call) {
    NJ_ASSIGN(const auto time, call.parameters.time("time"));
    NJ_ASSIGN(const promql::EngineOptions options, optionsOf(call));
    NJ_ASSIGN(const std::string query, queryOf(call));
    const TimeRange all = call.capsule.querier().range();
    return answerOf(
        call, query,
        promql::Engine(options).instant(call.capsule.querier(), query, time.value_or(all.empty() ? nowNs() : all.to - 1), call.stop));
}

Result<Answer> rangeQuery(const Call& call) {
    NJ_ASSIGN(const auto start, call.parameters.time("start"));
    NJ_ASSIGN(const auto end, call.parameters.time("end"));
    NJ_ASSIGN(const auto step, call.parameters.duration("step"));
    for (const auto& [name, there] : {std::pair("start", start.has_value()), std::pair("end", end.has_value())})
        if (!there)
            return invalidParameter(name, "cannot parse \"\" to a valid timestamp");
    if (!step)
        return invalidParameter("step", "cannot parse \"\" to a valid duration");
    if (*end < *start)
        return invalidParameter("end", "end timestamp must not be before start time");
    if (*step <= 0)
        return invalidParameter("step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
    if ((static_cast<uint64_t>(*end) - static_cast<uint64_t>(*start)) / static_cast<uint64_t>(*step) > call.limits.maxPoints)
        return makeError(ErrorCode::kInvalidArgument,
                         "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
    NJ_ASSIGN(const promql::EngineOptions options, optionsOf(call));
    NJ_ASSIGN(const std::string query, queryOf(call));
    return answerOf(call, query, promql::Engine(options).range(call.capsule.querier(), query, *start, *end, *step, call.stop));
}

Result<Answer> formatQuery(const Call& call) {
    const auto parsed = promql::parseExpression(call.parameters.first("query"));
    if (!parsed.ok())
        return invalidParameter("query", parsed.error().message);
    std::string data;
    JsonWriter(data).string(promql::printExpression(**parsed));
    return success(data);
}

}  // namespace nj::api

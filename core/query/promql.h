// PromQL over what the backend holds, as lines on the time axis; what can be written in an expression; and where a text stops being one.
// A backend that answers implements PromqlBackend beside Backend; the terms of backend.h hold for it too.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/metrics.h"

namespace nj::query {

class Backend;

struct PromqlQuestion {
    std::string expression;
    TimeRange range;
    std::optional<TimeRange> baseline;   // each line's mean there comes along
    int columns = 480;                   // at most; the step is a round one
    size_t maxLines = 50;                // the others are counted
};

struct PromqlAnswer {
    MetricAnswer lines;                  // reading kValue; a line's label holds the labels in which the lines differ
    DurationNs step = 0;
    std::vector<std::string> notes;      // warnings and infos in Prometheus's words
};

struct PromqlNames {
    std::vector<MetricName> metrics;     // by the names PromQL knows them by
    std::vector<std::string> labels;
};

class PromqlBackend {
public:
    // nullptr where the backend cannot answer.
    static PromqlBackend* of(Backend& backend);
    virtual ~PromqlBackend() = default;
    // kInvalidArgument for what is no expression, with its place.
    virtual Result<PromqlAnswer> promql(const PromqlQuestion& question, std::stop_token stop) = 0;
    virtual Result<PromqlNames> promqlNames(std::stop_token stop) = 0;
};

struct PromqlProblem {
    size_t at = 0;                       // byte of the text
    std::string message;                 // without the place
};
// Pure; any thread. Nothing where the text is an expression.
std::optional<PromqlProblem> promqlProblem(std::string_view text);
// Functions, aggregations and keywords, each with how it is written: {"rate", "rate(range vector)"}. Constant.
const std::vector<std::pair<std::string, std::string>>& promqlWords();

}  // namespace nj::query

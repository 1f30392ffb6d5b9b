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
    bool shifted = false;                // and, as baselineValues, what each line was there
    int columns = 480;                   // at most; the step is a round one
    DurationNs step = 0;                 // wanted: 0 = by columns; longer where it gives more steps than the engine allows
    size_t maxLines = 50;                // the others are counted
    std::string legend;                  // "{{pod}} on {{gpu}}"; "" = the labels in which the lines differ
};

struct PromqlAnswer {
    MetricAnswer lines;                  // reading kValue; the unit as far as the expression tells; exemplars where their values are of its kind
    std::string bucketUnit;              // of the values that the histogram in the expression counts; "" = none, or not known
    DurationNs step = 0;
    std::vector<std::string> notes;      // warnings and infos in Prometheus's words
};

struct PromqlNames {
    std::vector<MetricName> metrics;     // by the names PromQL knows them by
    std::vector<std::string> labels;
};

// One node of an expression: what it is, what it gives over the range, and what it lost of what went in.
struct PromqlNode {
    int depth = 0;
    std::string text;                    // as Prometheus prints it, at most kMostNodeText bytes
    std::string kind;                    // "aggregation", "selector", "operator *", "rate()"
    std::string type;                    // "instant vector"
    bool evaluated = false;
    uint64_t series = 0, points = 0;     // with a value in the range; points: values of them in all
    DurationNs took = 0;
    std::vector<std::string> words;      // "12 of 16 series on the left found no partner on the right"
    std::string error;                   // of its evaluation
};
inline constexpr size_t kMostNodeText = 400;

struct PromqlExplanation {
    std::vector<PromqlNode> nodes;       // a node before its operands; plain numbers and parentheses are left out
    bool cut = false;                    // there are more nodes, or the time was up
    DurationNs step = 0;                 // what they were evaluated at
};

class PromqlBackend {
public:
    // nullptr where the backend cannot answer.
    static PromqlBackend* of(Backend& backend);
    virtual ~PromqlBackend() = default;
    // kInvalidArgument for what is no expression, with its place.
    virtual Result<PromqlAnswer> promql(const PromqlQuestion& question, std::stop_token stop) = 0;
    virtual Result<PromqlNames> promqlNames(std::stop_token stop) = 0;
    // Labels of a metric by the name PromQL knows it by.
    virtual Result<std::vector<MetricLabel>> promqlLabels(const std::string& metric, std::stop_token stop) = 0;
    // Evaluates every part of the expression by itself.
    virtual Result<PromqlExplanation> promqlExplain(const PromqlQuestion& question, std::stop_token stop) = 0;
};

struct PromqlProblem {
    size_t at = 0;                       // byte of the text
    std::string message;                 // without the place
};
// A legend's text: every {{label}} replaced by its value, "" for a label that is not there. Pure.
std::string legendText(std::string_view format, const std::vector<std::pair<std::string, std::string>>& labels);
// Pure; any thread. Nothing where the text is an expression.
std::optional<PromqlProblem> promqlProblem(std::string_view text);
// Functions, aggregations and keywords, each with how it is written: {"rate", "rate(range vector)"}. Constant.
const std::vector<std::pair<std::string, std::string>>& promqlWords();

}  // namespace nj::query

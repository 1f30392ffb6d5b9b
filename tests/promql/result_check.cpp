#include "promql/result_check.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "promql/text/number_text.h"

namespace nj::test {

using namespace promql;

namespace {

constexpr double kTolerance = 1e-6;

bool isStale(double value) { return std::bit_cast<uint64_t>(value) == 0x7ff0000000000002; }

bool almostEqual(double a, double b) {
    if (isStale(a) || isStale(b))
        return isStale(a) && isStale(b);
    if (std::isnan(a) && std::isnan(b))
        return true;
    if (a == b)
        return true;
    const double sum = std::fabs(a) + std::fabs(b);
    const double difference = std::fabs(a - b);
    constexpr double kSmallest = std::numeric_limits<double>::min();
    if (a == 0 || b == 0 || sum < kSmallest)
        return difference < kTolerance * kSmallest;
    return difference / std::min(sum, std::numeric_limits<double>::max()) < kTolerance;
}

bool almostEqual(const BucketCounts& a, const BucketCounts& b) {
    return a.index == b.index &&
           std::equal(a.count.begin(), a.count.end(), b.count.begin(), [](double x, double y) { return almostEqual(x, y); });
}

bool almostEqual(FloatHistogram expected, FloatHistogram actual, bool withHint) {
    expected.compact();
    actual.compact();
    return expected.schema == actual.schema && almostEqual(expected.count, actual.count) && almostEqual(expected.sum, actual.sum) &&
           expected.customBounds == actual.customBounds && expected.zeroThreshold == actual.zeroThreshold &&
           almostEqual(expected.zeroCount, actual.zeroCount) && almostEqual(expected.positive, actual.positive) &&
           almostEqual(expected.negative, actual.negative) && (!withHint || expected.hint == actual.hint);
}

const ExpectedSeries* find(const EvalCommand& command, const Labels& labels) {
    for (const ExpectedSeries& series : command.series)
        if (series.line.labels == labels)
            return &series;
    return nullptr;
}

std::string valueText(double value, const FloatHistogram* histogram) {
    return histogram != nullptr ? histogramExpression(*histogram) : compactNumber(value);
}

std::string checkValue(const SequenceValue& expected, double value, const FloatHistogram* histogram) {
    const FloatHistogram* wanted = expected.histogram.get();
    const bool fits = (wanted == nullptr) == (histogram == nullptr) &&
                      (wanted != nullptr ? almostEqual(*wanted, *histogram, expected.hintGiven) : almostEqual(expected.value, value));
    return fits ? "" : fmt::format("expected {}, got {}", valueText(expected.value, wanted), valueText(value, histogram));
}

// One point of a series, of either type.
struct Point {
    TimeNs time = 0;
    double value = 0;
    const FloatHistogram* histogram = nullptr;
};

std::string checkSeries(const EvalCommand& command, const ExpectedSeries& expected, const MatrixSeries& actual) {
    std::vector<Point> points;
    for (const FloatPoint& point : actual.floats)
        points.push_back({point.time, point.value, nullptr});
    for (const NativePoint& point : actual.histograms)
        points.push_back({point.time, 0, point.histogram.get()});
    std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.time < b.time; });
    size_t at = 0;
    TimeNs time = command.start;
    for (const SequenceValue& value : expected.line.values) {
        if (time > command.end)
            return "more points are expected than the range has";
        if (!value.omitted) {
            if (at == points.size() || points[at].time != time)
                return fmt::format("expected {} at {}, got {}", valueText(value.value, value.histogram.get()), formatRfc3339(time, 3),
                    at == points.size() ? "no more points" : fmt::format("a point at {}", formatRfc3339(points[at].time, 3)));
            if (std::string wrong = checkValue(value, points[at].value, points[at].histogram); !wrong.empty())
                return fmt::format("at {}: {}", formatRfc3339(time, 3), wrong);
            ++at;
        }
        time += command.step;
    }
    return at == points.size() ? ""
                               : fmt::format("unexpected point {} at {}", valueText(points[at].value, points[at].histogram),
                                             formatRfc3339(points[at].time, 3));
}

std::string checkMatrix(const EvalCommand& command, const Matrix& matrix) {
    if (command.ordered)
        return "expected ordered result, but query returned a matrix";
    if (command.scalar)
        return "expected scalar result, but got a matrix";
    for (size_t i = 1; i < matrix.size(); ++i)
        if (*matrix[i].labels < *matrix[i - 1].labels)
            return "the matrix is not sorted by labels";
    for (const MatrixSeries& series : matrix) {
        const ExpectedSeries* expected = find(command, *series.labels);
        if (expected == nullptr)
            return fmt::format("unexpected metric {} in result", labelsText(*series.labels));
        if (std::string wrong = checkSeries(command, *expected, series); !wrong.empty())
            return fmt::format("{}: {}", labelsText(*series.labels), wrong);
    }
    for (const ExpectedSeries& expected : command.series)
        if (std::none_of(matrix.begin(), matrix.end(), [&](const MatrixSeries& series) { return *series.labels == expected.line.labels; }))
            return fmt::format("expected metric {} not found", labelsText(expected.line.labels));
    return "";
}

std::string checkKind(const std::vector<Expectation>& expected, const std::vector<std::string>& actual, const char* kind) {
    if (expected.empty())
        return "";
    if (actual.empty())
        return fmt::format("expected {} annotations but none were found", kind);
    for (const Expectation& expectation : expected)
        if (std::none_of(actual.begin(), actual.end(), [&](const std::string& text) { return expectation.matches(text); }))
            return fmt::format("no {} annotation fits {}, found: {}", kind, expectation.describe(), fmt::join(actual, " | "));
    for (const std::string& text : actual)
        if (std::none_of(expected.begin(), expected.end(), [&](const Expectation& expectation) { return expectation.matches(text); }))
            return fmt::format("unexpected {} annotation \"{}\"", kind, text);
    return "";
}

}  // namespace

std::string checkVector(const EvalCommand& command, const Vector& vector) {
    if (command.scalar)
        return "expected scalar result, but got a vector";
    for (size_t i = 0; i < vector.size(); ++i) {
        const VectorSample& sample = vector[i];
        const ExpectedSeries* expected = find(command, *sample.labels);
        if (expected == nullptr)
            return fmt::format("unexpected metric {} in result, has value {}", labelsText(*sample.labels),
                               valueText(sample.value, sample.histogram.get()));
        if (command.ordered && expected->position != i + 1)
            return fmt::format("expected metric {} at position {} but was at {}", labelsText(*sample.labels), expected->position, i + 1);
        if (std::string wrong = checkValue(expected->line.values[0], sample.value, sample.histogram.get()); !wrong.empty())
            return fmt::format("{}: {}", labelsText(*sample.labels), wrong);
    }
    for (const ExpectedSeries& expected : command.series)
        if (std::none_of(vector.begin(), vector.end(), [&](const VectorSample& sample) { return *sample.labels == expected.line.labels; }))
            return fmt::format("expected metric {} not found", labelsText(expected.line.labels));
    return "";
}

std::string checkResult(const EvalCommand& command, const QueryResult& result) {
    if (const auto* matrix = std::get_if<Matrix>(&result.value))
        return checkMatrix(command, *matrix);
    if (const auto* vector = std::get_if<Vector>(&result.value))
        return checkVector(command, *vector);
    if (const auto* text = std::get_if<StringValue>(&result.value))
        return command.string.value_or("") == text->value
                   ? ""
                   : fmt::format("expected string \"{}\", got \"{}\"", command.string.value_or(""), text->value);
    const double value = std::get<ScalarValue>(result.value).value;
    if (!command.scalar)
        return fmt::format("expected a vector or matrix, got scalar {}", compactNumber(value));
    return almostEqual(*command.scalar, value)
               ? ""
               : fmt::format("expected scalar {}, got {}", compactNumber(*command.scalar), compactNumber(value));
}

std::string checkAnnotations(const EvalCommand& command, const QueryResult& result, const std::string& expr) {
    const std::vector<std::string> warnings = result.annotations.warnings(expr);
    const std::vector<std::string> infos = result.annotations.infos(expr);
    if (command.warns && warnings.empty())
        return "expected warnings but got none";
    if (command.informs && infos.empty())
        return "expected info annotations but got none";
    if (command.noWarnings && !warnings.empty())
        return fmt::format("unexpected warnings: {}", fmt::join(warnings, " | "));
    if (command.noInfos && !infos.empty())
        return fmt::format("unexpected infos: {}", fmt::join(infos, " | "));
    if (std::string wrong = checkKind(command.warnings, warnings, "warn"); !wrong.empty())
        return wrong;
    return checkKind(command.infos, infos, "info");
}

}  // namespace nj::test

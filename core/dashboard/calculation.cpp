#include "dashboard/calculation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace nj::dashboard {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
using Values = std::span<const double>;

Values known(Values values, std::vector<double>& room) {
    if (std::none_of(values.begin(), values.end(), [](double value) { return std::isnan(value); }))
        return values;
    std::copy_if(values.begin(), values.end(), std::back_inserter(room), [](double value) { return !std::isnan(value); });
    return room;
}

double minimum(Values values) { return values.empty() ? kNone : *std::min_element(values.begin(), values.end()); }
double maximum(Values values) { return values.empty() ? kNone : *std::max_element(values.begin(), values.end()); }
double difference(Values values) { return values.empty() ? kNone : values.back() - values.front(); }

double sum(Values values) {
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}

double mean(Values values) { return values.empty() ? kNone : sum(values) / static_cast<double>(values.size()); }

// Of all values, not of a sample of them.
double variance(Values values) {
    if (values.empty())
        return kNone;
    const double centre = mean(values);
    double squares = 0;
    for (const double value : values)
        squares += (value - centre) * (value - centre);
    return squares / static_cast<double>(values.size());
}

double median(Values values) {
    if (values.empty())
        return kNone;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// The value at that rank, not between two.
double percentile(Values values, int percent) {
    if (values.empty())
        return kNone;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<size_t>(std::lround(static_cast<double>(sorted.size() - 1) * percent / 100))];
}

// What a counter grew by: where it falls it began anew at 0.
double increase(Values values) {
    double total = 0;
    for (size_t i = 1; i < values.size(); ++i)
        total += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
    return total;
}

double smallestStep(Values values) {
    double least = kNone;
    for (size_t i = 1; i < values.size(); ++i)
        if (const double step = values[i] - values[i - 1]; !(step >= least))
            least = step;
    return least;
}

double smallestPositive(Values values) {
    double least = kNone;
    for (const double value : values)
        if (value > 0 && !(value >= least))
            least = value;
    return least;
}

double changes(Values values) {
    size_t count = 0;
    for (size_t i = 1; i < values.size(); ++i)
        count += values[i] != values[i - 1] ? 1 : 0;
    return static_cast<double>(count);
}

double distinct(Values values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return static_cast<double>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
}

struct Known {
    std::string_view name, title;
    double (*of)(Values known);
};
constexpr Known kKnown[] = {
    {"lastNotNull", "Last *", [](Values v) { return v.empty() ? kNone : v.back(); }},
    {"firstNotNull", "First *", [](Values v) { return v.empty() ? kNone : v.front(); }},
    {"min", "Min", minimum},
    {"max", "Max", maximum},
    {"mean", "Mean", mean},
    {"median", "Median", median},
    {"sum", "Total", sum},
    {"range", "Range", [](Values v) { return maximum(v) - minimum(v); }},
    {"delta", "Delta", increase},
    {"diff", "Difference", difference},
    {"diffperc", "Difference percent", [](Values v) { return v.empty() ? kNone : difference(v) / v.front() * 100; }},
    {"step", "Step", smallestStep},
    {"stdDev", "StdDev", [](Values v) { return std::sqrt(variance(v)); }},
    {"variance", "Variance", variance},
    {"distinctCount", "Distinct Count", distinct},
    {"changeCount", "Change Count", changes},
    {"logmin", "Min (above zero)", smallestPositive},
    {"allIsNull", "All nulls", [](Values v) { return v.empty() ? 1.0 : 0.0; }},
    {"allIsZero", "All zeros", [](Values v) { return !v.empty() && std::all_of(v.begin(), v.end(), [](double value) { return value == 0; }) ? 1.0 : 0.0; }},
};
// Those that also see what is not there.
constexpr Known kOfAll[] = {
    {"last", "Last", [](Values v) { return v.empty() ? kNone : v.back(); }},
    {"first", "First", [](Values v) { return v.empty() ? kNone : v.front(); }},
    {"count", "Count", [](Values v) { return static_cast<double>(v.size()); }},
};

const Known* find(std::span<const Known> among, std::string_view name) {
    const auto found = std::find_if(among.begin(), among.end(), [&](const Known& each) { return each.name == name; });
    return found == among.end() ? nullptr : &*found;
}

std::optional<int> percentileOf(std::string_view name) {
    if (name.size() < 2 || name.size() > 3 || name[0] != 'p' || name[1] < '1' || name[1] > '9' || (name.size() == 3 && (name[2] < '0' || name[2] > '9')))
        return std::nullopt;
    return name.size() == 2 ? name[1] - '0' : (name[1] - '0') * 10 + (name[2] - '0');
}

}  // namespace

double calculate(std::string_view calculation, std::span<const double> values) {
    if (const Known* const one = find(kOfAll, calculation))
        return one->of(values);
    std::vector<double> room;
    if (const Known* const one = find(kKnown, calculation.empty() ? "lastNotNull" : calculation))
        return one->of(known(values, room));
    if (const auto percent = percentileOf(calculation))
        return percentile(known(values, room), *percent);
    return kNone;
}

bool isCalculation(std::string_view name) { return find(kKnown, name) != nullptr || find(kOfAll, name) != nullptr || percentileOf(name).has_value(); }

std::string_view calculationTitle(std::string_view name) {
    const Known* const one = find(kKnown, name.empty() ? "lastNotNull" : name);
    const Known* const ofAll = find(kOfAll, name);
    return one != nullptr ? one->title : ofAll != nullptr ? ofAll->title : name;
}

}  // namespace nj::dashboard

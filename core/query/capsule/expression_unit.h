// The unit of a PromQL expression's values, as far as the units of its metrics tell. Pure functions, any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace nj::promql {
struct Expr;
}

namespace nj::query {

// Of a metric by its Prometheus name; "" = a plain number, or not known.
using UnitOfMetric = std::function<std::string(std::string_view name)>;

// In the terms of metricUnit: "s", "By/s", "ratio", "%", "/s"; "" for plain numbers and where the parts do not go together.
std::string expressionUnit(const promql::Expr& expr, const UnitOfMetric& unitOfMetric);
// Of what the first histogram in it counts the sizes of, whatever is done to the counts.
std::string bucketUnit(const promql::Expr& expr, const UnitOfMetric& unitOfMetric);
// "" for what is no expression.
std::string expressionUnit(std::string_view expression, const UnitOfMetric& unitOfMetric);

}  // namespace nj::query

// The canonical text of an expression, as Prometheus prints it: parsing it gives the same tree. Pure function.
#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace nj::promql {

std::string printExpression(const Expr& expr);

}  // namespace nj::promql

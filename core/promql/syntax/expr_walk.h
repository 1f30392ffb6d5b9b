// Visits every node of a tree, the outer before what is inside it. Pure function.
#pragma once

#include <functional>

#include "promql/syntax/ast.h"

namespace nj::promql {

void forEachExpr(const Expr& expr, const std::function<void(const Expr&)>& visit);

}  // namespace nj::promql

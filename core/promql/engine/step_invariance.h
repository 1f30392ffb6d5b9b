// Finds the parts of an expression whose value is the same at every step, because all their selectors carry @.
#pragma once

#include "promql/syntax/ast.h"

namespace nj::promql {

void markStepInvariance(Expr& expr);

}  // namespace nj::promql

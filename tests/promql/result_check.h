// Compares what a query answered with what a script expects. Pure functions; an empty text means that it fits.
#pragma once

#include <string>

#include "promql/test_script.h"
#include "promql/value.h"

namespace nj::test {

std::string checkResult(const EvalCommand& command, const promql::QueryResult& result);
std::string checkVector(const EvalCommand& command, const promql::Vector& vector);
std::string checkAnnotations(const EvalCommand& command, const promql::QueryResult& result, const std::string& expr);

}  // namespace nj::test

// Query results in the form of Prometheus's HTTP API. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "promql/value.h"

namespace nj::promql {

// {"resultType":…,"result":…}
std::string resultJson(const QueryResult& result);
void appendResultJson(std::string& out, const QueryResult& result);
// {"status":"success","data":…,"warnings":[…],"infos":[…]}; the query gives annotations their positions.
std::string responseJson(const QueryResult& result, std::string_view query);
// {"status":"error","errorType":…,"error":…}
std::string errorJson(const Error& error);

}  // namespace nj::promql

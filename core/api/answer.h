// What the HTTP API says: a status and a body. Plain values and pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nj::api {

struct Answer {
    unsigned status = 200;
    std::string body;
    const char* type = "application/json";
};

// {"status":"success","data":…}; `data` is JSON.
Answer success(std::string_view data, const std::vector<std::string>& warnings = {}, const std::vector<std::string>& infos = {});
// The same where `write` appends the data.
Answer success(const std::function<void(std::string&)>& write, const std::vector<std::string>& warnings,
               const std::vector<std::string>& infos);
// The status and errorType that fit: bad_data 400, not_found 404, execution 422, internal 500; canceled, unavailable 503.
Answer failure(const Error& error);
Answer timedOut();

}  // namespace nj::api

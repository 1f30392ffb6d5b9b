// The parameters of a request to the HTTP API, as Prometheus reads them. Plain values and pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace nj::api {

// Of a query string and a form-encoded body: name=value&…, with + for blanks and %XX.
class Parameters {
public:
    Parameters() = default;
    // Those of the body count first, as in Go's Request.Form.
    Parameters(std::string_view query, std::string_view body);

    [[nodiscard]] std::string_view first(std::string_view name) const;  // "" = absent
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

    // Errors are kInvalidArgument and name the parameter.
    [[nodiscard]] Result<std::optional<TimeNs>> time(std::string_view name) const;
    [[nodiscard]] Result<std::optional<DurationNs>> duration(std::string_view name) const;
    [[nodiscard]] Result<size_t> limit(std::string_view name = "limit") const;  // 0 = none

private:
    void parse(std::string_view text);
    std::vector<std::pair<std::string, std::string>> pairs_;
};

std::string percentDecoded(std::string_view text, bool plusIsBlank);
Error invalidParameter(std::string_view name, std::string_view why);
// Unix seconds with a fraction, or RFC 3339; what no nanoseconds can hold is the nearest they can.
std::optional<TimeNs> apiTime(std::string_view text);
// Seconds or "1h30m".
std::optional<DurationNs> apiDuration(std::string_view text);
// "U__my_2e_name" → "my.name"; a name in any other form stays as it is.
std::string unescapedName(std::string_view name);

}  // namespace nj::api

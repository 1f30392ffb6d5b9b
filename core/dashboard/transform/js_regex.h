// Regular expressions as Grafana's transformations write them: "/body/flags", or a pattern for the whole text. A value; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace nj::dashboard {

class JsRegex {
public:
    // Flags i, m, s and g; with g replace() replaces all. Error: what is wrong with the pattern.
    static Result<JsRegex> compile(std::string_view pattern);
    [[nodiscard]] bool matches(std::string_view text) const;
    // $1 … $99, $& and $$ in `replacement` as JavaScript reads them.
    [[nodiscard]] std::string replace(std::string_view text, std::string_view replacement) const;

private:
    std::shared_ptr<const re2::RE2> regex_;
    bool global_ = false;
};

}  // namespace nj::dashboard

// A promqltest script as a list of commands. The language is that of Prometheus's promql/promqltest. Plain values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "promql/series_line.h"

namespace re2 {
class RE2;
}

namespace nj::test {

struct LoadCommand {
    DurationNs interval = 0;
    bool withNhcb = false;
    std::vector<SeriesLine> series;
};

struct ClearCommand {};

// A text that an annotation or error must be, or match.
struct Expectation {
    std::string message;
    std::shared_ptr<const re2::RE2> regex;
    bool any = false;
    [[nodiscard]] bool matches(const std::string& text) const;
    [[nodiscard]] std::string describe() const;
};

struct ExpectedSeries {
    size_t position = 0;   // from 1, for ordered results
    SeriesLine line;
};

struct EvalCommand {
    int line = 0;
    std::string expr;
    bool isRange = false;
    TimeNs start = 0, end = 0;
    DurationNs step = 0;
    bool rangeVector = false;
    bool ordered = false, fails = false;
    bool warns = false, informs = false;             // eval_warn, eval_info: at least one
    bool noWarnings = false, noInfos = false;
    std::vector<Expectation> failure, warnings, infos;
    std::optional<double> scalar;
    std::optional<std::string> string;
    std::vector<ExpectedSeries> series;
};

using Command = std::variant<LoadCommand, ClearCommand, EvalCommand>;

// The error names the line.
Result<std::vector<Command>> parseScript(const std::string& text);

}  // namespace nj::test

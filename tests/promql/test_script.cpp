#include "promql/test_script.h"

#include <algorithm>
#include <fmt/format.h>
#include <re2/re2.h>
#include <sstream>

#include "promql/text/number_text.h"
#include "promql/text/quote.h"

namespace nj::test {

namespace {

struct BadScript {
    size_t line;
    std::string message;
};

std::string trimmed(const std::string& text) {
    const size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos)
        return "";
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

class ScriptReader {
public:
    explicit ScriptReader(const std::string& text) {
        std::istringstream stream(text);
        for (std::string line; std::getline(stream, line);) {
            line = trimmed(line);
            lines_.push_back(line.starts_with("#") ? "" : line);
        }
    }

    std::vector<Command> run() {
        for (; at_ < lines_.size(); ++at_) {
            const std::string& line = lines_[at_];
            if (line.empty())
                continue;
            if (line == "clear")
                commands_.emplace_back(ClearCommand());
            else if (line.starts_with("load"))
                readLoad();
            else if (line.starts_with("eval"))
                readEval();
            else
                fail(fmt::format("invalid command \"{}\"", line));
        }
        return std::move(commands_);
    }

private:
    [[noreturn]] void fail(const std::string& message) const { throw BadScript{at_ + 1, message}; }

    DurationNs duration(const std::string& text) const {
        if (const auto parsed = promql::parsePromDuration(text))
            return *parsed;
        const auto seconds = promql::parseNumber(text);
        if (!seconds)
            fail(fmt::format("invalid duration \"{}\"", text));
        return static_cast<DurationNs>(*seconds * static_cast<double>(kSecond));
    }

    SeriesLine seriesLine(const std::string& line) const {
        auto series = parseSeriesLine(line);
        if (!series.ok())
            fail(series.error().message);
        return std::move(series).value();
    }

    void readLoad() {
        static const re2::RE2 pattern("^load(_with_nhcb)?\\s+(.+?)$");
        std::string nhcb, interval;
        if (!re2::RE2::PartialMatch(lines_[at_], pattern, &nhcb, &interval))
            fail("invalid load command. (load[_with_nhcb] <step:duration>)");
        LoadCommand load;
        load.interval = duration(interval);
        load.withNhcb = !nhcb.empty();
        while (at_ + 1 < lines_.size() && !lines_[at_ + 1].empty()) {
            ++at_;
            load.series.push_back(seriesLine(lines_[at_]));
        }
        commands_.emplace_back(std::move(load));
    }

    void readEval() {
        static const re2::RE2 instant("^eval(?:_(fail|warn|ordered|info))?\\s+instant\\s+(?:at\\s+(\\S+))?\\s+(.+)$");
        static const re2::RE2 range("^eval(?:_(fail|warn|info))?\\s+range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+?)\\s+(.+)$");
        EvalCommand eval;
        eval.line = static_cast<int>(at_ + 1);
        std::string mode, from, to, step;
        if (re2::RE2::PartialMatch(lines_[at_], instant, &mode, &from, &eval.expr)) {
            eval.start = eval.end = from.empty() ? 0 : duration(from);
        } else if (re2::RE2::PartialMatch(lines_[at_], range, &mode, &from, &to, &step, &eval.expr)) {
            eval.isRange = true;
            eval.start = duration(from);
            eval.end = duration(to);
            eval.step = duration(step);
        } else {
            fail("invalid evaluation command");
        }
        eval.ordered = mode == "ordered";
        eval.fails = mode == "fail";
        eval.warns = mode == "warn";
        eval.informs = mode == "info";
        size_t position = 1;
        while (at_ + 1 < lines_.size() && !lines_[at_ + 1].empty()) {
            ++at_;
            if (!readExpectation(eval, lines_[at_], position))
                break;
        }
        commands_.emplace_back(std::move(eval));
    }

    Expectation regexOf(const std::string& pattern) const {
        Expectation expectation;
        re2::RE2::Options quiet;
        quiet.set_log_errors(false);
        auto regex = std::make_shared<re2::RE2>(pattern, quiet);
        if (!regex->ok())
            fail(fmt::format("invalid regex {}", pattern));
        expectation.regex = std::move(regex);
        return expectation;
    }

    // One line below an eval; false when nothing more belongs to it.
    bool readExpectation(EvalCommand& eval, const std::string& line, size_t& position) {
        constexpr std::string_view kMessage = "expected_fail_message", kRegexp = "expected_fail_regexp", kString = "expect string",
                                   kRange = "expect range vector";
        if (eval.fails && line.starts_with(kMessage)) {
            eval.failure.push_back({trimmed(line.substr(kMessage.size())), nullptr, false});
            return false;
        }
        if (eval.fails && line.starts_with(kRegexp)) {
            eval.failure.push_back(regexOf(trimmed(line.substr(kRegexp.size()))));
            return false;
        }
        if (line.starts_with(kRange)) {
            readRangeVector(eval, line);
            return true;
        }
        if (line.starts_with(kString)) {
            auto text = promql::unquoteText(trimmed(line.substr(kString.size())));
            if (!text.ok())
                fail("expected string literal not valid - check that the string is correctly quoted");
            eval.string = std::move(text).value();
            return true;
        }
        if (line == "expect" || line.starts_with("expect ") || line.starts_with("expect\t")) {
            readExpect(eval, line);
            return true;
        }
        if (const auto number = promql::parseNumber(line)) {
            eval.scalar = *number;
            return false;
        }
        ExpectedSeries expected{position++, seriesLine(line)};
        if (expected.line.values.empty())
            fail("a series without values is expected");
        if (expected.line.values.size() > 1 && !eval.isRange && !eval.rangeVector)
            fail(
                "expecting multiple values in instant evaluation not allowed. consider using 'expect range vector' directive to enable a "
                "range vector result for an instant query");
        // A later line of the same series replaces the earlier one.
        std::erase_if(eval.series, [&](const ExpectedSeries& other) { return other.line.labels == expected.line.labels; });
        eval.series.push_back(std::move(expected));
        return true;
    }

    void readRangeVector(EvalCommand& eval, const std::string& line) {
        static const re2::RE2 pattern("^expect range vector\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+)\\s*$");
        std::string from, to, step;
        if (!re2::RE2::PartialMatch(line, pattern, &from, &to, &step))
            fail(fmt::format("invalid range vector definition \"{}\"", line));
        eval.rangeVector = true;
        eval.start = duration(from);
        eval.end = duration(to);
        eval.step = duration(step);
    }

    void readExpect(EvalCommand& eval, const std::string& line) {
        static const re2::RE2 pattern("^expect\\s+(ordered|fail|warn|no_warn|info|no_info)(?:\\s+(regex|msg):(.+))?$");
        std::string kind, how, text;
        if (!re2::RE2::PartialMatch(line, pattern, &kind, &how, &text))
            fail("invalid expect statement, must match `expect <type> <match_type>: <string>` format");
        Expectation expectation;
        if (how == "regex")
            expectation = regexOf(trimmed(text));
        else if (how == "msg")
            expectation.message = trimmed(text);
        else
            expectation.any = true;
        if (kind == "ordered")
            eval.ordered = true;
        else if (kind == "no_warn")
            eval.noWarnings = true;
        else if (kind == "no_info")
            eval.noInfos = true;
        else if (kind == "warn")
            eval.warnings.push_back(std::move(expectation));
        else if (kind == "info")
            eval.infos.push_back(std::move(expectation));
        else {
            eval.fails = true;
            eval.failure.push_back(std::move(expectation));
        }
        if ((eval.noWarnings && !eval.warnings.empty()) || (eval.noInfos && !eval.infos.empty()))
            fail("invalid expect lines, an annotation is both expected and not");
        if (eval.failure.size() > 1)
            fail("invalid expect lines, multiple expect fail lines are not allowed");
    }

    std::vector<std::string> lines_;
    size_t at_ = 0;
    std::vector<Command> commands_;
};

}  // namespace

bool Expectation::matches(const std::string& text) const { return any || (regex ? re2::RE2::PartialMatch(text, *regex) : message == text); }

std::string Expectation::describe() const {
    return any ? "anything" : regex ? fmt::format("pattern \"{}\"", regex->pattern()) : fmt::format("message \"{}\"", message);
}

Result<std::vector<Command>> parseScript(const std::string& text) {
    try {
        return ScriptReader(text).run();
    } catch (const BadScript& bad) {
        return makeError(ErrorCode::kMalformed, fmt::format("line {}: {}", bad.line, bad.message));
    }
}

}  // namespace nj::test

#include "commands/command.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/utf8.h"

namespace nj::app {

void addCommands(CLI::App& parent, int& exitCode) {
#define COMMAND(name) add##name##Command(parent, exitCode);
#include "commands/commands.inc"
#undef COMMAND
}

int fail(const Error& error) {
    fmt::print(stderr, "nightjar: {}\n", printable(error.message));
    return error.code == ErrorCode::kInvalidArgument ? kExitUsage : kExitFailed;
}

TimeRange allOf(const query::CapsuleInfo& info) {
    TimeRange all;
    for (const TimeRange& range : {info.spanRange, info.logRange, info.sampleRange}) {
        if (range.empty())
            continue;
        all = all.empty() ? range : TimeRange{std::min(all.from, range.from), std::max(all.to, range.to)};
    }
    return all;
}

Result<TimeRange> rangeFromOptions(const std::string& from, const std::string& to, query::Backend& backend) {
    NJ_ASSIGN(const query::CapsuleInfo info, backend.info({}));
    TimeRange range = allOf(info);
    if (!from.empty()) {
        NJ_ASSIGN(range.from, parseTime(from, nowNs()));
    }
    if (!to.empty()) {
        NJ_ASSIGN(range.to, parseTime(to, nowNs()));
    }
    if (range.to < range.from)
        return makeError(ErrorCode::kInvalidArgument, "--to is before --from");
    return range;
}

std::string printable(std::string_view text, bool oneLine) {
    const std::string repaired = isValidUtf8(text) ? std::string(text) : repairUtf8(text);
    std::string out;
    out.reserve(repaired.size());
    for (const char c : repaired) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '\n')
            out += oneLine ? "⏎" : "\n";
        else if (c == '\t')
            out += oneLine ? ' ' : '\t';
        else if (u < 0x20 || u == 0x7f)
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", u);
        else
            out += c;
    }
    return out;
}

bool print(std::string_view text) { return std::fwrite(text.data(), 1, text.size(), stdout) == text.size(); }

}  // namespace nj::app

// One subcommand of the program: a file each, listed in commands.inc. Results go to stdout, messages to stderr;
// exit 0 ok, 1 failed, 2 usage.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "commands/command_line.h"
#include "query/backend.h"

namespace nj::app {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Declares its options on `parent` and sets `exitCode` when it runs. What options bind to lives as long as the CLI::App.
#define COMMAND(name) void add##name##Command(CLI::App& parent, int& exitCode);
#include "commands/commands.inc"
#undef COMMAND
void addCommands(CLI::App& parent, int& exitCode);

// Prints "nightjar: message" to stderr and returns the exit code that fits the error (2 for kInvalidArgument, else 1).
int fail(const Error& error);

// The range of --from/--to within the capsule: what is missing is its first or last timed row.
Result<TimeRange> rangeFromOptions(const std::string& from, const std::string& to, query::Backend& backend);

// All timed rows of the capsule.
TimeRange allOf(const query::CapsuleInfo& info);

// Telemetry is untrusted: control characters (terminal escapes) become visible escapes, line ends become "⏎" when `oneLine`.
std::string printable(std::string_view text, bool oneLine = true);

// Writes to stdout; false when the reader went away (closed pipe).
bool print(std::string_view text);

}  // namespace nj::app

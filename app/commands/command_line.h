// The subcommand of one file and its options, declared without CLI11's headers: all of CLI11 is inline, so that every file that includes
// it compiles it anew. Values bound here live as long as the CLI::App; handles may be dropped at once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace nj::app {

// One option, to say more of it: command.option("--format", …).oneOf({"text", "json"}).
class CommandOption {
 public:
    explicit CommandOption(CLI::Option* option) : option_(option) {}
    CommandOption& required();
    CommandOption& oneOf(const std::vector<std::string>& values);
    CommandOption& within(double low, double high);
    CommandOption& excludes(const CommandOption& other);
    CommandOption& typeName(const std::string& name);
    CommandOption& group(const std::string& heading);
    CommandOption& environment(const std::string& variable);   // where the value comes from when the option is not given
    CommandOption& oneEach();   // one value each time it is given: what follows belongs to others
    CommandOption& listEach();  // one list each time it is given

 private:
    CLI::Option* option_;
};

class CommandLine {
 public:
    CommandLine(CLI::App& parent, const std::string& name, const std::string& help);
    CommandOption option(const std::string& names, std::string& value, const std::string& help);
    CommandOption option(const std::string& names, std::vector<std::string>& values, const std::string& help);
    CommandOption option(const std::string& names, std::vector<std::vector<std::string>>& lists, const std::string& help);
    CommandOption option(const std::string& names, uint64_t& value, const std::string& help);
    CommandOption option(const std::string& names, double& value, const std::string& help);
    CommandOption flag(const std::string& names, bool& value, const std::string& help);
    void callback(std::function<void()> run);

 private:
    CLI::App* command_;
};

}  // namespace nj::app

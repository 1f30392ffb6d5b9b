#include "commands/command_line.h"

#include <CLI/CLI.hpp>

namespace nj::app {

CommandOption& CommandOption::required() {
    option_->required();
    return *this;
}

CommandOption& CommandOption::oneOf(const std::vector<std::string>& values) {
    option_->check(CLI::IsMember(values));
    return *this;
}

CommandOption& CommandOption::within(double low, double high) {
    option_->check(CLI::Range(low, high));
    return *this;
}

CommandOption& CommandOption::excludes(const CommandOption& other) {
    option_->excludes(other.option_);
    return *this;
}

CommandOption& CommandOption::typeName(const std::string& name) {
    option_->type_name(name);
    return *this;
}

CommandOption& CommandOption::group(const std::string& heading) {
    option_->group(heading);
    return *this;
}

CommandOption& CommandOption::environment(const std::string& variable) {
    option_->envname(variable);
    return *this;
}

CommandOption& CommandOption::oneEach() {
    option_->allow_extra_args(false);
    return *this;
}

CommandOption& CommandOption::listEach() {
    option_->expected(1, -1)->inject_separator();
    return *this;
}

CommandLine::CommandLine(CLI::App& parent, const std::string& name, const std::string& help) : command_(parent.add_subcommand(name, help)) {}

CommandOption CommandLine::option(const std::string& names, std::string& value, const std::string& help) {
    return CommandOption(command_->add_option(names, value, help));
}

CommandOption CommandLine::option(const std::string& names, std::vector<std::string>& values, const std::string& help) {
    return CommandOption(command_->add_option(names, values, help));
}

CommandOption CommandLine::option(const std::string& names, std::vector<std::vector<std::string>>& lists, const std::string& help) {
    return CommandOption(command_->add_option(names, lists, help));
}

CommandOption CommandLine::option(const std::string& names, uint64_t& value, const std::string& help) {
    return CommandOption(command_->add_option(names, value, help));
}

CommandOption CommandLine::option(const std::string& names, double& value, const std::string& help) {
    return CommandOption(command_->add_option(names, value, help));
}

CommandOption CommandLine::flag(const std::string& names, bool& value, const std::string& help) {
    return CommandOption(command_->add_flag(names, value, help));
}

void CommandLine::callback(std::function<void()> run) { command_->callback(std::move(run)); }

}  // namespace nj::app

// m2sim man and m2sim completion: what the options say, in other forms.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct ManOptions {
  std::vector<std::string> command;  // its words; none: m2sim itself
  std::string folder;                // not empty: all pages, as files there
};

CLI::App* add_man_command(CLI::App& app, ManOptions& options);
CLI::App* add_completion_command(CLI::App& app, std::string& shell);

// `app` is the whole tree. These return the exit status and throw UserError.
int man(const CLI::App& app, const ManOptions& options);
int completion(const CLI::App& app, const std::string& shell);
// For --help of the deepest command that was parsed.
void print_help(const CLI::App& app);

}  // namespace m2sim::cmd

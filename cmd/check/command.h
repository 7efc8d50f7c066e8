// m2sim check: what a program needs that is not there, without running it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace m2sim::cmd {

struct CheckOptions {
  std::string program;
  std::string sysroot;
  bool json = false;
  bool strict = false;
};

CLI::App* add_check_command(CLI::App& app, CheckOptions& options);

// 0: nothing is missing; 1: instructions are not implemented or files are missing. Throws UserError.
int check(const CheckOptions& options);

}  // namespace m2sim::cmd

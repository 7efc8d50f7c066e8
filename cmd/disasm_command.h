// m2sim disasm: the instructions of a program as m2sim decodes them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace m2sim::cmd {

struct DisasmOptions {
  std::string program;
  std::string start;  // addresses as linked, decimal or 0x…; empty: all executable segments
  std::string end;
  std::string symbol;  // instead: one function
};

CLI::App* add_disasm_command(CLI::App& app, DisasmOptions& options);

int disasm(const DisasmOptions& options);

}  // namespace m2sim::cmd

// m2sim snippet: a loop's body, run on a whole core.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cmd/results/core_option.h"

namespace m2sim::cmd {

struct SnippetOptions {
  std::string file;      // assembly, "-" or ELF
  std::string function;  // of a program
  std::string mode = "timing";
  CoreOption core;
  std::string assembler = "aarch64-linux-gnu-as";
  unsigned shown = 3;  // iterations in the drawing
  bool json = false;
};

CLI::App* add_snippet_command(CLI::App& app, SnippetOptions& options);

// Returns the exit status of m2sim; throws UserError.
int snippet(const SnippetOptions& options);

}  // namespace m2sim::cmd

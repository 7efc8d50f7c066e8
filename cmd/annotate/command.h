// m2sim annotate: one program, and which of its functions, lines and instructions its cycles went to.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cmd/guest/options.h"

namespace m2sim::cmd {

struct AnnotateOptions {
  GuestOptions guest;
  unsigned functions = 3;
  std::vector<std::string> named;
  bool tree = false;
  unsigned depth = 12;
  double least = 1;
  std::string json;  // files; empty: none
  std::string callgrind;
  std::string folded;
  std::string speedscope;
  bool quiet = false;
};

CLI::App* add_annotate_command(CLI::App& app, AnnotateOptions& options);

// Returns the exit status of m2sim; throws UserError.
int annotate(const AnnotateOptions& options);

}  // namespace m2sim::cmd

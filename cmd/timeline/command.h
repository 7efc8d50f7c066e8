// m2sim timeline: what the pipe did in a part of a run.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cmd/guest/options.h"

namespace m2sim::cmd {

struct TimelineOptions {
  GuestOptions guest;
  std::optional<std::uint64_t> from;    // instructions before the window
  std::string from_pc;                  // hexadecimal
  std::string at;                       // a symbol
  std::optional<std::uint64_t> length;  // instructions
  std::string konata;                   // file; empty: none
  std::string output;                   // of the drawing; empty: standard output
};

CLI::App* add_timeline_command(CLI::App& app, TimelineOptions& options);

// Returns the exit status of m2sim; throws UserError.
int timeline(const TimelineOptions& options);

}  // namespace m2sim::cmd

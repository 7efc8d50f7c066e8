// Whether simulation points stand for a run: the options.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cmd/results/json_field.h"
#include "timing/run/simpoints.h"

namespace m2sim::cmd {

// In instructions. Shorter ones would measure how the pipe fills.
inline constexpr std::uint64_t kLeastInterval = 1'000;

struct SimPointOptions {
  std::string file;  // empty: none, or those of `recorded`
  std::string weights;
  std::optional<std::uint64_t> interval_size;
  bool check = false;
  std::optional<timing::SimPointPlan> recorded;  // of the run that is repeated

  bool any() const { return !file.empty() || recorded; }
};

void add_interval_size_option(CLI::App& command, std::optional<std::uint64_t>& size,
                              const std::string& meaning);
void add_simpoint_options(CLI::App& command, SimPointOptions& options);

// Reads the files; no value where no points are asked for. `warming`: --warmup. Throws UserError.
std::optional<timing::SimPointPlan> simpoint_plan(const SimPointOptions& options,
                                                  std::optional<std::uint64_t> warming);

// As a run's file has it; none: no points. Throws JsonProblem.
std::optional<timing::SimPointPlan> simpoints_from(const std::optional<JsonField>& json);

}  // namespace m2sim::cmd

// Whether windows of a run stand for all of it: the options.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "cmd/results/json_field.h"
#include "timing/run/sampling.h"

namespace m2sim::cmd {

struct SampleOptions {
  bool sample = false;
  bool asked = false;  // for how to sample, which is for nothing without that
  timing::SamplePlan plan;

  // Null: all of the run is timed.
  const timing::SamplePlan* chosen() const { return sample ? &plan : nullptr; }
};

void add_sample_options(CLI::App& command, SampleOptions& options);

// As a run's file has it; none: no sampling. Throws JsonProblem.
SampleOptions sample_from(const std::optional<JsonField>& json);

}  // namespace m2sim::cmd

// Whether windows of a run stand for all of it: the options.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>

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

// As a run's file has it; null: no sampling. Throws what the library for JSON throws.
SampleOptions sample_from(const nlohmann::ordered_json& json);

}  // namespace m2sim::cmd

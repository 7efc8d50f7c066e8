// m2sim calibrate structures.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "calibration/structures/run.h"
#include "cmd/calibrate/options.h"
#include "cmd/calibrate/structures_report.h"

namespace m2sim::cmd {

struct StructuresOptions {
  ModelOptions model;
  std::string filter;
  std::string against;  // whose measurements; empty: the core's
  std::string json;
  std::string csv;
  std::string svg;
  bool quiet = false;
};

// Fills the references of the core `against` in, and compares. Of the batch all but the references.
StructuresSummary compared_structures(CalibratedModel model, std::string against,
                                      calibration::StructureBatch batch,
                                      const calibration::ProgressSink& progress);

CLI::App* add_structures_action(CLI::App& app, StructuresOptions& options);

// Throws UserError.
int calibrate_structures(const StructuresOptions& options);

}  // namespace m2sim::cmd

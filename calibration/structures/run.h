// Runs curves on a model of a core.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calibration/measure.h"
#include "calibration/parallel.h"
#include "calibration/structures/reference.h"
#include "calibration/structures/trial.h"
#include "timing/config/config.h"

namespace m2sim::calibration {

struct Sample {
  std::uint64_t x = 0;
  double y = 0;
};

struct MeasuredCurve {
  const Curve* curve = nullptr;
  std::vector<Sample> samples;  // by x
  std::string failure;          // of the last point that did not run
  std::size_t failed = 0;       // points
};

struct StructureBatch {
  std::vector<const Curve*> curves;
  std::vector<Reference> references;  // curves are also measured where these are
  timing::CoreConfig config;
  Model model = Model::kCore;
  unsigned jobs = 1;  // threads
};

// Cycles of a trial's measured instructions. Throws std::runtime_error when it does not run to its end.
double cycles_of(const Trial& trial, const timing::CoreConfig& config, Model model);

// y of a curve at x. Throws std::runtime_error when a trial does not run to its end.
double value_at(const Curve& curve, std::uint64_t x, const timing::CoreConfig& config, Model model);

// In the order of the curves. First the grids, then, around each knee, what lies between.
std::vector<MeasuredCurve> measure_structures(const StructureBatch& batch, const ProgressSink& progress);

}  // namespace m2sim::calibration

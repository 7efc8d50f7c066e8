// The same kernels at growing sizes: whether a small size says what a large one takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/evaluate/evaluator.h"
#include "calibration/measured/grade.h"
#include "calibration/parallel.h"

namespace m2sim::calibration {

struct SizedKernel {
  std::string name;        // "gemm"
  std::uint64_t size = 0;  // of each of its dimensions
  std::string path;        // on the host; takes its number of iterations as argument
};

// "gemm@64", as measurements name it.
std::string text_of(const SizedKernel& kernel);

struct SizeResult {
  SizedKernel kernel;
  std::string failure;          // why there is nothing else
  double instructions = 0;      // an iteration
  double cycles = 0;            // an iteration: the slope of a line through several numbers of them
  std::optional<double> error;  // of the slope, half of its 95 % interval; large sizes have two points only
  double simulated = 0;         // instructions, in all runs
  std::optional<double> measured;  // cycles an iteration on a real core

  bool ran() const { return failure.empty(); }
  double cpi() const { return cycles / instructions; }
  double cpi_error() const { return error.value_or(0) / instructions; }
  // Of the model from the measurement.
  std::optional<double> model_error() const {
    return measured ? std::optional(cycles / *measured - 1) : std::nullopt;
  }
};

struct KernelScaling {
  std::string name;
  std::vector<SizeResult> sizes;  // growing; that ran

  const SizeResult& largest() const { return sizes.back(); }
  // CPI at a size over that of the largest, less 1; and how far the intervals of both let it vary.
  double deviation(const SizeResult& size) const { return size.cpi() / largest().cpi() - 1; }
  double deviation_error(const SizeResult& size) const;
  // Instructions that a run of this size saves of one of the largest, as a share.
  double saved(const SizeResult& size) const { return 1 - size.simulated / largest().simulated; }
  // The smallest from which on all are within `share` of the largest; the largest itself, if no other is.
  const SizeResult& recommended(double share) const;
};

// How well the CPI at one size says the CPI of the largest, over the kernels that have it as a smaller one.
struct SizeCorrelation {
  std::uint64_t size = 0;
  std::size_t kernels = 0;
  double correlation = 0;     // Pearson's
  double r2 = 0;              // of the prediction "it stays as it is": 1 - residuals / variance
  double mean_deviation = 0;  // of absolute ones
};

struct Scaling {
  std::vector<KernelScaling> kernels;
  std::vector<SizeResult> failed;
  std::vector<SizeCorrelation> sizes;  // with at least three kernels
};

struct ScalingBatch {
  std::vector<SizedKernel> kernels;
  std::vector<Graded> measurements;  // of the core that is modelled
  timing::CoreConfig config;
  Model model = Model::kCore;
  unsigned jobs = 1;
};

Scaling scale(const ScalingBatch& batch, const ProgressSink& progress);

// What scale() makes of its results.
Scaling scaling_of(std::vector<SizeResult> results);

}  // namespace m2sim::calibration

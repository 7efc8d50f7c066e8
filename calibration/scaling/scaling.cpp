#include "calibration/scaling/scaling.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "calibration/statistics/regression.h"

namespace m2sim::calibration {
namespace {

// The numbers of iterations that a kernel runs with. Short ones run often enough for their slope to have an
// interval, the longest once only.
std::vector<std::uint64_t> iterations_for(double instructions) {
  constexpr double kWarm = 60'000;
  constexpr double kStep = 60'000;
  constexpr double kShort = 2e6;
  constexpr double kLong = 2e7;
  if (instructions >= kLong) return {0, 1};
  if (instructions >= kShort) return {1, 2, 3};
  const auto passes = [instructions](double of) {
    return static_cast<std::uint64_t>(std::ceil(of / instructions));
  };
  std::vector<std::uint64_t> iterations{passes(kWarm)};
  constexpr std::size_t kPoints = 4;
  while (iterations.size() < kPoints) iterations.push_back(iterations.back() + passes(kStep));
  return iterations;
}

Kernel as_kernel(const SizedKernel& sized) { return {text_of(sized), sized.path, 0, 0, false}; }

SizeResult measured_size(const SizedKernel& sized, const ScalingBatch& batch) {
  SizeResult result;
  result.kernel = sized;
  const Kernel kernel = as_kernel(sized);
  result.instructions = instructions_of(kernel, 1) - instructions_of(kernel, 0);
  if (!(result.instructions > 0))
    throw std::runtime_error("an iteration of '" + sized.path + "' executes nothing");
  std::vector<double> x;
  std::vector<double> cycles;
  for (const std::uint64_t iterations : iterations_for(result.instructions)) {
    const KernelRun run = run_kernel(kernel, iterations, batch.config, batch.model);
    x.push_back(static_cast<double>(iterations));
    cycles.push_back(static_cast<double>(run.stats.core.cycles));
    result.simulated += static_cast<double>(run.instructions);
  }
  const std::optional<Regression> line = regress(x, cycles);
  result.cycles = line->slope;
  if (x.size() > 2) result.error = (line->slope_high - line->slope_low) / 2;
  const auto measured = std::ranges::find(batch.measurements, text_of(sized), &Graded::program);
  if (measured != batch.measurements.end()) result.measured = measured->cycles;
  return result;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double squares(std::span<const double> a, std::span<const double> b, double mean_a, double mean_b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum;
}

std::optional<SizeCorrelation> correlation_of(std::uint64_t size, std::span<const KernelScaling> kernels) {
  std::vector<double> at_size;
  std::vector<double> at_largest;
  SizeCorrelation found;
  found.size = size;
  for (const KernelScaling& kernel : kernels) {
    for (const SizeResult& result : kernel.sizes) {
      if (result.kernel.size != size || &result == &kernel.largest()) continue;
      at_size.push_back(result.cpi());
      at_largest.push_back(kernel.largest().cpi());
      found.mean_deviation += std::abs(kernel.deviation(result));
    }
  }
  constexpr std::size_t kLeast = 3;
  found.kernels = at_size.size();
  if (found.kernels < kLeast) return std::nullopt;
  found.mean_deviation /= static_cast<double>(found.kernels);
  const double mean_size = mean(at_size);
  const double mean_largest = mean(at_largest);
  const double variance = squares(at_largest, at_largest, mean_largest, mean_largest);
  const double own_variance = squares(at_size, at_size, mean_size, mean_size);
  double residuals = 0;
  for (std::size_t i = 0; i < at_size.size(); ++i) residuals += std::pow(at_largest[i] - at_size[i], 2);
  if (variance > 0) found.r2 = 1 - residuals / variance;
  if (variance > 0 && own_variance > 0) {
    found.correlation =
        squares(at_size, at_largest, mean_size, mean_largest) / std::sqrt(variance * own_variance);
  }
  return found;
}

}  // namespace

std::string text_of(const SizedKernel& kernel) { return kernel.name + "@" + std::to_string(kernel.size); }

double KernelScaling::deviation_error(const SizeResult& size) const {
  const auto relative = [](const SizeResult& of) { return of.cpi_error() / of.cpi(); };
  if (&size == &largest()) return 0;
  return (1 + deviation(size)) * std::hypot(relative(size), relative(largest()));
}

const SizeResult& KernelScaling::recommended(double share) const {
  std::size_t best = sizes.size() - 1;
  while (best > 0 && std::abs(deviation(sizes[best - 1])) <= share) --best;
  return sizes[best];
}

Scaling scaling_of(std::vector<SizeResult> results) {
  Scaling scaling;
  for (SizeResult& result : results) {
    if (!result.ran()) {
      scaling.failed.push_back(std::move(result));
      continue;
    }
    auto kernel = std::ranges::find(scaling.kernels, result.kernel.name, &KernelScaling::name);
    if (kernel == scaling.kernels.end()) {
      scaling.kernels.push_back({result.kernel.name, {}});
      kernel = std::prev(scaling.kernels.end());
    }
    kernel->sizes.push_back(std::move(result));
  }
  std::map<std::uint64_t, bool> sizes;
  for (KernelScaling& kernel : scaling.kernels) {
    std::ranges::sort(kernel.sizes, {}, [](const SizeResult& result) { return result.kernel.size; });
    for (const SizeResult& result : kernel.sizes) sizes[result.kernel.size] = true;
  }
  for (const auto& [size, known] : sizes) {
    if (const auto found = correlation_of(size, scaling.kernels)) scaling.sizes.push_back(*found);
  }
  return scaling;
}

Scaling scale(const ScalingBatch& batch, const ProgressSink& progress) {
  // The largest first, so that no long one is left alone at the end.
  std::vector<std::size_t> order(batch.kernels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return batch.kernels[i].size; });
  std::vector<SizeResult> results(batch.kernels.size());
  const auto run = [&](std::size_t k) {
    const SizedKernel& kernel = batch.kernels[order[k]];
    try {
      results[order[k]] = measured_size(kernel, batch);
    } catch (const std::exception& error) {
      results[order[k]].kernel = kernel;
      results[order[k]].failure = error.what();
    }
  };
  const auto weight = [&](std::size_t k) {
    return std::pow(static_cast<double>(batch.kernels[order[k]].size), 2);
  };
  in_parallel({.count = results.size(), .jobs = batch.jobs, .run = run, .weight = weight}, progress);
  return scaling_of(std::move(results));
}

}  // namespace m2sim::calibration

#include "calibration/measured/reduced.h"

#include <algorithm>
#include <cstddef>

#include "calibration/measured/grade.h"
#include "calibration/statistics/robust.h"

namespace m2sim::calibration {
namespace {

constexpr double kNsOfSecond = 1e9;

double trimmed(const std::vector<double>& readings) { return trimmed_mean(readings, kTrimmedShare); }

std::vector<double> cycles_of(const MeasuredPoint& point) {
  const auto counted = point.counters.find(std::string(kCycleCounter));
  if (counted != point.counters.end()) return counted->second;
  std::vector<double> cycles;
  for (std::size_t i = 0; i < point.clock_ghz.size(); ++i) {
    cycles.push_back(point.seconds[i] * point.clock_ghz[i] * kNsOfSecond);
  }
  return cycles;
}

}  // namespace

Reduced reduced(const std::vector<MeasuredPoint>& points) {
  Reduced values;
  for (const MeasuredPoint& point : points) {
    values.iterations.push_back(static_cast<double>(point.iterations));
    if (!point.seconds.empty()) values.ns.push_back(trimmed(point.seconds) * kNsOfSecond);
    if (!point.clock_ghz.empty()) values.clocks.push_back(median(point.clock_ghz));
    if (const std::vector<double> cycles = cycles_of(point); !cycles.empty()) {
      values.cycles.push_back(trimmed(cycles));
    }
  }
  if (values.cycles.size() != points.size()) values.cycles.clear();
  return values;
}

std::optional<double> counter_an_iteration(const std::vector<MeasuredPoint>& points,
                                           const std::string& name) {
  std::vector<double> iterations;
  std::vector<double> counts;
  for (const MeasuredPoint& point : points) {
    const auto found = point.counters.find(name);
    if (found == point.counters.end()) return std::nullopt;
    iterations.push_back(static_cast<double>(point.iterations));
    counts.push_back(trimmed(found->second));
  }
  if (counts.empty()) return std::nullopt;
  if (counts.size() == 1) return counts[0] / iterations[0];
  return regress(iterations, counts)->slope;
}

KnownClock clock_of(const MeasurementSet& set) {
  if (set.clock.ghz) return {set.clock.ghz, 0};
  const auto chain = std::ranges::find_if(
      set.measurements, [&](const MeasuredProgram& program) { return program.program == set.clock.from; });
  if (chain == set.measurements.end()) return {};
  const Reduced values = reduced(chain->points);
  const std::optional<Regression> line = regress(values.iterations, values.ns);
  if (!line || !(line->slope > 0)) return {};
  return {*chain->certain_cycles / line->slope, line->relative_error()};
}

}  // namespace m2sim::calibration

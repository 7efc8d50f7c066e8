#include "calibration/measured/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calibration/measured/measurement_error.h"
#include "calibration/measured/measurement_json.h"

namespace m2sim::calibration {
namespace {

// What a reading has: a point is of readings that have the same.
std::set<std::string> names_of(const Reading& reading) {
  std::set<std::string> names;
  if (reading.seconds) names.insert("seconds");
  if (reading.clock_ghz) names.insert("clock_ghz");
  for (const auto& [name, value] : reading.counters) names.insert(name);
  return names;
}

MeasuredProgram program_of(const ReadingsOf& of, const std::string& name,
                           const std::map<std::uint64_t, std::vector<const Reading*>>& sizes) {
  MeasuredProgram program;
  program.program = name;
  program.unit = "iteration";
  const std::set<std::string> names = names_of(*sizes.begin()->second.front());
  for (const auto& [iterations, readings] : sizes) {
    MeasuredPoint& point = program.points.emplace_back();
    point.iterations = iterations;
    for (const Reading* reading : readings) {
      if (names_of(*reading) != names) {
        throw MeasurementError(
            fmt::format("'{}', program '{}': readings at {} iterations have {}, others {}; measure the "
                        "same in each",
                        of.set, name, iterations, fmt::join(names_of(*reading), " "), fmt::join(names, " ")));
      }
      if (reading->seconds) point.seconds.push_back(*reading->seconds);
      if (reading->clock_ghz) point.clock_ghz.push_back(*reading->clock_ghz);
      for (const auto& [counter, value] : reading->counters) point.counters[counter].push_back(value);
    }
  }
  return program;
}

}  // namespace

MeasurementSet set_of_readings(const ReadingsOf& of, const std::vector<Reading>& readings) {
  MeasurementSet set;
  set.name = of.set;
  set.source = of.source;
  set.date = of.date;
  set.machine.chip = of.chip;
  set.core_type = of.core_type;
  std::map<std::string, std::map<std::uint64_t, std::vector<const Reading*>>> programs;
  for (const Reading& reading : readings) programs[reading.program][reading.iterations].push_back(&reading);
  for (const auto& [name, sizes] : programs) set.measurements.push_back(program_of(of, name, sizes));
  const auto counts = [](const Reading& reading) {
    return reading.counters.contains(std::string(kCycleCounter));
  };
  if (std::ranges::any_of(readings, counts)) {
    set.clock.how = ClockHow::kCounted;
  } else if (std::ranges::any_of(readings,
                                 [](const Reading& reading) { return reading.clock_ghz.has_value(); })) {
    set.clock.how = ClockHow::kDerived;
  }
  check_measurements({{set}}, of.set);
  return set;
}

}  // namespace m2sim::calibration

#include "calibration/measured/perf_stat.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "calibration/measured/event_name.h"
#include "calibration/measured/measurement_error.h"
#include "calibration/measured/perf_events.h"

namespace m2sim::calibration {
namespace {

constexpr double kWholeRun = 99.5;     // percent; what perf prints as less, it has scaled
constexpr double kOtherCores = 0.001;  // of the cycles; a run on one type of core has no more on the other

// The events of one run as they come.
struct Run {
  std::vector<std::pair<EventName, PerfEvent>> events;
  std::set<std::string> names;
};

bool is_time(const PerfEvent& event) { return event.name == "duration_time"; }
// The time that its threads ran: for want of a wall clock.
bool is_cpu_time(const PerfEvent& event) { return event.name.starts_with("task-clock"); }

double cycles_on(const Run& run, CoreType type) {
  double cycles = 0;
  for (const auto& [name, event] : run.events) {
    if (name.counter == kCycleCounter && name.core_type == type) cycles += event.value.value_or(0);
  }
  return cycles;
}

// The type of core that a run was on, as far as its events name one.
std::optional<CoreType> ran_on(const Run& run, const std::string& file) {
  const double fast = cycles_on(run, CoreType::kPerformance);
  const double small = cycles_on(run, CoreType::kEfficiency);
  if (std::min(fast, small) > kOtherCores * std::max(fast, small)) {
    throw MeasurementError(
        fmt::format("'{}': ran on both types of core, {:.0f} cycles on P and {:.0f} on E; keep it on one "
                    "(taskset -c)",
                    file, fast, small));
  }
  if (fast > 0) return CoreType::kPerformance;
  if (small > 0) return CoreType::kEfficiency;
  return std::nullopt;
}

bool contradict(CoreType counted, CoreType said) {
  if (said == CoreType::kUnknown) return false;
  return (counted == CoreType::kEfficiency) != (said == CoreType::kEfficiency);
}

Reading reading_of(const Run& run, std::optional<CoreType> type, const std::string& file) {
  Reading reading;
  std::string missing;
  for (const auto& [name, event] : run.events) {
    if (!event.value) {
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", event.name);
      continue;
    }
    if (is_time(event)) reading.seconds = *event.value * (event.unit == "ns" ? 1e-9 : 1);
    if (is_cpu_time(event) && !reading.seconds)
      reading.seconds = *event.value * (event.unit == "ns" ? 1e-9 : 1e-3);
    if (name.counter.empty() || (name.core_type && type && name.core_type != type)) continue;
    if (event.percent_running < kWholeRun) {
      throw MeasurementError(
          fmt::format("'{}': {} counted for {:.1f} % of the run only, the rest is perf's guess; count "
                      "fewer events at once, or keep the program on one type of core (taskset -c)",
                      file, event.name, event.percent_running));
    }
    reading.counters[name.counter] = *event.value;
  }
  if (!reading.seconds && !reading.counters.contains(std::string(kCycleCounter))) {
    throw MeasurementError(
        fmt::format("'{}': neither cycles nor a time{}; measure with -e cycles,instructions,duration_time",
                    file, missing.empty() ? "" : fmt::format(" ({} did not count)", missing)));
  }
  return reading;
}

// A run ends where an event comes for the second time, or where perf says that another was started.
std::vector<Run> runs_of(const std::vector<PerfLine>& lines) {
  std::vector<Run> runs(1);
  for (const PerfLine& line : lines) {
    if (!line.event || runs.back().names.contains(line.event->name)) {
      if (!runs.back().events.empty()) runs.emplace_back();
    }
    if (!line.event) continue;
    runs.back().names.insert(line.event->name);
    runs.back().events.emplace_back(event_name(line.event->name), *line.event);
  }
  if (runs.back().events.empty()) runs.pop_back();
  return runs;
}

}  // namespace

PerfStat parse_perf_stat(std::string_view text, const std::string& file, std::optional<CoreType> core_type) {
  PerfStat stat;
  const std::vector<PerfLine> lines = perf_lines(text, file);
  for (const PerfLine& line : lines) {
    if (stat.started.empty()) stat.started = line.started;
    if (!line.event || is_time(*line.event) || is_cpu_time(*line.event)) continue;
    const std::string& name = line.event->name;
    if (!event_name(name).counter.empty() || std::ranges::find(stat.ignored, name) != stat.ignored.end())
      continue;
    stat.ignored.push_back(name);
  }
  for (const Run& run : runs_of(lines)) {
    const std::optional<CoreType> on = ran_on(run, file);
    if (on && stat.core_type && *on != *stat.core_type) {
      throw MeasurementError(
          fmt::format("'{}': some of its runs were on a P-core and others on an E-core", file));
    }
    if (on && core_type && contradict(*on, *core_type)) {
      throw MeasurementError(
          fmt::format("'{}': its cycles were counted on a core of type {}, and --core-type says {}", file,
                      name_of(*on), name_of(*core_type)));
    }
    if (on) stat.core_type = on;
    stat.runs.push_back(reading_of(run, on ? on : core_type, file));
  }
  if (stat.runs.empty()) throw MeasurementError(fmt::format("'{}': perf stat counted nothing", file));
  return stat;
}

}  // namespace m2sim::calibration

// What is wrong with measurements that are well formed.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "calibration/measured/measurement_error.h"
#include "calibration/measured/measurement_json.h"

namespace m2sim::calibration {
namespace {

constexpr double kLongestRun = 86'400;  // seconds; what is longer was meant in another unit
constexpr double kShortestRun = 1e-9;

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw MeasurementError(where + ": " + what);
}

// Of an iteration: nothing measured lies beyond, and nothing computed from what lies within overflows.
constexpr double kFewestCycles = 1e-3;
constexpr double kMostCycles = 1e15;
constexpr double kLargestCount = 1e18;

bool is_cycles(double cycles) { return cycles >= kFewestCycles && cycles <= kMostCycles; }

void check_clock(const std::string& where, double ghz) {
  if (ghz >= kLowestGhz && ghz <= kHighestGhz) return;
  fail(where, fmt::format("a clock of {} GHz cannot be (it is {} to {}); clocks are in GHz", ghz, kLowestGhz,
                          kHighestGhz));
}

void check_seconds(const std::string& where, double seconds) {
  if (seconds >= kShortestRun && seconds <= kLongestRun) return;
  const char* what = seconds <= 0 ? "no time that a run takes" : "a strange time for a run";
  fail(where, fmt::format("{} s is {}; times are in seconds", seconds, what));
}

void check_count(const std::string& where, std::string_view what, std::size_t count, std::size_t readings) {
  if (count == readings) return;
  fail(where, fmt::format("{} readings, but {} of {}; each reading has all", readings, count, what));
}

void check_point(const std::string& where, const MeasuredPoint& point) {
  const auto cycles = point.counters.find(std::string(kCycleCounter));
  if (point.seconds.empty() && cycles == point.counters.end()) {
    fail(where, fmt::format("neither 'seconds' nor the counter {}", kCycleCounter));
  }
  const std::size_t readings = point.seconds.empty() ? cycles->second.size() : point.seconds.size();
  for (const double seconds : point.seconds) check_seconds(where, seconds);
  if (!point.clock_ghz.empty()) check_count(where, "clock_ghz", point.clock_ghz.size(), readings);
  for (const double ghz : point.clock_ghz) check_clock(where, ghz);
  for (const auto& [name, values] : point.counters) {
    check_count(where, name, values.size(), readings);
    const double least = name == kCycleCounter ? 1 : 0;
    const auto cannot_be = [least](double value) { return !(value >= least && value <= kLargestCount); };
    const auto strange = std::ranges::find_if(values, cannot_be);
    if (strange != values.end()) fail(where, fmt::format("{} cannot have counted {}", name, *strange));
  }
}

void check_points(const std::string& where, const std::vector<MeasuredPoint>& points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    check_point(fmt::format("{}, point {}", where, i + 1), points[i]);
    if (i == 0) continue;
    if (points[i].iterations <= points[i - 1].iterations) {
      fail(where, fmt::format("{} iterations stand behind {}; points go from few to many, each once",
                              points[i].iterations, points[i - 1].iterations));
    }
    const auto has = [](const MeasuredPoint& point) {
      return std::pair{!point.seconds.empty(), !point.clock_ghz.empty()};
    };
    if (has(points[i]) != has(points[0])) {
      fail(where, "some points have 'seconds' or 'clock_ghz' and others have not");
    }
  }
}

void check_program(const std::string& set, const MeasuredProgram& program) {
  const std::string where = fmt::format("{}, program '{}'", set, program.program);
  if (program.points.empty() == !program.figure) {
    fail(where, program.figure ? "has 'points' and a 'figure'; give one, figures are for what has no points"
                               : "has neither 'points' nor a 'figure'");
  }
  check_points(where, program.points);
  if (const auto& figure = program.figure; figure) {
    if (!is_cycles(figure->cycles)) fail(where, fmt::format("a figure of {} cycles", figure->cycles));
    if (!(figure->low > 0 && figure->low <= figure->cycles && figure->cycles <= figure->high &&
          is_cycles(figure->high))) {
      fail(where, fmt::format("{} cycles do not lie between low {} and high {}", figure->cycles, figure->low,
                              figure->high));
    }
  }
  if (program.certain_cycles && !is_cycles(*program.certain_cycles)) {
    fail(where, fmt::format("certain_cycles is {}", *program.certain_cycles));
  }
  if (program.certain_cycles.has_value() == program.certain_why.empty()) {
    fail(where, "'certain_cycles' and 'certain_why' go together");
  }
}

void check_clock(const std::string& where, const MeasurementSet& set) {
  const MeasuredClock& clock = set.clock;
  if (clock.ghz) check_clock(where + ", clock", *clock.ghz);
  if (clock.how == ClockHow::kUnknown && clock.ghz) {
    fail(where, fmt::format("the clock is unknown and {} GHz; say how it is known", *clock.ghz));
  }
  if (clock.how == ClockHow::kAssumed && !clock.ghz) fail(where, "an assumed clock needs its 'ghz'");
  const auto has_clocks = [](const MeasuredProgram& program) {
    return !program.points.empty() && !program.points[0].clock_ghz.empty();
  };
  const bool beside = std::ranges::any_of(set.measurements, has_clocks);
  if (clock.how == ClockHow::kDerived && !clock.ghz && clock.from.empty() && !beside) {
    fail(where,
         "a derived clock needs 'ghz', 'from' (a program of certain cycles) or 'clock_ghz' at the points");
  }
  if (clock.from.empty()) return;
  if (clock.how != ClockHow::kDerived || clock.ghz) {
    fail(where, "the clock's 'from' is for one that is derived, without 'ghz'");
  }
  std::vector<std::string> known;
  for (const MeasuredProgram& program : set.measurements) {
    if (program.certain_cycles && !program.points.empty()) known.push_back(program.program);
  }
  if (std::ranges::find(known, clock.from) == known.end()) {
    throw MeasurementError(fmt::format("{}: the clock is derived from '{}', which is no program of the set "
                                       "with points and certain_cycles",
                                       where, clock.from),
                           clock.from, known);
  }
}

void check_set(const std::string& where, const MeasurementSet& set) {
  std::set<std::string> programs;
  for (const MeasuredProgram& program : set.measurements) {
    if (!programs.insert(program.program).second) {
      fail(where, fmt::format("program '{}' stands there twice; put its readings into one, or into two sets",
                              program.program));
    }
    check_program(where, program);
  }
  check_clock(where, set);
}

}  // namespace

void check_measurements(const MeasurementFile& file, const std::string& name) {
  std::set<std::string> names;
  for (const MeasurementSet& set : file.sets) {
    const std::string where = fmt::format("'{}', set '{}'", name, set.name);
    if (!names.insert(set.name).second) fail(where, "there are two of that name; give each its own");
    check_set(where, set);
  }
}

void join(MeasurementFile& file, MeasurementFile more) {
  for (MeasurementSet& set : more.sets) {
    const auto same = [&](const MeasurementSet& other) { return other.name == set.name; };
    if (std::ranges::any_of(file.sets, same)) {
      throw MeasurementError(fmt::format(
          "two sets are named '{}' (among the given files and the shipped ones); rename one", set.name));
    }
    file.sets.push_back(std::move(set));
  }
}

}  // namespace m2sim::calibration

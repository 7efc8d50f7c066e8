#include "calibration/measured/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "calibration/measured/reduced.h"
#include "calibration/statistics/robust.h"
#include "calibration/statistics/student_t.h"

namespace m2sim::calibration {
namespace {

// The grade is the worst that a rule leaves, and each rule that takes something off says why.
class Grading {
 public:
  void at_most(Grade grade, std::string why) { found_.emplace_back(grade, std::move(why)); }

  void give(Graded& graded) {
    std::ranges::stable_sort(found_, [](const auto& a, const auto& b) { return a.first > b.first; });
    if (!found_.empty()) graded.grade = found_.front().first;
    for (auto& [grade, why] : found_) graded.reasons.push_back(std::move(why));
  }

 private:
  std::vector<std::pair<Grade, std::string>> found_;
};

void grade_core(const MeasurementSet& set, Grading& grading) {
  switch (set.core_type) {
    case CoreType::kPerformance:
      return;
    case CoreType::kEfficiency:
      return grading.at_most(Grade::kC, "an E-core, and the models are of P-cores");
    case CoreType::kUnknown:
      return grading.at_most(Grade::kC, "core type unknown");
    case CoreType::kAssumedPerformance:
      return grading.at_most(Grade::kB, "that it was a P-core is assumed");
  }
}

void grade_clock(const MeasurementSet& set, const Reduced& values, Graded& graded, Grading& grading) {
  if (!graded.cycles) grading.at_most(Grade::kC, "no clock: time only, no cycles");
  if (set.clock.how == ClockHow::kAssumed) {
    grading.at_most(Grade::kB, fmt::format("the clock, {} GHz, is assumed", *set.clock.ghz));
  }
  if (values.clocks.empty()) return;
  const auto [least, most] = std::ranges::minmax(values.clocks);
  const double drift = (most - least) / median(values.clocks);
  if (drift <= kDriftA) return;
  grading.at_most(
      drift > kDriftB ? Grade::kC : Grade::kB,
      fmt::format("the clock drifts by {:.1f} %, from {:.3f} to {:.3f} GHz", 100 * drift, least, most));
}

void grade_linearity(const Regression& line, Grading& grading) {
  const double apart = std::abs(line.theil_sen / line.slope - 1);
  if (apart > kLinear) {
    grading.at_most(Grade::kC,
                    fmt::format("not linear: Theil-Sen gives a slope {:+.1f} % from that of least squares",
                                100 * (line.theil_sen / line.slope - 1)));
  } else if (line.r2 < kLinearR2) {
    grading.at_most(Grade::kC, fmt::format("not linear: R2 is {:.4f}", line.r2));
  }
  const double loop = line.slope * (line.x.back() - line.x.front());
  if (std::abs(line.intercept) > kLargestIntercept * loop) {
    grading.at_most(Grade::kC,
                    fmt::format("what does not depend on the iterations is {:.1f} times what they take",
                                std::abs(line.intercept) / loop));
  }
}

void grade_slope(const Regression& line, Grading& grading) {
  if (!(line.slope > 0)) return grading.at_most(Grade::kX, "no usable slope: more iterations take no longer");
  if (line.x.size() == 2) {
    return grading.at_most(Grade::kC, "two sizes only: nothing says that they lie on a line");
  }
  if (!(line.slope_low > 0)) {
    return grading.at_most(
        Grade::kX, fmt::format("no usable slope: its interval reaches from {:.3g} to {:.3g}", line.slope_low,
                               line.slope_high));
  }
  const double error = line.relative_error();
  if (error > kSlopeErrorA) {
    grading.at_most(error > kSlopeErrorB ? Grade::kC : Grade::kB,
                    fmt::format("slope error {:.2f} %", 100 * error));
  }
  grade_linearity(line, grading);
}

void grade_speed(const MeasurementSet& set, const Graded& graded, Grading& grading) {
  if (!graded.cycles || !graded.certain_cycles || set.clock.how == ClockHow::kAssumed) return;
  if (graded.high >= (1 - kFasterThanCan) * *graded.certain_cycles) return;
  grading.at_most(Grade::kX,
                  fmt::format("{:.3g} cycles, and it cannot take less than {:.3g}: the clock is wrong",
                              *graded.cycles, *graded.certain_cycles));
}

// Cycles and their interval from a line, by `ghz` cycles a unit of its y.
void take_line(const Regression& line, const KnownClock& clock, double ghz, Graded& graded) {
  if (!(line.slope > 0)) return;
  graded.cycles = line.slope * ghz;
  const unsigned degrees = line.x.size() > 2 ? static_cast<unsigned>(line.x.size() - 2) : 1;
  const double error = std::hypot(line.slope_error / line.slope, clock.error);
  const double width = std::abs(*graded.cycles) * error * student_t(kConfidence, degrees);
  graded.low = std::min(*graded.cycles - width, line.theil_sen * ghz);
  graded.high = std::max(*graded.cycles + width, line.theil_sen * ghz);
}

void take_slopes(const Reduced& values, const KnownClock& clock, Graded& graded) {
  const std::optional<Regression> time =
      values.ns.empty() ? std::nullopt : regress(values.iterations, values.ns);
  if (time && time->slope > 0) graded.ns = time->slope;
  if (!values.cycles.empty()) {
    graded.regression = regress(values.iterations, values.cycles);
    graded.regression_over = Over::kCycles;
    take_line(*graded.regression, {}, 1, graded);
    if (graded.cycles && graded.ns) graded.clock_ghz = *graded.cycles / *graded.ns;
    return;
  }
  graded.regression = time;
  graded.clock_ghz = clock.ghz;
  if (clock.ghz) take_line(*time, clock, *clock.ghz, graded);
}

// One size: start-up is in it.
void take_point(const Reduced& values, const KnownClock& clock, Graded& graded) {
  graded.clock_ghz = clock.ghz;
  if (!values.ns.empty()) graded.ns = values.ns[0] / values.iterations[0];
  if (!values.cycles.empty()) graded.cycles = values.cycles[0] / values.iterations[0];
  if (!graded.cycles && graded.ns && clock.ghz) graded.cycles = *graded.ns * *clock.ghz;
  if (graded.cycles && graded.ns) graded.clock_ghz = *graded.cycles / *graded.ns;
  graded.low = graded.high = graded.cycles.value_or(0);
}

void take_figure(const PublishedFigure& figure, const KnownClock& clock, Graded& graded, Grading& grading) {
  graded.cycles = figure.cycles;
  graded.low = figure.low;
  graded.high = figure.high;
  graded.clock_ghz = clock.ghz;
  if (clock.ghz) graded.ns = figure.cycles / *clock.ghz;
  const double open = std::max(figure.high - figure.cycles, figure.cycles - figure.low) / figure.cycles;
  if (open > kSlopeErrorB) {
    grading.at_most(Grade::kC, fmt::format("a figure that leaves {:.1f} % open", 100 * open));
  } else {
    grading.at_most(Grade::kB, "a figure alone: no readings that would show how good it is");
  }
}

Graded graded_program(const MeasurementSet& set, const KnownClock& clock, const MeasuredProgram& program) {
  Graded graded;
  graded.set = set.name;
  graded.source = set.source;
  graded.program = program.program;
  graded.unit = program.unit;
  graded.chip = set.machine.chip;
  graded.core_type = name_of(set.core_type);
  graded.clock_how = name_of(set.clock.how);
  graded.gives_clock = set.clock.how == ClockHow::kDerived && set.clock.from == program.program;
  graded.certain_cycles = program.certain_cycles;
  graded.certain_why = program.certain_why;
  graded.note = program.note;

  Grading grading;
  const Reduced values = reduced(program.points);
  if (program.figure) {
    take_figure(*program.figure, clock, graded, grading);
  } else if (values.iterations.size() == 1) {
    take_point(values, clock, graded);
    grading.at_most(Grade::kC, "one size only: start-up cannot be told from the loop");
  } else {
    take_slopes(values, clock, graded);
    grade_slope(*graded.regression, grading);
  }
  grade_core(set, grading);
  grade_clock(set, values, graded, grading);
  grade_speed(set, graded, grading);
  if (!program.differs.empty()) grading.at_most(Grade::kC, program.differs);
  grading.give(graded);

  if (!program.points.empty()) {
    for (const auto& [name, readings] : program.points[0].counters) {
      if (const auto count = counter_an_iteration(program.points, name)) graded.counters[name] = *count;
    }
  }
  return graded;
}

}  // namespace

std::string_view name_of(Grade grade) {
  constexpr std::array<std::string_view, 4> kNames{"A", "B", "C", "X"};
  return kNames[static_cast<std::size_t>(grade)];
}

std::vector<Graded> graded(const MeasurementFile& file) {
  std::vector<Graded> all;
  for (const MeasurementSet& set : file.sets) {
    const KnownClock clock = clock_of(set);
    for (const MeasuredProgram& program : set.measurements) {
      // The chain's own cycles are certain by definition: its error is not in them twice.
      const bool is_chain = program.program == set.clock.from;
      all.push_back(graded_program(set, is_chain ? KnownClock{clock.ghz} : clock, program));
    }
  }
  return all;
}

}  // namespace m2sim::calibration

// Graded measurements beside what a model gives for the same programs, and how far the two are apart.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/evaluate/evaluator.h"
#include "calibration/measured/grade.h"
#include "calibration/parallel.h"

namespace m2sim::calibration {

enum class AtClock { kAssumed, kOwn };

struct Checked {
  Graded measured;
  std::string core;                        // that was asked; empty: nobody was
  std::optional<double> ours;              // cycles an iteration
  std::string failure;                     // why there are none
  std::optional<double> our_instructions;  // an iteration; of kernels
  std::map<std::string, double>
      our_counters;           // those that were measured and that the model has, an iteration
  double clock_factor = 1;    // of its set
  bool gives_factor = false;  // that is taken from it

  // Whether both sides have cycles.
  bool compared() const { return ours && measured.cycles; }
  // Whether its error says something: what a clock was taken from agrees at that clock by itself.
  bool counts(AtClock clock) const {
    const bool by_itself = measured.gives_clock || (clock == AtClock::kOwn && gives_factor);
    return compared() && measured.grade != Grade::kX && !by_itself;
  }
  // At the set's own clock.
  double cycles() const { return *measured.cycles * clock_factor; }
  // (ours - measured) / measured; with the clock that the set assumes, and with its own.
  double error_as_assumed() const { return *ours / *measured.cycles - 1; }
  double error() const { return *ours / cycles() - 1; }
};

// Of an error as above, |a - b| / min(a, b): the same whichever side is the larger.
double symmetric(double error);

// Of errors. Median and worst are without sign.
struct Accuracy {
  std::size_t count = 0;
  double mean = 0;  // of the absolute errors
  double median = 0;
  double worst = 0;
  double mean_symmetric = 0;
  // Of the logarithms of ours and measured, which span many powers of ten; nothing below three.
  std::optional<double> r2;
};

Accuracy accuracy(std::span<const Checked* const> rows, AtClock clock);

// Of a set whose clock was assumed: what its clock was, as a share of the assumed one, by the programs that
// are bound by a certain rate. One that cannot take less than c cycles, and took m at the assumed clock,
// shows that the clock was at least c / m of it: the largest of these is taken, the tightest bound.
struct ClockFactor {
  double factor = 1;
  std::string program;  // that gave it; empty: none did
};
ClockFactor clock_factor(std::span<const Graded* const> set);

struct CheckedSet {
  std::string name;
  std::string chip;
  std::string clock_how;
  ClockFactor clock;
  Accuracy as_assumed;
  Accuracy own;
};

struct Check {
  std::vector<Checked> rows;  // as the measurements are
  std::vector<CheckedSet> sets;

  // Of the rows of these grades, "AB".
  Accuracy overall(std::string_view grades, AtClock clock) const;
};

// A core by its name.
struct NamedCore {
  std::string name;
  timing::CoreConfig config;
};

struct CheckBatch {
  std::vector<Graded> measurements;
  // Which core a measurement is to be compared with; nothing: none is like it.
  std::function<const NamedCore*(const Graded&)> core_of;
  Model model = Model::kCore;
  unsigned jobs = 1;
};

Check check(const CheckBatch& batch, const Evaluator& evaluator, const ProgressSink& progress);

}  // namespace m2sim::calibration

#include "calibration/structures/run.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "calibration/program.h"
#include "calibration/structures/analysis.h"
#include "emu/emulator.h"
#include "emu/machine.h"
#include "timing/core/core.h"
#include "timing/fast/fast_core.h"

namespace m2sim::calibration {
namespace {

template <class Core>
double cycles_on(const Trial& trial, const timing::CoreConfig& config) {
  emu::MachineOptions options;
  options.program = "trial";
  options.image = program_of(trial.words, {kTrialMemory, trial.memory_bytes});
  emu::Machine machine(options);
  for (const InitialWord& word : trial.data) {
    if (!machine.memory().write_value(word.address, word.value))
      throw std::runtime_error("its data lie outside of its memory");
  }
  emu::Emulator emulator(machine);
  const auto core = std::make_unique<Core>(config);  // too large for a stack
  const auto run_on = [&](std::uint64_t insts) {
    const emu::RunEnd end = emulator.run(*core, {.insts = insts});
    core->finish();
    if (end.kind != emu::RunEnd::Kind::kLimit) throw std::runtime_error("it faults");
    return core->stats().core.cycles;
  };
  const std::uint64_t before = run_on(trial.warm_insts);
  return static_cast<double>(run_on(trial.measured_insts) - before);
}

void make_set(std::vector<std::uint64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

struct Point {
  std::size_t curve;
  std::uint64_t x;
};

class Session {
 public:
  Session(const StructureBatch& batch, const ProgressSink& progress)
      : batch_(batch), progress_(progress), results_(batch.curves.size()), known_(batch.curves.size()) {
    for (std::size_t i = 0; i < results_.size(); ++i) results_[i].curve = batch.curves[i];
  }

  std::vector<MeasuredCurve> run() {
    std::vector<Point> points = grids();
    for (unsigned round = 0; !points.empty() && round < kMostRounds; ++round) {
      measure(points);
      points = refinements();
    }
    return std::move(results_);
  }

 private:
  static constexpr unsigned kMostRounds = 12;

  std::vector<Point> grids() const {
    std::vector<Point> points;
    for (std::size_t i = 0; i < batch_.curves.size(); ++i) {
      const Curve& curve = *batch_.curves[i];
      std::vector<std::uint64_t> grid = curve.grid;
      for (const Reference& reference : batch_.references) {
        if (reference.curve != curve.name || reference.kind != ReferenceKind::kPoint) continue;
        const auto x = static_cast<std::uint64_t>(std::llround(reference.from));
        if (x > curve.grid.front() && x < curve.grid.back()) grid.push_back(x);
      }
      make_set(grid);
      for (const std::uint64_t x : grid) points.push_back({i, x});
    }
    return points;
  }

  // Three points in each interval that holds a knee, until it is known to half a percent.
  std::vector<Point> refinements() const {
    std::vector<Point> points;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      std::vector<std::uint64_t> wanted;
      for (const Interval& gap : knee_intervals(results_[i], batch_.references)) {
        const std::uint64_t width = gap.to - gap.from;
        if (width <= std::max<std::uint64_t>(1, gap.from / 200)) continue;
        const std::uint64_t step = std::max<std::uint64_t>(1, width / 4);
        for (std::uint64_t x = gap.from + step; x < gap.to && x <= gap.from + 3 * step; x += step) {
          if (!known_[i].contains(x)) wanted.push_back(x);
        }
      }
      make_set(wanted);
      for (const std::uint64_t x : wanted) points.push_back({i, x});
    }
    return points;
  }

  void measure(const std::vector<Point>& points) {
    std::vector<double> values(points.size());
    std::vector<std::string> failures(points.size());
    const auto run = [&](std::size_t k) {
      try {
        values[k] = value_at(*batch_.curves[points[k].curve], points[k].x, batch_.config, batch_.model);
      } catch (const std::exception& error) {
        failures[k] = error.what();
      }
    };
    in_parallel(
        {.count = points.size(), .jobs = batch_.jobs, .run = run, .weight = [](std::size_t) { return 1.0; }},
        [this](double done, double total) { progress_(measured_ + done, measured_ + total); });
    measured_ += static_cast<double>(points.size());
    for (std::size_t k = 0; k < points.size(); ++k) {
      const auto [curve, x] = points[k];
      known_[curve].emplace(x, values[k]);
      if (!failures[k].empty()) {
        ++results_[curve].failed;
        results_[curve].failure = "at " + std::to_string(x) + ": " + failures[k];
        continue;
      }
      std::vector<Sample>& samples = results_[curve].samples;
      const auto place = std::ranges::lower_bound(samples, x, {}, &Sample::x);
      samples.insert(place, {x, values[k]});
    }
  }

  const StructureBatch& batch_;
  const ProgressSink& progress_;
  double measured_ = 0;  // points
  std::vector<MeasuredCurve> results_;
  std::vector<std::map<std::uint64_t, double>> known_;  // also what did not run
};

}  // namespace

double cycles_of(const Trial& trial, const timing::CoreConfig& config, Model model) {
  return model == Model::kCore ? cycles_on<timing::Core>(trial, config)
                               : cycles_on<timing::FastCore>(trial, config);
}

double value_at(const Curve& curve, std::uint64_t x, const timing::CoreConfig& config, Model model) {
  const Trial trial = curve.trial(x);
  double cycles = cycles_of(trial, config, model);
  if (curve.without) cycles -= cycles_of(curve.without(x), config, model);
  return curve.quantity == Quantity::kCyclesPerUnit ? cycles / trial.units : trial.units / cycles;
}

std::vector<MeasuredCurve> measure_structures(const StructureBatch& batch, const ProgressSink& progress) {
  return Session(batch, progress).run();
}

}  // namespace m2sim::calibration

// What a model of a core says to a target, whatever kind it is of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "calibration/evaluate/kernel_logs.h"
#include "calibration/evaluate/target.h"
#include "calibration/measure.h"
#include "timing/config/config.h"
#include "timing/config/premises.h"
#include "timing/run/recorded_log.h"
#include "timing/stats.h"

namespace m2sim::calibration {

struct CataloguedExperiment;
struct Curve;

// A guest program that takes its number of iterations as its argument.
struct Kernel {
  std::string name;
  std::string path;                  // on the host
  double loop_instructions = 0;      // in an iteration
  std::uint64_t iterations = 0;      // so many are enough for any figure of it
  bool touches_much_memory = false;  // it needs half of them before its caches are as they stay
};

// A run of a kernel from its start to its end.
struct KernelRun {
  std::uint64_t iterations = 0;
  std::uint64_t instructions = 0;
  timing::TimingStats stats;
};

// Runs it in this process; what it prints goes nowhere. Throws std::runtime_error, also when it ends with
// another status than 0, and emu::UserError when it cannot be loaded.
KernelRun run_kernel(const Kernel& kernel, std::uint64_t iterations, const timing::CoreConfig& config,
                     Model model, timing::Premises* premises = nullptr);

// The log of such a run; null: it has more words. Throws as run_kernel does.
std::unique_ptr<const timing::RecordedLog> recorded(const Kernel& kernel, std::uint64_t iterations,
                                                    std::size_t most_words);

// Instructions from its start to its end, without a model.
double instructions_of(const Kernel& kernel, std::uint64_t iterations);

// A kernel's figures are the difference between two runs of it, so that its start does not count.
struct KernelRuns {
  KernelRun fewer;
  KernelRun more;

  double cycles() const;        // an iteration
  double instructions() const;  // an iteration
  double an_iteration(const timing::StatInfo& counter) const;
};

class Evaluator {
 public:
  explicit Evaluator(std::vector<Kernel> kernels);

  bool knows(const Target& target) const;
  // The same whenever it is asked; several threads may ask. Throws std::runtime_error with one line.
  // `premises` learns with which other configurations it is the same; null: nobody asks.
  double value(const Target& target, const timing::CoreConfig& config, Model model,
               timing::Premises* premises = nullptr) const;
  // Cycles an iteration, also of curves whose y is the reverse of that.
  double cycles(const Target& target, const timing::CoreConfig& config, Model model) const;
  // Of a kernel that it knows.
  KernelRuns kernel_runs(const std::string& name, const timing::CoreConfig& config, Model model,
                         timing::Premises* premises = nullptr) const;
  // About how many instructions that takes.
  double weight(const Target& target) const;

 private:
  double kernel_cycles(const std::string& name, const timing::CoreConfig& config, Model model,
                       timing::Premises* premises) const;

  std::map<std::string, Kernel, std::less<>> kernels_;
  std::map<std::string, const CataloguedExperiment*, std::less<>> experiments_;  // with cycles
  std::map<std::string, const Curve*, std::less<>> curves_;
  std::unique_ptr<KernelLogs> logs_;
};

}  // namespace m2sim::calibration

#include "calibration/evaluate/evaluator.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <variant>

#include "calibration/catalogue.h"
#include "calibration/structures/curves.h"
#include "calibration/structures/run.h"
#include "emu/machine.h"
#include "timing/run/simulation.h"

namespace m2sim::calibration {
namespace {

// Instructions of the shorter run, which warms caches and predictors up, and how many more the longer one
// has.
constexpr double kWarmInstructions = 60'000;
constexpr double kMeasuredInstructions = 150'000;

std::uint64_t passes_of(double instructions, const Kernel& kernel) {
  return static_cast<std::uint64_t>(std::ceil(instructions / std::max(kernel.loop_instructions, 1.0)));
}

struct Iterations {
  std::uint64_t fewer;
  std::uint64_t more;
};

Iterations iterations_of(const Kernel& kernel) {
  if (kernel.touches_much_memory && kernel.iterations > 1) return {kernel.iterations / 2, kernel.iterations};
  const std::uint64_t fewer = passes_of(kWarmInstructions, kernel);
  return {fewer, fewer + passes_of(kMeasuredInstructions, kernel)};
}

// Where the output of a kernel goes.
class Nowhere {
 public:
  Nowhere() : fd_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) throw std::runtime_error("cannot open /dev/null");
  }
  ~Nowhere() { ::close(fd_); }
  Nowhere(const Nowhere&) = delete;
  Nowhere& operator=(const Nowhere&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

template <class Entry>
const Entry& entry_of(const std::map<std::string, Entry, std::less<>>& entries, const std::string& name) {
  const auto found = entries.find(name);
  if (found == entries.end()) throw std::runtime_error("there is no '" + name + "'");
  return found->second;
}

double instruction_value(const CataloguedExperiment& experiment, const timing::CoreConfig& config,
                         Model model) {
  const Measurement measured = measure(experiment, config, model);
  if (!measured.failure.empty()) throw std::runtime_error(measured.failure);
  return measured.figures.cycles.value();
}

// What run(machine) says of the guest, which must have ended well then.
template <class Run>
auto with_guest(const Kernel& kernel, std::uint64_t iterations, Run&& run) {
  const Nowhere nowhere;
  emu::MachineOptions options;
  // As the suite names it: a guest's stack, and with it its cycles, moves with the length of argv[0].
  const std::filesystem::path file(kernel.path);
  options.sysroot = file.parent_path();
  options.program = "/" + file.filename().string();
  options.argv = {options.program, std::to_string(iterations)};
  options.streams = {nowhere.fd(), nowhere.fd(), nowhere.fd()};
  emu::Machine machine(options);
  auto outcome = run(machine);
  if (machine.end().kind != emu::GuestEnd::Kind::kExited || machine.end().status != 0)
    throw std::runtime_error("'" + kernel.path + "' does not run to its end");
  return outcome;
}

timing::Outcome outcome_of(const Kernel& kernel, std::uint64_t iterations,
                           const timing::Simulation& simulation) {
  return with_guest(kernel, iterations,
                    [&](emu::Machine& machine) { return timing::simulate(machine, simulation); });
}

}  // namespace

double instructions_of(const Kernel& kernel, std::uint64_t iterations) {
  timing::Simulation simulation;
  simulation.mode = timing::Mode::kEmulation;
  return static_cast<double>(outcome_of(kernel, iterations, simulation).figures.instructions);
}

std::unique_ptr<const timing::RecordedLog> recorded(const Kernel& kernel, std::uint64_t iterations,
                                                    std::size_t most_words) {
  return with_guest(kernel, iterations,
                    [&](emu::Machine& machine) { return timing::record_log(machine, most_words); });
}

KernelRun run_kernel(const Kernel& kernel, std::uint64_t iterations, const timing::CoreConfig& config,
                     Model model, timing::Premises* premises) {
  timing::Simulation simulation;
  simulation.mode = model == Model::kCore ? timing::Mode::kTiming : timing::Mode::kFastTiming;
  simulation.config = config;
  timing::Premises found(config);
  if (premises != nullptr) {
    model == Model::kFastCore ? void(simulation.premises = &found) : found.only_these();
  }
  const timing::Outcome outcome = outcome_of(kernel, iterations, simulation);
  if (premises != nullptr) premises->also(found);
  return {iterations, outcome.figures.instructions, outcome.timing.value()};
}

double KernelRuns::cycles() const {
  return static_cast<double>(more.stats.core.cycles - fewer.stats.core.cycles) /
         static_cast<double>(more.iterations - fewer.iterations);
}

double KernelRuns::instructions() const {
  return static_cast<double>(more.instructions - fewer.instructions) /
         static_cast<double>(more.iterations - fewer.iterations);
}

double KernelRuns::an_iteration(const timing::StatInfo& counter) const {
  const auto count = [&counter](const KernelRun& run) {
    return std::visit([](auto value) { return static_cast<double>(value); }, counter.value(run.stats));
  };
  return (count(more) - count(fewer)) / static_cast<double>(more.iterations - fewer.iterations);
}

Evaluator::Evaluator(std::vector<Kernel> kernels) : logs_(std::make_unique<KernelLogs>()) {
  for (Kernel& kernel : kernels) {
    std::string name = kernel.name;
    kernels_.emplace(std::move(name), std::move(kernel));
  }
  for (const CataloguedExperiment& entry : instruction_catalogue()) {
    if (entry.experiment.measured.cycles) experiments_.emplace(entry.experiment.name, &entry);
  }
  for (const Curve& curve : all_curves()) curves_.emplace(curve.name, &curve);
}

bool Evaluator::knows(const Target& target) const {
  switch (target.kind) {
    case TargetKind::kKernel:
      return kernels_.contains(target.name);
    case TargetKind::kInstruction:
      return experiments_.contains(target.name);
    case TargetKind::kStructure: {
      const auto curve = curves_.find(target.name);
      return curve != curves_.end() && target.x >= curve->second->grid.front() &&
             target.x <= curve->second->grid.back();
    }
  }
  return false;
}

double Evaluator::value(const Target& target, const timing::CoreConfig& config, Model model,
                        timing::Premises* premises) const {
  if (premises != nullptr) {
    *premises = timing::Premises(config);
    if (target.kind != TargetKind::kKernel) premises->only_these();
  }
  switch (target.kind) {
    case TargetKind::kInstruction:
      return instruction_value(*entry_of(experiments_, target.name), config, model);
    case TargetKind::kStructure:
      return value_at(*entry_of(curves_, target.name), target.x, config, model);
    default:
      return kernel_cycles(target.name, config, model, premises);
  }
}

double Evaluator::cycles(const Target& target, const timing::CoreConfig& config, Model model) const {
  const double found = value(target, config, model);
  if (target.kind != TargetKind::kStructure) return found;
  return entry_of(curves_, target.name)->quantity == Quantity::kCyclesPerUnit ? found : 1 / found;
}

KernelRuns Evaluator::kernel_runs(const std::string& name, const timing::CoreConfig& config, Model model,
                                  timing::Premises* premises) const {
  const Kernel& kernel = entry_of(kernels_, name);
  const auto [fewer, more] = iterations_of(kernel);
  return {run_kernel(kernel, fewer, config, model, premises),
          run_kernel(kernel, more, config, model, premises)};
}

double Evaluator::kernel_cycles(const std::string& name, const timing::CoreConfig& config, Model model,
                                timing::Premises* premises) const {
  // Who asks for premises asks again, with other configurations.
  if (premises == nullptr || model != Model::kFastCore)
    return kernel_runs(name, config, model, premises).cycles();
  const Kernel& kernel = entry_of(kernels_, name);
  const auto [fewer, more] = iterations_of(kernel);
  KernelLog* const shorter = logs_->of(kernel, fewer);
  KernelLog* const longer = logs_->of(kernel, more);
  if (shorter == nullptr || longer == nullptr) return kernel_runs(name, config, model, premises).cycles();
  const timing::Replayed start = shorter->replay(config);
  const timing::Replayed all = longer->replay(config);
  premises->also(start.premises);
  premises->also(all.premises);
  return static_cast<double>(all.cycles - start.cycles) / static_cast<double>(more - fewer);
}

double Evaluator::weight(const Target& target) const {
  constexpr double kTrial = 200'000;
  if (target.kind != TargetKind::kKernel) return kTrial;
  const auto found = kernels_.find(target.name);
  if (found == kernels_.end()) return kTrial;
  const auto [fewer, more] = iterations_of(found->second);
  return static_cast<double>(fewer + more) * found->second.loop_instructions;
}

}  // namespace m2sim::calibration

#include "calibration/measure.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <memory>

#include "calibration/assembly.h"
#include "calibration/program.h"
#include "emu/emulator.h"
#include "emu/machine.h"
#include "insts/disasm.h"
#include "timing/core/core.h"
#include "timing/fast/fast_core.h"

namespace m2sim::calibration {
namespace {

emu::MachineOptions options_of(const WrappedExperiment& wrapped) {
  emu::MachineOptions options;
  options.program = "experiment";
  options.image = program_of(wrapped.words, {kMemoryAddress, kMemoryBytes});
  options.cpu = emu::Cpu::kM1;  // measured on one: a failed aut* goes on
  return options;
}

std::string reason(const emu::Fault& fault) {
  const std::string text = insts::disassemble(fault.word, fault.pc);
  switch (fault.kind) {
    case emu::FaultKind::kUnimplemented:
      return "m2sim does not implement " + text;
    case emu::FaultKind::kUndefined:
      return "undefined for programs: " + text;
    case emu::FaultKind::kRead:
    case emu::FaultKind::kWrite:
      return "it leaves the experiment's memory";
    default:
      return "it faults";
  }
}

constexpr std::uint32_t kWarmPasses = 10;
constexpr std::uint32_t kMeasuredPasses = 20;

using GeneralRegisters = std::array<std::uint64_t, 31>;

// A register that points into the experiment's memory points elsewhere in it.
bool walks(const GeneralRegisters& before, const GeneralRegisters& after) {
  const auto points = [](std::uint64_t value) { return value - kMemoryAddress < kMemoryBytes; };
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (points(before[i]) && points(after[i]) && before[i] != after[i]) return true;
  }
  return false;
}

// One experiment on one core.
template <class Core>
class Run {
 public:
  Run(const CataloguedExperiment& entry, const timing::CoreConfig& config)
      : experiment_(entry.experiment),
        wrapped_(wrap(entry.experiment, entry.code)),
        machine_(options_of(wrapped_)),
        emulator_(machine_),
        core_(std::make_unique<Core>(config)) {}

  Measurement measure() {
    const std::uint32_t passes = warm_up();
    const timing::TimingStats before = core_->stats();
    run_on(passes * wrapped_.pass);
    if (failed()) return {.figures = {}, .failure = reason(end_.fault)};
    return {.figures = figures(timing::difference(core_->stats(), before), passes), .failure = {}};
  }

 private:
  // Returns how many passes are to be measured.
  std::uint32_t warm_up() {
    run_on(wrapped_.before);
    if (experiment_.loop == LoopEnd::kNone) return 1;
    const GeneralRegisters before = registers();
    run_on(wrapped_.pass);
    if (walks(before, registers()) || experiment_.passes < kWarmPasses + kMeasuredPasses) {
      run_on((experiment_.passes - 1) * wrapped_.pass + wrapped_.behind);
      run_on(wrapped_.before);
      return experiment_.passes;
    }
    run_on((kWarmPasses - 1) * wrapped_.pass);
    return kMeasuredPasses;
  }

  // Until so many instructions more have retired, and the pipe is empty.
  void run_on(std::uint64_t insts) {
    if (failed()) return;
    end_ = emulator_.run(*core_, {.insts = insts});
    core_->finish();
  }
  bool failed() const { return end_.kind != emu::RunEnd::Kind::kLimit; }

  GeneralRegisters registers() const {
    GeneralRegisters values;
    std::copy_n(emulator_.cpu().x.begin(), values.size(), values.begin());
    return values;
  }

  Figures figures(const timing::TimingStats& stats, std::uint32_t passes) const {
    const double bodies = static_cast<double>(experiment_.copies) * passes;
    const auto share = [bodies](std::uint64_t count) { return static_cast<double>(count) / bodies; };
    const timing::CoreStats& core = stats.core;
    Figures figures;
    if (experiment_.kind != ExperimentKind::kUops)
      figures.cycles = (share(core.cycles) - experiment_.closing_cycles) / experiment_.count;
    figures.uops = share(core.uops);
    figures.issues = share(core.issued_uops);
    figures.integer_issues = share(core.issued_uops - core.issued_memory_uops - core.issued_simd_uops);
    figures.memory_issues = share(core.issued_memory_uops);
    figures.simd_issues = share(core.issued_simd_uops);
    return figures;
  }

  const Experiment& experiment_;
  WrappedExperiment wrapped_;
  emu::Machine machine_;
  emu::Emulator emulator_;
  std::unique_ptr<Core> core_;  // too large for a stack
  emu::RunEnd end_{.kind = emu::RunEnd::Kind::kLimit, .fault = {}};
};

double weight(const CataloguedExperiment& entry) {
  constexpr double kStart = 20'000;  // what making machine and core takes, in instructions
  const Experiment& experiment = entry.experiment;
  return kStart + static_cast<double>(entry.code.body.size()) * experiment.copies *
                      std::min(experiment.passes, kWarmPasses + kMeasuredPasses);
}

}  // namespace

Measurement measure(const CataloguedExperiment& experiment, const timing::CoreConfig& config, Model model) {
  return model == Model::kCore ? Run<timing::Core>(experiment, config).measure()
                               : Run<timing::FastCore>(experiment, config).measure();
}

std::vector<Measurement> measure_all(const Batch& batch, const ProgressSink& progress) {
  std::vector<Measurement> results(batch.experiments.size());
  const auto run = [&batch, &results](std::size_t i) {
    try {
      results[i] = measure(*batch.experiments[i], batch.config, batch.model);
    } catch (const std::exception& error) {
      results[i] = {.figures = {}, .failure = error.what()};
    }
  };
  in_parallel({.count = results.size(),
               .jobs = batch.jobs,
               .run = run,
               .weight = [&batch](std::size_t i) { return weight(*batch.experiments[i]); }},
              progress);
  return results;
}

}  // namespace m2sim::calibration

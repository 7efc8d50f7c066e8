// One repetition of a program under a stopwatch.
#pragma once

#include <atomic>
#include <cstdint>

#include "cmd/profile/profile.h"
#include "cmd/results/manifest.h"
#include "emu/machine.h"
#include "timing/config/config.h"

namespace m2sim::cmd {

struct ProfileInput {
  emu::MachineOptions machine;
  std::uint64_t max_insts = UINT64_MAX;
  const timing::CoreConfig* config = nullptr;
  Manifest manifest;                           // for the report, which is timed too
  std::atomic<std::uint64_t>* done = nullptr;  // instructions of the run so far
};

// These throw UserError when the program cannot be run, or when a signal ended it.
ProfiledRun profile_run(Mode mode, const ProfileInput& input);

ProgramCounts count_program(const ProfileInput& input);
inline constexpr unsigned kLogRuns = 5;  // of each kind, emulation with a log and without
LogCost measure_log(const ProfileInput& input);

// Allocations of a run in emulation mode that ends after `insts` instructions.
std::uint64_t allocations_until(const ProfileInput& input, std::uint64_t insts);

}  // namespace m2sim::cmd

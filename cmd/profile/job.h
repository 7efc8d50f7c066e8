// One program, all its repetitions, in a process of its own: its memory is given back, and a guest that takes
// the simulator down takes nothing else with it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/profile/profile.h"
#include "emu/machine.h"
#include "timing/config/config.h"

namespace m2sim::cmd {

class AddressSpace;  // own_symbols.h

struct ProfileJob {
  std::string name;
  emu::MachineOptions machine;
  std::string input;                           // file on standard input; empty: nothing there
  std::optional<std::string> expected_stdout;  // it must print this
  double expected_instructions = 0;            // to weigh progress; 0: unknown
  std::vector<Mode> modes;
  unsigned warmup = 0;
  unsigned iterations = 1;  // at most kMostIterations
  std::uint64_t max_insts = UINT64_MAX;
  const timing::CoreConfig* config = nullptr;
  std::string core;
  std::string cpu_profile;  // files to write; empty: none
  std::string heap_profile;
};

inline constexpr unsigned kMostIterations = 1000;

// The share of the job's work that is done, 0..1, and simulated instructions so far.
using JobProgress = std::function<void(double share, double instructions)>;

// Work of the whole job, in the unit of `estimated_work`s of others; from what is known beforehand.
double estimated_work(const ProfileJob& job);

// A program that cannot be run is a profile with an error, not an exception. `progress` is called some times
// a second; it may throw, and the job's process ends then.
ProgramProfile run_profile_job(const ProfileJob& job, const AddressSpace& space, const JobProgress& progress);

}  // namespace m2sim::cmd

// Which guest is run, under which mode, and which part of it counts: what the commands that run one program
// share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/console/guest_host.h"
#include "cmd/guest/checkpoints.h"
#include "cmd/guest/regions.h"
#include "cmd/guest/sampling.h"
#include "cmd/guest/simpoints.h"
#include "cmd/results/core_option.h"
#include "cmd/results/manifest.h"
#include "emu/machine.h"
#include "timing/run/simulation.h"

namespace m2sim::cmd {

// The run whose options these are: what it was of.
struct RepeatedRun {
  std::string path;            // empty: none
  std::string program_sha256;  // empty where another one is named
  std::string config_sha256;   // empty where another core is
  std::string restored;        // the checkpoint that it went on from; empty: it began with its program
};

struct GuestOptions {
  std::string command;  // whose options these are: "run"
  std::string mode = "timing";
  bool mode_given = false;  // on the command line
  bool timing = false;      // short forms of mode
  bool fast_timing = false;
  std::string clock = "instructions";
  std::int32_t jit_after = emu::kJitAfter;
  CoreOption core;
  std::optional<std::uint64_t> skip;
  std::optional<std::uint64_t> warmup;
  std::optional<std::uint64_t> limit;
  std::string sysroot;
  std::vector<std::string> env;  // K=V, over the host's environment
  std::string cwd;
  std::vector<std::string> limits;  // NAME=VALUE each
  std::string start_time;           // seconds since 1970 or "now"; empty: the default
  bool strace = false;
  std::string strace_file;  // empty: none
  RegionOptions regions;
  SampleOptions sampling;
  SimPointOptions simpoints;
  std::vector<std::string> argv;  // the program and its arguments
  RepeatedRun again;
  CheckpointOptions checkpoints;
};

// The program, too, but no regions: they are for commands that take add_region_options. `options` stays where
// it is until the command line is parsed.
void add_guest_options(CLI::App& command, GuestOptions& options);

// The same for a command that runs the whole program: without phases and limits.
void add_whole_guest_options(CLI::App& command, GuestOptions& options);

// The same for a command that runs a part of a program at the speed of emulation, and has a core for nothing.
void add_emulated_guest_options(CLI::App& command, GuestOptions& options);

// These throw UserError for what cannot be meant.
void require_program(const GuestOptions& options);
Mode chosen_mode(const GuestOptions& options);
// Each "NAME=VALUE"; NAME alone is handed on from the host, where it is set there.
std::vector<std::string> guest_environment(const std::vector<std::string>& given);
GuestClock chosen_clock(const GuestOptions& options, Mode mode);
emu::MachineOptions machine_options(const GuestOptions& options, const GuestHost& host);

// With regions the warm-up is that of their plan.
std::vector<timing::Phase> phases_of(const GuestOptions& options);
timing::RegionPlan plan_of(const GuestOptions& options, emu::Machine& machine, LibraryRegions& libraries);
// The program ended within what does not count; the run began when it had executed `begin` instructions.
bool measured_nothing(const GuestOptions& options, std::uint64_t begin, const timing::Outcome& outcome);

// What of a manifest tells two programs and two cores from each other. To find it takes longer than a short
// run: who writes no manifest goes without.
struct Identity {
  bool program = true;  // program_sha256
  bool core = true;     // config_sha256 and configuration
};
// Of a run that has not begun: without its end.
Manifest manifest_of(const GuestOptions& options, Mode mode, const timing::CoreConfig& config,
                     const emu::Machine& machine, Identity identity = {});

}  // namespace m2sim::cmd

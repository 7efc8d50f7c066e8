// What `m2sim profile` measures: the shapes that its parts hand to each other. docs/profiling.md says how
// each figure is obtained and how far it can be trusted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cmd/results/manifest.h"
#include "emu/emulator.h"

namespace m2sim::cmd {

// The parts that a run's wall time consists of.
enum class Stage : std::uint8_t { kLoad, kDecode, kExecute, kLog, kPredict, kCache, kCore, kReport };
inline constexpr std::size_t kStageCount = 8;
using StageSeconds = std::array<double, kStageCount>;

// Which part of a run the program is in, for the sampler. Only kModel has to be taken apart by samples.
enum class Phase : std::uint8_t { kOutside, kLoad, kEmulate, kModel, kReport };

// From here on a program is past its start: its code has been decoded.
inline constexpr std::uint64_t kSteadyInsts = 10'000'000;

// One repetition, as the clock saw it; seconds. Trivial, because it crosses from one process to another.
struct ProfiledRun {
  double wall = 0;     // from before the program is loaded to after everything is given back
  double load = 0;     // process, emulator and core made, and given back
  double emulate = 0;  // decode included
  double decode = 0;
  double model = 0;  // the timing model: predict, cache and core
  double report = 0;
  emu::EmulatorStats emulation;
  std::uint64_t cycles = 0;              // 0 in emulation mode
  std::uint64_t allocations = 0;         // from the first instruction to the last
  std::uint64_t steady_allocations = 0;  // those after the first kSteadyInsts instructions
};
static_assert(std::is_trivially_copyable_v<ProfiledRun>);

// What the program does whatever the mode; from a run of its own that is not timed.
struct ProgramCounts {
  std::uint64_t insts = 0;
  std::uint64_t transitions = 0;  // blocks entered
  std::uint64_t accesses = 0;     // memory instructions
  std::uint64_t blocks_decoded = 0;
  // The same after the first kSteadyInsts instructions.
  std::uint64_t steady_insts = 0;
  std::uint64_t steady_transitions = 0;
  std::uint64_t steady_blocks_decoded = 0;
};

// Processor time of execution without a log and with one that nobody reads: the least of several, seconds.
struct LogCost {
  double without = 0;
  double with = 0;
  // Of executing with a log, 0..1: two measurements, each with its error.
  double share() const { return without > 0 && with > without ? 1 - without / with : 0; }
};

struct Function {
  std::string name;           // for reading: no arguments, no namespaces of our own
  std::string symbol;         // in full
  std::uint64_t address = 0;  // in its file
  std::uint64_t samples = 0;
};

// Where the samples of one mode fell.
struct SampleCounts {
  std::uint64_t total = 0;
  std::array<std::uint64_t, kStageCount> model{};  // those inside the timing model, by stage
  std::vector<Function> functions;                 // most samples first
};

struct ModeProfile {
  Mode mode = Mode::kTiming;
  std::vector<ProfiledRun> runs;
  SampleCounts samples;
};

struct ProgramProfile {
  std::string name;
  std::vector<std::string> argv;
  std::string error;  // one line; empty: it ran
  ProgramCounts counts;
  std::optional<LogCost> log;  // where a timing mode was asked for
  std::vector<ModeProfile> modes;
};

// A gperftools profile, read back.
struct FunctionProfile {
  std::string file;
  std::string unit;         // "samples", "bytes"
  std::uint64_t total = 0;  // of them
  double period = 0;        // seconds a sample
  std::vector<Function> functions;
};

struct ProfileSummary {
  std::vector<Mode> modes;
  std::string core;       // empty when only emulation is profiled
  std::string guest_cpu;  // the processor that guests see
  std::string config_sha256;
  unsigned iterations = 0;
  unsigned warmup = 0;
  std::uint64_t max_insts = UINT64_MAX;
  unsigned top = 0;  // functions to show
  std::vector<ProgramProfile> programs;
  std::optional<FunctionProfile> cpu;
  std::optional<FunctionProfile> heap;

  unsigned failed() const;
};

}  // namespace m2sim::cmd

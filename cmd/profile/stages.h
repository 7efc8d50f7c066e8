// From what was measured to what is reported: time by stage, spreads, counts per instruction.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "cmd/profile/profile.h"

namespace m2sim::cmd {

std::string_view stage_name(Stage stage);    // "load"
std::string_view stage_source(Stage stage);  // where its time is from: "timer", "timer, difference", …

struct Spread {
  double min = 0;
  double mean = 0;
  double max = 0;
};
Spread spread_of(const std::vector<double>& values);  // zeros without any

// Splits one run. What the stopwatch cannot tell apart is divided in the proportions that all runs of the
// mode share: execute and log by `log`, the timing model by `samples`.
StageSeconds stages_of(const ProfiledRun& run, const std::optional<LogCost>& log,
                       const SampleCounts& samples);

struct StageTable {
  std::array<Spread, kStageCount> seconds{};
  std::array<double, kStageCount> shares{};  // of the sum of the means
  Spread wall;
  double covered = 0;  // sum of the stages over wall time, all runs
  Stage bottleneck = Stage::kExecute;

  const Spread& of(Stage stage) const { return seconds[static_cast<std::size_t>(stage)]; }
  double share(Stage stage) const { return shares[static_cast<std::size_t>(stage)]; }
};
StageTable stage_table(const ModeProfile& mode, const std::optional<LogCost>& log);

// The standard error of a share that `hits` of `samples` estimate; 0 without samples.
double share_error(std::uint64_t hits, std::uint64_t samples);

struct ModeFigures {
  Spread mips;
  double cpi = 0;  // 0 in emulation mode
  std::uint64_t insts = 0;
  std::uint64_t cycles = 0;
};
ModeFigures figures_of(const ModeProfile& mode);

// Events of one run; `steady`: after the first kSteadyInsts instructions.
struct RunCounts {
  double insts = 0;
  double decodes = 0;      // blocks
  double transitions = 0;  // from block to block
  double chained = 0;      // of these, straight from handler to handler
  double returns = 0;      // to the run loop, for whatever reason
  double unlinked = 0;     // of these: an edge taken for the first time
  double indirect = 0;     // of these: an indirect branch that the jump cache did not know
  double budget = 0;       // of these: a batch was full
  double finds = 0;        // searches of the block table
  double system_calls = 0;
  double faults = 0;
  double accesses = 0;
  double allocations = 0;
  double hit_rate = 0;         // transitions to a block that is decoded already
  double steady_hit_rate = 0;  // empty program part: see steady_insts
  double steady_decodes = 0;   // blocks
  double steady_insts = 0;     // 0: the program was shorter
  double steady_allocations = 0;
  double decode_ns_per_inst = 0;
};
RunCounts run_counts(const ProgramCounts& program, const ModeProfile& mode);

const ModeProfile* find_mode(const ProgramProfile& program, Mode mode);

// The programs of a batch as if they were one: sums of the times of their repetitions, by number.
ProgramProfile batch_total(const ProfileSummary& summary);

}  // namespace m2sim::cmd

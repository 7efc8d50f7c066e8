#include "cmd/profile/stages.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cmd/profile/samples.h"

namespace m2sim::cmd {
namespace {

struct StageInfo {
  std::string_view name;
  std::string_view source;
};

constexpr std::array<StageInfo, kStageCount> kStages{{{"load", "timer"},
                                                      {"decode", "timer"},
                                                      {"execute", "timer, difference"},
                                                      {"log", "timer, difference"},
                                                      {"predict", "timer, samples"},
                                                      {"cache", "timer, samples"},
                                                      {"core", "timer, samples"},
                                                      {"report", "timer"}}};

constexpr std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

void divide_model(StageSeconds& seconds, double model, const SampleCounts& samples) {
  const std::uint64_t total = std::accumulate(samples.model.begin(), samples.model.end(), std::uint64_t{0});
  if (total == 0) {
    seconds[at(Stage::kCore)] = model;
    return;
  }
  for (const Stage stage : {Stage::kPredict, Stage::kCache, Stage::kCore}) {
    seconds[at(stage)] = model * static_cast<double>(samples.model[at(stage)]) / static_cast<double>(total);
  }
}

void add_run(ProfiledRun& sum, const ProfiledRun& run) {
  sum.wall += run.wall;
  sum.load += run.load;
  sum.emulate += run.emulate;
  sum.decode += run.decode;
  sum.model += run.model;
  sum.report += run.report;
  sum.cycles += run.cycles;
  sum.allocations += run.allocations;
  sum.steady_allocations += run.steady_allocations;
  emu::EmulatorStats& stats = sum.emulation;
  stats.insts += run.emulation.insts;
  stats.blocks_decoded += run.emulation.blocks_decoded;
  stats.insts_decoded += run.emulation.insts_decoded;
  stats.decode_time += run.emulation.decode_time;
  stats.block_lookups += run.emulation.block_lookups;
  stats.block_finds += run.emulation.block_finds;
  stats.cache_clears += run.emulation.cache_clears;
  stats.system_calls += run.emulation.system_calls;
  for (std::size_t i = 0; i < stats.exits.size(); ++i) stats.exits[i] += run.emulation.exits[i];
}

void add_mode(ModeProfile& sum, const ModeProfile& mode) {
  sum.runs.resize(std::max(sum.runs.size(), mode.runs.size()));
  for (std::size_t i = 0; i < mode.runs.size(); ++i) add_run(sum.runs[i], mode.runs[i]);
  sum.samples.total += mode.samples.total;
  for (std::size_t i = 0; i < kStageCount; ++i) sum.samples.model[i] += mode.samples.model[i];
  FunctionCounts functions;
  for (const auto& list : {sum.samples.functions, mode.samples.functions}) {
    for (const Function& function : list) functions.add(function, function.samples);
  }
  sum.samples.functions = functions.sorted();
}

void add_counts(ProgramCounts& sum, const ProgramCounts& counts) {
  sum.insts += counts.insts;
  sum.transitions += counts.transitions;
  sum.accesses += counts.accesses;
  sum.blocks_decoded += counts.blocks_decoded;
  sum.steady_insts += counts.steady_insts;
  sum.steady_transitions += counts.steady_transitions;
  sum.steady_blocks_decoded += counts.steady_blocks_decoded;
}

double hit_rate(double decoded, double transitions) {
  return transitions > 0 ? 1 - decoded / transitions : 0;
}

}  // namespace

std::string_view stage_name(Stage stage) { return kStages[at(stage)].name; }
std::string_view stage_source(Stage stage) { return kStages[at(stage)].source; }

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {*least, sum / static_cast<double>(values.size()), *most};
}

StageSeconds stages_of(const ProfiledRun& run, const std::optional<LogCost>& log,
                       const SampleCounts& samples) {
  StageSeconds seconds{};
  const double executing = run.emulate - run.decode;
  const double logging = run.model > 0 && log ? executing * log->share() : 0;
  seconds[at(Stage::kLoad)] = run.load;
  seconds[at(Stage::kDecode)] = run.decode;
  seconds[at(Stage::kExecute)] = executing - logging;
  seconds[at(Stage::kLog)] = logging;
  divide_model(seconds, run.model, samples);
  seconds[at(Stage::kReport)] = run.report;
  return seconds;
}

StageTable stage_table(const ModeProfile& mode, const std::optional<LogCost>& log) {
  StageTable table;
  std::array<std::vector<double>, kStageCount> values;
  std::vector<double> walls;
  for (const ProfiledRun& run : mode.runs) {
    const StageSeconds seconds = stages_of(run, log, mode.samples);
    for (std::size_t i = 0; i < kStageCount; ++i) values[i].push_back(seconds[i]);
    walls.push_back(run.wall);
  }
  table.wall = spread_of(walls);
  double sum = 0;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    table.seconds[i] = spread_of(values[i]);
    sum += table.seconds[i].mean;
  }
  for (std::size_t i = 0; i < kStageCount; ++i) {
    table.shares[i] = sum > 0 ? table.seconds[i].mean / sum : 0;
    if (table.shares[i] > table.share(table.bottleneck)) table.bottleneck = static_cast<Stage>(i);
  }
  table.covered = table.wall.mean > 0 ? sum / table.wall.mean : 0;
  return table;
}

double share_error(std::uint64_t hits, std::uint64_t samples) {
  if (samples == 0) return 0;
  const double share = static_cast<double>(hits) / static_cast<double>(samples);
  return std::sqrt(share * (1 - share) / static_cast<double>(samples));
}

ModeFigures figures_of(const ModeProfile& mode) {
  ModeFigures figures;
  std::vector<double> rates;
  for (const ProfiledRun& run : mode.runs) {
    const double seconds = run.emulate + run.model;
    if (seconds > 0) rates.push_back(static_cast<double>(run.emulation.insts) / seconds / 1e6);
  }
  figures.mips = spread_of(rates);
  if (mode.runs.empty()) return figures;
  figures.insts = mode.runs.back().emulation.insts;
  figures.cycles = mode.runs.back().cycles;
  if (figures.insts > 0)
    figures.cpi = static_cast<double>(figures.cycles) / static_cast<double>(figures.insts);
  return figures;
}

RunCounts run_counts(const ProgramCounts& program, const ModeProfile& mode) {
  RunCounts counts;
  if (mode.runs.empty()) return counts;
  const ProfiledRun& run = mode.runs.back();
  const emu::EmulatorStats& stats = run.emulation;
  const auto exits = [&](emu::Exit reason) {
    return static_cast<double>(stats.exits[static_cast<std::size_t>(reason)]);
  };
  counts.insts = static_cast<double>(stats.insts);
  counts.decodes = static_cast<double>(stats.blocks_decoded);
  counts.transitions = static_cast<double>(program.transitions);
  counts.returns = static_cast<double>(stats.block_lookups);
  counts.chained = std::max(0.0, counts.transitions - counts.returns);
  counts.unlinked = exits(emu::Exit::kUnlinked);
  counts.indirect = exits(emu::Exit::kLookup);
  counts.budget = exits(emu::Exit::kBudget);
  counts.finds = static_cast<double>(stats.block_finds);
  counts.system_calls = static_cast<double>(stats.system_calls);
  counts.faults = exits(emu::Exit::kFault);
  counts.accesses = static_cast<double>(program.accesses);
  counts.allocations = static_cast<double>(run.allocations);
  counts.hit_rate = hit_rate(static_cast<double>(program.blocks_decoded), counts.transitions);
  counts.steady_decodes = static_cast<double>(program.steady_blocks_decoded);
  counts.steady_hit_rate = hit_rate(static_cast<double>(program.steady_blocks_decoded),
                                    static_cast<double>(program.steady_transitions));
  counts.steady_insts = static_cast<double>(program.steady_insts);
  counts.steady_allocations = static_cast<double>(run.steady_allocations);
  if (stats.insts_decoded > 0)
    counts.decode_ns_per_inst = run.decode * 1e9 / static_cast<double>(stats.insts_decoded);
  return counts;
}

const ModeProfile* find_mode(const ProgramProfile& program, Mode mode) {
  const auto found = std::find_if(program.modes.begin(), program.modes.end(),
                                  [&](const ModeProfile& candidate) { return candidate.mode == mode; });
  return found == program.modes.end() ? nullptr : &*found;
}

ProgramProfile batch_total(const ProfileSummary& summary) {
  ProgramProfile total;
  total.name = "all programs";
  for (const Mode mode : summary.modes) total.modes.push_back({mode, {}, {}});
  for (const ProgramProfile& program : summary.programs) {
    if (!program.error.empty()) continue;
    add_counts(total.counts, program.counts);
    if (program.log) {
      if (!total.log) total.log = LogCost{};
      total.log->without += program.log->without;
      total.log->with += program.log->with;
    }
    for (ModeProfile& mode : total.modes) {
      if (const ModeProfile* part = find_mode(program, mode.mode); part != nullptr) add_mode(mode, *part);
    }
  }
  return total;
}

unsigned ProfileSummary::failed() const {
  return static_cast<unsigned>(std::count_if(programs.begin(), programs.end(),
                                             [](const ProgramProfile& p) { return !p.error.empty(); }));
}

}  // namespace m2sim::cmd

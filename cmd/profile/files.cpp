#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "cmd/profile/amdahl.h"
#include "cmd/profile/report.h"
#include "cmd/profile/stages.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

using Figures = std::vector<std::pair<std::string, double>>;

void append_spread(Figures& figures, const std::string& name, const Spread& spread) {
  figures.emplace_back(name + ".mean", spread.mean);
  figures.emplace_back(name + ".min", spread.min);
  figures.emplace_back(name + ".max", spread.max);
}

void append_counts(Figures& figures, const RunCounts& counts) {
  const auto per_inst = [&](const char* name, double events) {
    figures.emplace_back(std::string("per_inst.") + name, counts.insts > 0 ? events / counts.insts : 0);
  };
  per_inst("blocks", counts.transitions);
  per_inst("chained", counts.chained);
  per_inst("run_loop", counts.returns);
  per_inst("run_loop.unlinked", counts.unlinked);
  per_inst("run_loop.indirect", counts.indirect);
  per_inst("run_loop.batch_end", counts.budget);
  per_inst("run_loop.system_calls", counts.system_calls);
  per_inst("run_loop.faults", counts.faults);
  per_inst("block_searches", counts.finds);
  per_inst("blocks_decoded", counts.decodes);
  per_inst("memory_insts", counts.accesses);
  per_inst("allocations", counts.allocations);
  figures.emplace_back("block_hit_rate", counts.hit_rate);
  if (counts.steady_insts == 0) return;
  figures.emplace_back("steady.insts", counts.steady_insts);
  figures.emplace_back("steady.blocks_decoded", counts.steady_decodes);
  figures.emplace_back("steady.block_hit_rate", counts.steady_hit_rate);
  figures.emplace_back("steady.allocations", counts.steady_allocations);
}

// Names follow those of `m2sim run --stats`: "host." depends on the machine, the rest does not.
Figures figures_by_name(const ProgramProfile& program, const ModeProfile& mode) {
  const ModeFigures speed = figures_of(mode);
  const StageTable table = stage_table(mode, program.log);
  const RunCounts counts = run_counts(program.counts, mode);
  Figures figures{{"emulation.insts", static_cast<double>(speed.insts)}};
  if (speed.cycles > 0) {
    figures.emplace_back("core.cycles", static_cast<double>(speed.cycles));
    figures.emplace_back("core.cpi", speed.cpi);
  }
  append_spread(figures, "host.mips", speed.mips);
  append_spread(figures, "host.seconds", table.wall);
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const std::string name = fmt::format("host.stage.{}", stage_name(static_cast<Stage>(i)));
    append_spread(figures, name, table.seconds[i]);
    figures.emplace_back(name + ".share", table.shares[i]);
  }
  figures.emplace_back("host.stages_over_run", table.covered);
  figures.emplace_back("host.samples", static_cast<double>(mode.samples.total));
  figures.emplace_back("host.decode_ns_per_inst", counts.decode_ns_per_inst);
  append_counts(figures, counts);
  return figures;
}

ordered_json functions_json(const std::vector<Function>& functions, std::uint64_t total, unsigned top) {
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < functions.size() && i < top; ++i) {
    const Function& function = functions[i];
    list.push_back({{"name", function.name},
                    {"symbol", function.symbol},
                    {"count", function.samples},
                    {"share", static_cast<double>(function.samples) / static_cast<double>(total)}});
  }
  return list;
}

ordered_json costs_json(const std::vector<Cost>& costs) {
  ordered_json list = ordered_json::array();
  for (const Cost& cost : costs) {
    const double best = best_speedup(cost.share);
    list.push_back({{"what", cost.what},
                    {"events_per_inst", cost.events ? ordered_json(*cost.events) : ordered_json(nullptr)},
                    {"share", cost.share},
                    {"best_speedup", std::isinf(best) ? ordered_json(nullptr) : ordered_json(best)}});
  }
  return list;
}

// What differs from run to run.
ordered_json runs_json(const ProgramProfile& program, const ModeProfile& mode) {
  ordered_json list = ordered_json::array();
  for (const ProfiledRun& run : mode.runs) {
    ordered_json& entry = list.emplace_back();
    entry["host.mips"] = figures_of({mode.mode, {run}, {}}).mips.mean;
    entry["host.seconds"] = run.wall;
    const StageSeconds seconds = stages_of(run, program.log, mode.samples);
    for (std::size_t i = 0; i < kStageCount; ++i) {
      entry[fmt::format("host.stage.{}", stage_name(static_cast<Stage>(i)))] = seconds[i];
    }
  }
  return list;
}

ordered_json program_json(const ProgramProfile& program, unsigned top) {
  ordered_json json;
  json["name"] = program.name;
  json["argv"] = program.argv;
  json["ok"] = program.error.empty();
  if (!program.error.empty()) json["error"] = program.error;
  json["modes"] = ordered_json::array();
  for (const ModeProfile& mode : program.modes) {
    ordered_json& entry = json["modes"].emplace_back();
    entry["mode"] = mode_name(mode.mode);
    entry["stats"] = ordered_json::object();
    for (const auto& [name, value] : figures_by_name(program, mode)) entry["stats"][name] = value;
    entry["runs"] = runs_json(program, mode);
    entry["bottleneck"] = stage_name(stage_table(mode, program.log).bottleneck);
    entry["costs"] = costs_json(costs_of(program, mode));
    entry["functions"] = functions_json(mode.samples.functions, mode.samples.total, top);
  }
  return json;
}

ordered_json file_json(const FunctionProfile& profile) {
  ordered_json json;
  json["file"] = profile.file;
  json["unit"] = profile.unit;
  json["total"] = profile.total;
  if (profile.period > 0) json["seconds_a_sample"] = profile.period;
  const auto all = static_cast<unsigned>(profile.functions.size());
  json["functions"] = functions_json(profile.functions, profile.total, all);
  return json;
}

ordered_json manifest_json(const ProfileSummary& summary) {
  ordered_json json{{"version", version()},
                    {"revision", revision()},
                    {"core", summary.core},
                    {"cpu", summary.guest_cpu},
                    {"config_sha256", summary.config_sha256},
                    {"iterations", summary.iterations},
                    {"warmup", summary.warmup}};
  if (summary.max_insts != UINT64_MAX) json["max_insts"] = summary.max_insts;
  json["modes"] = ordered_json::array();
  for (const Mode mode : summary.modes) json["modes"].push_back(mode_name(mode));
  return json;
}

}  // namespace

std::string profile_json(const ProfileSummary& summary) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["kind"] = "profile";
  json["manifest"] = manifest_json(summary);
  json["programs"] = ordered_json::array();
  for (const ProgramProfile& program : summary.programs) {
    json["programs"].push_back(program_json(program, summary.top));
  }
  if (summary.programs.size() > 1) json["total"] = program_json(batch_total(summary), summary.top);
  if (summary.cpu) json["cpu_profile"] = file_json(*summary.cpu);
  if (summary.heap) json["heap_profile"] = file_json(*summary.heap);
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string profile_csv(const ProfileSummary& summary) {
  std::vector<ProgramProfile> programs = summary.programs;
  if (programs.size() > 1) programs.push_back(batch_total(summary));
  std::vector<std::string> names;  // of all figures: a mode or a short program may lack some
  std::vector<std::pair<std::string, std::map<std::string, double>>> rows;
  for (const ProgramProfile& program : programs) {
    const std::string name = csv_field(program.name);
    if (!program.error.empty()) rows.push_back({fmt::format("{},,{},", name, csv_field(program.error)), {}});
    for (const ModeProfile& mode : program.modes) {
      const std::string_view bottleneck = stage_name(stage_table(mode, program.log).bottleneck);
      auto& row = rows.emplace_back(fmt::format("{},{},,{}", name, mode_name(mode.mode), bottleneck),
                                    std::map<std::string, double>{});
      for (const auto& [figure, value] : figures_by_name(program, mode)) {
        if (std::find(names.begin(), names.end(), figure) == names.end()) names.push_back(figure);
        row.second[figure] = value;
      }
    }
  }
  std::string text = "program,mode,error,bottleneck";
  for (const std::string& name : names) text += "," + name;
  text += "\n";
  for (const auto& [head, values] : rows) {
    text += head;
    for (const std::string& name : names) {
      const auto value = values.find(name);
      text += value == values.end() ? "," : fmt::format(",{}", value->second);
    }
    text += "\n";
  }
  return text;
}

}  // namespace m2sim::cmd

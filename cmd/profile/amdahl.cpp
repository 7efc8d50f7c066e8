#include "cmd/profile/amdahl.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "cmd/profile/stages.h"

namespace m2sim::cmd {
namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

bool is_branch(std::string_view s) {
  return has_any(s, {"emu::branch_handler<", "::fall_through<", "::direct_jump<", "::call<", "::indirect<",
                     "::indirect_call<"});
}
bool is_access(std::string_view s) { return has_any(s, {"memory_handler<"}); }
bool is_slow_fp(std::string_view s) { return has_any(s, {"emu::slow_handler<", "softfloat", "::SoftFloat"}); }
bool is_run_loop(std::string_view s) {
  return has_any(s, {"emu::Emulator::", "emu::BlockCache::", "emu::leave("});
}
bool is_allocation(std::string_view s) {
  return has_any(s, {"malloc", "operator new", "operator delete", "_int_free", "cfree", "calloc"});
}

struct Group {
  std::string_view what;
  bool (*has)(std::string_view symbol);
  double (*events)(const RunCounts& counts);
};

constexpr std::array<Group, 5> kGroups{{
    {"branch handlers, chaining", is_branch, [](const RunCounts& c) { return c.transitions; }},
    {"memory handlers", is_access, [](const RunCounts& c) { return c.accesses; }},
    {"floating point, slow path", is_slow_fp, nullptr},
    {"returns to the run loop", is_run_loop, [](const RunCounts& c) { return c.returns; }},
    {"allocations", is_allocation, [](const RunCounts& c) { return c.allocations; }},
}};

std::optional<double> stage_events(Stage stage, const RunCounts& counts) {
  switch (stage) {
    case Stage::kDecode:
      return counts.decodes;
    case Stage::kExecute:
      return counts.insts;
    case Stage::kLog:  // words
      return counts.transitions + counts.accesses;
    case Stage::kPredict:
      return counts.transitions;
    case Stage::kCache:
      return counts.accesses;
    default:
      return std::nullopt;
  }
}

double share_of(const Group& group, const SampleCounts& samples) {
  std::uint64_t hits = 0;
  for (const Function& function : samples.functions) {
    if (group.has(function.symbol)) hits += function.samples;
  }
  return samples.total == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(samples.total);
}

}  // namespace

double best_speedup(double share) {
  return share >= 1 ? std::numeric_limits<double>::infinity() : 1 / (1 - std::max(share, 0.0));
}

std::vector<Cost> costs_of(const ProgramProfile& program, const ModeProfile& mode) {
  const RunCounts counts = run_counts(program.counts, mode);
  const StageTable table = stage_table(mode, program.log);
  const auto per_inst = [&](std::optional<double> events) -> std::optional<double> {
    if (!events || counts.insts == 0) return std::nullopt;
    return *events / counts.insts;
  };
  std::vector<Cost> costs;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const auto stage = static_cast<Stage>(i);
    costs.push_back(
        {"stage " + std::string(stage_name(stage)), per_inst(stage_events(stage, counts)), table.shares[i]});
  }
  for (const Group& group : kGroups) {
    std::optional<double> events;
    if (group.events != nullptr) events = group.events(counts);
    costs.push_back({std::string(group.what), per_inst(events), share_of(group, mode.samples)});
  }
  return costs;
}

}  // namespace m2sim::cmd

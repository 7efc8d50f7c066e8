#include "cmd/compare/difference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "cmd/compare/alignment.h"
#include "cmd/console/failure.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kStackPrefix = "core.cpi_stack.";

template <class Entry, class Difference>
void largest_first(std::vector<Entry>& entries, Difference difference) {
  std::ranges::stable_sort(entries, std::greater<>(),
                           [&](const Entry& entry) { return std::abs(difference(entry)); });
}

Change change_of(const RunFile& before, const RunFile& after, const std::string& name) {
  return {name, before.stat(name).value_or(0), after.stat(name).value_or(0)};
}

// Of everything that both or one of them has, in the order of the first.
std::vector<std::string> names_of(const std::vector<std::pair<std::string, double>>& before,
                                  const std::vector<std::pair<std::string, double>>& after) {
  std::vector<std::string> names;
  std::set<std::string_view> known;
  for (const auto* stats : {&before, &after}) {
    for (const auto& [name, value] : *stats) {
      if (known.insert(name).second) names.push_back(name);
    }
  }
  return names;
}

std::vector<Change> changed(const CpiStack& before, const CpiStack& after) {
  std::map<std::string, Change> causes;
  for (const auto& [name, cycles] : before) causes[name] = {name, cycles, 0};
  for (const auto& [name, cycles] : after) {
    causes[name].name = name;
    causes[name].after = cycles;
  }
  std::vector<Change> list;
  for (const auto& [name, change] : causes) {
    if (change.difference() != 0) list.push_back(change);
  }
  largest_first(list, [](const Change& change) { return change.difference(); });
  return list;
}

CpiStack stack_of(const RunFile& run) {
  CpiStack stack;
  for (const auto& [name, value] : run.stats) {
    if (name.starts_with(kStackPrefix)) stack[name.substr(kStackPrefix.size())] = value;
  }
  return stack;
}

// A function by its name, and where several have one, by which of them it is.
using FunctionKey = std::pair<std::string, unsigned>;

std::map<FunctionKey, const RunFunction*> by_name(const RunFile& run) {
  std::vector<const RunFunction*> functions;
  for (const RunFunction& function : run.functions) functions.push_back(&function);
  // By file: the hottest comes first in a run's file, and which one that is may be what has changed.
  std::ranges::stable_sort(functions, {}, &RunFunction::object);
  std::map<FunctionKey, const RunFunction*> named;
  std::map<std::string_view, unsigned> seen;
  for (const RunFunction* function : functions) named[{function->name, seen[function->name]++}] = function;
  return named;
}

std::vector<InstructionChange> instruction_changes(const RunFunction& before, const RunFunction& after) {
  std::vector<InstructionChange> changes;
  for (const auto& [first, second] : aligned(before.instructions, after.instructions)) {
    InstructionChange change;
    if (first) {
      const RunInstruction& was = before.instructions[*first];
      change.offset_before = was.offset;
      change.text = was.text;
      change.count.before = was.count;
      change.cycles.before = was.cycles;
    }
    if (second) {
      const RunInstruction& is = after.instructions[*second];
      change.offset_after = is.offset;
      change.text = is.text;
      change.count.after = is.count;
      change.cycles.after = is.cycles;
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

FunctionChange function_change(const RunFunction& before, const RunFunction& after) {
  FunctionChange change;
  change.name = before.name.empty() ? after.name : before.name;
  change.object = after.object.empty() ? before.object : after.object;
  change.cycles = {"cycles", before.cycles, after.cycles};
  change.insts = {"insts", before.insts, after.insts};
  change.stack = changed(before.stack, after.stack);
  change.instructions = instruction_changes(before, after);
  return change;
}

std::vector<FunctionChange> function_changes(const RunFile& before, const RunFile& after) {
  using Pair = std::pair<const RunFunction*, const RunFunction*>;
  std::map<FunctionKey, Pair> pairs;
  for (const auto& [key, function] : by_name(before)) pairs[key].first = function;
  for (const auto& [key, function] : by_name(after)) pairs[key].second = function;
  const RunFunction nothing;
  std::vector<FunctionChange> changes;
  for (const auto& [key, pair] : pairs) {
    FunctionChange change = function_change(pair.first != nullptr ? *pair.first : nothing,
                                            pair.second != nullptr ? *pair.second : nothing);
    if (change.cycles.difference() != 0 || change.insts.difference() != 0)
      changes.push_back(std::move(change));
  }
  largest_first(changes, [](const FunctionChange& change) { return change.cycles.difference(); });
  return changes;
}

// What says only that some number of the configuration differs.
bool follows(std::string_view name) { return name == "config_sha256" || name == "settings"; }

std::vector<SettingChange> setting_changes(const RunFile& before, const RunFile& after) {
  std::vector<std::string> names;
  for (const RunFile* run : {&before, &after}) {
    for (const auto& [name, value] : run->manifest) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  std::vector<SettingChange> changes;
  for (const std::string& name : names) {
    SettingChange change{name, before.said(name), after.said(name)};
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  const bool itemised = std::ranges::any_of(
      changes, [](const SettingChange& change) { return change.name.starts_with("configuration."); });
  if (itemised) std::erase_if(changes, [](const SettingChange& change) { return follows(change.name); });
  return changes;
}

}  // namespace

RunComparison compare_runs(const RunFile& before, const RunFile& after) {
  for (const RunFile* run : {&before, &after}) {
    if (!run->stat("core.cycles"))
      throw failure("compare: '{}' has no cycles; it was run in {} mode", run->path, run->said("mode"));
  }
  RunComparison comparison;
  comparison.cycles = change_of(before, after, "core.cycles");
  comparison.insts = change_of(before, after, "core.insts");
  comparison.stack = changed(stack_of(before), stack_of(after));
  comparison.annotated = !before.functions.empty() && !after.functions.empty();
  if (comparison.annotated) comparison.functions = function_changes(before, after);
  comparison.settings = setting_changes(before, after);
  for (const std::string& name : names_of(before.stats, after.stats)) {
    if (name.starts_with(kStackPrefix) || name.starts_with("host.")) continue;
    Change change = change_of(before, after, name);
    if (change.difference() != 0) comparison.figures.push_back(std::move(change));
  }
  return comparison;
}

}  // namespace m2sim::cmd

// What a sweep is of: a plan file, read and checked. docs/sweep.md describes the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace m2sim::cmd {

using Words = std::vector<std::string>;
using Settings = std::vector<std::pair<std::string, std::string>>;  // path and value, as --set takes them

struct PlanInput {
  std::string name;  // empty: the program has no other
  Words arguments;
  std::string stdin_path;  // empty: none. Paths are relative to the plan's folder
  Words files;             // what else the program reads
  Words options;           // of m2sim run
};

struct PlanProgram {
  std::string where;  // "plan.toml, line 3"
  std::string name;
  std::string path;  // as the guest sees it
  Words options;
  std::vector<PlanInput> inputs;
  double timeout = 0;        // seconds; 0: none
  std::uint64_t memory = 0;  // bytes of the host that a job needs; 0: not known
  int status = 0;            // exit status of a good run
};

struct PlanCore {
  std::string where;
  std::string name;  // built in, or a file
};

// Run options of which each job has one choice.
struct PlanAxis {
  std::string where;
  std::string name;
  std::vector<std::pair<std::string, Words>> choices;
};

struct SweepPlan {
  std::string file_name;
  std::string folder;  // absolute; jobs run there
  std::vector<std::string> modes;
  std::vector<PlanCore> cores;
  Words options;
  std::vector<PlanProgram> programs;
  std::vector<PlanAxis> axes;
  std::vector<Settings> points;                      // at least one, which may be empty
  std::map<std::string, std::string> setting_lines;  // where each path stands
};

// Both throw UserError, which names the line: not TOML, an unknown key (with the nearest), a value that
// cannot be meant.
SweepPlan parse_plan(std::string_view text, const std::string& file_name);
SweepPlan load_plan(const std::string& path);

}  // namespace m2sim::cmd

// Two runs, of any programs: what became of the cycles.
//
// Everything here is in cycles of the model unless it says otherwise. Causes sum to the whole, and functions
// do: what is shown of a difference is exact.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/results/run_file.h"

namespace m2sim::cmd {

struct Change {
  std::string name;
  double before = 0;
  double after = 0;

  double difference() const { return after - before; }
};

struct InstructionChange {
  std::optional<std::uint64_t> offset_before;  // nothing: it is new
  std::optional<std::uint64_t> offset_after;   // nothing: it is gone
  std::string text;
  Change count;
  Change cycles;
};

struct FunctionChange {
  std::string name;
  std::string object;
  Change cycles;
  Change insts;
  std::vector<Change> stack;                    // causes that changed, the largest change first
  std::vector<InstructionChange> instructions;  // in the order of the code
};

struct SettingChange {
  std::string name;
  std::string before;  // empty: it is not there
  std::string after;
};

struct RunComparison {
  Change cycles;
  Change insts;
  std::vector<Change> stack;              // causes that changed, the largest change first
  bool annotated = false;                 // both runs know their functions
  std::vector<FunctionChange> functions;  // that changed, the largest change first
  std::vector<SettingChange> settings;    // of the manifests, by name
  std::vector<Change> figures;            // all statistics that differ but the stack and what the host gives
};

// Throws UserError where a run has no cycles.
RunComparison compare_runs(const RunFile& before, const RunFile& after);

}  // namespace m2sim::cmd

// A run's file, read again: what `m2sim run --stats FILE.json` and `m2sim annotate --json FILE` write.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/results/condition.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

using CpiStack = std::map<std::string, double, std::less<>>;  // cycles by cause, where there are any

struct RunInstruction {
  std::uint64_t offset = 0;  // from the function's start, in bytes
  std::string text;
  double count = 0;  // executed
  double cycles = 0;
};

struct RunFunction {
  std::string name;
  std::string object;  // the file that has it
  double cycles = 0;
  double insts = 0;
  CpiStack stack;
  std::vector<RunInstruction> instructions;
};

struct RunFile {
  std::string path;
  // By dotted name, in the file's order: "argv" with spaces between, "configuration.rob.groups".
  std::vector<std::pair<std::string, std::string>> manifest;
  std::vector<std::pair<std::string, double>> stats;
  std::vector<RunFunction> functions;  // empty where a run was not annotated

  std::optional<double> stat(std::string_view name) const;
  std::string said(std::string_view name) const;  // of the manifest; empty where it does not say
};

// For conditions.
std::vector<NamedFigure> figures_of(const RunFile& run);
std::vector<NamedFigure> figures_of(const Stats& stats);

// Both throw UserError: a file that cannot be read, is no JSON, is no run's, or has another schema version.
RunFile read_run_file(const std::string& path);
nlohmann::ordered_json read_run_manifest(const std::string& path);

}  // namespace m2sim::cmd

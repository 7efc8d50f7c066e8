#include "cmd/suite/suite.h"

#include <fnmatch.h>

#include <algorithm>
#include <iterator>
#include <regex>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {

std::optional<double> cycles_per_iteration(const SuiteProgram& program, const SuiteResult& result) {
  const double cycles = result.stat("core.cycles");
  if (program.iterations == 0 || cycles == 0) return std::nullopt;
  return cycles / static_cast<double>(program.iterations);
}

std::optional<double> difference_percent(const SuiteProgram& program, const SuiteResult& result) {
  const std::optional<double> ours = cycles_per_iteration(program, result);
  if (!ours || !program.hardware) return std::nullopt;
  const double hardware = program.hardware->cycles_per_iteration;
  return 100 * (*ours - hardware) / hardware;
}

std::vector<SuiteProgram> filtered(std::vector<SuiteProgram> programs, const std::string& filter) {
  std::vector<SuiteProgram> kept;
  const auto is_match = [&](const SuiteProgram& program) {
    return ::fnmatch(filter.c_str(), program.name.c_str(), 0) == 0;
  };
  std::copy_if(programs.begin(), programs.end(), std::back_inserter(kept), is_match);
  if (!kept.empty()) return kept;
  bool regular = true;
  try {
    const std::regex pattern(filter);
    std::copy_if(programs.begin(), programs.end(), std::back_inserter(kept),
                 [&](const SuiteProgram& program) { return std::regex_search(program.name, pattern); });
  } catch (const std::regex_error&) {
    regular = false;  // as "*sum", which is a glob
  }
  if (!kept.empty()) return kept;
  std::vector<std::string> names;
  for (const SuiteProgram& program : programs) names.push_back(program.name);
  throw failure("--filter: no program of the suite matches '{}'{}{}", filter,
                regular ? "" : ", which is no regular expression", did_you_mean(filter, names));
}

}  // namespace m2sim::cmd

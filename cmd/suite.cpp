#include "cmd/suite.h"

#include <fnmatch.h>

#include <regex>

#include "cmd/failure.h"
#include "cmd/nearest.h"

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
  std::optional<std::regex> pattern;
  try {
    pattern.emplace(filter, std::regex::ECMAScript);
  } catch (const std::regex_error&) {
    pattern.reset();  // "*sum" is a glob and no regular expression
  }
  std::vector<std::string> names;
  std::vector<SuiteProgram> kept;
  for (SuiteProgram& program : programs) {
    names.push_back(program.name);
    const bool wanted = ::fnmatch(filter.c_str(), program.name.c_str(), 0) == 0 ||
                        (pattern && std::regex_search(program.name, *pattern));
    if (wanted) kept.push_back(std::move(program));
  }
  if (kept.empty()) {
    throw failure("--filter: no program of the suite matches '{}'{}", filter, did_you_mean(filter, names));
  }
  return kept;
}

}  // namespace m2sim::cmd

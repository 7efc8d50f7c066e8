// The benchmark suite: what it consists of and what came out of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace m2sim::cmd {

// A measurement on real hardware. Grades: A, B, C by how well it is known (calibration/measured/grade.h).
struct HardwareFigure {
  double cycles_per_iteration = 0;
  std::string grade;
  std::string machine;
};

struct SuiteProgram {
  std::string name;
  std::string path;  // on the host
  std::vector<std::string> args;
  std::string kind;                  // "micro", "integer", …
  std::string expected_stdout;       // its checksum line
  std::uint64_t iterations = 0;      // of the loop that hardware figures count
  double expected_instructions = 0;  // to weigh progress; 0: unknown
  std::optional<HardwareFigure> hardware;
};

struct SuiteResult {
  bool ok = false;
  std::string error;                    // one line, when not ok
  std::map<std::string, double> stats;  // what `m2sim run --stats` wrote
  std::string program_sha256 = {};      // of the guest's file
  double stat(const std::string& name) const {
    const auto found = stats.find(name);
    return found == stats.end() ? 0 : found->second;
  }
};

// Ours, for a program whose loop iterations are known; nothing without cycles.
std::optional<double> cycles_per_iteration(const SuiteProgram& program, const SuiteResult& result);
// (ours - hardware) / hardware, in percent; nothing where either is missing.
std::optional<double> difference_percent(const SuiteProgram& program, const SuiteResult& result);

// The folder of guest programs beside the executable.
std::string suite_folder();

// Reads suite.json of a directory of guest programs, and puts what was measured beside them; throws
// UserError, also when a program it names is not there.
std::vector<SuiteProgram> load_suite(const std::string& directory);

// Programs whose whole name matches `filter` as a glob (a plain name is one); failing that, programs in
// whose name it is found as a regular expression. Throws UserError when there is none.
std::vector<SuiteProgram> filtered(std::vector<SuiteProgram> programs, const std::string& filter);

}  // namespace m2sim::cmd

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "calibration/measured/grade.h"
#include "calibration/measured/measurement.h"
#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/results/json_text.h"
#include "cmd/suite/suite.h"

namespace m2sim::cmd {
namespace {

using calibration::Graded;
using nlohmann::json;

json parse_json(const std::string& path) {
  try {
    return json::parse(read_json_text(path));
  } catch (const json::exception& error) {
    throw failure("'{}' is no JSON: {}", path, error.what());
  }
}

double number_or_zero(const json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : 0;
}

SuiteProgram parse_program(const json& entry, const std::filesystem::path& directory) {
  SuiteProgram program;
  program.name = entry.at("name").get<std::string>();
  program.path = (directory / entry.at("file").get<std::string>()).string();
  program.args = entry.value("arguments", std::vector<std::string>{});
  program.kind = entry.value("kind", "");
  program.expected_stdout = entry.at("stdout").get<std::string>();
  program.iterations = entry.value("iterations", std::uint64_t{0});
  const double counted = number_or_zero(entry, "counted_instructions");
  const double in_loop = number_or_zero(entry, "loop_instructions");
  program.expected_instructions = (in_loop > 0 ? in_loop : counted) * static_cast<double>(program.iterations);
  return program;
}

// An M2 before an M1, a better grade before a worse one. What has no cycles was timed at an unknown clock.
void add_hardware_figures(std::vector<SuiteProgram>& programs) {
  const auto rank = [](const Graded& row) { return std::pair{row.chip != "M2", row.grade}; };
  std::vector<Graded> rows = calibration::graded(calibration::shipped_measurements());
  std::ranges::stable_sort(rows, {}, rank);
  for (SuiteProgram& program : programs) {
    const auto found = std::ranges::find_if(
        rows, [&](const Graded& row) { return row.program == program.name && row.cycles.has_value(); });
    if (found == rows.end()) continue;
    program.hardware = {*found->cycles, std::string(name_of(found->grade)),
                        fmt::format("{} {}", found->chip, found->core_type)};
  }
}

}  // namespace

std::string suite_folder() { return (own_executable().parent_path() / "benchmarks" / "guest").string(); }

std::vector<SuiteProgram> load_suite(const std::string& directory) {
  const std::filesystem::path folder(directory);
  const std::string path = (folder / "suite.json").string();
  if (!std::filesystem::exists(path)) {
    throw failure(
        "there is no suite in '{}' (suite.json is missing); build the guest programs, or name their "
        "folder with --programs",
        directory);
  }
  const json manifest = parse_json(path);
  std::vector<SuiteProgram> programs;
  try {
    for (const json& entry : manifest.at("programs")) programs.push_back(parse_program(entry, folder));
  } catch (const json::exception& error) {
    throw failure("'{}' is not a suite: {}", path, error.what());
  }
  add_hardware_figures(programs);
  return programs;
}

}  // namespace m2sim::cmd

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/suite/suite.h"

namespace m2sim::cmd {
namespace {

using nlohmann::json;

json parse_json(const std::string& path) {
  try {
    return json::parse(read_file(path));
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

// Rows are in order of preference; one without cycles has only nanoseconds at an unknown clock.
void add_hardware_figures(const json& hardware, std::vector<SuiteProgram>& programs) {
  for (const json& row : hardware.at("measurements")) {
    const double cycles = number_or_zero(row, "cycles_per_iteration");
    if (cycles <= 0) continue;
    for (SuiteProgram& program : programs) {
      if (program.hardware || program.name != row.at("program").get<std::string>()) continue;
      program.hardware = {cycles, row.value("grade", ""),
                          fmt::format("{} {}", row.value("chip", ""), row.value("core", ""))};
    }
  }
}

}  // namespace

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
  const std::string hardware = (folder / "hardware.json").string();
  if (!std::filesystem::exists(hardware)) return programs;
  try {
    add_hardware_figures(parse_json(hardware), programs);
  } catch (const json::exception& error) {
    throw failure("'{}' holds no measurements: {}", hardware, error.what());
  }
  return programs;
}

}  // namespace m2sim::cmd

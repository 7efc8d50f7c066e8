#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cmd/results/stats_file.h"
#include "cmd/suite/report.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

ordered_json optional_json(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json program_json(const SuiteProgram& program, const SuiteResult& result) {
  ordered_json json;
  json["name"] = program.name;
  json["ok"] = result.ok;
  if (!result.ok) json["error"] = result.error;
  if (!result.program_sha256.empty()) json["program_sha256"] = result.program_sha256;
  if (program.hardware) {
    json["hardware"] = {{"cycles_per_iteration", program.hardware->cycles_per_iteration},
                        {"grade", program.hardware->grade},
                        {"machine", program.hardware->machine}};
    json["cycles_per_iteration"] = optional_json(cycles_per_iteration(program, result));
    json["difference_percent"] = optional_json(difference_percent(program, result));
  }
  json["stats"] = result.stats;
  return json;
}

// One column a figure; the names of a program that ran serve as the list.
std::vector<std::string> stat_names(const SuiteSummary& summary) {
  std::vector<std::string> names;
  for (const SuiteResult& result : summary.results) {
    if (!names.empty()) break;
    for (const auto& [name, value] : result.stats) names.push_back(name);
  }
  return names;
}

std::string optional_text(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

}  // namespace

std::string suite_json(const SuiteSummary& summary) {
  ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["manifest"] = {
      {"version", version()}, {"revision", revision()}, {"mode", mode_name(summary.mode)},
      {"core", summary.core}, {"cpu", summary.cpu},     {"config_sha256", summary.config_sha256},
      {"host", summary.host}};
  json["programs"] = ordered_json::array();
  for (std::size_t i = 0; i < summary.programs.size(); ++i) {
    json["programs"].push_back(program_json(summary.programs[i], summary.results[i]));
  }
  json["geometric_means"] = {{"core.cpi", geometric_mean(summary, "core.cpi")},
                             {"core.ipc", geometric_mean(summary, "core.ipc")},
                             {"host.mips", geometric_mean(summary, "host.mips")}};
  json["mean_difference_percent"] = {{"AB", optional_json(mean_difference(summary, "AB"))},
                                     {"ABC", optional_json(mean_difference(summary, "ABC"))}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string suite_csv(const SuiteSummary& summary) {
  const std::vector<std::string> names = stat_names(summary);
  std::string text =
      "program,ok,error,hardware_cycles_per_iteration,cycles_per_iteration,difference_percent,grade";
  for (const std::string& name : names) text += "," + name;
  text += "\n";
  for (std::size_t i = 0; i < summary.programs.size(); ++i) {
    const SuiteProgram& program = summary.programs[i];
    const SuiteResult& result = summary.results[i];
    std::optional<double> hardware;
    if (program.hardware) hardware = program.hardware->cycles_per_iteration;
    text += fmt::format(
        "{},{},{},{},{},{},{}", csv_field(program.name), result.ok ? 1 : 0, csv_field(result.error),
        optional_text(hardware), optional_text(cycles_per_iteration(program, result)),
        optional_text(difference_percent(program, result)), program.hardware ? program.hardware->grade : "");
    for (const std::string& name : names) {
      text += result.stats.contains(name) ? fmt::format(",{}", result.stat(name)) : ",";
    }
    text += "\n";
  }
  return text;
}

}  // namespace m2sim::cmd

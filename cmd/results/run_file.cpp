#include "cmd/results/run_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/results/json_field.h"
#include "cmd/results/json_text.h"
#include "cmd/results/stats_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

std::string shown(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::vector<std::string> words;
  for (const ordered_json& element : value) words.push_back(shown(element));
  return fmt::format("{}", fmt::join(words, " "));
}

void flatten(const ordered_json& object, const std::string& prefix, RunFile& file) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      flatten(value, prefix + name + ".", file);
    } else {
      file.manifest.emplace_back(prefix + name, shown(value));
    }
  }
}

RunFunction function_of(const JsonField& json) {
  RunFunction function;
  function.name = json.at("name").text();
  if (const auto object = json.find("object")) function.object = object->text();
  function.cycles = json.at("cycles").number();
  function.insts = json.at("insts").number();
  if (const auto stack = json.find("cpi_stack")) {
    for (const auto& [cause, cycles] : stack->members()) function.stack[cause] = cycles.number();
  }
  if (const auto instructions = json.find("instructions")) {
    for (const JsonField& entry : instructions->elements()) {
      function.instructions.push_back({entry.at("offset").whole(), entry.at("text").text(),
                                       entry.at("count").number(), entry.at("cycles").number()});
    }
  }
  return function;
}

ordered_json parsed(const std::string& path) {
  ordered_json json = ordered_json::parse(read_json_text(path), nullptr, false);
  if (json.is_discarded()) throw failure("'{}' is no JSON", path);
  const auto is_object = [&](const char* name) { return json.contains(name) && json[name].is_object(); };
  if (!json.is_object() || !is_object("manifest"))
    throw failure("'{}' is no run's: it has no manifest; m2sim run --stats FILE.json writes one", path);
  const ordered_json version = json.value("schema_version", ordered_json());
  if (version != kSchemaVersion)
    throw failure("'{}' has schema version {}; this m2sim reads {}", path, version.dump(), kSchemaVersion);
  if (json.contains("programs"))
    throw failure("'{}' is a suite's, not a run's; m2sim history compare compares suites", path);
  if (!is_object("stats")) throw failure("'{}' is no run's: it has no figures", path);
  return json;
}

}  // namespace

std::optional<double> RunFile::stat(std::string_view name) const {
  const auto found =
      std::ranges::find(stats, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == stats.end() ? std::nullopt : std::optional(found->second);
}

std::string RunFile::said(std::string_view name) const {
  const auto found =
      std::ranges::find(manifest, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == manifest.end() ? std::string() : found->second;
}

std::vector<NamedFigure> figures_of(const RunFile& run) {
  std::vector<NamedFigure> figures;
  for (const auto& [name, value] : run.stats) figures.push_back({name, value});
  return figures;
}

std::vector<NamedFigure> figures_of(const Stats& stats) {
  std::vector<NamedFigure> figures;
  for (const Stat& stat : stats) figures.push_back({std::string(stat.name), as_double(stat.value)});
  return figures;
}

ordered_json read_run_manifest(const std::string& path) { return parsed(path)["manifest"]; }

RunFile read_run_file(const std::string& path) {
  const ordered_json json = parsed(path);
  RunFile file;
  file.path = path;
  flatten(json["manifest"], "", file);
  for (const auto& [name, value] : json["stats"].items()) {
    if (value.is_null()) continue;
    try {
      file.stats.emplace_back(name, JsonField(value, "stats." + name).number());
    } catch (const JsonProblem& problem) {
      throw failure("'{}': {}", path, problem.what());
    }
  }
  try {
    if (const auto functions = JsonField(json, "").find("functions")) {
      for (const JsonField& function : functions->elements()) file.functions.push_back(function_of(function));
    }
  } catch (const JsonProblem& problem) {
    throw failure("'{}' has a function that cannot be read: {}", path, problem.what());
  }
  return file;
}

}  // namespace m2sim::cmd

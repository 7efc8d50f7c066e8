#include "cmd/guest/again.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cmd/console/failure.h"
#include "cmd/console/terminal.h"
#include "cmd/results/config_file.h"
#include "cmd/results/json_field.h"
#include "cmd/results/run_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr const char* kBase = "m2-pcore";

std::optional<std::uint64_t> number(const JsonField& manifest, const char* name) {
  const std::optional<JsonField> field = manifest.find(name);
  return field ? std::optional(field->whole()) : std::nullopt;
}

std::string text(const JsonField& manifest, const char* name, const std::string& otherwise) {
  const std::optional<JsonField> field = manifest.find(name);
  return field ? field->text() : otherwise;
}

std::vector<std::string> texts(const JsonField& manifest, const char* name) {
  const std::optional<JsonField> field = manifest.find(name);
  return field ? field->texts() : std::vector<std::string>{};
}

// What the configuration says otherwise than the built-in core that it began with, or may have begun with.
std::vector<std::string> settings_from(const JsonField& manifest, const std::string& base) {
  const auto built_in = configuration_of(built_in_core(base));
  std::vector<std::string> lists;  // which elements there are comes before what they are
  std::vector<std::string> settings;
  for (const auto& [name, value] : manifest.at("configuration").members()) {
    const std::pair<std::string, std::string> said{name, value.text()};
    if (std::ranges::find(built_in, said) != built_in.end()) continue;
    (name.ends_with(".names") ? lists : settings).push_back(said.first + "=" + said.second);
  }
  lists.insert(lists.end(), settings.begin(), settings.end());
  return lists;
}

void take_core(const JsonField& manifest, GuestOptions& options) {
  options.mode = manifest.at("mode").text();
  options.core.cpu = manifest.at("cpu").text();
  const std::string core = manifest.at("core").text();
  if (core.empty()) return;  // emulation
  const auto names = core_names();
  const bool built_in = std::ranges::find(names, core) != names.end();
  options.core.core = built_in ? core : kBase;
  options.core.recorded = settings_from(manifest, options.core.core);
}

void take_program(const std::string& path, const JsonField& manifest, GuestOptions& options) {
  options.cwd = manifest.at("directory").text();
  if (!options.argv.empty()) return;
  options.again.program_sha256 = manifest.at("program_sha256").text();
  options.argv = manifest.at("argv").texts();
  if (options.argv.empty()) throw failure("--again: '{}' names no program", path);
  const std::filesystem::path program(options.argv.front());
  if (program.is_relative() && !exists(program))
    throw failure("--again: there is no '{}' here; '{}' was run in '{}'", program.string(), path,
                  options.cwd);
}

// The checkpoint says all that.
void take_restored(const std::string& checkpoint, GuestOptions& options) {
  options.checkpoints.restore = options.again.restored = checkpoint;
  options.argv.clear();
  options.env.clear();
  options.limits.clear();
  for (std::string* said : {&options.cwd, &options.sysroot, &options.start_time}) said->clear();
}

}  // namespace

void add_again_option(CLI::App& command, GuestOptions& options) {
  command
      .add_option_function<std::string>(
          "--again", [&options](const std::string& path) { take_again(path, options); },
          "as the run that wrote FILE.json with --stats: its program, core, environment and phases, but for "
          "what else is given here")
      ->type_name("FILE.json")
      ->trigger_on_parse();
  // Another core is that core, and no number of the one before goes with it.
  command.parse_complete_callback([&command, &options] {
    if (command.count("--core") == 0) return;
    options.core.recorded.clear();
    options.again.config_sha256.clear();
    if (command.count("--cpu") == 0) options.core.cpu.reset();
  });
}

void take_again(const std::string& path, GuestOptions& options) {
  const ordered_json json = read_run_manifest(path);
  const JsonField manifest(json, "manifest");
  try {
    take_core(manifest, options);
    take_program(path, manifest, options);
    options.env = manifest.at("environment").texts();
    options.sysroot = text(manifest, "sysroot", "");
    options.clock = text(manifest, "clock", options.clock);
    options.limits = texts(manifest, "rlimits");
    options.start_time = std::to_string(manifest.at("start_time").signed_whole());
    options.skip = number(manifest, "skip");
    options.warmup = number(manifest, "warmup");
    options.limit = number(manifest, "limit");
    options.regions = regions_from(texts(manifest, "regions"));
    options.sampling = sample_from(manifest.find("sample"));
    if (const auto restored = manifest.find("restored")) take_restored(restored->text(), options);
    options.simpoints.recorded = simpoints_from(manifest.find("simpoints"));
    options.again.path = path;
    options.again.config_sha256 = manifest.at("config_sha256").text();
  } catch (const JsonProblem& problem) {
    throw failure("--again: '{}' does not say how its run was made: {}", path, problem.what());
  }
}

std::string not_again(const GuestOptions& options, const Manifest& manifest) {
  const RepeatedRun& again = options.again;
  std::string text;
  if (again.path.empty()) return text;
  if (!again.program_sha256.empty() && manifest.program_sha256 != again.program_sha256)
    text += fmt::format("m2sim: --again: the program is not the one of '{}'\n", printable(again.path));
  if (options.checkpoints.restore != again.restored)
    text +=
        fmt::format("m2sim: --again: '{}' went on from '{}', and this run goes on from '{}'\n",
                    printable(again.path), printable(again.restored), printable(options.checkpoints.restore));
  if (options.core.sets.empty() && !again.config_sha256.empty() && !manifest.config_sha256.empty() &&
      manifest.config_sha256 != again.config_sha256)
    text += fmt::format("m2sim: --again: this m2sim knows other numbers of a core than '{}'\n",
                        printable(again.path));
  return text;
}

}  // namespace m2sim::cmd

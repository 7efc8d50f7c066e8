#include "cmd/sweep/jobs.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/results/config_file.h"
#include "cmd/results/core_option.h"
#include "cmd/results/manifest.h"
#include "cmd/results/sha256.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kMostJobs = 1'000'000;
constexpr std::array<std::string_view, 7> kColumns{"number", "id",   "program", "input",
                                                   "mode",   "core", "state"};

struct RefusedOption {
  std::string_view name;
  std::string_view instead;
};

// What the sweep sets itself, and what would make two runs of a job differ or write one file.
constexpr std::array<RefusedOption, 22> kRefused{{
    {"--", "the sweep puts the program behind the options"},
    {"--mode", "write modes = [...]"},
    {"--timing", "write modes = [...]"},
    {"--fast-timing", "write modes = [...]"},
    {"--core", "write cores = [...]"},
    {"--set", "write it under [settings]"},
    {"--timeout", "write timeout = SECONDS"},
    {"--stats", "the sweep keeps all figures"},
    {"--again", "a plan says how its runs are made"},
    {"--checkpoint-at", "all jobs would write one file"},
    {"--restore", "jobs begin with the programs of the plan"},
    {"--report", "all jobs would write one file"},
    {"--interval", "the figures over time have no place in a sweep's results"},
    {"--interval-file", "all jobs would write one file"},
    {"--strace", "nobody would see it"},
    {"--strace-file", "all jobs would write one file"},
    {"--strace-summary", "nobody would see it"},
    {"--progress", "the sweep shows its own"},
    {"--fail-if", "ask the results instead"},
    {"--baseline", "ask the results instead"},
    {"--limit-status", "write status = N at the program"},
    {"--quiet", "jobs are quiet"},
}};

void refuse_options(const std::string& where, const Words& options) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string name = options[i].substr(0, options[i].find('='));
    const auto found = std::ranges::find(kRefused, name, &RefusedOption::name);
    if (found != kRefused.end()) throw failure("{}: a plan cannot give {}: {}", where, name, found->instead);
    const std::string value = i + 1 < options.size() ? options[i + 1] : "";
    if (options[i] == "--env" && value.find('=') == std::string::npos)
      throw failure("{}: --env {}: write NAME=VALUE, or runs would depend on who makes them", where, value);
    if (options[i] == "--start-time" && value == "now")
      throw failure("{}: --start-time now: write seconds, or no two runs would be alike", where);
  }
}

// What an id is made of: each part with its length in front, so that no two lists read alike.
class Content {
 public:
  void add(std::string_view part) { text_ += fmt::format("{}:{}\n", part.size(), part); }
  void add(const Words& words) {
    add(std::to_string(words.size()));
    for (const std::string& word : words) add(word);
  }
  std::string id() const { return sha256(text_); }

 private:
  std::string text_{"m2sim sweep job 1\n"};
};

// A core with the settings of a point.
struct BuiltCore {
  const PlanCore* core;
  const Settings* settings;
  std::string config_sha256;
  std::string cpu;
};

class Expansion {
 public:
  Expansion(const SweepPlan& plan, const CheckRunOptions& check) : plan_(plan), check_(check) {
    list_.folder = plan.folder;
    list_.revision = own_revision();
  }

  JobList all() {
    name_columns();
    require_options();
    build_cores();
    require_few();
    for (const PlanProgram& program : plan_.programs) {
      for (const PlanInput& input : program.inputs) add_models(program, input);
    }
    return std::move(list_);
  }

 private:
  void name_columns() {
    for (const PlanAxis& axis : plan_.axes) {
      if (std::ranges::find(kColumns, axis.name) != kColumns.end() || plan_.setting_lines.contains(axis.name))
        throw failure("{}: an axis cannot be called '{}': the results have another column of that name",
                      axis.where, axis.name);
      list_.axes.push_back(axis.name);
    }
    for (const auto& [path, value] : plan_.points.front()) list_.settings.push_back(path);
  }

  void require_options() const {
    const auto require = [this](const std::string& where, const Words& options) {
      refuse_options(where, options);
      try {
        check_(options);
      } catch (const emu::UserError& error) {
        throw failure("{}: {}", where, error.what());
      }
    };
    require(plan_.file_name, plan_.options);
    for (const PlanProgram& program : plan_.programs) {
      require(program.where, program.options);
      for (const PlanInput& input : program.inputs) require(program.where, input.options);
    }
    for (const PlanAxis& axis : plan_.axes) {
      for (const auto& [choice, options] : axis.choices) require(axis.where, options);
    }
  }

  std::string in_folder(const std::string& path) const {
    return (std::filesystem::path(plan_.folder) / path).string();
  }

  // First each value by itself, so that a wrong one is told with its line.
  void build_cores() {
    for (const PlanCore& core : plan_.cores) {
      const timing::CoreConfig base = built(core);
      std::set<std::pair<std::string, std::string>> tried;
      for (const Settings& point : plan_.points) {
        for (const auto& [path, value] : point) {
          if (tried.emplace(path, value).second) require_setting(base, path, value);
        }
      }
      for (const Settings& point : plan_.points) cores_.push_back(built(core, base, point));
    }
  }

  timing::CoreConfig built(const PlanCore& core) const {
    try {
      return configured(option_of(core));
    } catch (const emu::UserError& error) {
      throw failure("{}: {}", core.where, error.what());
    }
  }

  CoreOption option_of(const PlanCore& core) const {
    const bool is_file = core.name.ends_with(".toml");
    return {.core = is_file ? in_folder(core.name) : core.name, .recorded = {}, .sets = {}, .cpu = {}};
  }

  void require_setting(timing::CoreConfig base, const std::string& path, const std::string& value) const {
    try {
      apply_setting(base, fmt::format("{}={}", path, value));
    } catch (const emu::UserError& error) {
      constexpr std::string_view kOption = "--set: ";
      std::string_view said = error.what();
      if (said.starts_with(kOption)) said.remove_prefix(kOption.size());
      throw failure("{}: {}", plan_.setting_lines.at(path), said);
    }
  }

  BuiltCore built(const PlanCore& core, timing::CoreConfig config, const Settings& point) const {
    std::string shown;
    for (const auto& [path, value] : point) {
      apply_setting(config, fmt::format("{}={}", path, value));
      shown += fmt::format("{}{}={}", shown.empty() ? "" : ", ", path, value);
    }
    try {
      require_buildable(config);
    } catch (const emu::UserError& error) {
      throw failure("{}: {} with {}: {}", plan_.file_name, core.name, shown, error.what());
    }
    return {&core, &point, sha256(config_toml(config)),
            std::string(emu::processor(chosen_cpu(option_of(core))).name)};
  }

  void require_few() const {
    double count = static_cast<double>(cores_.size()) * static_cast<double>(plan_.modes.size());
    for (const PlanAxis& axis : plan_.axes) count *= static_cast<double>(axis.choices.size());
    double inputs = 0;
    for (const PlanProgram& program : plan_.programs) inputs += static_cast<double>(program.inputs.size());
    if (count * inputs > static_cast<double>(kMostJobs))
      throw failure("{}: the plan asks for {:.0f} jobs; a sweep has at most {}", plan_.file_name,
                    count * inputs, kMostJobs);
  }

  void add_models(const PlanProgram& program, const PlanInput& input) {
    for (const std::string& mode : plan_.modes) {
      // Emulation knows no core: one job stands for all.
      const std::size_t cores = parse_mode(mode) == Mode::kEmulation ? 1 : cores_.size();
      list_.repeated += (cores_.size() - cores) * choices_of_axes();
      for (std::size_t i = 0; i < cores; ++i) add_axes(program, input, mode, cores_[i], {}, {});
    }
  }

  std::size_t choices_of_axes() const {
    std::size_t count = 1;
    for (const PlanAxis& axis : plan_.axes) count *= axis.choices.size();
    return count;
  }

  void add_axes(const PlanProgram& program, const PlanInput& input, const std::string& mode,
                const BuiltCore& core, const std::vector<std::string>& choices, const Words& options) {
    if (choices.size() == plan_.axes.size()) return add(program, input, mode, core, choices, options);
    for (const auto& [choice, more] : plan_.axes[choices.size()].choices) {
      std::vector<std::string> longer = choices;
      longer.push_back(choice);
      Words all = options;
      all.insert(all.end(), more.begin(), more.end());
      add_axes(program, input, mode, core, longer, all);
    }
  }

  void add(const PlanProgram& program, const PlanInput& input, const std::string& mode, const BuiltCore& core,
           const std::vector<std::string>& choices, const Words& axis_options) {
    Job job{.id = {},
            .program = program.name,
            .input = input.name,
            .mode = mode,
            .core = {},
            .choices = choices,
            .settings = {},
            .program_sha256 = {},
            .config_sha256 = {},
            .arguments = {},
            .stdin_path = input.stdin_path,
            .timeout = program.timeout,
            .memory = program.memory,
            .status = program.status};
    job.arguments = {"--mode", mode};
    if (parse_mode(mode) != Mode::kEmulation) {
      job.core = core.core->name;
      job.settings = *core.settings;
      job.config_sha256 = core.config_sha256;
      job.arguments.insert(job.arguments.end(), {"--core", job.core});
      for (const auto& [path, value] : job.settings)
        job.arguments.insert(job.arguments.end(), {"--set", fmt::format("{}={}", path, value)});
    }
    Words options = plan_.options;
    for (const Words* more : {&program.options, &input.options, &axis_options})
      options.insert(options.end(), more->begin(), more->end());
    job.arguments.insert(job.arguments.end(), options.begin(), options.end());
    job.arguments.insert(job.arguments.end(), {"--", program.path});
    job.arguments.insert(job.arguments.end(), input.arguments.begin(), input.arguments.end());
    job.program_sha256 = content_of(program.where, program_file(program, options));

    Content content;
    content.add(list_.revision);
    content.add(job.program_sha256);
    content.add(program.path);
    content.add(input.arguments);
    content.add(input.stdin_path.empty() ? "" : content_of(program.where, in_folder(input.stdin_path)));
    for (const std::string& file : input.files) {
      content.add(file);
      content.add(content_of(program.where, in_folder(file)));
    }
    content.add(mode);
    content.add(job.config_sha256);
    content.add(core.cpu);
    content.add(options);
    content.add(std::to_string(job.status));
    job.id = content.id();
    if (!known_.insert(job.id).second) {
      ++list_.repeated;
      return;
    }
    list_.jobs.push_back(std::move(job));
  }

  // On the host: a sysroot is looked into first for absolute paths.
  std::string program_file(const PlanProgram& program, const Words& options) const {
    std::string sysroot;
    for (std::size_t i = 0; i + 1 < options.size(); ++i) {
      if (options[i] == "--sysroot") sysroot = in_folder(options[i + 1]);
    }
    if (!sysroot.empty() && program.path.starts_with('/')) {
      std::string within = sysroot + program.path;
      if (std::filesystem::exists(within)) return within;
    }
    return in_folder(program.path);
  }

  const std::string& content_of(const std::string& where, const std::string& path) {
    const auto [entry, is_new] = contents_.try_emplace(path);
    if (!is_new) return entry->second;
    if (!std::filesystem::exists(path)) throw failure("{}: there is no file '{}'", where, path);
    try {
      entry->second = sha256_of_file(path);
    } catch (const emu::UserError& error) {
      throw failure("{}: {}", where, error.what());
    }
    return entry->second;
  }

  const SweepPlan& plan_;
  const CheckRunOptions& check_;
  JobList list_;
  std::vector<BuiltCore> cores_;
  std::map<std::string, std::string> contents_;  // by path
  std::unordered_set<std::string> known_;        // ids
};

}  // namespace

std::string Job::label() const {
  std::string text = program;
  for (const std::string* part : {&input, &mode, &core}) {
    if (!part->empty()) text += ", " + *part;
  }
  for (const std::string& choice : choices) text += ", " + choice;
  for (const auto& [path, value] : settings) text += fmt::format(", {}={}", path, value);
  return text;
}

std::string own_revision() {
  std::string name(revision());
  const bool exact = name != "unknown" && !name.ends_with("-dirty");
  return exact ? name : name + " " + sha256_of_file(own_executable().string());
}

JobList expand(const SweepPlan& plan, const CheckRunOptions& check_options) {
  return Expansion(plan, check_options).all();
}

}  // namespace m2sim::cmd

#include "cmd/results/core_option.h"

#include "cmd/results/config_file.h"

namespace m2sim::cmd {
namespace {

bool is_file(const CoreOption& option) { return option.core.ends_with(".toml"); }

}  // namespace

void add_core_options(CLI::App& command, CoreOption& option, const std::string& unset) {
  command
      .add_option("--core", option.core, "a built-in core or a configuration file (default: " + unset + ")")
      ->type_name("m2-pcore|m1-pcore|FILE.toml");
  command
      .add_option("--set", option.sets,
                  "change one number of the configuration (m2sim config --list-fields); repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
}

void add_cpu_option(CLI::App& command, CoreOption& option) {
  command.add_option("--cpu", option.cpu, "the guest's processor (default: that of the core)")
      ->type_name("m1|m2");
}

timing::CoreConfig configured(const CoreOption& option) {
  timing::CoreConfig config = is_file(option) ? load_config(option.core) : built_in_core(option.core);
  for (const auto* settings : {&option.recorded, &option.sets}) {
    for (const std::string& setting : *settings) apply_setting(config, setting);
  }
  require_buildable(config);
  return config;
}

emu::Cpu chosen_cpu(const CoreOption& option) {
  if (option.cpu) return cpu_named("--cpu", *option.cpu);
  return is_file(option) ? load_cpu(option.core) : cpu_of_core(option.core);
}

}  // namespace m2sim::cmd

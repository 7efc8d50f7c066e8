#include "cmd/results/core_option.h"

#include "cmd/results/config_file.h"

namespace m2sim::cmd {

void add_core_options(CLI::App& command, CoreOption& option) {
  command.add_option("--core", option.core, "m2-pcore (the default), m1-pcore or a configuration FILE.toml")
      ->type_name("CORE");
  command
      .add_option("--set", option.sets,
                  "change one number of the configuration (m2sim config --list-fields); repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
}

timing::CoreConfig configured(const CoreOption& option) {
  const bool is_file = option.core.ends_with(".toml");
  timing::CoreConfig config = is_file ? load_config(option.core) : built_in_core(option.core);
  for (const std::string& setting : option.sets) apply_setting(config, setting);
  require_buildable(config);
  return config;
}

}  // namespace m2sim::cmd

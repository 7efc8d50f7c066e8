#include "cmd/config_command.h"

#include <fmt/format.h>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/results/config_file.h"
#include "cmd/results/stat.h"
#include "timing/config/field_text.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {
namespace {

std::string list_of_stats() {
  std::string text;
  for (const Stat& stat : all_stats()) {
    text += fmt::format("{:<34} {:<20} {}\n", stat.name, stat.unit, stat.description);
  }
  return text;
}

std::string list_of_fields(const timing::CoreConfig& core) {
  std::string text;
  for (const timing::Field& field : timing::fields(core)) {
    text += fmt::format("{:<36} {:>8} {:<14} {}\n", field.path, timing::text_of(core, field), field.unit,
                        field.meaning);
  }
  return text;
}

}  // namespace

CLI::App* add_config_command(CLI::App& app, ConfigOptions& options) {
  CLI::App* command =
      app.add_subcommand("config", "Show and check core configurations, name what is counted");
  add_core_options(*command, options.core);
  command->add_flag("--dump", options.dump, "print the configuration as TOML");
  command->add_option("--check", options.check, "check a configuration file and print nothing")
      ->type_name("FILE.toml");
  command->add_flag("--list-stats", options.list_stats, "every figure with its unit and meaning");
  command->add_flag("--list-fields", options.list_fields, "every field of a configuration with its value");
  return command;
}

int config(const ConfigOptions& options) {
  const int chosen =
      int{options.dump} + int{!options.check.empty()} + int{options.list_stats} + int{options.list_fields};
  if (chosen != 1) {
    throw failure("config: give one of --dump, --check FILE.toml, --list-stats and --list-fields");
  }
  if (!options.check.empty()) {
    require_buildable(load_config(options.check));
  } else if (options.list_stats) {
    write_stdout(list_of_stats());
  } else if (options.list_fields) {
    write_stdout(list_of_fields(configured(options.core)));
  } else {
    const timing::CoreConfig core = configured(options.core);
    write_stdout(cpu_toml(chosen_cpu(options.core)) + "\n" + config_toml(core));
  }
  return 0;
}

}  // namespace m2sim::cmd

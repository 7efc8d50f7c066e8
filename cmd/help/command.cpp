#include "cmd/help/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "cmd/help/completion.h"
#include "cmd/help/man.h"
#include "cmd/help/text.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {
namespace {

constexpr unsigned kWidth = 80;

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const timing::Field& field : timing::fields(timing::m2_pcore())) names.push_back(field.path);
  return names;
}

}  // namespace

CLI::App* add_man_command(CLI::App& app, ManOptions& options) {
  CLI::App* command = app.add_subcommand("man", "Print the manual page of a command, or write all of them");
  command->add_option("COMMAND", options.command, "whose: run, or calibrate fit; without it m2sim's own")
      ->type_name("COMMAND");
  command->add_option("--write", options.folder, "write a file a page into this folder, which is there")
      ->type_name("DIR");
  return command;
}

CLI::App* add_completion_command(CLI::App& app, std::string& shell) {
  CLI::App* command =
      app.add_subcommand("completion", "Print what makes a shell complete m2sim's command line");
  command->add_option("SHELL", shell, "bash, zsh or fish")->type_name("bash|zsh|fish");
  return command;
}

int man(const CLI::App& app, const ManOptions& options) {
  const CommandInfo root = command_info(app);
  if (!options.folder.empty()) {
    for (const CommandInfo* command : all_commands(root))
      write_file(options.folder + "/" + man_name(*command) + ".1", man_page(root, *command));
    return 0;
  }
  const std::string name = fmt::format("{}", fmt::join(options.command, " "));
  if (const CommandInfo* command = find_command(root, name)) {
    write_stdout(man_page(root, *command));
    return 0;
  }
  std::vector<std::string> names;
  for (const CommandInfo* command : all_commands(root)) names.push_back(command->name);
  throw failure("man: there is no command '{}'{}", name, did_you_mean(name, names));
}

int completion(const CLI::App& app, const std::string& shell) {
  write_stdout(completion_script(shell, command_info(app), setting_names()));
  return 0;
}

void print_help(const CLI::App& app) {
  std::string name;
  const CLI::App* parsed = &app;
  while (!parsed->get_subcommands().empty()) {
    parsed = parsed->get_subcommands().front();
    name += (name.empty() ? "" : " ") + parsed->get_name();
  }
  const CommandInfo root = command_info(app);
  const unsigned width =
      is_terminal(STDOUT_FILENO) ? std::min(kWidth, terminal_width(STDOUT_FILENO)) : kWidth;
  write_stdout(help_text(*find_command(root, name), width));
}

}  // namespace m2sim::cmd
